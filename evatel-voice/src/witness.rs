//! Who writes down what an agent hears, says and decides, each at its place on the clock of the leg's sound.
//!
//! The clock counts the frames that came from the party, 20 ms each, from the agent's start on. Where none come for half a second, as from
//! a telephone that suppresses silence, it goes on by itself.

use std::{fmt, time::Duration};

use evatel_core::intent::{Intent, Score};
use serde::Serialize;

use crate::frame::Frame8k;

/// Is told what happens in an agent, by its task: it must not wait, not even for a disk.
pub trait Witness: Send + Sync + fmt::Debug {
    /// Something happened, at this time of the leg's clock in ms.
    fn sees(&self, at_ms: u64, event: &TurnEvent);

    /// The party's sound of this place, counted in frames.
    fn heard(&self, at: u64, frame: &Frame8k);

    /// The agent's sound that the party hears at this place.
    fn said(&self, at: u64, frame: &Frame8k);

    /// What was to be heard from this place on is not: the agent was stopped.
    fn cut(&self, from: u64);
}

/// What happens in an agent. Times are in ms.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TurnEvent {
    /// An answer is on its way to the party: how long each stage took, from his last word on.
    Answered {
        /// The pause that ended his turn.
        endpoint_ms: u64,
        /// Until it was recognised.
        recognition_ms: u64,
        /// Until it had a meaning.
        understanding_ms: u64,
        /// Until the call had decided what to say.
        decision_ms: u64,
        /// Until the voice gave its first sound.
        voice_ms: u64,
        /// All of it.
        whole_ms: u64,
    },
    /// It is certain enough who or what answered the leg.
    AnsweredBy {
        /// The word of an [`Answerer`](evatel_core::calls::Answerer), such as `machine`.
        who: &'static str,
    },
    /// The machine that answered has beeped.
    Beeped,
    /// What is heard is understood no more: keys are left.
    BrainLost {
        /// What happened.
        reason: String,
    },
    /// Recognition is lost: keys are left.
    EarLost {
        /// What happened.
        reason: String,
    },
    /// The agent says that an answer takes a moment.
    Filled,
    /// A party keyed something; which key is told only where it is no part of a secret or a number.
    Keyed {
        /// The key.
        key: Option<char>,
    },
    /// The leg's sound is gone.
    LegLost,
    /// The leg's sound is there again.
    LegResumed,
    /// A prompt was heard to its end.
    PromptEnded {
        /// Which `Say`.
        say: u64,
        /// How much of it was heard.
        heard_ms: u64,
        /// The words that were heard.
        #[serde(skip)]
        words: String,
    },
    /// A prompt was stopped.
    PromptInterrupted {
        /// Which `Say`.
        say: u64,
        /// How much of it was heard.
        heard_ms: u64,
        /// The words that were heard.
        words: String,
    },
    /// The party hears the first of a prompt.
    PromptStarted {
        /// Which `Say`.
        say: u64,
    },
    /// A prompt, or a sentence of it, could not be spoken.
    PromptFailed {
        /// Which `Say`.
        say: u64,
        /// What happened.
        reason: String,
    },
    /// A turn was recognised.
    Recognised {
        /// The phones, with spaces between.
        phones: String,
        /// The words, where the engine hears words; else empty.
        words: String,
        /// How long it took from the end of the turn.
        took_ms: u64,
    },
    /// The conversation is recorded from here on.
    RecordingStarted,
    /// The party began to speak.
    SpeechStarted,
    /// A turn is over: where it was, and why it ended.
    TurnEnded {
        /// Its first sound.
        from_ms: u64,
        /// The end of its last, with the pause.
        to_ms: u64,
        /// The word of an [`EndOfTurn`](crate::endpoint::EndOfTurn), such as `pause`.
        reason: &'static str,
    },
    /// A turn has a meaning.
    Understood {
        /// Its kind.
        intent: &'static str,
        /// How far the best entry was.
        distance: Option<f32>,
        /// How much nearer than the second.
        margin: Option<f32>,
    },
    /// What the party let be heard was no interruption: the prompt goes on.
    WentOn,
    /// The speech worker was lost; another hears the last seconds again.
    WorkerReplaced,
}

impl TurnEvent {
    pub(crate) fn understood(intent: &Intent, score: Option<Score>) -> Self {
        Self::Understood {
            intent: intent.word(),
            distance: score.map(|score| score.distance),
            margin: score.map(|score| score.margin),
        }
    }
}

pub(crate) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
