//! What happened in a scenario, and when.

use std::time::Duration;

use evatel_core::{calls::HangupCause, intent::Intent};
use serde::{Serialize, Serializer};

use super::script::{PromptKey, Who};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// When, since the call began. On the virtual clock it is exact to 20 ms.
    #[serde(rename = "at_ms", serialize_with = "milliseconds")]
    pub at: Duration,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Happening {
    /// A party begins to speak.
    Says {
        /// Who.
        who: Who,
        /// What; empty for a sound without words.
        text: String,
    },
    /// A party has said all.
    Said {
        /// Who.
        who: Who,
    },
    /// A party pressed a key.
    Keys {
        /// Who.
        who: Who,
        /// Which.
        key: char,
    },
    /// A party begins to hear a prompt.
    Hears {
        /// Who.
        who: Who,
        /// Which.
        prompt: PromptKey,
        /// The words.
        text: String,
    },
    /// A party has heard a prompt to its end.
    HeardAll {
        /// Who.
        who: Who,
        /// Which.
        prompt: PromptKey,
    },
    /// A party begins to hear a recording of what was said.
    HearsRecorded {
        /// Who.
        who: Who,
        /// What was said.
        text: String,
    },
    /// A party is told that his answer takes a moment.
    Fills {
        /// Who.
        who: Who,
    },
    /// What a party was hearing goes on: the sound he made was no interruption.
    GoesOn {
        /// Who.
        who: Who,
    },
    /// A party hears nothing any more.
    Silence {
        /// Who.
        who: Who,
    },
    /// The assistant understood a party.
    Understood {
        /// Whom.
        who: Who,
        /// What it means.
        #[serde(serialize_with = "in_words")]
        intent: Intent,
    },
    /// Somebody is rung.
    Rings {
        /// A contact's name, the owner's, or a number.
        whom: String,
    },
    /// The gate refused a leg.
    Refused {
        /// By which rule.
        rule: String,
    },
    /// Who was rung has answered.
    Answers,
    /// A leg ended before it was joined, or after.
    LegEnds {
        /// How.
        cause: HangupCause,
    },
    /// The two are joined.
    Joined,
    /// A message was kept.
    Keeps {
        /// How long it is, in ms.
        ms: u64,
    },
    /// The ear of a party fails.
    EarFails {
        /// Whose.
        who: Who,
    },
    /// The call is over.
    Ends {
        /// How.
        cause: HangupCause,
    },
}

fn milliseconds<S: Serializer>(at: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(at.as_millis()).unwrap_or(u64::MAX))
}

fn in_words<S: Serializer>(intent: &Intent, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{intent:?}"))
}
