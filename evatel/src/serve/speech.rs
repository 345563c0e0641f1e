//! Starting the ear and the mouth.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use evatel_core::{account::Language, dialogue::Dialogue, skill::Skills};
use evatel_voice::{
    ByLanguage,
    agent::{Engines, Recognition},
    brain::{
        Advised,
        chat::{Endpoint, system_lookup},
    },
    grammar::{self, Grammar, Limits, PhraseFile},
    lexicon::{Lexicon, PhoneSet},
    models::is_of_synthetic_speech,
    synth::{CacheLimit, Cached, Espeak, Synthesizer, WithFallback},
    transcribe::{ByWords, Transcriber},
    vad::{Detection, VadConfig, VadModel},
    worker::{PoolConfig, Voice, VoiceConfig, WorkerPool},
};

use super::{Error, text_of};
use crate::settings::{BrainOptions, Languages};

/// How the assistant hears and speaks.
#[derive(Debug, Clone, Default)]
pub struct SpeechOptions {
    /// How it hears; without that there are prompts and keys.
    pub ear: Option<EarOptions>,
    /// What finds speech in place of the built-in network.
    pub vad: Option<PoolConfig>,
    /// Voices that speak in place of espeak-ng.
    pub voices: Languages<VoiceConfig>,
    /// How much each voice keeps of what it spoke.
    pub memory: CacheLimit,
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

impl EarOptions {
    /// The folder of our own small model, where it is what hears one of these languages.
    pub(crate) fn of_synthetic_speech(&self, languages: &[Language]) -> Option<PathBuf> {
        let by_phones = languages.iter().any(|language| match language {
            Language::En => self.words.en.is_none(),
            Language::Fr => self.words.fr.is_none(),
        });
        let folder = &self.phones.model.folder;
        (by_phones && is_of_synthetic_speech(folder)).then(|| folder.clone())
    }
}

/// Starts the engines, and makes them ready for these dialogues and skills; gives them with the name of the recogniser.
pub(crate) async fn start(
    options: &SpeechOptions,
    dialogues: &[Arc<Dialogue>],
    skills: Arc<Skills>,
) -> Result<(Engines, Option<String>), Error> {
    let mut engines = Engines {
        recognition: None,
        voice: start_voices(&options.voices, options.memory).await?,
        vad: Detection {
            config: VadConfig::default(),
            model: match &options.vad {
                Some(model) => Some(VadModel::start(model.clone()).await?),
                None => None,
            },
        },
    };
    let Some(ear) = &options.ear else {
        return Ok((engines, None));
    };
    let grammar = load_grammar(&ear.phones.model.folder, ear.grammar.as_deref()).await?;
    let grammar = Arc::new(grammar.with_skills(skills).await?);
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
    let Languages { en, fr } = &ear.words;
    let (english, name) = start_pool(en.as_ref(), ear, lexicon).await?;
    if en.is_none() && fr.is_none() {
        return Ok((english, name));
    }
    let (french, _) = start_pool(fr.as_ref(), ear, lexicon).await?;
    Ok((Arc::new(ByLanguage { english, french }), name))
}

/// Starts a model of words, or the one of phones where there is none.
async fn start_pool(
    words: Option<&PoolConfig>,
    ear: &EarOptions,
    lexicon: &Arc<Lexicon>,
) -> Result<(Arc<dyn Transcriber>, String), Error> {
    let pool = WorkerPool::start(words.unwrap_or(&ear.phones).clone()).await?;
    let name = pool.info().engine.clone();
    let pool: Arc<dyn Transcriber> = Arc::new(pool);
    Ok(match words {
        Some(_) => (Arc::new(ByWords::new(pool, lexicon.clone())), name),
        None => (pool, name),
    })
}

/// Starts the voices, a voice of an operator's where there is one; espeak-ng says what it cannot.
pub(crate) async fn start_voices(
    options: &Languages<VoiceConfig>,
    memory: CacheLimit,
) -> Result<Arc<dyn Synthesizer>, Error> {
    let espeak: Arc<dyn Synthesizer> = Arc::new(Cached::new(Espeak::default(), memory));
    let english = start_voice(options.en.as_ref(), &espeak, memory).await?;
    let french = start_voice(options.fr.as_ref(), &espeak, memory).await?;
    Ok(Arc::new(ByLanguage { english, french }))
}

/// Starts an operator's voice in front of espeak-ng, which speaks alone where there is none.
async fn start_voice(
    config: Option<&VoiceConfig>,
    espeak: &Arc<dyn Synthesizer>,
    memory: CacheLimit,
) -> Result<Arc<dyn Synthesizer>, Error> {
    let Some(config) = config else {
        return Ok(espeak.clone());
    };
    let voice = Voice::start(config.clone()).await?;
    Ok(Arc::new(WithFallback {
        first: Arc::new(Cached::new(voice, memory)),
        second: espeak.clone(),
    }))
}

/// Loads our phrases and those of an operator, whose file is read before a model is looked at.
async fn load_grammar(model: &Path, added: Option<&Path>) -> Result<Grammar, Error> {
    let mut files = Vec::new();
    if let Some(path) = added {
        let text = text_of(path, grammar::LARGEST).map_err(|source| Error::Phrases {
            path: path.to_owned(),
            source,
        })?;
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
