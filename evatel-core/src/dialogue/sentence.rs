//! What is said, with answers in it.

use super::{error::Fault, slot::Value};

/// A text with places for answers; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(pub Vec<Part>);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What was answered, by the number of its slot.
    Slot(usize),
    /// As it stands.
    Text(String),
}

/// A part of a sentence that is said in one breath.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bit {
    /// As it stands.
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
        Ok(Self(parts))
    }

    /// Says whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
