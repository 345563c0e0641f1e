//! sherpa-onnx inside a worker process: the only place that calls the native library.
//!
//! It ends the process when it is misused (facts of 2.0.1: `_Exit(255)` or SIGABRT), so the wrapper keeps to the safe
//! order: one rate for each stream, `is_ready` before `decode`, one owner for each stream.

pub(crate) mod detector;
pub(crate) mod voice;

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use sherpa_onnx::{OnlineRecognizer, OnlineRecognizerConfig, OnlineStream, onnxruntime_version, version};

use crate::{
    frame::RATE_HZ,
    sound::Band,
    transcribe::{PhoneToken, Provider},
    worker::{
        engine::{Backend, LIBRARY_VERSION, Refusal, StreamId},
        hotwords::is_capital,
    },
};

/// Silence after the end, so that the last chunk is decoded: a stream waits for whole chunks, of at most 0.6 s in the models of this
/// project, and of up to 1 s in public ones.
static TAIL: [f32; 16_000] = [0.0; 16_000];

/// Silence before the first sound: a model that begins in the middle of a word, as where a lead-in was lost or a worker died, may hear
/// nothing at all of what follows. 20 ms are enough for that of this project.
static HEAD: [f32; HEAD_MS as usize * 16] = [0.0; HEAD_MS as usize * 16];
const HEAD_MS: u32 = 80;

/// How much likelier each piece of a name that was told is heard than others, as a logarithm.
const HOTWORDS_SCORE: f32 = 2.0;

/// How many streams are decoded together at most.
const BATCH: usize = 32;

/// The graphs of a model that hears.
pub(crate) enum Graphs {
    /// The one of the `zipformer2_ctc` form that hears phones, as those of this project: 40 mel bands at 8 kHz.
    Phones(PathBuf),
    /// Encoder, decoder and joiner of the public streaming transducers that hear words: 80 mel bands at 16 kHz. The library brings the
    /// 8 kHz of a narrow stream to that rate; above 4 kHz there is nothing in it.
    Words {
        graphs: [PathBuf; 3],
        /// How its words are cut into pieces, where the model says so: then it is told names.
        pieces: Option<PathBuf>,
    },
}

impl Graphs {
    fn configure(&self, config: &mut OnlineRecognizerConfig) {
        let text = |path: &PathBuf| Some(path.display().to_string());
        match self {
            Self::Phones(graph) => {
                config.feat_config.sample_rate = RATE_HZ as i32;
                config.feat_config.feature_dim = 40;
                config.model_config.zipformer2_ctc.model = text(graph);
            }
            Self::Words {
                graphs: [encoder, decoder, joiner],
                pieces,
            } => {
                if let Some(pieces) = pieces {
                    config.decoding_method = Some("modified_beam_search".to_owned());
                    config.max_active_paths = 4;
                    config.model_config.modeling_unit = Some("bpe".to_owned());
                    config.model_config.bpe_vocab = text(pieces);
                    config.hotwords_score = HOTWORDS_SCORE;
                }
                config.feat_config.sample_rate = 16_000;
                config.feat_config.feature_dim = 80;
                config.model_config.transducer.encoder = text(encoder);
                config.model_config.transducer.decoder = text(decoder);
                config.model_config.transducer.joiner = text(joiner);
            }
        }
    }

    /// The part of [`TAIL`] that follows an utterance, in ms.
    fn tail_ms(&self) -> usize {
        match self {
            Self::Phones(_) => 600,
            Self::Words { .. } => 1000,
        }
    }
}

/// A loaded model that hears.
pub(crate) struct Sherpa {
    recognizer: OnlineRecognizer,
    tail_ms: usize,
    /// It writes capitals only.
    is_capital: bool,
    streams: HashMap<StreamId, Stream>,
    /// Which have sound that was not decoded.
    fresh: HashSet<StreamId>,
}

impl Sherpa {
    /// Loads `graphs` and `tokens`. A model of another form ends this process.
    pub(crate) fn load(graphs: &Graphs, tokens: &Path, provider: Provider) -> Result<Self, Refusal> {
        right_library()?;
        let mut config = OnlineRecognizerConfig {
            decoding_method: Some("greedy_search".to_owned()),
            ..OnlineRecognizerConfig::default()
        };
        graphs.configure(&mut config);
        config.model_config.tokens = Some(tokens.display().to_string());
        config.model_config.num_threads = 1;
        // One that it lacks it replaces by the processor, and says so on its error stream, which the program reads.
        config.model_config.provider = Some(provider.as_str().to_owned());
        config.enable_endpoint = false;
        let recognizer =
            OnlineRecognizer::create(&config).ok_or_else(|| Refusal::Model(NO_GRAPH.to_owned()))?;
        Ok(Self {
            recognizer,
            tail_ms: graphs.tail_ms(),
            is_capital: fs::read_to_string(tokens).is_ok_and(|tokens| is_capital(&tokens)),
            streams: HashMap::new(),
            fresh: HashSet::new(),
        })
    }

    fn engine(&self, stream: StreamId) -> Option<&OnlineStream> {
        self.streams.get(&stream).map(|stream| &stream.engine)
    }
}

/// An utterance, at the one rate that the library allows it.
struct Stream {
    engine: OnlineStream,
    band: Band,
}

impl Stream {
    fn hear(&self, samples: &[f32]) {
        self.engine.accept_waveform(self.band.rate_hz() as i32, samples);
    }

    /// How many samples so many ms are.
    fn samples_in(&self, ms: usize) -> usize {
        ms * self.band.rate_hz() as usize / 1000
    }
}

/// Why the library gives nothing, as far as it tells.
const NO_GRAPH: &str = "it is no ONNX file that the engine can load";

fn right_library() -> Result<(), Refusal> {
    match version() {
        LIBRARY_VERSION => Ok(()),
        found => Err(Refusal::WrongLibrary {
            found: found.to_owned(),
        }),
    }
}

fn engine() -> String {
    format!(
        "sherpa-onnx {} with onnxruntime {}",
        version(),
        onnxruntime_version()
    )
}

impl Backend for Sherpa {
    fn version(&self) -> String {
        engine()
    }

    fn open(&mut self, stream: StreamId, band: Band, hotwords: &str) {
        let engine = match (hotwords, self.is_capital) {
            ("", _) => self.recognizer.create_stream(),
            (names, true) => self.recognizer.create_stream_with_hotwords(&names.to_uppercase()),
            (names, false) => self.recognizer.create_stream_with_hotwords(names),
        };
        let opened = Stream { engine, band };
        opened.hear(&HEAD[..opened.samples_in(HEAD_MS as usize)]);
        self.streams.insert(stream, opened);
    }

    fn accept(&mut self, stream: StreamId, samples: &[i16]) {
        if let Some(open) = self.streams.get(&stream) {
            let scaled = samples.iter().map(|&sample| f32::from(sample) / 32768.0);
            open.hear(&scaled.collect::<Vec<f32>>());
            self.fresh.insert(stream);
        }
    }

    fn finish(&mut self, stream: StreamId) {
        if let Some(open) = self.streams.get(&stream) {
            open.hear(&TAIL[..open.samples_in(self.tail_ms)]);
            self.fresh.insert(stream);
        }
    }

    fn decode(&mut self) {
        loop {
            // A stream that is not ready ends the process when it is decoded.
            self.fresh.retain(|stream| {
                let open = self.streams.get(stream);
                open.is_some_and(|open| self.recognizer.is_ready(&open.engine))
            });
            let ready = self.fresh.iter().filter_map(|stream| self.engine(*stream));
            let ready: Vec<&OnlineStream> = ready.collect();
            if ready.is_empty() {
                return;
            }
            for together in ready.chunks(BATCH) {
                self.recognizer.decode_multiple_streams(together);
            }
        }
    }

    fn tokens(&self, stream: StreamId) -> Vec<PhoneToken> {
        let engine = self.engine(stream);
        let Some(result) = engine.and_then(|engine| self.recognizer.get_result(engine)) else {
            return Vec::new();
        };
        let times = result.timestamps.unwrap_or_default();
        let token = |(index, phone): (usize, String)| {
            let seconds = times.get(index).copied().unwrap_or_default();
            PhoneToken::new(phone, ((seconds * 1000.0) as u32).saturating_sub(HEAD_MS))
        };
        result.tokens.into_iter().enumerate().map(token).collect()
    }

    fn close(&mut self, stream: StreamId) {
        self.streams.remove(&stream);
        self.fresh.remove(&stream);
    }
}
