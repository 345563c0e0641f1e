//! Names of people and things, safe to print on one line anywhere.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest name in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// A trimmed, non-empty name without control characters, at most [`MAX_NAME_CHARS`] characters.
///
/// Several spaces in a row are one: nobody hears or sees the difference, and the reader of vCards does not always keep it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Refuses what is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// A line break or other control character (position counted in characters from 1).
    #[error("a name must be on one line: control character at position {position}")]
    ControlCharacter {
        /// Where it stands, from 1.
        position: usize,
    },
    /// Nothing but white space.
    #[error("a name cannot be empty")]
    Empty,
    /// More than [`MAX_NAME_CHARS`] characters.
    #[error("a name has at most {MAX_NAME_CHARS} characters, this one has {chars}")]
    TooLong {
        /// How many it has.
        chars: usize,
    },
}

impl Name {
    /// Borrows the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            return Err(InvalidName::Empty);
        }
        if chars > MAX_NAME_CHARS {
            return Err(InvalidName::TooLong { chars });
        }
        if let Some(at) = text.chars().position(|c| c.is_control() || is_invisible(c)) {
            return Err(InvalidName::ControlCharacter { position: at + 1 });
        }
        if !text.contains("  ") {
            return Ok(Self(text.to_owned()));
        }
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        Ok(Self(words.join(" ")))
    }
}

/// Line separators and direction overrides count as control characters: they reorder what a person reads.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl TryFrom<String> for Name {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_newline_is_refused_with_the_place() {
        assert_eq!(
            "Marie\n#exec".parse::<Name>(),
            Err(InvalidName::ControlCharacter { position: 6 })
        );
        assert_eq!("  ".parse::<Name>(), Err(InvalidName::Empty));
        assert_eq!(" Zoé ".parse::<Name>().unwrap().as_str(), "Zoé");
    }

    #[test]
    fn names_that_differ_in_the_number_of_spaces_are_one() {
        assert_eq!("Zoé   de  Bry".parse::<Name>(), "Zoé de Bry".parse());
    }
}
