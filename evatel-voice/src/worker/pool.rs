//! A pool of workers.
use std::path::PathBuf;

use evatel_core::account::Language;

use super::Model;
use crate::transcribe::{Error, Session, Transcriber};

/// How many workers run which model.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// The model.
    pub model: Model,
    /// The program that is its own worker; nothing means the one that runs.
    pub program: Option<PathBuf>,
    /// How many child processes, at least 1.
    pub workers: usize,
}

impl PoolConfig {
    /// One worker for this model, in this very program.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self { model, program: None, workers: 1 }
    }
}

/// What a model is, as found out by loading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The engine's name and version.
    pub engine: String,
}

/// Supervised speech workers.
#[derive(Clone, Debug)]
pub struct WorkerPool {}

impl WorkerPool {
    /// Tries the model in a throw-away child, then starts the workers.
    ///
    /// # Errors
    /// When the model is missing or refused, or no worker can be started.
    pub async fn start(config: PoolConfig) -> Result<Self, Error> {
        admit(&config).await?;
        Ok(Self {})
    }
}

impl Transcriber for WorkerPool {
    fn open(&self, _language: Language) -> Result<Session, Error> {
        Err(Error::Closed)
    }
}

/// Tries a model in a throw-away child.
///
/// # Errors
/// When the model is missing or refused.
pub async fn admit(_config: &PoolConfig) -> Result<ModelInfo, Error> {
    Err(Error::Closed)
}
