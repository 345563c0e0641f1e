//! Starting the ear and the mouth.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use evatel_core::dialogue::Dialogue;
use evatel_voice::{
    agent::{Engines, Recognition},
    brain::{
        Advised,
        chat::{Endpoint, system_lookup},
    },
    grammar::{self, Grammar, Limits, PhraseFile},
    lexicon::{Lexicon, PhoneSet},
    synth::{CacheLimit, Cached, Espeak, EspeakConfig},
    vad::VadConfig,
    worker::{PoolConfig, WorkerPool},
};

use super::Error;
use crate::settings::BrainOptions;

/// How the assistant hears.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a program has one")]
pub enum SpeechOptions {
    /// Not at all: prompts and keys.
    KeysOnly,
    /// With a model.
    Model {
        /// The model and its worker processes.
        pool: PoolConfig,
        /// Who advises the grammar, where somebody does.
        brain: Option<BrainOptions>,
        /// A file of phrases that add to ours.
        grammar: Option<PathBuf>,
    },
}

/// How much spoken audio is kept, in bytes: about an hour of prompts at 8 kHz.
const CACHE: usize = 64 * 1024 * 1024;

/// Starts the engines, and makes them ready for these dialogues; gives them with the name of the recogniser.
pub(crate) async fn start(
    options: &SpeechOptions,
    dialogues: &[Arc<Dialogue>],
) -> Result<(Engines, Option<String>), Error> {
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
        pool: config,
        brain,
        grammar,
    } = options
    else {
        return Ok((engines, None));
    };

    let folder = &config.model.folder;
    let pool = WorkerPool::start(config.clone()).await?;
    let name = pool.info().engine.clone();
    let grammar = Arc::new(load_grammar(folder, grammar.as_deref()).await?);
    for dialogue in dialogues {
        grammar.prepare(dialogue).await?;
    }
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

/// Loads our phrases and those of an operator, whose file is read before a model is looked at.
async fn load_grammar(model: &Path, added: Option<&Path>) -> Result<Grammar, Error> {
    let mut files = Vec::new();
    if let Some(path) = added {
        let unreadable = |source| Error::Phrases {
            path: path.to_owned(),
            source,
        };
        // One byte more than is allowed is enough to refuse it.
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(grammar::LARGEST as u64 + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        let phrases = PhraseFile::parse(&path.display().to_string(), &text);
        files.push(phrases.map_err(grammar::Error::from)?);
    }
    let lexicon = Arc::new(Lexicon::new(PhoneSet::load(model)?));
    Ok(Grammar::with(lexicon, Limits::default(), files).await?)
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
