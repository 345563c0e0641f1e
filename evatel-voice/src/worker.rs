//! Recognition in child processes. A native engine that kills its process, or hangs, must not harm a call.
//!
//! The child is the same program again: [`run_if_worker`] as the first line of `main` makes it one. The parent starts a
//! [`WorkerPool`], which is a [`crate::transcribe::Transcriber`]. Both talk over the child's standard input and output.
//!
//! A worker hears many calls; what came together is decoded together. How far it is behind is known at each moment, and a new
//! call is heard only where that harms no other ([`PoolConfig::most_behind`]). One that dies, hangs or talks nonsense is
//! replaced, and hears the last 3 s of each of its utterances again.

mod backend;
mod child;
pub(crate) mod engine;
mod files;
mod form;
pub(crate) mod hotwords;
mod link;
mod load;
mod mouth;
mod pool;
mod protocol;
mod restarts;
mod seat;
mod session;
mod slots;
mod supervisor;
mod transcriber;
mod trial;
mod voice;

pub use backend::{GARBLE, ModelKind, POISON};
pub use child::run_if_worker;
pub use form::Form;
pub use pool::{CALLS_PER_WORKER, MOST_BEHIND, ModelInfo, PoolConfig, WorkerPool, admit};
pub(crate) use seat::Seat;
pub use trial::try_model;
pub use voice::{Voice, VoiceConfig};

use std::path::PathBuf;

use crate::transcribe::Provider;

/// The environment variable that makes a program a speech worker.
pub(crate) const MARKER: &str = "EVATEL_VOICE_WORKER";

/// Its value: the version of the protocol.
pub(crate) const MARK: &str = "3";

/// What a worker writes to its error stream once its model is loaded.
const LOADED: &str = "speech worker: the model is loaded";

/// Which model the workers load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its form.
    pub kind: ModelKind,
    /// Where its files are.
    pub folder: PathBuf,
    /// What it is computed on.
    pub provider: Provider,
}

impl Model {
    /// A model of this project: models/phones or one of the same form.
    #[must_use]
    pub fn phones(folder: impl Into<PathBuf>) -> Self {
        Self {
            kind: ModelKind::Zipformer2Ctc,
            folder: folder.into(),
            provider: Provider::Cpu,
        }
    }

    /// Says whether it can be told which names may well be said: a model of words that brings how they are cut into pieces (`bpe.vocab`).
    #[must_use]
    pub fn takes_hotwords(&self) -> bool {
        self.kind == ModelKind::Transducer && self.folder.join(hotwords::PIECES).is_file()
    }

    /// A public streaming transducer: it hears words, at 16 kHz.
    #[must_use]
    pub fn transducer(folder: impl Into<PathBuf>) -> Self {
        Self {
            kind: ModelKind::Transducer,
            folder: folder.into(),
            provider: Provider::Cpu,
        }
    }

    /// A model of silero's that finds speech ([`crate::vad::VadModel`]).
    #[must_use]
    pub fn vad(folder: impl Into<PathBuf>) -> Self {
        Self {
            kind: ModelKind::Vad,
            folder: folder.into(),
            provider: Provider::Cpu,
        }
    }
}
