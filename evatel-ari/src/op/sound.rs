//! What is played and recorded, the same on channels and bridges.

use std::time::Duration;

use super::{milliseconds, seconds};
use crate::{id::RecordingName, request::Request, words::words};

/// What is played, one after the other, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Play {
    /// `sound:`, `recording:`, `number:`, `digits:`, `characters:` or `tone:`, such as `sound:beep` or `tone:ring;tonezone=fr`.
    pub media: Vec<String>,
    /// The language of sounds; the channel's own if none.
    pub language: Option<String>,
    /// How much of the first is left out; whole milliseconds.
    pub offset: Option<Duration>,
    /// How far `forward` and `reverse` of [`crate::op::playbacks::control`] go, 3 s if none; whole milliseconds.
    pub skip: Option<Duration>,
}

impl Play {
    /// Plays `media` one after the other.
    pub fn new(media: impl IntoIterator<Item: Into<String>>) -> Self {
        Self {
            media: media.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

impl From<&str> for Play {
    fn from(media: &str) -> Self {
        Self::new([media])
    }
}

/// How a recording is made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// Its name; `/` in it makes folders.
    pub name: RecordingName,
    /// Its file format, such as `wav`.
    pub format: String,
    /// After how long it ends; whole seconds, at least one; never if none.
    pub max_duration: Option<Duration>,
    /// After how much silence it ends; whole seconds, at least one; never if none.
    pub max_silence: Option<Duration>,
    /// What happens if there is one of this name.
    pub if_exists: IfExists,
    /// Whether a beep says that it begins.
    pub beep: bool,
    /// Which key ends it.
    pub terminate_on: TerminateOn,
}

impl Recording {
    /// Makes one that ends only when told, and that does not touch an earlier one of its name.
    pub fn new(name: RecordingName, format: impl Into<String>) -> Self {
        Self {
            name,
            format: format.into(),
            max_duration: None,
            max_silence: None,
            if_exists: IfExists::Fail,
            beep: false,
            terminate_on: TerminateOn::Nothing,
        }
    }
}

words! {
    /// What happens if a recording of the same name exists.
    IfExists {
        /// The new one goes to its end.
        Append = "append",
        /// The new one is refused.
        Fail = "fail",
        /// The old one is lost.
        Overwrite = "overwrite",
    }

    /// Which key of the party ends a recording.
    TerminateOn {
        /// Any.
        Any = "any",
        /// `#`
        Hash = "#",
        /// None.
        Nothing = "none",
        /// `*`
        Star = "*",
    }
}

impl<T> Request<T> {
    pub(super) fn play(self, play: &Play) -> Self {
        self.query_list("media", &play.media)
            .query_opt("lang", play.language.as_deref())
            .query_opt("offsetms", play.offset.map(milliseconds))
            .query_opt("skipms", play.skip.map(milliseconds))
    }

    pub(super) fn record(self, recording: &Recording) -> Self {
        let Recording {
            if_exists,
            terminate_on,
            ..
        } = recording;
        let if_exists = (*if_exists != IfExists::Fail).then(|| if_exists.as_str());
        let terminate_on = (*terminate_on != TerminateOn::Nothing).then(|| terminate_on.as_str());
        self.query("name", recording.name.as_str())
            .query("format", &recording.format)
            .query_opt("maxDurationSeconds", recording.max_duration.map(seconds))
            .query_opt("maxSilenceSeconds", recording.max_silence.map(seconds))
            .query_opt("ifExists", if_exists)
            .query_flag("beep", recording.beep)
            .query_opt("terminateOn", terminate_on)
    }
}
