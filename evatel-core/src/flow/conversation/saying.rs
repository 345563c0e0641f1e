//! An operator's texts, with the answers in them.

use super::{Conversation, Filled};
use crate::{
    dialogue::{Bit, OptionId, Part, Template, Value},
    flow::action::Piece,
    money::Money,
};

impl Conversation {
    /// A text with the answers in it; what was not answered yet is left out.
    pub(super) fn said(&self, template: &Template) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut bits = Vec::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => bits.push(Bit::Text(text.clone())),
                Part::Slot(slot) => match &self.filled[*slot] {
                    Some(Filled::Value(value)) => bits.push(self.bit(value)),
                    Some(Filled::Recording(id)) => {
                        if !bits.is_empty() {
                            pieces.push(Piece::Sentence(std::mem::take(&mut bits)));
                        }
                        pieces.push(Piece::Recording(*id));
                    }
                    None => {}
                },
            }
        }
        if !bits.is_empty() {
            // Marks hold no recording: they are of one piece.
            pieces.push(match template.is_marked {
                true => Piece::Marked(bits),
                false => Piece::Sentence(bits),
            });
        }
        pieces
    }

    pub(super) fn meant(&self, value: &Value) -> Piece {
        Piece::Sentence(vec![self.bit(value), Bit::Text("?".to_owned())])
    }

    pub(super) fn priced(&self, price: Money) -> Piece {
        let value = Bit::Value(Value::Amount(price));
        Piece::Sentence(vec![value, Bit::Text(".".to_owned())])
    }

    /// An option is said by its first phrase.
    fn bit(&self, value: &Value) -> Bit {
        match value {
            Value::Choice(OptionId(id)) => {
                Bit::Option(self.dialogue.options[usize::from(*id)].phrases[0].clone())
            }
            value => Bit::Value(value.clone()),
        }
    }
}
