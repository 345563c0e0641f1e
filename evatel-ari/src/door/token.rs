//! What a stranger has to show.

use std::fmt;

use uuid::Uuid;

use crate::error::{Error, Result};

/// 128 random bits that let one connection in, once. It does not print: [`Token::uuid`] and [`Token::hex`] are for who has to show it.
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

    /// Reads either way of writing; anything else is no token.
    pub(super) fn read(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(|uuid| Self(uuid.into_bytes()))
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

    /// Writes the token as 32 hexadecimal digits, for a path or a query.
    pub fn hex(&self) -> String {
        Uuid::from_bytes(self.0).simple().to_string()
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
    fn a_token_is_read_in_both_forms_and_does_not_print() {
        let token = Token::fresh().unwrap();
        assert_eq!(Token::read(&token.uuid()), Some(token.clone()));
        assert_eq!(Token::read(&token.hex()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "Token(..)");
        for none in ["", "media", "0123", &token.hex()[1..]] {
            assert_eq!(Token::read(none), None, "{none}");
        }
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        assert_ne!(Token::fresh().unwrap(), Token::fresh().unwrap());
    }
}
