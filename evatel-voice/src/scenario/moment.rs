//! What happened in a scenario, and when.

use std::{fmt, time::Duration};

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
    /// The caller begins to hear that somebody is rung.
    HearsRinging {
        /// For how long he had heard nothing, in ms.
        after_ms: u64,
    },
    /// A sentence was not heard frame after frame: one was missing, came again, or there was a gap.
    Breaks {
        /// By whom.
        who: Who,
    },
    /// A line is written into the call's story.
    Notes {
        /// What.
        text: String,
    },
    /// A party is spoken to more slowly from here on.
    Slower {
        /// Who.
        who: Who,
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
    /// A skill begins to do something.
    Runs {
        /// Its name, and with what.
        text: String,
    },
    /// What a skill did came to something.
    Ran {
        /// What.
        text: String,
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
    /// A line of the call's own story, where there is one.
    Told {
        /// Who says or does it.
        by: String,
        /// What.
        text: String,
    },
    /// The call is over.
    Ends {
        /// How.
        cause: HangupCause,
    },
}

/// One line of a story, in the words of the call log.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = |who: &Who| match who {
            Who::Caller => "caller",
            Who::Callee => "callee",
        };
        let (who, text) = match &self.what {
            Happening::Says { who: by, text } => (who(by), format!("\"{text}\"")),
            Happening::Said { who: by } => (who(by), "has said it".to_owned()),
            Happening::Keys { who: by, key } => (who(by), format!("key {key}")),
            Happening::Hears {
                who: to,
                prompt,
                text,
            } => (
                "assistant",
                format!("to {}: {text} [{}]", who(to), prompt.as_str()),
            ),
            Happening::HeardAll { who: to, prompt } => {
                (who(to), format!("has heard all of [{}]", prompt.as_str()))
            }
            Happening::HearsRecorded { who: to, text } => {
                ("assistant", format!("to {}: (recorded) \"{text}\"", who(to)))
            }
            Happening::HearsRinging { after_ms } => {
                ("assistant", format!("to caller: (ringing) after {after_ms} ms"))
            }
            Happening::Breaks { who: to } => (who(to), "hears a sentence with a gap".to_owned()),
            Happening::Fills { who: to } => ("assistant", format!("to {}: (one moment)", who(to))),
            Happening::GoesOn { who: to } => ("assistant", format!("to {}: goes on where it was", who(to))),
            Happening::Silence { who: to } => (who(to), "hears nothing more".to_owned()),
            Happening::Understood { who: by, intent } => {
                ("system", format!("understood {}: {intent:?}", who(by)))
            }
            Happening::Rings { whom } => ("system", format!("rings {whom}")),
            Happening::Runs { text } => ("system", format!("runs {text}")),
            Happening::Ran { text } => ("system", text.clone()),
            Happening::Refused { rule } => ("system", format!("deny by {rule}")),
            Happening::Answers => ("callee", "answers".to_owned()),
            Happening::LegEnds { cause } => ("system", format!("leg ended: {}", cause.word())),
            Happening::Joined => ("system", "bridged".to_owned()),
            Happening::Keeps { ms } => ("system", format!("message of {ms} ms kept")),
            Happening::Notes { text } => ("note", text.clone()),
            Happening::Slower { who: to } => ("assistant", format!("to {}: more slowly", who(to))),
            Happening::EarFails { who: of } => ("system", format!("the ear of the {} failed", who(of))),
            Happening::Told { by, text } => (by.as_str(), text.clone()),
            Happening::Ends { cause } => ("system", format!("call ended: {}", cause.word())),
        };
        write!(f, "{:>8.2}  {who:<9}  {text}", self.at.as_secs_f64())
    }
}

fn milliseconds<S: Serializer>(at: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(at.as_millis()).unwrap_or(u64::MAX))
}

fn in_words<S: Serializer>(intent: &Intent, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{intent:?}"))
}
