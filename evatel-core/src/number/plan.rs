//! How digits are read: the dial plan of whoever dials.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Dialled, E164, Extension, InvalidNumber, SpecialCode, shorten, strip_separators};

/// The dial plan of one account: North American, seen from its home area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialPlan {
    /// Completes seven digits; without it they are refused, as Canada has asked for ten since 2023.
    pub home: Option<AreaCode>,
}

/// An area code of the North American plan (NPA): `200` to `999`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode([u8; 3]);

/// Refuses what is no area code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no area code: three digits, the first 2 to 9, such as `514`")]
pub struct InvalidAreaCode(String);

impl DialPlan {
    /// Reads with seven digits completed by the area of `number`, where it is North American.
    pub fn at_home_of(number: Option<&E164>) -> Self {
        Self {
            home: number.and_then(AreaCode::of),
        }
    }

    /// Reads digits as a person dials them: 7, 10 or 11 digits, `011` or `+` and a country code, codes, extensions;
    /// with spaces, dots, hyphens and parentheses between them, or as a `tel:` URI (RFC 3966).
    ///
    /// # Errors
    /// Letters, a wrong length, anything left over: nothing is cut off or guessed. `00` is refused: it is nobody's
    /// international prefix here.
    pub fn read(&self, text: &str) -> Result<Dialled, InvalidNumber> {
        let number = match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
            _ => text,
        };
        let plain = strip_separators(number, text)?;
        if let Some(digits) = plain.strip_prefix('+') {
            if digits.is_empty() {
                return Err(InvalidNumber::NotE164 { given: shorten(text) });
            }
            return E164::from_digits(digits, text).map(Dialled::Number);
        }
        if let Some(code) = SpecialCode::of(&plain) {
            return Ok(Dialled::Special(code));
        }
        if let Some(international) = plain.strip_prefix("011") {
            return E164::from_digits(international, text).map(Dialled::Number);
        }
        match (plain.len(), self.home) {
            (7, Some(home)) => {
                E164::from_digits(&format!("1{}{plain}", home.as_str()), text).map(Dialled::Number)
            }
            (10, _) => E164::from_digits(&format!("1{plain}"), text).map(Dialled::Number),
            (11, _) if plain.starts_with('1') => E164::from_digits(&plain, text).map(Dialled::Number),
            (digits, _) => {
                plain
                    .parse::<Extension>()
                    .map(Dialled::Extension)
                    .map_err(|_| InvalidNumber::Length {
                        given: shorten(text),
                        digits,
                        expected: super::DIALLED_DIGITS,
                    })
            }
        }
    }
}

impl AreaCode {
    /// Gives the area of a North American number.
    pub fn of(number: &E164) -> Option<Self> {
        number
            .is_nanp()
            .then(|| number.digits()[1..4].parse().ok())
            .flatten()
    }

    /// Borrows the three digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII digits")
    }
}

impl FromStr for AreaCode {
    type Err = InvalidAreaCode;
    fn from_str(text: &str) -> Result<Self, InvalidAreaCode> {
        match text.as_bytes() {
            [a @ b'2'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] => Ok(Self([*a, *b, *c])),
            _ => Err(InvalidAreaCode(shorten(text))),
        }
    }
}

impl TryFrom<String> for AreaCode {
    type Error = InvalidAreaCode;
    fn try_from(text: String) -> Result<Self, InvalidAreaCode> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(area: AreaCode) -> String {
        area.as_str().to_owned()
    }
}
