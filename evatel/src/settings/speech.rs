//! `[speech]`: the ear, its model and its worker processes.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use evatel_voice::{
    transcribe::Provider,
    worker::{CALLS_PER_WORKER, MOST_BEHIND, Model, PoolConfig},
};
use serde::{Deserialize, Serialize};

use super::Error;

/// The ear.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
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
    /// Worker processes, 1 to 64; half of the machine's cores when it is not said.
    pub workers: Option<usize>,
}

impl Speech {
    /// Gives the model of this folder with its workers, as the settings say.
    #[must_use]
    pub fn pool(&self, folder: &Path) -> PoolConfig {
        let model = Model {
            provider: self.provider,
            ..Model::phones(folder)
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
                "speech.workers",
                self.workers.map(|workers| workers as u64),
                1,
                64,
                "processes",
            ),
        ] {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                let reason = format!("{least} to {most} {what}");
                return Err(Error::Value { key, reason });
            }
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
            workers: None,
        }
    }
}

/// Half of the cores: calls, the switch and the voice need the rest.
fn usual_workers() -> usize {
    (thread::available_parallelism().map_or(1, NonZero::get) / 2).max(1)
}
