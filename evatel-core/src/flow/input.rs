//! What happens to a call.

use std::time::Duration;

use super::action::{ActionId, Party};
use crate::{
    calls::{Answerer, HangupCause},
    intent::Intent,
    policy::{LegPlan, Refusal},
    skill::Outcome,
};

/// A fact. Completions quote the [`ActionId`] of what they complete.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "a call has one at a time, and the largest is the plan of a leg, which is on no heap"
)]
pub enum Input {
    /// The caller is answered and can be spoken to.
    Answered {
        /// The `Answer`.
        id: ActionId,
    },
    /// It is certain enough by the sound who or what answered; told once of an `Identify`.
    AnsweredBy {
        /// The `Ring`.
        ring: ActionId,
        /// Who.
        who: Answerer,
    },
    /// The machine that answered has beeped: from here on it records.
    Beeped {
        /// The `Ring`.
        ring: ActionId,
    },
    /// Caller and callee hear each other.
    Bridged {
        /// The `Bridge`.
        id: ActionId,
    },
    /// The callee answered and can be spoken to.
    CalleeAnswered {
        /// The `Ring`.
        ring: ActionId,
    },
    /// The callee's leg is over, or never came to be.
    CalleeEnded {
        /// The `Ring`.
        ring: ActionId,
        /// How.
        cause: HangupCause,
    },
    /// The caller is gone.
    CallerHungUp {
        /// How.
        cause: HangupCause,
    },
    /// The gate has decided.
    Decided {
        /// The `Decide`.
        id: ActionId,
        /// Yes or no, with the rule.
        decision: Decision,
    },
    /// A party pressed a key: `0` to `9`, `*`, `#`, `A` to `D`.
    Digit {
        /// Who.
        party: Party,
        /// Which.
        digit: char,
    },
    /// The ear of a party fails for good: only keys are left.
    EarFailed {
        /// Whose.
        party: Party,
    },
    /// One turn was heard.
    Heard {
        /// The `Listen`.
        id: ActionId,
        /// What it means.
        intent: Intent,
    },
    /// A PIN was checked.
    PinChecked {
        /// The `CheckPin`.
        id: ActionId,
        /// With what result.
        verdict: PinVerdict,
    },
    /// An errand is over, done or not.
    Ran {
        /// The `Run`.
        id: ActionId,
        /// What came of it.
        outcome: Outcome,
    },
    /// A recording is over.
    Recorded {
        /// The `Record`.
        id: ActionId,
        /// How long somebody spoke in it; zero if nobody did.
        length: Duration,
    },
    /// The callee's telephone rings.
    Ringing {
        /// The `Ring`.
        ring: ActionId,
    },
    /// A party began to speak.
    SpeechStarted {
        /// Who.
        party: Party,
    },
    /// Something was said to its end, or to where it was interrupted.
    Spoken {
        /// The `Say`.
        id: ActionId,
        /// It did not come to its end.
        interrupted: bool,
    },
    /// The switch cannot do what was asked; the call cannot go on.
    SwitchFailed,
    /// The time of `next_timeout` has come.
    TimeReached,
}

/// What the gate said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a call has one at a time, and the plan of a leg is on no heap"
)]
pub enum Decision {
    /// The leg may be rung: the task holds its permit.
    Allowed(LegPlan),
    /// It may not.
    Refused(Refusal),
}

/// What became of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinVerdict {
    /// Too many wrong ones: none is taken for a while.
    Locked,
    /// It is his.
    Right,
    /// It is not, or he has none.
    Wrong,
}
