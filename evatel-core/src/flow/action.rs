//! What a call does next.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use super::prompt::Prompt;
use crate::{
    calls::{HangupCause, LegCause},
    dialogue::{Bit, OptionId, SlotKind, SlotKinds, Sound},
    id::UserId,
    intent::Intent,
    money::Money,
    policy::{Authoriser, Destination},
    skill::Errand,
};

/// Names one started thing within a call. Its completion quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub u64);

/// One of the two people of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// Who was rung.
    Callee,
    /// Who called.
    Caller,
}

/// A verb. The call's task carries it out on whatever switch holds the call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Action {
    /// Answers the caller. Completes with `Answered`.
    Answer {
        /// Quoted by the completion.
        id: ActionId,
    },
    /// Joins caller and callee; prompts and tones stop first. Completes with `Bridged`.
    Bridge {
        /// Quoted by the completion.
        id: ActionId,
        /// The conversation is recorded; both were told.
        record: bool,
    },
    /// Gives the ringing or answered callee of this `Ring` up.
    CancelRing {
        /// The id of the `Ring`.
        ring: ActionId,
        /// What the callee's telephone is told.
        cause: HangupCause,
    },
    /// Checks a PIN. Completes with `PinChecked`.
    CheckPin {
        /// Quoted by the completion.
        id: ActionId,
        /// Whose PIN it should be.
        user: UserId,
        /// What was keyed; cannot be printed.
        digits: SecretString,
    },
    /// Asks the gate. Completes with `Decided`; an allowed leg then waits for its `Ring`.
    Decide {
        /// Quoted by the completion and by the `Ring`.
        id: ActionId,
        /// Who causes the leg.
        authoriser: Authoriser,
        /// Where to.
        destination: Destination,
        /// What makes the leg.
        cause: LegCause,
    },
    /// Ends the call: both legs go, the flow is over.
    HangUp {
        /// What the legs are told.
        cause: HangupCause,
    },
    /// Finds out by the sound who or what answered. Reports `AnsweredBy`, and `Beeped` where it is a machine that beeps.
    Identify {
        /// The id of the `Ring`.
        ring: ActionId,
    },
    /// Listens to a party for one turn. Completes with `Heard`, or is stopped.
    Listen {
        /// Quoted by the completion.
        id: ActionId,
        /// To whom.
        party: Party,
        /// For what.
        expect: Expect,
        /// Whose contacts may be named.
        contacts_of: Option<UserId>,
        /// What may be chosen, where something is.
        options: Arc<[SpokenOption]>,
    },
    /// Writes something into the call's story.
    Note(Fact),
    /// Records the caller's next utterance. Completes with `Recorded`.
    Record {
        /// Quoted by the completion.
        id: ActionId,
        /// Longest recording.
        max: Duration,
        /// What it is for.
        keep: Keep,
    },
    /// Refuses a call that was not answered.
    Reject {
        /// What the caller's network is told.
        cause: HangupCause,
    },
    /// Rings the leg that a `Decide` allowed. Reports `Ringing`, then `CalleeAnswered` or `CalleeEnded`.
    Ring {
        /// The id of the `Decide`.
        id: ActionId,
        /// How long it may ring.
        timeout: Duration,
    },
    /// Lets the caller hear ringback until `StopSaying` or `Bridge`; before answer the network plays it.
    Ringback {
        /// Names the tone.
        id: ActionId,
    },
    /// Does what a skill can. Completes with `Ran`, however long it takes: whoever does it sets the limit.
    Run {
        /// Quoted by the completion.
        id: ActionId,
        /// What, and with what.
        errand: Errand,
    },
    /// Says pieces one after the other. Completes with `Spoken`.
    Say {
        /// Quoted by the completion.
        id: ActionId,
        /// To whom.
        party: Party,
        /// What.
        pieces: Vec<Piece>,
        /// Stops by itself when the party speaks (barge-in).
        interruptible: bool,
    },
    /// What a `Record` has is thrown away: no message is kept of it.
    Discard {
        /// Which.
        id: ActionId,
    },
    /// Speaks more slowly to a party for the rest of the call.
    SpeakSlower {
        /// To whom.
        party: Party,
    },
    /// Stops a `Listen` or a `Record`.
    StopListening {
        /// Which.
        id: ActionId,
    },
    /// Stops a `Say` or a `Ringback`.
    StopSaying {
        /// Which.
        id: ActionId,
    },
}

/// What is kept of a [`Action::Record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keep {
    /// A message for the owner: a file that belongs to the call.
    Message,
    /// The caller's name, in memory, as long as the call lasts.
    Name,
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece {
    /// A short tone.
    Beep,
    /// A sentence of an operator's whose texts have marks for how they are spoken (SSML), with answers in it that have none.
    Marked(Vec<Bit>),
    /// Text of the catalogue, in the call's language.
    Prompt(Prompt),
    /// What this `Record` kept.
    Recording(ActionId),
    /// A sentence of an operator's, with answers in it.
    Sentence(Vec<Bit>),
    /// A sound file of an operator's.
    Sound(Sound),
}

/// An option that may be chosen by saying one of its phrases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenOption {
    /// Which.
    pub id: OptionId,
    /// How it is said.
    pub phrases: Vec<String>,
}

impl From<Prompt> for Piece {
    fn from(prompt: Prompt) -> Self {
        Self::Prompt(prompt)
    }
}

/// What the ear should be ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expect {
    /// Take or leave an announced call: Accept, Refuse.
    AcceptRefuse,
    /// After a leg failed: Message, TryAgain, End.
    AfterFailure,
    /// An order to the assistant: CallContact, CallOneOf, CallEmergency, Digits, Run, Help, Repeat, End.
    Command,
    /// A name spoken freely; an order to call somebody is recognised and nothing else.
    Name,
    /// Yes, No, another answer of one of these kinds instead, and what holds everywhere in a dialogue: Back, End, Help, Operator, Repeat, Slower.
    Confirm(SlotKinds),
    /// An answer of this kind, and what holds everywhere in a dialogue.
    Slot(SlotKind),
    /// Yes, No, NotThatBut, CallOneOf.
    YesNo,
}

impl Expect {
    /// Says whether an intent is an answer here, whoever found it in what was said. That nothing was understood always is.
    #[must_use]
    pub fn takes(self, intent: &Intent) -> bool {
        match intent {
            Intent::NotUnderstood => true,
            Intent::Accept | Intent::Refuse => self == Self::AcceptRefuse,
            Intent::Message | Intent::TryAgain => self == Self::AfterFailure,
            Intent::End => self.is_of_dialogue() || matches!(self, Self::AfterFailure | Self::Command),
            Intent::CallContact(_) => matches!(self, Self::Command | Self::Name),
            Intent::CallOneOf(contacts) => contacts.len() > 1 && matches!(self, Self::Command | Self::YesNo),
            Intent::CallEmergency | Intent::Run(_) => self == Self::Command,
            Intent::Help | Intent::Repeat => self.is_of_dialogue() || self == Self::Command,
            Intent::Back | Intent::Operator | Intent::Slower => self.is_of_dialogue(),
            Intent::No | Intent::Yes => {
                matches!(self, Self::Confirm(_) | Self::Slot(SlotKind::YesNo) | Self::YesNo)
            }
            Intent::NotThatBut(_) => self == Self::YesNo,
            Intent::Told(values) => {
                let is_asked = |kind| match self {
                    Self::Slot(asked) => asked == kind,
                    Self::Confirm(kinds) => kinds.has(kind),
                    _ => false,
                };
                !values.is_empty() && values.iter().all(|value| is_asked(value.kind()))
            }
            Intent::Digits(_) => matches!(self, Self::Command | Self::Name),
        }
    }

    /// Says whether a dialogue asks: an answer is read by the scene.
    #[must_use]
    pub fn is_of_dialogue(self) -> bool {
        matches!(self, Self::Confirm(_) | Self::Slot(_))
    }
}

/// A line for the call's story that no other action tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// The caller agreed to what something costs.
    Agreed(Money),
    /// The caller asked outside his rights.
    Refused {
        /// The rule that decided.
        rule: String,
    },
    /// A dialogue's own line, with answers in it.
    Noted(Vec<Bit>),
    /// A PIN was right; how it was keyed is not told.
    PinAccepted,
    /// A PIN was wrong or locked.
    PinRefused,
    /// A party keyed a digit that means something here.
    Keyed {
        /// Who.
        party: Party,
        /// Which key.
        digit: char,
    },
    /// A party keyed digits that are secret: only their count is told.
    KeyedSecret {
        /// How many.
        count: usize,
    },
}
