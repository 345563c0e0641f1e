//! Starting the ear and the mouth.

use std::{path::PathBuf, sync::Arc};

use evatel_voice::{
    agent::{Engines, Recognition},
    brain::{
        Advised,
        chat::{Endpoint, system_lookup},
    },
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    synth::{CacheLimit, Cached, Espeak, EspeakConfig},
    vad::VadConfig,
    worker::{Model, PoolConfig, WorkerPool},
};

use super::Error;
use crate::settings::BrainOptions;

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
        /// Who advises the grammar, where somebody does.
        brain: Option<BrainOptions>,
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
    let SpeechOptions::Model {
        folder,
        workers,
        brain,
    } = options
    else {
        return Ok((engines, None));
    };

    let mut config = PoolConfig::new(Model::phones(folder));
    config.workers = *workers;
    let pool = WorkerPool::start(config).await?;
    let name = pool.info().engine.clone();
    let grammar = Grammar::load(Arc::new(Lexicon::new(PhoneSet::load(folder)?))).await?;
    let grammar = Arc::new(grammar);
    engines.recognition = Some(Recognition {
        transcriber: Arc::new(pool),
        lexicon: grammar.lexicon().clone(),
        brain: match brain {
            None => grammar,
            Some(options) => Arc::new(advised(options, grammar)?),
        },
    });
    Ok((engines, Some(name)))
}

/// Joins the grammar with those who advise it.
pub(crate) fn advised(options: &BrainOptions, grammar: Arc<Grammar>) -> Result<Advised, Error> {
    let endpoints = options.endpoints.iter().cloned();
    Ok(Advised {
        grammar,
        endpoints: endpoints
            .map(|endpoint| Endpoint::new(endpoint, options.patience, system_lookup()))
            .collect::<Result<_, _>>()?,
        ask: options.ask,
        patience: options.patience,
        limits: options.limits,
    })
}
