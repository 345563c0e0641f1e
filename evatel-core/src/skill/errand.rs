//! Something to be done, and what came of it.

use std::fmt;

use super::Skill;
use crate::{
    dialogue::{SlotKind, Value},
    money::Money,
};

/// Something to be done: all that the skill takes is of its kind, and its price was agreed to. Only a flow makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    skill: String,
    arguments: Vec<(String, Option<Argument>)>,
    price: Option<Money>,
}

/// An answer as whoever does an errand is to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// The name of an option: the same in both languages.
    Choice(String),
    /// Anything else.
    Value(Value),
}

impl Argument {
    /// The answer as a program reads it: an option by its name, anything else as [`Value::written`].
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Choice(option) => option.clone(),
            Self::Value(value) => value.written(),
        }
    }

    fn kind(&self) -> SlotKind {
        match self {
            Self::Choice(_) => SlotKind::Choice,
            Self::Value(value) => value.kind(),
        }
    }
}

/// Why something is no errand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// An answer is of another kind than the skill takes.
    #[error("`{name}` is {given}, and `{skill}` takes {taken}")]
    Kind {
        /// The skill.
        skill: String,
        /// The answer.
        name: String,
        /// What it is.
        given: SlotKind,
        /// What it should be.
        taken: SlotKind,
    },
    /// Nobody agreed to what it costs.
    #[error("nobody agreed to what `{skill}` costs")]
    NotAgreed {
        /// The skill.
        skill: String,
    },
}

impl Errand {
    /// Makes one of a skill and what `answer` gives for each of what it takes; `agreed` is the price that was said and agreed to.
    pub(crate) fn new(
        skill: &Skill,
        mut answer: impl FnMut(&str) -> Option<Argument>,
        agreed: Option<Money>,
    ) -> Result<Self, Unfit> {
        if skill.price != agreed {
            let skill = skill.name.clone();
            return Err(Unfit::NotAgreed { skill });
        }
        let arguments = skill.takes.iter().map(|(name, taken)| {
            let given = answer(name);
            match given.as_ref().map(Argument::kind) {
                Some(kind) if kind != *taken => Err(Unfit::Kind {
                    skill: skill.name.clone(),
                    name: name.clone(),
                    given: kind,
                    taken: *taken,
                }),
                _ => Ok((name.clone(), given)),
            }
        });
        Ok(Self {
            skill: skill.name.clone(),
            arguments: arguments.collect::<Result<_, _>>()?,
            price: skill.price,
        })
    }

    /// The skill's name.
    #[must_use]
    pub fn skill(&self) -> &str {
        &self.skill
    }

    /// What it is done with, by name: all that the skill takes, with nothing for what the dialogue did not ask for.
    pub fn arguments(&self) -> impl Iterator<Item = (&str, Option<&Argument>)> {
        let all = self.arguments.iter();
        all.map(|(name, argument)| (name.as_str(), argument.as_ref()))
    }

    /// The price that was agreed to, where it costs something.
    #[must_use]
    pub fn price(&self) -> Option<Money> {
        self.price
    }
}

/// What came of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; the words are said, or that it is done.
    Done(Option<Saying>),
    /// It is not known to be done: a fault, with its reason for the call's story.
    Failed(String),
    /// It cannot be done; the words are said, or that it cannot.
    Refused(Option<Saying>),
}

impl Outcome {
    /// The word for it in logs and stories: `done`, `failed`, `refused`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
        }
    }
}

/// What came of it, as the call's story has it.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Done(saying) | Self::Refused(saying) => saying.as_ref().map(Saying::as_str),
            Self::Failed(reason) => Some(reason.as_str()),
        };
        match words {
            Some(words) => write!(f, "{}: {words}", self.word()),
            None => f.write_str(self.word()),
        }
    }
}

/// Words that came from outside to be said on the telephone: 1 to 500 characters, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying(String);

/// A text that cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSaying {
    /// Nothing stands in it.
    #[error("the words are empty: leave them away")]
    Empty,
    /// It takes too long to say.
    #[error("the words have more than {LONGEST} characters: shorten them")]
    Long,
}

/// Longest words, in characters.
const LONGEST: usize = 500;

impl Saying {
    /// Takes a text; line ends and other control characters become spaces.
    ///
    /// # Errors
    /// For an empty text, and one that is too long.
    pub fn new(text: &str) -> Result<Self, InvalidSaying> {
        let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
        let letters = text.trim().chars().map(plain);
        let text: String = letters.take(LONGEST + 1).collect();
        let text = text.trim();
        match text.chars().count() {
            0 => Err(InvalidSaying::Empty),
            count if count > LONGEST => Err(InvalidSaying::Long),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
