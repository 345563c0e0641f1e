//! `[speech]`: the ear, its model and its worker processes.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use evatel_core::account::Language;
use evatel_voice::{
    synth::CacheLimit,
    transcribe::Provider,
    worker::{CALLS_PER_WORKER, MOST_BEHIND, Model, PoolConfig, VoiceConfig},
};
use serde::{Deserialize, Serialize};

use super::{Error, refused};

/// The ear.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    /// How much sound each voice keeps of what it spoke, in MiB, 1 to 4,096: 64 are about an hour. Prompts that are the same for all calls are
    /// spoken when the daemon starts, up to half of it.
    pub cache_mib: usize,
    /// How many calls one worker hears at most, 1 to 512; one more has the keypad.
    pub calls_per_worker: usize,
    /// A file of phrases that are added to what can be said; `evatel agent grammar` checks it.
    pub grammar: Option<PathBuf>,
    /// The folder of the recogniser's model; without it there are prompts and keys only.
    pub model_dir: Option<PathBuf>,
    /// The folder that `evatel model install` puts models into.
    pub models_dir: PathBuf,
    /// How far recognition may be behind what is said, in ms, 50 to 2,000; farther behind, a new call has the keypad.
    pub most_behind_ms: u64,
    /// What the model is computed on: `cpu`, `cuda` or `trt`. What the native library does not have is refused at the start.
    pub provider: Provider,
    /// The folder of a model that finds speech; without it a small network that is built in does.
    pub vad: Option<PathBuf>,
    /// Processes of each voice of `voices`, 1 to 16: each says one sentence at a time.
    pub voice_workers: usize,
    /// The folders of voices, one a language; espeak-ng speaks where there is none, and where one fails.
    pub voices: Languages<PathBuf>,
    /// The folders of models that hear words, one a language; where there is none `model_dir` hears. What they hear is compared by the
    /// phones of `model_dir`.
    pub words: Languages<PathBuf>,
    /// Worker processes of each model that hears, 1 to 64; half of the machine's cores when it is not said.
    pub workers: Option<usize>,
}

/// Something for each language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Languages<T> {
    /// For English.
    pub en: Option<T>,
    /// For French.
    pub fr: Option<T>,
}

impl<T> Default for Languages<T> {
    /// For none.
    fn default() -> Self {
        Self { en: None, fr: None }
    }
}

impl<T> Languages<T> {
    /// Gives what there is, with its language.
    pub fn iter(&self) -> impl Iterator<Item = (Language, &T)> {
        let english = self.en.as_ref().map(|one| (Language::En, one));
        let french = self.fr.as_ref().map(|one| (Language::Fr, one));
        english.into_iter().chain(french)
    }

    /// Says whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Makes something else of each.
    #[must_use]
    pub fn map<U>(&self, make: impl Fn(Language, &T) -> U) -> Languages<U> {
        Languages {
            en: self.en.as_ref().map(|one| make(Language::En, one)),
            fr: self.fr.as_ref().map(|one| make(Language::Fr, one)),
        }
    }
}

impl Speech {
    /// Gives the model of this folder, which hears phones, with its workers, as the settings say.
    #[must_use]
    pub fn pool(&self, folder: &Path) -> PoolConfig {
        self.pool_of(Model::phones(folder))
    }

    /// Gives the models that hear words with their workers.
    #[must_use]
    pub fn words(&self) -> Languages<PoolConfig> {
        self.words
            .map(|_, folder| self.pool_of(Model::transducer(folder)))
    }

    /// Says whether a model hears 16 kHz.
    #[must_use]
    pub fn hears_wideband(&self) -> bool {
        !self.words.is_empty()
    }

    /// Gives the model that finds speech, with one worker whatever `workers` says.
    #[must_use]
    pub fn vad(&self) -> Option<PoolConfig> {
        let model = |folder| PoolConfig {
            workers: 1,
            ..self.pool_of(Model::vad(folder))
        };
        self.vad.as_ref().map(model)
    }

    /// How much each voice keeps of what it spoke.
    #[must_use]
    pub fn memory(&self) -> CacheLimit {
        CacheLimit(self.cache_mib << 20)
    }

    /// Gives the voices with their workers.
    #[must_use]
    pub fn voices(&self) -> Languages<VoiceConfig> {
        self.voices.map(|language, folder| VoiceConfig {
            workers: self.voice_workers,
            ..VoiceConfig::new(folder, language)
        })
    }

    fn pool_of(&self, model: Model) -> PoolConfig {
        let model = Model {
            provider: self.provider,
            ..model
        };
        PoolConfig {
            workers: self.workers.unwrap_or_else(usual_workers),
            calls_per_worker: self.calls_per_worker,
            most_behind: Duration::from_millis(self.most_behind_ms),
            ..PoolConfig::new(model)
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        for (key, value, least, most, what) in [
            ("speech.cache_mib", Some(self.cache_mib as u64), 1, 4_096, "MiB"),
            (
                "speech.calls_per_worker",
                Some(self.calls_per_worker as u64),
                1,
                512,
                "calls",
            ),
            (
                "speech.most_behind_ms",
                Some(self.most_behind_ms),
                50,
                2_000,
                "ms",
            ),
            (
                "speech.voice_workers",
                Some(self.voice_workers as u64),
                1,
                16,
                "processes",
            ),
            (
                "speech.workers",
                self.workers.map(|workers| workers as u64),
                1,
                64,
                "processes",
            ),
        ] {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                return Err(refused(key, format!("{least} to {most} {what}")));
            }
        }
        if self.model_dir.is_none() && !self.words.is_empty() {
            let reason = "needs `speech.model_dir`: its phones compare what was heard";
            return Err(refused("speech.words", reason.to_owned()));
        }
        Ok(())
    }
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            calls_per_worker: CALLS_PER_WORKER,
            grammar: None,
            model_dir: None,
            models_dir: "speech-models".into(),
            most_behind_ms: u64::try_from(MOST_BEHIND.as_millis()).unwrap_or(u64::MAX),
            provider: Provider::default(),
            vad: None,
            voice_workers: 1,
            cache_mib: 64,
            voices: Languages::default(),
            words: Languages::default(),
            workers: None,
        }
    }
}

/// Half of the cores: calls, the switch and the voice need the rest.
fn usual_workers() -> usize {
    (thread::available_parallelism().map_or(1, NonZero::get) / 2).max(1)
}
