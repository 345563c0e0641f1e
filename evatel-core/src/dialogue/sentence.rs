//! What is said, with answers in it.

use super::{error::Fault, slot::Value};

/// A text with places for answers; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// It begins with `<speak`: its texts have marks for how they are spoken (SSML). Whoever speaks checks them when he loads it.
    pub is_marked: bool,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What was answered, by the number of its slot.
    Slot(usize),
    /// As it stands.
    Text(String),
}

/// A part of a sentence that is said in one breath. Only of [`Bit::Text`] marks may be read, where the sentence has some: whatever else
/// stands in it came from outside, or was not written as marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bit {
    /// What was chosen, as the operator says it.
    Option(String),
    /// As the operator wrote it.
    Text(String),
    /// An answer, said as people say it in the language of the call.
    Value(Value),
}

impl Template {
    /// Reads a text; `slot` finds the number of an answer by its name.
    pub(super) fn parse(text: &str, slot: impl Fn(&str) -> Result<usize, Fault>) -> Result<Self, Fault> {
        let brace = || Fault::Brace {
            text: text.to_owned(),
        };
        let mut parts = Vec::new();
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or_else(brace)?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Slot(slot(name.trim())?));
            rest = behind;
        }
        if rest.contains('}') {
            return Err(brace());
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let is_marked = MARKED.iter().any(|begins| text.trim_start().starts_with(begins));
        Ok(Self { parts, is_marked })
    }

    /// Says whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// A text that begins so has marks.
const MARKED: [&str; 4] = ["<speak>", "<speak ", "<speak\n", "<speak/"];
