//! Starting the ear and the mouth.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use evatel_core::{account::Language, dialogue::Dialogue};
use evatel_voice::{
    agent::{Engines, Recognition},
    brain::{
        Advised,
        chat::{Endpoint, system_lookup},
    },
    grammar::{self, Grammar, Limits, PhraseFile},
    lexicon::{Lexicon, PhoneSet},
    synth::{CacheLimit, Cached, Espeak, EspeakConfig, Synthesizer, Voices, WithFallback},
    transcribe::{ByLanguage, ByWords, Transcriber},
    vad::VadConfig,
    worker::{PoolConfig, Voice, VoiceConfig, WorkerPool},
};

use super::Error;
use crate::settings::{BrainOptions, Languages};

/// How the assistant hears and speaks.
#[derive(Debug, Clone, Default)]
pub struct SpeechOptions {
    /// How it hears; without that there are prompts and keys.
    pub ear: Option<EarOptions>,
    /// Voices that speak in place of espeak-ng.
    pub voices: Languages<VoiceConfig>,
}

/// How the assistant hears.
#[derive(Debug, Clone)]
pub struct EarOptions {
    /// The model whose phones everything is compared by, and its worker processes; it hears where no model of words does.
    pub phones: PoolConfig,
    /// Models that hear words, and their worker processes.
    pub words: Languages<PoolConfig>,
    /// Who advises the grammar, where somebody does.
    pub brain: Option<BrainOptions>,
    /// A file of phrases that add to ours.
    pub grammar: Option<PathBuf>,
}

/// How much spoken audio is kept, in bytes: about an hour of prompts at 8 kHz.
const CACHE: usize = 64 * 1024 * 1024;

/// Starts the engines, and makes them ready for these dialogues; gives them with the name of the recogniser.
pub(crate) async fn start(
    options: &SpeechOptions,
    dialogues: &[Arc<Dialogue>],
) -> Result<(Engines, Option<String>), Error> {
    let mut engines = Engines {
        recognition: None,
        voice: start_voices(&options.voices).await?,
        vad: VadConfig::default(),
    };
    let Some(ear) = &options.ear else {
        return Ok((engines, None));
    };
    let grammar = Arc::new(load_grammar(&ear.phones.model.folder, ear.grammar.as_deref()).await?);
    let (transcriber, name) = start_ear(ear, grammar.lexicon()).await?;
    for dialogue in dialogues {
        grammar.prepare(dialogue).await?;
    }
    engines.recognition = Some(Recognition {
        transcriber,
        lexicon: grammar.lexicon().clone(),
        brain: match &ear.brain {
            None => grammar,
            Some(options) => Arc::new(advised(options, grammar)?),
        },
    });
    Ok((engines, Some(name)))
}

/// Starts what hears, a recogniser for each language where they differ; gives it with its name.
async fn start_ear(
    ear: &EarOptions,
    lexicon: &Arc<Lexicon>,
) -> Result<(Arc<dyn Transcriber>, String), Error> {
    let by_words = async |config: &PoolConfig| -> Result<_, Error> {
        let pool = WorkerPool::start(config.clone()).await?;
        let name = pool.info().engine.clone();
        let heard: Arc<dyn Transcriber> = Arc::new(ByWords::new(Arc::new(pool), lexicon.clone()));
        Ok((heard, name))
    };
    let by_phones = async || -> Result<_, Error> {
        let pool = WorkerPool::start(ear.phones.clone()).await?;
        let name = pool.info().engine.clone();
        let heard: Arc<dyn Transcriber> = Arc::new(pool);
        Ok((heard, name))
    };
    let (english, french, name) = match (&ear.words.en, &ear.words.fr) {
        (None, None) => return by_phones().await,
        (Some(english), Some(french)) => {
            let (english, name) = by_words(english).await?;
            (english, by_words(french).await?.0, name)
        }
        (Some(english), None) => {
            let (english, name) = by_words(english).await?;
            (english, by_phones().await?.0, name)
        }
        (None, Some(french)) => {
            let (french, name) = by_words(french).await?;
            (by_phones().await?.0, french, name)
        }
    };
    Ok((Arc::new(ByLanguage { english, french }), name))
}

/// Starts the voices, a voice of an operator's where there is one; espeak-ng says what it cannot.
pub(crate) async fn start_voices(options: &Languages<VoiceConfig>) -> Result<Arc<dyn Synthesizer>, Error> {
    let espeak: Arc<dyn Synthesizer> = Arc::new(Cached::new(
        Espeak::new(EspeakConfig::default()),
        CacheLimit(CACHE),
    ));
    let mut voices = Voices {
        english: espeak.clone(),
        french: espeak.clone(),
    };
    for (language, config) in options.iter() {
        let voice = Voice::start(config.clone()).await?;
        let first = Arc::new(Cached::new(voice, CacheLimit(CACHE)));
        let second = espeak.clone();
        let voice: Arc<dyn Synthesizer> = Arc::new(WithFallback { first, second });
        match language {
            Language::En => voices.english = voice,
            Language::Fr => voices.french = voice,
        }
    }
    Ok(Arc::new(voices))
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
