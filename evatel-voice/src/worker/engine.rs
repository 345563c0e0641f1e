//! What a worker process asks of an engine.

use std::path::PathBuf;

use crate::transcribe::PhoneToken;

/// A loaded engine. It lives on one thread of a worker process.
pub(crate) trait Backend {
    fn version(&self) -> String;
    fn open(&self) -> Box<dyn Stream>;
}

/// One utterance inside a worker.
pub(crate) trait Stream {
    /// Hears some samples at 8 kHz and gives all tokens so far.
    fn push(&mut self, samples: &[i16]) -> Vec<PhoneToken>;
    /// Hears the end and gives all tokens.
    fn finish(&mut self) -> Vec<PhoneToken>;
}

/// Why an engine did not load, without ending the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing(PathBuf),
    Model(String),
    NoLibrary,
    WrongLibrary { found: String },
}

/// The version of sherpa-onnx whose C structs the bindings mirror; a near version is silent memory corruption.
pub(crate) const LIBRARY_VERSION: &str = "2.0.1";
