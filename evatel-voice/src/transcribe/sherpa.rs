//! sherpa-onnx inside a worker process: the only place that calls the native library.
//!
//! It ends the process when it is misused (facts of 2.0.1: `_Exit(255)` or SIGABRT), so the wrapper keeps to the safe
//! order: one rate for each stream, `is_ready` before `decode`, one owner for each stream.

pub(crate) mod trial;

use std::path::Path;

use sherpa_onnx::{OnlineRecognizer, OnlineRecognizerConfig, OnlineStream, onnxruntime_version, version};

use crate::{
    frame::RATE_HZ,
    transcribe::PhoneToken,
    worker::engine::{Backend, LIBRARY_VERSION, Refusal, Stream},
};

/// What the models of this project hear: 40 mel bands at 8 kHz.
const FEATURE_DIM: i32 = 40;

/// Silence after the end, so that the last chunk is decoded: a stream waits for whole chunks. 0.6 s.
static TAIL: [f32; 4800] = [0.0; 4800];

/// A loaded model of the `zipformer2_ctc` form.
pub(crate) struct Sherpa {
    recognizer: std::rc::Rc<OnlineRecognizer>,
}

impl Sherpa {
    /// Loads `model` and `tokens`. A model of another form ends this process.
    pub(crate) fn load(model: &Path, tokens: &Path) -> Result<Self, Refusal> {
        right_library()?;
        let mut config = OnlineRecognizerConfig::default();
        config.feat_config.sample_rate = RATE_HZ as i32;
        config.feat_config.feature_dim = FEATURE_DIM;
        config.model_config.zipformer2_ctc.model = Some(model.display().to_string());
        config.model_config.tokens = Some(tokens.display().to_string());
        config.model_config.num_threads = 1;
        config.enable_endpoint = false;
        config.decoding_method = Some("greedy_search".to_owned());
        let recognizer = OnlineRecognizer::create(&config)
            .ok_or_else(|| Refusal::Model("it is no ONNX file that the engine can load".to_owned()))?;
        Ok(Self {
            recognizer: recognizer.into(),
        })
    }
}

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

    fn open(&self) -> Box<dyn Stream> {
        Box::new(SherpaStream {
            recognizer: self.recognizer.clone(),
            stream: self.recognizer.create_stream(),
        })
    }
}

struct SherpaStream {
    recognizer: std::rc::Rc<OnlineRecognizer>,
    stream: OnlineStream,
}

impl SherpaStream {
    fn accept(&mut self, samples: &[f32]) {
        self.stream.accept_waveform(RATE_HZ as i32, samples);
        while self.recognizer.is_ready(&self.stream) {
            self.recognizer.decode(&self.stream);
        }
    }

    fn tokens(&self) -> Vec<PhoneToken> {
        let Some(result) = self.recognizer.get_result(&self.stream) else {
            return Vec::new();
        };
        let times = result.timestamps.unwrap_or_default();
        let token = |(index, phone): (usize, String)| {
            let seconds = times.get(index).copied().unwrap_or_default();
            PhoneToken {
                phone: phone.trim().to_owned(),
                at_ms: (seconds * 1000.0) as u32,
            }
        };
        result.tokens.into_iter().enumerate().map(token).collect()
    }
}

impl Stream for SherpaStream {
    fn push(&mut self, samples: &[i16]) -> Vec<PhoneToken> {
        let scaled: Vec<f32> = samples
            .iter()
            .map(|&sample| f32::from(sample) / 32768.0)
            .collect();
        self.accept(&scaled);
        self.tokens()
    }

    fn finish(&mut self) -> Vec<PhoneToken> {
        self.accept(&TAIL);
        self.tokens()
    }
}
