//! A dialogue as an operator writes it: what is said, what is asked, and what becomes of the answers.
//!
//! A [`Dialogue`] is read from a document (`docs/dialogues.md`) and checked whole: each step that is named is there, each answer that is
//! spoken of is asked somewhere. What runs it in a call is [`crate::flow::Flow::dialogue`]; it decides nothing that the gate does not allow.

mod error;
mod form;
mod sentence;
mod slot;
mod sound;

use serde::Deserialize;

pub use error::{Fault, Malformed};
pub(crate) use form::{DialogueForm, StepForm, is_name};
pub use sentence::{Bit, Part, Template};
pub use slot::{OptionId, SlotKind, SlotKinds, Value};
pub use sound::{Sound, SoundId};

use crate::{account::Language, number::E164};

/// A dialogue that can be run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "form::DialogueForm")]
pub struct Dialogue {
    /// The language of all that is said and listened for.
    pub language: Language,
    /// Whom "operator" reaches; without one the word is not listened for.
    pub operator: Option<Whom>,
    /// What happens; it begins with the first. There is at least one.
    pub steps: Vec<Step>,
    /// The answers that are asked for, by number.
    pub slots: Vec<Slot>,
    /// All options of all choices, by [`OptionId`].
    pub options: Vec<Choice>,
    /// The sound files that are played, each once.
    pub sounds: Vec<Sound>,
}

/// An answer that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name in templates.
    pub name: String,
    /// What it is.
    pub kind: SlotKind,
    /// The step that asks for it first.
    pub asked_by: usize,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// The step whose choice it is.
    pub step: usize,
    /// How it is said, by callers and to them; the first is the one that we say.
    pub phrases: Vec<String>,
    /// The key that chooses it.
    pub key: char,
    /// Where the dialogue goes on once it is chosen, where that is not the step's `then`.
    pub then: Option<Next>,
}

/// Where a dialogue goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The caller hears goodbye, and the call ends.
    End,
    /// The operator is rung.
    Operator,
    /// With this step.
    Step(usize),
}

/// Somebody who can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A number, called by the rule of the number's owner.
    Number(E164),
    /// Whose number was called.
    Owner,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What is done.
    pub does: Does,
    /// What comes after it.
    pub then: Next,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Asks for an answer.
    Ask(Ask),
    /// Goes on by an answer.
    Branch {
        /// Which.
        slot: usize,
        /// Where each answer leads.
        when: Vec<(Value, Next)>,
        /// Where any other leads.
        otherwise: Next,
    },
    /// Rings somebody and joins the two.
    Call {
        /// Whom.
        whom: Whom,
        /// What is said while it rings; may be empty.
        text: Template,
        /// What comes after where he is not reached.
        otherwise: Next,
    },
    /// Says what was answered, and asks whether it is right. Who says another answer instead corrects it.
    Confirm {
        /// What may be corrected.
        slots: Vec<usize>,
        /// The question.
        question: Question,
    },
    /// Writes a line into the call's story.
    Note(Template),
    /// Plays a sound file.
    Play {
        /// Which of [`Dialogue::sounds`].
        sound: usize,
        /// The caller may interrupt it.
        interruptible: bool,
    },
    /// Does what a skill can, with the answers that it takes; a price is agreed to before.
    Run {
        /// The skill's name.
        skill: String,
        /// What comes after where it is not done.
        otherwise: Next,
    },
    /// Says something.
    Say {
        /// What.
        text: Template,
        /// The caller may interrupt it.
        interruptible: bool,
    },
}

/// Asking for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which.
    pub slot: usize,
    /// How many digits there have to be, where digits are asked for; none where any number will do.
    pub digits: Option<u8>,
    /// The question.
    pub question: Question,
}

impl Ask {
    /// Says whether there are as many digits in an answer as are asked for.
    pub fn takes(&self, value: &Value) -> bool {
        match (value, self.digits) {
            (Value::Digits(digits), Some(wanted)) => digits.len() == usize::from(wanted),
            _ => true,
        }
    }
}

/// What is said to get an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: Template,
    /// What helps; may be empty.
    pub help: Template,
    /// How often it is asked, 1 to 5.
    pub tries: u8,
    /// What comes after without an answer.
    pub otherwise: Next,
    /// The caller may interrupt it. Where not, it is listened to once it was said.
    pub interruptible: bool,
}

impl Dialogue {
    /// Gives the options of a step that asks for a choice.
    pub fn options_of(&self, step: usize) -> impl Iterator<Item = (OptionId, &Choice)> {
        let all = (0..).map(OptionId).zip(&self.options);
        all.filter(move |(_, option)| option.step == step)
    }

    /// Gives each text that is said, with the name of its step and the key under which it is written.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &'static str, &Template)> {
        self.steps.iter().flat_map(|step| {
            let texts: Vec<(&'static str, &Template)> = match &step.does {
                Does::Ask(Ask { question, .. }) | Does::Confirm { question, .. } => {
                    vec![("text", &question.text), ("help", &question.help)]
                }
                Does::Call { text, .. } => vec![("text", text)],
                Does::Say { text, .. } => vec![("say", text)],
                Does::Branch { .. } | Does::Note(_) | Does::Play { .. } | Does::Run { .. } => Vec::new(),
            };
            texts
                .into_iter()
                .map(|(key, text)| (step.name.as_str(), key, text))
        })
    }
}

/// How often a question is asked that says nothing of it.
pub const USUAL_TRIES: u8 = 3;
/// Largest document, in bytes.
pub const LARGEST: usize = 64 * 1024;
/// Most steps of a dialogue.
pub const MOST_STEPS: usize = 200;
/// Most sound files of a dialogue.
pub const MOST_SOUNDS: usize = 50;
/// Most options of all choices of a dialogue together.
pub const MOST_OPTIONS: usize = 200;
/// Most phrases of an option.
pub const MOST_PHRASES: usize = 20;

#[cfg(test)]
mod tests;
