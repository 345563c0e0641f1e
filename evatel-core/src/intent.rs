//! What a speaker wants, whatever he said it with: voice, keys, a language model.

use crate::{dialogue::Value, id::ContactId, skill::Order};

/// A recognised wish. The grammar and any other brain end here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Intent {
    /// Takes the call that is announced.
    Accept,
    /// Wants to go back to the question before.
    Back,
    /// Wants a contact called.
    CallContact(ContactId),
    /// Wants one of these contacts called, who sound alike or share the name that was said: the likelier first. There are at least two.
    CallOneOf(Vec<ContactId>),
    /// Wants 911; always confirmed when spoken.
    CallEmergency,
    /// Wants a number called, of these digits as they were said; perhaps with a `+` before. Always said back and confirmed.
    Digits(String),
    /// Wants the call to end.
    End,
    /// Wants to know what can be said.
    Help,
    /// Wants to leave a message.
    Message,
    /// No.
    No,
    /// "No, Marie Tremblay": refuses what was asked and says whom he meant.
    NotThatBut(ContactId),
    /// Something was said that is nothing of what was expected.
    NotUnderstood,
    /// Wants to speak to a person.
    Operator,
    /// Does not take the call that is announced.
    Refuse,
    /// Wants to hear it again.
    Repeat,
    /// Wants something done that a skill does.
    Run(Order),
    /// Wants to be spoken to more slowly.
    Slower,
    /// Gives an answer that was asked for: one of these, the likelier first. There is at least one.
    Told(Vec<Value>),
    /// Wants the same person tried again.
    TryAgain,
    /// Yes.
    Yes,
}

impl Intent {
    /// The word for it in logs and scripts, such as `call-contact`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Back => "back",
            Self::CallContact(_) => "call-contact",
            Self::CallOneOf(_) => "call-one-of",
            Self::CallEmergency => "call-emergency",
            Self::Digits(_) => "digits",
            Self::End => "end",
            Self::Help => "help",
            Self::Message => "message",
            Self::No => "no",
            Self::NotThatBut(_) => "not-that-but",
            Self::NotUnderstood => "not-understood",
            Self::Operator => "operator",
            Self::Refuse => "refuse",
            Self::Repeat => "repeat",
            Self::Run(_) => "run",
            Self::Slower => "slower",
            Self::Told(_) => "told",
            Self::TryAgain => "try-again",
            Self::Yes => "yes",
        }
    }

    /// The contact that was named; several where it may have been any of them.
    #[must_use]
    pub fn contacts(&self) -> &[ContactId] {
        match self {
            Self::CallContact(contact) | Self::NotThatBut(contact) => std::slice::from_ref(contact),
            Self::CallOneOf(contacts) => contacts,
            _ => &[],
        }
    }
}

/// How sure the ear is: measured, never invented.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Distance of what was heard to the best entry: 0 is the same, 1 is nothing in common.
    pub distance: f32,
    /// How much farther the best entry of another meaning is; 0 is a tie.
    pub margin: f32,
}
