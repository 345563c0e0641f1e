//! What a stranger has to show.

use std::fmt;

use uuid::Uuid;

use crate::error::{Error, Result};

/// 128 random bits that let one connection in, once. It does not print: [`Token::uuid`] is for who has to show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token([u8; 16]);

impl Token {
    /// Makes a token that nobody can guess.
    pub(crate) fn fresh() -> Result<Self> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|error| Error::Config {
            setting: "token",
            reason: format!("the system has no random numbers: {error}"),
        })?;
        Ok(Self(bits))
    }

    pub(super) fn of(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    /// Writes the token as a UUID, as AudioSocket wants it. All 128 bits are random: it says no version.
    pub fn uuid(&self) -> String {
        Uuid::from_bytes(self.0).hyphenated().to_string()
    }

    /// Gives the token as a UUID.
    #[cfg(feature = "voice")]
    pub(crate) fn as_uuid(&self) -> Uuid {
        Uuid::from_bytes(self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_as_a_uuid_and_does_not_print() {
        let token = Token::of([0xab; 16]);
        assert_eq!(token.uuid(), "abababab-abab-abab-abab-abababababab");
        assert_eq!(format!("{token:?}"), "Token(..)");
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        assert_ne!(Token::fresh().unwrap(), Token::fresh().unwrap());
    }
}
