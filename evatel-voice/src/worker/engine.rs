//! What a worker process asks of an engine.

use std::path::PathBuf;

use crate::{sound::Band, transcribe::PhoneToken};

/// Names one stream inside one worker; never used twice in the same worker.
pub(crate) type StreamId = u32;

/// So many streams are open in one worker at most; one more ends it.
pub(crate) const MOST_STREAMS: usize = 1024;

/// A loaded engine with the utterances that it hears. It lives on one thread of a worker process.
///
/// Sound is taken first and decoded then, so that what came together for several streams is decoded together.
pub(crate) trait Backend {
    fn version(&self) -> String;
    /// Begins an utterance of this band, in which one of these names may well be said ([`super::hotwords`]).
    fn open(&mut self, stream: StreamId, band: Band, hotwords: &str);
    /// Takes samples at the rate of the stream's band; of a stream that is not open they are nothing.
    fn accept(&mut self, stream: StreamId, samples: &[i16]);
    /// Takes the end of an utterance.
    fn finish(&mut self, stream: StreamId);
    /// Decodes all that was taken.
    fn decode(&mut self);
    /// Gives all tokens of an utterance so far; none of one that is not open.
    fn tokens(&self, stream: StreamId) -> Vec<PhoneToken>;
    /// Forgets an utterance.
    fn close(&mut self, stream: StreamId);
}

/// What a model that finds speech reports while somebody speaks, and while nobody does.
pub(crate) const SPEECH: &str = "speech";
#[cfg(feature = "sherpa")]
pub(crate) const SILENCE: &str = "silence";

/// What a voice is told to say, in what it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Letters: it has a lexicon.
    Words(String),
    /// The phonemes of espeak-ng, of which each character is a token, as Piper trains its voices.
    Phonemes(String),
}

/// Why an engine did not load, without ending the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing(PathBuf),
    Model(String),
    NoLibrary,
    NoProvider(String),
    WrongLibrary { found: String },
}

/// The version of sherpa-onnx whose C structs the bindings mirror; a near version is silent memory corruption.
pub(crate) const LIBRARY_VERSION: &str = "2.0.1";
