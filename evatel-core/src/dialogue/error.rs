//! What is wrong with a dialogue. Each says what to do about it.

use super::slot::SlotKind;
use crate::number::InvalidNumber;

/// Why a document is no dialogue, and in which step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", step.as_ref().map(|step| format!("step `{step}`: ")).unwrap_or_default())]
pub struct Malformed {
    /// The step's name; none where it is the whole.
    pub step: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a dialogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is nothing to do.
    #[error("a dialogue has no step: write at least one")]
    NoSteps,
    /// More than there may be.
    #[error("there are more than {most} {what}: take some away")]
    Many {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A step that does nothing, or two things.
    #[error(
        "a step does exactly one of `say`, `play`, `ask`, `confirm`, `branch`, `call`, `note` and `run`: it has {count} of them"
    )]
    Verbs {
        /// How many it has.
        count: usize,
    },
    /// Something that such a step has no use for.
    #[error("`{field}` means nothing with `{verb}`: take it away")]
    Useless {
        /// What.
        field: &'static str,
        /// With what.
        verb: &'static str,
    },
    /// Something that such a step needs.
    #[error("`{verb}` needs `{field}`: write it")]
    Needs {
        /// What.
        field: &'static str,
        /// With what.
        verb: &'static str,
    },
    /// A name that is none.
    #[error("`{name}` is no name: use 1 to 40 of a-z, 0-9 and -, and none of `end`, `operator`")]
    Name {
        /// What stands there.
        name: String,
    },
    /// A name that stands twice.
    #[error("there is another {what} `{name}`: give each its own name")]
    Twice {
        /// Of what.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// A step that is not there.
    #[error("there is no step `{name}`: write one, or `end`, or `operator`")]
    NoStep {
        /// Which.
        name: String,
    },
    /// The operator is asked for and not named.
    #[error("`operator` leads to nobody: write `operator: owner` or a number at the head of the dialogue")]
    NoOperator,
    /// An answer that nobody asks for.
    #[error("nothing asks for `{name}`: ask for it, or correct the name")]
    NoSlot {
        /// Which.
        name: String,
    },
    /// An answer that is recorded where words are needed.
    #[error("`{name}` is a recording: it can be played and not {verb}")]
    Recording {
        /// Which.
        name: String,
        /// What cannot be done with it.
        verb: &'static str,
    },
    /// An answer that is recorded within marks.
    #[error("`{name}` is a recording: it cannot be played within `<speak>`; say it in a step without marks")]
    Marks {
        /// Which.
        name: String,
    },
    /// A file that is none of the dialogue's.
    #[error(
        "`{name}` is no sound file of the dialogue's folder: write the name of a WAV file in it, such as `hello.wav` or `sounds/hello.wav`"
    )]
    Sound {
        /// What stands there.
        name: String,
    },
    /// A text that cannot be read.
    #[error("`{text}`: a brace is not closed; write an answer's name in braces, such as `{{day}}`")]
    Brace {
        /// The text.
        text: String,
    },
    /// A skill that is not there.
    #[error("there is no skill `{name}`: write it in the file of skills, or correct the name")]
    NoSkill {
        /// Which.
        name: String,
    },
    /// A skill that costs something, in a dialogue that answers a number.
    #[error(
        "`{name}` costs something: whoever calls a number cannot agree to a price that its owner pays; take the step away, or the price"
    )]
    Priced {
        /// Which.
        name: String,
    },
    /// A skill that is not given what it takes.
    #[error("`{skill}` takes {kind} `{answer}`, which nothing asks for: write a step that does")]
    Takes {
        /// The skill.
        skill: String,
        /// The answer.
        answer: String,
        /// Its kind.
        kind: SlotKind,
    },
    /// A key that is none, or stands twice.
    #[error("`{key}` cannot be the key of an option: give each its own of 1 to 9")]
    Key {
        /// What stands there.
        key: String,
    },
    /// A number that is none.
    #[error("whom to call: {0}; write `owner` or a number such as +15145550123")]
    Number(InvalidNumber),
    /// A number that is too small or too large.
    #[error("`{field}` is {least} to {most}")]
    Range {
        /// Which.
        field: &'static str,
        /// The least.
        least: u8,
        /// The most.
        most: u8,
    },
    /// An answer to branch by that is none of its slot.
    #[error("`{answer}` is no answer to `{slot}`: write one of {known}")]
    NoAnswer {
        /// What stands there.
        answer: String,
        /// The slot.
        slot: String,
        /// Its answers.
        known: String,
    },
    /// A branch by what has no list of answers.
    #[error("`{slot}` has no list of answers to branch by: branch by a choice or a yes-no")]
    NoBranch {
        /// Which.
        slot: String,
    },
    /// A correction could mean either.
    #[error(
        "`{one}` and `{other}` are of one kind: who corrects one could mean the other; confirm them one after the other"
    )]
    SameKind {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
}
