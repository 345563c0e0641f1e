//! Starting the ear and the mouth.

use std::{path::PathBuf, sync::Arc};

use evatel_voice::{
    agent::{Engines, Recognition},
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    synth::{CacheLimit, Cached, Espeak, EspeakConfig},
    vad::VadConfig,
    worker::{Model, PoolConfig, WorkerPool},
};

use super::Error;

/// How the assistant hears.
#[derive(Debug, Clone)]
pub enum SpeechOptions {
    /// Not at all: prompts and keys.
    KeysOnly,
    /// With a model, in this many worker processes.
    Model {
        /// The model's folder, such as `models/phones`.
        folder: PathBuf,
        /// Worker processes, 1 or more.
        workers: usize,
    },
}

/// How much spoken audio is kept, in bytes: about an hour of prompts at 8 kHz.
const CACHE: usize = 64 * 1024 * 1024;

/// Starts the engines; gives them with the name of the recogniser.
pub(crate) async fn start(options: &SpeechOptions) -> Result<(Engines, Option<String>), Error> {
    let voice = Arc::new(Cached::new(
        Espeak::new(EspeakConfig::default()),
        CacheLimit(CACHE),
    ));
    let mut engines = Engines {
        recognition: None,
        voice,
        vad: VadConfig::default(),
    };
    let SpeechOptions::Model { folder, workers } = options else {
        return Ok((engines, None));
    };

    let mut config = PoolConfig::new(Model::phones(folder));
    config.workers = *workers;
    let pool = WorkerPool::start(config).await?;
    let name = pool.info().engine.clone();
    let grammar = Grammar::load(Arc::new(Lexicon::new(PhoneSet::load(folder)?))).await?;
    engines.recognition = Some(Recognition {
        transcriber: Arc::new(pool),
        grammar: Arc::new(grammar),
    });
    Ok((engines, Some(name)))
}
