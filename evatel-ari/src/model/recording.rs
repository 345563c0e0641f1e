//! Recordings.

use serde::{Deserialize, Serialize};

use crate::{id::RecordingName, words::words};

/// A recording that runs or has just ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LiveRecording {
    /// Its name.
    pub name: RecordingName,
    /// Its file format, such as `wav`.
    pub format: String,
    /// What is recorded: `channel:…` or `bridge:…`.
    pub target_uri: String,
    /// How far it is.
    pub state: RecordingState,
    /// Its length in seconds, once done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// How many seconds of it were talk, if its silence was watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talking_duration: Option<i64>,
    /// How many seconds of it were silence, if that was watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence_duration: Option<i64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// A recording on Asterisk's disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StoredRecording {
    /// Its name.
    pub name: RecordingName,
    /// Its file format.
    pub format: String,
}

words! {
    /// How far a recording is.
    RecordingState {
        /// Thrown away.
        Canceled = "canceled",
        /// Ended and kept.
        Done = "done",
        /// Ended by a fault.
        Failed = "failed",
        /// Resting.
        Paused = "paused",
        /// Waiting.
        Queued = "queued",
        /// Running.
        Recording = "recording",
    }
}
