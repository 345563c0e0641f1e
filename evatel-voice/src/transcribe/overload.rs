//! Why somebody is not heard.

use std::{fmt, time::Duration};

/// Why no new call is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overload {
    /// Each worker is behind with what it hears.
    Behind {
        /// How far, in ms of sound: the one that is least.
        by: Duration,
        /// How far one may be.
        most: Duration,
    },
    /// As many calls are heard as may be.
    Full {
        /// How many.
        calls: usize,
    },
    /// No worker is ready, and none was of late.
    NoWorker,
}

impl Overload {
    /// Its word in counts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Behind { .. } => "behind",
            Self::Full { .. } => "full",
            Self::NoWorker => "no-worker",
        }
    }
}

impl fmt::Display for Overload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind { by, most } => write!(
                f,
                "decoding is {} ms behind what is heard, at most {} ms are allowed",
                by.as_millis(),
                most.as_millis()
            ),
            Self::Full { calls } => write!(f, "{calls} calls are heard, as many as may be"),
            Self::NoWorker => f.write_str("no worker is ready"),
        }
    }
}
