//! sherpa-onnx as a detector of speech, inside a worker process: silero's models.

use std::{collections::HashMap, path::Path};

use sherpa_onnx::{SileroVadModelConfig, VadModelConfig, VoiceActivityDetector};

use super::{NO_GRAPH, engine, right_library};
use crate::{
    frame::{FRAME_MS, Frame8k},
    resample::SampleUpsampler,
    sound::Band,
    transcribe::{PhoneToken, Provider},
    worker::engine::{Backend, Refusal, SILENCE, SPEECH, StreamId},
};

/// The rate of the models' sound.
const MODEL_HZ: i32 = 16_000;

/// What a model takes at once: 32 ms.
const WINDOW: i32 = 512;

/// The score from which a window is speech.
const SCORE: f32 = 0.5;

/// The times of the library's own, in seconds: none, for whoever takes frames has his. It wants more than zero.
const AT_ONCE_S: f32 = 0.001;

/// Who speaks for so long must be louder for a moment, in seconds, and what the library keeps of him.
const LONGEST_S: f32 = 20.0;
const KEPT_S: f32 = 30.0;

/// So many detectors wait for the next stream: each is its own copy of the model, and loading one takes time.
const MOST_IDLE: usize = 64;

/// A loaded model that finds speech. What it tells of a stream is the last change: [`SPEECH`] or [`SILENCE`], and since when.
pub(crate) struct Detector {
    config: VadModelConfig,
    idle: Vec<VoiceActivityDetector>,
    streams: HashMap<StreamId, Stream>,
}

struct Stream {
    engine: VoiceActivityDetector,
    upsampler: SampleUpsampler,
    heard_ms: u32,
    /// None before the first frame.
    change: Option<PhoneToken>,
}

impl Detector {
    /// Loads a graph. A model of another form ends this process.
    pub(crate) fn load(graph: &Path, provider: Provider) -> Result<Self, Refusal> {
        right_library()?;
        let config = VadModelConfig {
            silero_vad: SileroVadModelConfig {
                model: Some(graph.display().to_string()),
                threshold: SCORE,
                min_silence_duration: AT_ONCE_S,
                min_speech_duration: AT_ONCE_S,
                window_size: WINDOW,
                max_speech_duration: LONGEST_S,
            },
            sample_rate: MODEL_HZ,
            num_threads: 1,
            provider: Some(provider.as_str().to_owned()),
            ..VadModelConfig::default()
        };
        let first = VoiceActivityDetector::create(&config, KEPT_S);
        let first = first.ok_or_else(|| Refusal::Model(NO_GRAPH.to_owned()))?;
        Ok(Self {
            config,
            idle: vec![first],
            streams: HashMap::new(),
        })
    }
}

impl Stream {
    fn hear(&mut self, frame: &Frame8k) {
        self.engine.accept_waveform(self.upsampler.process(frame));
        // What it cuts out is not needed: it would keep it.
        self.engine.clear();
        let state = if self.engine.detected() { SPEECH } else { SILENCE };
        if self.change.as_ref().is_none_or(|change| *change.phone != *state) {
            self.change = Some(PhoneToken::new(state, self.heard_ms));
        }
        self.heard_ms = self.heard_ms.saturating_add(FRAME_MS as u32);
    }
}

impl Backend for Detector {
    fn version(&self) -> String {
        engine()
    }

    fn open(&mut self, stream: StreamId, _: Band, _: &str) {
        let idle = self.idle.pop();
        // One that cannot be made says nothing, and the stream is silent to it: it was made once before, from the same file.
        let Some(engine) = idle.or_else(|| VoiceActivityDetector::create(&self.config, KEPT_S)) else {
            return;
        };
        self.streams.insert(
            stream,
            Stream {
                engine,
                upsampler: SampleUpsampler::new(),
                heard_ms: 0,
                change: None,
            },
        );
    }

    fn accept(&mut self, stream: StreamId, samples: &[i16]) {
        if let Some(stream) = self.streams.get_mut(&stream) {
            stream.hear(&Frame8k::from_samples(samples));
        }
    }

    fn finish(&mut self, _: StreamId) {}

    fn decode(&mut self) {}

    fn tokens(&self, stream: StreamId) -> Vec<PhoneToken> {
        let stream = self.streams.get(&stream);
        stream
            .and_then(|stream| stream.change.clone())
            .into_iter()
            .collect()
    }

    fn close(&mut self, stream: StreamId) {
        if let Some(Stream { engine, .. }) = self.streams.remove(&stream)
            && self.idle.len() < MOST_IDLE
        {
            engine.reset();
            self.idle.push(engine);
        }
    }
}
