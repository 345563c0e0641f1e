//! Speech in: the contract of a recogniser. What it hears are phones with times; [`crate::grammar`] makes sense of them. One that
//! hears words is made one that hears phones by [`ByWords`].

mod by_language;
mod by_words;
mod overload;
mod provider;
#[cfg(feature = "sherpa")]
pub(crate) mod sherpa;
mod word;

use std::{fmt, ops::RangeInclusive, path::PathBuf, sync::Arc, time::Duration};

use evatel_core::account::Language;
use tokio::sync::mpsc::{self, error::TryRecvError};

pub use by_words::ByWords;
pub use overload::Overload;
pub use provider::Provider;
pub use word::{Word, in_words, words};

use crate::sound::{Band, Sound};

/// One heard phone, as a token of the model's `tokens.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneToken {
    /// The token, for example `an` or `tS`.
    pub phone: String,
    /// When it was heard, in ms since the session's first frame.
    pub at_ms: u32,
    /// The word that it is of, where the engine hears words: all phones of a word share one.
    pub word: Option<Arc<str>>,
}

impl PhoneToken {
    /// A phone that was heard as such.
    #[must_use]
    pub fn new(phone: impl Into<String>, at_ms: u32) -> Self {
        Self {
            phone: phone.into(),
            at_ms,
            word: None,
        }
    }

    /// The same on a clock that was at `start_ms` when the session began.
    #[must_use]
    pub fn starting_at(self, start_ms: u32) -> Self {
        Self {
            at_ms: self.at_ms.saturating_add(start_ms),
            ..self
        }
    }
}

/// What was heard so far of something that is still being said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partial {
    /// All of it, in the order in which it was said.
    pub tokens: Vec<PhoneToken>,
    /// So many of the first tokens stay as they are in each later report, the last one included; at most all.
    pub stable: usize,
}

impl Partial {
    /// What no later report takes back.
    #[must_use]
    pub fn stable(&self) -> &[PhoneToken] {
        &self.tokens[..self.stable.min(self.tokens.len())]
    }

    /// What may still change.
    #[must_use]
    pub fn open(&self) -> &[PhoneToken] {
        &self.tokens[self.stable.min(self.tokens.len())..]
    }

    /// The same on a clock that was at `start_ms` when the session began.
    #[must_use]
    pub fn starting_at(self, start_ms: u32) -> Self {
        let tokens = self.tokens.into_iter();
        Self {
            tokens: tokens.map(|token| token.starting_at(start_ms)).collect(),
            stable: self.stable,
        }
    }
}

/// What a session reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// All that was pushed before [`Session::mark`] is heard.
    CaughtUp,
    /// The engine is lost for this session; nothing follows.
    Failed {
        /// What happened, for the operator.
        reason: String,
    },
    /// All that was heard; nothing follows.
    Final(Vec<PhoneToken>),
    /// What was heard so far, each time there is more of it. Workers report once for each part that they decode, 160 ms with our
    /// model; as it decodes greedily, all that it reports is stable, whatever becomes of the worker. A model that takes hotwords weighs
    /// several readings to the end: none of what it reports is.
    Partial(Partial),
    /// The engine was lost; another has heard the last seconds again and goes on.
    Replaced,
}

/// What recognition may fail with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This program was built without the speech library.
    #[error(
        "this build has no speech recognition: build with the feature `sherpa` after `cargo xtask setup`; the keypad works without it"
    )]
    NoSpeechLibrary,
    /// The native library is not the one that this program was built for.
    #[error(
        "the speech library is version `{found}`, this program needs `{wanted}`: run `cargo xtask setup` again"
    )]
    WrongLibrary {
        /// What the library says it is.
        found: String,
        /// What the bindings were made for.
        wanted: &'static str,
    },
    /// A file of the model is not there.
    #[error("the speech model's file `{}` does not exist or cannot be read", path.display())]
    ModelMissing {
        /// The file.
        path: PathBuf,
    },
    /// The engine refuses the model.
    #[error("the speech engine refuses the model `{}`: {reason}", path.display())]
    ModelRefused {
        /// The model's folder.
        path: PathBuf,
        /// The engine's own words, or what it did.
        reason: String,
    },
    /// Workers are refused inside a worker: the program forgot its first line.
    #[error(
        "`evatel_voice::worker::run_if_worker()` is not the first line of this program's `main`, so that it cannot be its own speech worker"
    )]
    NotHooked,
    /// A worker process could not be started.
    #[error("cannot start the speech worker `{}`: {reason}", program.display())]
    WorkerNotStarted {
        /// The program.
        program: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A worker did not become ready in time.
    #[error("the speech worker did not answer within {limit:?}")]
    WorkerSilent {
        /// The deadline.
        limit: Duration,
    },
    /// The library cannot compute on what it was told to; without this it would take the processor by itself.
    #[error("the speech library cannot compute on `{provider}`: {reason}")]
    NoProvider {
        /// On what.
        provider: Provider,
        /// The library's own words.
        reason: String,
    },
    /// A new call is not heard, for that would harm those that are.
    #[error("no new call is heard for the moment: {0}")]
    Overloaded(Overload),
    /// Every worker is as full as it may be.
    #[error("all speech workers are busy: {sessions} sessions are open")]
    Busy {
        /// How many are open.
        sessions: usize,
    },
    /// The recogniser was lost while it listened.
    #[error("the recogniser was lost while it listened: {reason}")]
    Lost {
        /// What happened.
        reason: String,
    },
    /// All workers are down or the pool was dropped.
    #[error("the speech workers are shut down")]
    Closed,
}

/// A recogniser. Opening is cheap: one session for each thing somebody says.
///
/// One of your own hears the frames of a session and reports what it made of them:
///
/// ```
/// use evatel_core::account::Language;
/// use evatel_voice::{
///     Frame8k,
///     transcribe::{Error, Feed, Heard, PhoneToken, Session, Transcriber},
/// };
///
/// /// Hears one phone, for as long as somebody speaks.
/// #[derive(Debug)]
/// struct Patient;
///
/// impl Transcriber for Patient {
///     fn open(&self, _: Language) -> Result<Session, Error> {
///         let (session, mut sound, reports) = Session::new();
///         tokio::spawn(async move {
///             while let Some(came) = sound.recv().await {
///                 match came {
///                     Feed::Frame(_) => {}
///                     Feed::Mark => _ = reports.send(Heard::CaughtUp).await,
///                     Feed::Finish => {
///                         let phone = PhoneToken::new("a", 0);
///                         _ = reports.send(Heard::Final(vec![phone])).await;
///                         return;
///                     }
///                 }
///             }
///         });
///         Ok(session)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Error> {
/// let mut session = Patient.open(Language::Fr)?;
/// session.push(Frame8k::SILENCE);
/// session.finish();
/// assert!(matches!(session.next().await, Some(Heard::Final(phones)) if phones.len() == 1));
/// # Ok(())
/// # }
/// ```
pub trait Transcriber: Send + Sync + fmt::Debug {
    /// Opens a session. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Busy`] and [`Error::Closed`].
    fn open(&self, language: Language) -> Result<Session, Error>;

    /// The same where something is known of what will be said. An engine that can make no use of it hears as ever.
    ///
    /// # Errors
    /// As [`Transcriber::open`].
    fn open_for(&self, language: Language, _known: &Hints<'_>) -> Result<Session, Error> {
        self.open(language)
    }

    /// Says in which band it hears this language best: in a wide one its sessions get what a telephone of 8 kHz does not carry, where a
    /// leg brings it ([`Sound::wide`]).
    fn band(&self, _language: Language) -> Band {
        Band::Narrow
    }

    /// Says at which levels of speech it hears well, in dBFS (root mean square of 20 ms): who speaks below or above is brought to the
    /// edge of that. Nothing hears everybody as he speaks.
    fn levels(&self, _language: Language) -> Option<RangeInclusive<f32>> {
        None
    }

    /// Says whether somebody who speaks this language can be heard now, before he is asked anything. What belongs to a call keeps its place until it is
    /// dropped.
    ///
    /// # Errors
    /// [`Error::Overloaded`]: the keypad is left.
    fn admit(&self, _language: Language) -> Result<(), Error> {
        Ok(())
    }

    /// Gives the recogniser of one more call, where it makes a difference between calls: those that it hears come before new ones.
    fn for_call(&self) -> Option<Arc<dyn Transcriber>> {
        None
    }
}

/// What is known of an utterance before it is heard.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Names that may well be said, for an engine that can be told: hotwords.
    pub names: &'a [&'a str],
    /// The band in which its sound comes, at first: a leg of the other band may take over in the middle ([`Feed::Frame`]).
    pub band: Band,
}

/// What goes into a session, as its engine gets it. Where nothing more comes and [`Feed::Finish`] was not among it, nobody
/// wants to know any more.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a box would allocate for each frame")]
pub enum Feed {
    /// The next 20 ms. An engine of 16 kHz hears [`Sound::wide`], and where there is none brings [`Sound::narrow`] to its rate
    /// ([`Upsampler`](crate::resample::Upsampler)); any other hears the latter.
    Frame(Sound),
    /// The utterance is over: [`Heard::Final`] is waited for.
    Finish,
    /// [`Heard::CaughtUp`] is waited for, once all before is heard.
    Mark,
}

/// How many frames may wait for a session: 3 s. When it is full the newest is dropped and counted.
pub const SESSION_FRAMES: usize = 150;

/// One utterance on its way through a recogniser. Dropping it stops the work.
#[derive(Debug)]
pub struct Session {
    feed: mpsc::Sender<Feed>,
    heard: mpsc::Receiver<Heard>,
    dropped: u32,
    finished: bool,
}

impl Session {
    /// Makes a session and the engine's ends of it: what to hear, and where to report. For whoever writes a
    /// [`Transcriber`] of his own.
    pub fn new() -> (Self, mpsc::Receiver<Feed>, mpsc::Sender<Heard>) {
        // One slot more than frames, so that the end of speech always fits.
        let (feed, engine_feed) = mpsc::channel(SESSION_FRAMES + 1);
        let (engine_heard, heard) = mpsc::channel(16);
        (
            Self {
                feed,
                heard,
                dropped: 0,
                finished: false,
            },
            engine_feed,
            engine_heard,
        )
    }

    /// Gives the next 20 ms. It never waits: an engine 3 s behind loses the frame.
    pub fn push(&mut self, sound: impl Into<Sound>) {
        let room = self.feed.capacity() > 1;
        if self.finished || !room || self.feed.try_send(Feed::Frame(sound.into())).is_err() {
            self.dropped += 1;
        }
    }

    /// Waits until [`Session::push`] loses nothing, for sound that does not come at its own pace; it does not wait for an
    /// engine that is gone. Cancel safe.
    pub async fn has_room(&self) {
        // The place of the end of speech is not for frames.
        _ = self.feed.reserve_many(2).await;
    }

    /// Asks to be told, by [`Heard::CaughtUp`], once all so far is heard: for sound that does not come at its own pace. Who waits for it
    /// within each 3 s of sound loses nothing. It is not told where the engine is gone, or the session finished.
    pub fn mark(&mut self) {
        if !self.finished && self.feed.capacity() > 1 {
            // A closed channel means that the engine is gone; `next` says so.
            let _ = self.feed.try_send(Feed::Mark);
        }
    }

    /// Says that the utterance is over: [`Heard::Final`] follows.
    pub fn finish(&mut self) {
        if !self.finished {
            self.finished = true;
            // A closed channel means that the engine is gone; `next` says so.
            let _ = self.feed.try_send(Feed::Finish);
        }
    }

    /// Waits for the next report; nothing after the last one. Cancel safe.
    pub async fn next(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }

    /// Gives the next report if it is there already.
    ///
    /// # Errors
    /// `Empty` where it is not, `Disconnected` after the last one.
    pub(crate) fn try_next(&mut self) -> Result<Heard, TryRecvError> {
        self.heard.try_recv()
    }

    /// How many frames the engine was too slow for.
    #[must_use]
    pub fn dropped_frames(&self) -> u32 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame8k;

    #[tokio::test]
    async fn an_engine_that_is_behind_loses_frames_but_not_the_end() {
        let (mut session, mut feed, _heard) = Session::new();
        for _ in 0..SESSION_FRAMES + 7 {
            session.push(Frame8k::SILENCE);
        }
        session.finish();
        assert_eq!(session.dropped_frames(), 7);
        let mut frames = 0;
        while let Some(Feed::Frame(_)) = feed.recv().await {
            frames += 1;
        }
        assert_eq!(frames, SESSION_FRAMES);
    }

    #[test]
    fn errors_say_what_to_do() {
        assert!(Error::NoSpeechLibrary.to_string().contains("cargo xtask setup"));
    }
}
