//! Countries, by the two letters of ISO 3166-1.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A country or territory: ISO 3166-1 alpha-2, such as `FR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// Refuses what is no country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no country: two capital letters of ISO 3166-1, such as `FR`")]
pub struct InvalidCountry(String);

impl Country {
    /// Borrows the two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters")
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;
    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([*a, *b])),
            _ => Err(InvalidCountry(
                text.chars().take(40).flat_map(char::escape_debug).collect(),
            )),
        }
    }
}

impl TryFrom<String> for Country {
    type Error = InvalidCountry;
    fn try_from(text: String) -> Result<Self, InvalidCountry> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.as_str().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capital_letters() {
        assert_eq!("FR".parse::<Country>().unwrap().to_string(), "FR");
        for bad in ["", "F", "fr", "FRA", "É", "F1"] {
            assert!(bad.parse::<Country>().is_err(), "{bad}");
        }
    }
}
