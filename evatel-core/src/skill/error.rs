//! What is wrong with a document of skills. Each says what to do about it.

use crate::{
    dialogue::{self, SlotKind},
    money::{InvalidMoney, Money},
};

/// Why a document is none of skills, and in which skill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", skill.as_ref().map(|skill| format!("skill `{skill}`: ")).unwrap_or_default())]
pub struct Malformed {
    /// The skill's name; none where it is the whole.
    pub skill: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a document of skills.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// More than there may be.
    #[error("there are more than {most} {what}: take some away")]
    Many {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A name that is none.
    #[error("`{name}` is no name: use 1 to 40 of a-z, 0-9 and -")]
    Name {
        /// What stands there.
        name: String,
    },
    /// A name that stands twice.
    #[error("there is another skill `{name}`: give each its own name")]
    Twice {
        /// Which.
        name: String,
    },
    /// No way to order it.
    #[error("nobody can order it: write `en:`, `fr:` or both, with `phrases` and `steps`")]
    NoLanguage,
    /// Something that is needed.
    #[error("`{language}` needs `{field}`: write it")]
    Needs {
        /// In which language.
        language: &'static str,
        /// What.
        field: &'static str,
    },
    /// The first phrase stands for several, or has an answer in it.
    #[error(
        "the first phrase of `{language}` is what we say of the skill, too: write it without brackets, such as `{example}`"
    )]
    FirstPhrase {
        /// In which language.
        language: &'static str,
        /// One that would do.
        example: &'static str,
    },
    /// Its price is none.
    #[error("`price`: {0}")]
    Price(InvalidMoney),
    /// Its price is nothing or less.
    #[error("`price` is more than nothing: take it away where the skill costs nothing")]
    NoPrice,
    /// Its price is not said as it is.
    #[error("`price` {price} cannot be said: write Canadian dollars and whole cents, such as `2.50 CAD`")]
    Unsaid {
        /// What stands there.
        price: Money,
    },
    /// It takes a recording.
    #[error("`{name}` is a {kind}, which is a recording: a skill takes what was understood")]
    Recording {
        /// The answer.
        name: String,
        /// Its kind.
        kind: SlotKind,
    },
    /// What it takes is not asked for.
    #[error(
        "`{language}` has no step that asks for `{name}` as {kind}: write `step: {name}` with `ask: {kind}`"
    )]
    NotAsked {
        /// In which language.
        language: &'static str,
        /// The answer.
        name: String,
        /// Its kind.
        kind: SlotKind,
    },
    /// Its steps run another skill, or none.
    #[error(
        "`{language}` has no step `run: {name}`, or one that runs another skill: its steps lead to itself"
    )]
    Runs {
        /// In which language.
        language: &'static str,
        /// The skill.
        name: String,
    },
    /// Its steps are no dialogue.
    #[error("`{language}` {fault}")]
    Steps {
        /// In which language.
        language: &'static str,
        /// What is wrong with them.
        fault: dialogue::Malformed,
    },
}
