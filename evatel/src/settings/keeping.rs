//! `[keeping]`: what is kept of each call, and for how long.

use std::{path::PathBuf, time::Duration};

use evatel_ari::call::KeepRules;
use serde::{Deserialize, Serialize};

use super::{Error, refused};
use crate::sweep::Retention;

/// What is kept of each call beside the call log.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keeping {
    /// The folder that has a folder for each call.
    pub dir: PathBuf,
    /// Whether what happened is kept: turns, prompts, keys, times.
    pub events: bool,
    /// For how many days, 1 to 3,650.
    pub events_days: u32,
    /// How much sound of one party is kept at most, in minutes, 1 to 600.
    pub longest_sound_min: u64,
    /// How large the folder may be, in MB, 1 to 10,000,000; what is oldest goes first, sound before anything else.
    pub most_mb: u64,
    /// Days that recordings of joined calls and messages (`calls.recordings_dir`) are kept; for ever where it is not said.
    pub recordings_days: Option<u32>,
    /// Whether numbers, keys and phones are left out of transcripts and events.
    pub redact: bool,
    /// Whether the conversation with the assistant is kept as sound, where the account records calls: of each party from when he has
    /// heard that he is recorded.
    pub sound: bool,
    /// For how many days, 1 to 3,650.
    pub sound_days: u32,
    /// Whether what was said and understood is kept.
    pub transcript: bool,
    /// For how many days, 1 to 3,650.
    pub transcript_days: u32,
}

impl Keeping {
    /// Gives what is kept of each call; nothing where nothing is.
    #[must_use]
    pub fn rules(&self) -> Option<KeepRules> {
        (self.events || self.transcript || self.sound).then(|| KeepRules {
            folder: self.dir.clone(),
            events: self.events,
            transcript: self.transcript,
            sound: self.sound,
            longest_sound: Duration::from_secs(self.longest_sound_min * 60),
            redact: self.redact,
        })
    }

    /// Gives for how long.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention {
            events: days(self.events_days),
            sound: days(self.sound_days),
            transcript: days(self.transcript_days),
            most_bytes: self.most_mb * 1_000_000,
        }
    }

    /// Gives how long recordings and messages are kept, where not for ever.
    #[must_use]
    pub fn recordings(&self) -> Option<Duration> {
        self.recordings_days.map(days)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        for (key, value, least, most, what) in [
            (
                "keeping.events_days",
                Some(self.events_days.into()),
                1,
                3_650,
                "days",
            ),
            (
                "keeping.longest_sound_min",
                Some(self.longest_sound_min),
                1,
                600,
                "minutes",
            ),
            ("keeping.most_mb", Some(self.most_mb), 1, 10_000_000, "MB"),
            (
                "keeping.recordings_days",
                self.recordings_days.map(Into::into),
                1,
                3_650,
                "days",
            ),
            (
                "keeping.sound_days",
                Some(self.sound_days.into()),
                1,
                3_650,
                "days",
            ),
            (
                "keeping.transcript_days",
                Some(self.transcript_days.into()),
                1,
                3_650,
                "days",
            ),
        ] {
            if value.is_some_and(|value: u64| !(least..=most).contains(&value)) {
                return Err(refused(key, format!("{least} to {most} {what}")));
            }
        }
        Ok(())
    }
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            dir: "calls".into(),
            events: true,
            events_days: 30,
            longest_sound_min: 60,
            most_mb: 10_000,
            recordings_days: None,
            redact: true,
            sound: true,
            sound_days: 30,
            transcript: true,
            transcript_days: 90,
        }
    }
}
