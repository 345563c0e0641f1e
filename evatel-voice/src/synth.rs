//! Speech out: the contract of a voice, the engines that fulfil it, and what they share.

mod ahead;
mod cache;
mod choice;
mod espeak;
pub(crate) mod level;
mod manner;
pub mod ssml;
mod text;
pub mod tone;
mod wav;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

pub use ahead::{Ahead, speak_ahead};
pub use cache::{CacheLimit, Cached};
pub use choice::WithFallback;
pub use espeak::{Espeak, EspeakConfig, EspeakVoice};
pub use manner::{Manner, Pace};
pub use text::{sanitised, sentences};

use crate::frame::Clip;

/// What synthesis may fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The engine's program could not be started.
    #[error("cannot start `{program}`: install it or name it in the configuration")]
    NotInstalled {
        /// The program's name or path.
        program: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The engine gave no sound in time.
    #[error("`{program}` gave no speech within {limit:?}")]
    TooSlow {
        /// The program's name or path.
        program: String,
        /// The deadline.
        limit: Duration,
    },
    /// The engine ended with an error.
    #[error("`{program}` failed with {status}: {message}")]
    Failed {
        /// The program's name or path.
        program: String,
        /// How it ended.
        status: String,
        /// The end of what it wrote to its error stream.
        message: String,
    },
    /// Talking to the engine failed.
    #[error("lost the connection to `{program}`")]
    Lost {
        /// The program's name or path.
        program: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The engine's sound is no WAV that this crate reads.
    #[error("`{program}` gave no usable WAV: {reason}")]
    BadSound {
        /// The program's name or path.
        program: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// It failed for somebody who wanted the same at the same moment.
    #[error(transparent)]
    Shared(Arc<Error>),
}

/// The future of one spoken sentence. Dropping it stops the engine.
pub type Speaking<'a> = Pin<Box<dyn Future<Output = Result<Clip, Error>> + Send + 'a>>;

/// A voice: turns one sentence into sound. Split longer texts with [`sentences`], so that the first is heard early.
pub trait Synthesizer: Send + Sync + std::fmt::Debug {
    /// Speaks one sentence. A text with nothing to say gives an empty clip.
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a>;

    /// Names the voice that speaks in this manner, for caches and logs: two that sound different have different names.
    fn voice(&self, manner: Manner) -> String;
}

impl<S: Synthesizer + ?Sized> Synthesizer for Arc<S> {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        (**self).speak(sentence, manner)
    }

    fn voice(&self, manner: Manner) -> String {
        (**self).voice(manner)
    }
}
