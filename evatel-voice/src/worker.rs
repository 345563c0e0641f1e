//! Recognition in child processes. A native engine that kills its process, or hangs, must not harm a call.
//!
//! The child is the same program again: [`run_if_worker`] as the first line of `main` makes it one. The parent starts a
//! [`WorkerPool`], which is a [`crate::transcribe::Transcriber`]. Both talk over the child's standard input and output.

mod backend;
mod child;
pub(crate) mod engine;
mod form;
mod link;
mod pool;
mod protocol;
mod session;
mod supervisor;
mod trial;

pub use backend::{ModelKind, POISON};
pub use child::run_if_worker;
pub use form::Form;
pub use pool::{ModelInfo, PoolConfig, WorkerPool, admit};
pub use trial::try_model;

use std::path::PathBuf;

/// The environment variable that makes a program a speech worker.
pub(crate) const MARKER: &str = "EVATEL_VOICE_WORKER";

/// Its value: the version of the protocol.
pub(crate) const MARK: &str = "1";

/// Which model the workers load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its form.
    pub kind: ModelKind,
    /// Where its files are.
    pub folder: PathBuf,
}

impl Model {
    /// A model of this project: models/phones or one of the same form.
    #[must_use]
    pub fn phones(folder: impl Into<PathBuf>) -> Self {
        Self {
            kind: ModelKind::Zipformer2Ctc,
            folder: folder.into(),
        }
    }
}
