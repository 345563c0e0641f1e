"""The peer of `cargo xtask bench voice`: one pipecat bot with our sherpa model and espeak-ng, behind a websocket.

One process a call, as pipecat is run. The client sends and gets binary messages of 16-bit samples at 8 kHz. Whatever is said is answered
with one sentence, spoken by espeak-ng each time. The VAD is pipecat's own (Silero). PAUSE_S is how long a pause ends a turn: pipecat waits for it
whatever was said. The bench gives 0.6, which is what ours waits for where nothing is known of the order yet; where a whole order was understood,
ours waits 320 ms only, and the bench tells both pauses beside the answers.

    bot.py PORT MODEL_FOLDER PAUSE_S
"""

import asyncio
import io
import sys
import wave

import numpy as np
import sherpa_onnx
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    OutputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.server import (
    SingleClientWebsocketServerParams,
    SingleClientWebsocketServerTransport,
)
from pipecat.workers.runner import WorkerRunner

RATE = 8000
ANSWER = "Appeler Marie Tremblay?"


class Raw(FrameSerializer):
    """Samples as they are."""

    async def serialize(self, frame: Frame):
        return frame.audio if isinstance(frame, OutputAudioRawFrame) else None

    async def deserialize(self, data):
        return InputAudioRawFrame(audio=data, sample_rate=RATE, num_channels=1)


class Sherpa(STTService):
    """Streaming recognition: each piece is decoded as it comes; the end of speech ends the turn."""

    def __init__(self, folder: str, **kwargs):
        super().__init__(sample_rate=RATE, **kwargs)
        self._recognizer = sherpa_onnx.OnlineRecognizer.from_zipformer2_ctc(
            tokens=f"{folder}/tokens.txt",
            model=f"{folder}/phones.onnx",
            num_threads=1,
            sample_rate=RATE,
            feature_dim=40,
        )
        self._stream = self._recognizer.create_stream()

    async def run_stt(self, audio: bytes):
        samples = np.frombuffer(audio, dtype=np.int16).astype(np.float32) / 32768
        self._stream.accept_waveform(RATE, samples)
        while self._recognizer.is_ready(self._stream):
            self._recognizer.decode_stream(self._stream)
        yield None

    async def process_frame(self, frame: Frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame):
            logger.debug("speech")
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            text = self._recognizer.get_result(self._stream)
            self._stream = self._recognizer.create_stream()
            await self.push_frame(TranscriptionFrame(str(text), "caller", "", finalized=True))


class Answers(FrameProcessor):
    """Says the sentence to whatever was heard."""

    async def process_frame(self, frame: Frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            print(f"heard: {frame.text}", file=sys.stderr, flush=True)
            await self.push_frame(TTSSpeakFrame(ANSWER))
        else:
            await self.push_frame(frame, direction)


class Espeak(TTSService):
    """One process of espeak-ng a sentence, as our own voice has it."""

    def __init__(self, **kwargs):
        super().__init__(sample_rate=RATE, push_start_frame=True, push_stop_frames=True, **kwargs)

    async def run_tts(self, text: str, context_id: str):
        child = await asyncio.create_subprocess_exec(
            *["espeak-ng", "-vfr", "-s150", "-p50", "-b", "1", "-z", "--stdin", "--stdout"],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        sound, _ = await child.communicate(text.encode())
        with wave.open(io.BytesIO(sound)) as reader:
            rate = reader.getframerate()
            samples = np.frombuffer(sound[44:], dtype=np.int16)
        audible = np.flatnonzero(np.abs(samples) > 33)
        samples = samples[audible[0] : audible[-1]] if len(audible) else samples
        audio = await self._resampler.resample(samples.tobytes(), rate, RATE)
        yield TTSAudioRawFrame(audio, RATE, 1, context_id=context_id)


async def main(port: int, folder: str, pause_s: float):
    transport = SingleClientWebsocketServerTransport(
        params=SingleClientWebsocketServerParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            audio_in_sample_rate=RATE,
            audio_out_sample_rate=RATE,
            audio_out_10ms_chunks=2,
            serializer=Raw(),
        ),
        host="127.0.0.1",
        port=port,
    )
    vad = VADProcessor(vad_analyzer=SileroVADAnalyzer(sample_rate=RATE, params=VADParams(stop_secs=pause_s)))
    pipeline = Pipeline([transport.input(), vad, Sherpa(folder), Answers(), Espeak(), transport.output()])
    params = PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE)
    runner = WorkerRunner()
    await runner.add_workers(PipelineWorker(pipeline, params=params, idle_timeout_secs=None, enable_rtvi=False))
    await runner.run()


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
