//! What a step waits for, whoever plays it: on a stage of its own or over a wire.

use super::{
    moment::Happening,
    script::{Hearing, Ringing, Step, Who},
};

impl Step {
    /// What must happen, as the end of "did not …"; nothing for a step that does something, or looks back.
    #[must_use]
    pub fn goal(&self) -> Option<String> {
        Some(match self {
            Self::Ends => "end the call".to_owned(),
            Self::Fills => "say that it takes a moment".to_owned(),
            Self::GoesOn => "go on where it was".to_owned(),
            Self::HeardAll(hearing) => format!("hear all of `{}`", hearing.prompt.as_str()),
            Self::Hears(hearing) => format!("hear `{}`", hearing.prompt.as_str()),
            Self::HearsRecorded(text) => format!("hear the recorded \"{text}\""),
            Self::HearsRinging(_) => "hear that somebody is rung".to_owned(),
            Self::HearsText(text) => format!("hear \"{text}\""),
            Self::Joined => "join the two".to_owned(),
            Self::Keeps(least) => format!("keep a message of {least} ms"),
            Self::Notes(text) => format!("note \"{text}\""),
            Self::Refused(rule) => format!("refuse by `{rule}`"),
            Self::Rings(Ringing { whom, .. }) => format!("ring {whom}"),
            Self::Runs(text) => format!("run \"{text}\""),
            Self::SpeaksSlower => "speak more slowly".to_owned(),
            Self::Callee(_)
            | Self::EarFails
            | Self::HangsUp
            | Self::Keys(_)
            | Self::Noise(_)
            | Self::NotHeard(_)
            | Self::Says(_)
            | Self::SilentWithin(_)
            | Self::Skill(_)
            | Self::Waits(_) => return None,
        })
    }

    /// Says whether this is what it waits for.
    #[must_use]
    pub fn is_reached_by(&self, what: &Happening) -> bool {
        const CALLER: Who = Who::Caller;
        match (self, what) {
            (Self::Ends, Happening::Ends { .. }) | (Self::Joined, Happening::Joined) => true,
            (Self::Fills, Happening::Fills { who })
            | (Self::GoesOn, Happening::GoesOn { who })
            | (Self::SpeaksSlower, Happening::Slower { who }) => *who == CALLER,
            (Self::HeardAll(hearing), what) => hearing.is_whole_by(what),
            (Self::HearsRinging(_), Happening::HearsRinging { .. }) => true,
            (Self::Hears(hearing), Happening::Hears { who, prompt, .. }) => {
                hearing.who == *who && hearing.prompt == *prompt
            }
            (Self::HearsRecorded(wanted), Happening::HearsRecorded { text, .. }) => wanted == text,
            (Self::HearsText(part), Happening::Hears { who, text, .. }) => {
                *who == CALLER && text.contains(part.as_str())
            }
            (Self::Keeps(least), Happening::Keeps { ms }) => *ms >= u64::from(*least),
            (Self::Notes(part), Happening::Notes { text }) => text.contains(part.as_str()),
            (Self::Runs(part), Happening::Runs { text }) => text.contains(part.as_str()),
            (Self::Refused(wanted), Happening::Refused { rule }) => wanted == rule,
            (Self::Rings(ringing), Happening::Rings { whom }) => ringing.whom == *whom,
            _ => false,
        }
    }
}

impl Hearing {
    /// Says whether the prompt was heard to its end.
    #[must_use]
    pub fn is_whole_by(&self, what: &Happening) -> bool {
        matches!(what, Happening::HeardAll { who, prompt } if self.who == *who && self.prompt == *prompt)
    }
}
