//! Playbacks.

use serde::{Deserialize, Serialize};

use crate::{id::PlaybackId, words::words};

/// A sound that plays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Playback {
    /// Its id.
    pub id: PlaybackId,
    /// What plays.
    pub media_uri: String,
    /// What plays next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_media_uri: Option<String>,
    /// Where: `channel:…` or `bridge:…`.
    pub target_uri: String,
    /// In which language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How far it is.
    pub state: PlaybackState,
}

words! {
    /// How far a playback is.
    PlaybackState {
        /// Between two media of a list.
        Continuing = "continuing",
        /// Ended.
        Done = "done",
        /// Ended by a fault, or by the end of its channel.
        Failed = "failed",
        /// Stopped for a while; no event tells it.
        Paused = "paused",
        /// Playing.
        Playing = "playing",
        /// Waiting.
        Queued = "queued",
    }
}
