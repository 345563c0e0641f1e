//! Telephone numbers: parsed once at the edge, trusted after.

mod format;

pub use format::{NumberFormat, UnknownFormat};

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest E.164 number in digits (ITU-T E.164 §6.1).
pub const MAX_E164_DIGITS: usize = 15;
/// Shortest number that we take as international, in digits with the country code.
pub const MIN_E164_DIGITS: usize = 8;

/// What a person keys at his device to reach his assistant.
pub const ASSISTANT_CODE: &str = "*55";

/// A public number in the form `+15145550199` (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

/// Why a string is no number. The text is shown to whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNumber {
    /// A character that no number has; letters are not mapped to keys.
    #[error("`{given}` is no number: character `{}` at position {position}", character.escape_default())]
    Character {
        /// What was given, shortened and escaped.
        given: String,
        /// The character.
        character: char,
        /// Its place, from 1.
        position: usize,
    },
    /// Wrong count of digits for where the number belongs.
    #[error("`{given}` has {digits} digits; {expected}")]
    Length {
        /// What was given.
        given: String,
        /// How many digits it has.
        digits: usize,
        /// What would be right.
        expected: &'static str,
    },
    /// A North American area code or exchange cannot begin with 0 or 1 (NANP).
    #[error("`{given}` is no North American number: area code and exchange begin with 2 to 9")]
    NorthAmerican {
        /// What was given.
        given: String,
    },
    /// Not in the form `+` and digits.
    #[error("`{given}` is not E.164: write it as `+15145550199`")]
    NotE164 {
        /// What was given.
        given: String,
    },
}

impl E164 {
    /// Borrows the number with its `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Borrows the digits, without `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// Says whether the number belongs to the North American Numbering Plan (country code 1).
    pub fn is_nanp(&self) -> bool {
        self.digits().starts_with('1')
    }

    /// Shows only the last two digits, for logs and prompts that others may see.
    pub fn masked(&self) -> String {
        let (hidden, shown) = self.0.split_at(self.0.len() - 2);
        format!("{}{shown}", "*".repeat(hidden.len()))
    }

    fn from_digits(digits: &str, given: &str) -> Result<Self, InvalidNumber> {
        let given = || shorten(given);
        if digits.starts_with('0') {
            return Err(InvalidNumber::NotE164 { given: given() });
        }
        if let Some(national) = digits.strip_prefix('1') {
            if national.len() != 10 {
                let expected = "a North American number has 10 after the country code 1";
                return Err(InvalidNumber::Length {
                    given: given(),
                    digits: digits.len(),
                    expected,
                });
            }
            let begins = |at: usize| matches!(national.as_bytes()[at], b'2'..=b'9');
            if !begins(0) || !begins(3) {
                return Err(InvalidNumber::NorthAmerican { given: given() });
            }
        } else if !(MIN_E164_DIGITS..=MAX_E164_DIGITS).contains(&digits.len()) {
            let expected = "an international number has 8 to 15 with its country code";
            return Err(InvalidNumber::Length {
                given: given(),
                digits: digits.len(),
                expected,
            });
        }
        Ok(Self(format!("+{digits}")))
    }
}

impl FromStr for E164 {
    type Err = InvalidNumber;

    /// Takes `+` and digits, with spaces, dots, hyphens and parentheses between them.
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let plain = strip_separators(text)?;
        match plain.strip_prefix('+') {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty() => {
                Self::from_digits(digits, text)
            }
            _ => Err(InvalidNumber::NotE164 { given: shorten(text) }),
        }
    }
}

impl TryFrom<String> for E164 {
    type Error = InvalidNumber;
    fn try_from(text: String) -> Result<Self, InvalidNumber> {
        text.parse()
    }
}

impl From<E164> for String {
    fn from(number: E164) -> String {
        number.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An extension inside one account: 2 to 6 digits, never a code that belongs to the public network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Extension(String);

impl Extension {
    /// Borrows the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a string is no extension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no extension: 2 to 6 digits, not beginning with 0, not 911, 112, 988 or an N11 code, with or without a 1 or 9 before"
)]
pub struct InvalidExtension(String);

impl FromStr for Extension {
    type Err = InvalidExtension;

    fn from_str(text: &str) -> Result<Self, InvalidExtension> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        // `1911` and `9411` are a prefix dialled before a code: never somebody's extension.
        let prefixed = text
            .strip_prefix(['1', '9'])
            .is_some_and(|rest| SpecialCode::of(rest).is_some());
        let free = !text.starts_with('0') && SpecialCode::of(text).is_none() && !prefixed;
        if digits && free && (2..=6).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidExtension(shorten(text)))
        }
    }
}

impl TryFrom<String> for Extension {
    type Error = InvalidExtension;
    fn try_from(text: String) -> Result<Self, InvalidExtension> {
        text.parse()
    }
}

impl From<Extension> for String {
    fn from(extension: Extension) -> String {
        extension.0
    }
}

/// Codes of the public network that are no E.164 numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpecialCode {
    /// 988, the crisis line (CRTC TRP 2022-234): free, always allowed to a person at a device.
    Crisis,
    /// 911, and 9911 and 112 which mean it (CRTC; Kari's Law for the prefix form).
    Emergency,
    /// 211, 311, 411, 511, 611, 711, 811.
    Service(u16),
}

impl SpecialCode {
    fn of(digits: &str) -> Option<Self> {
        Some(match digits {
            "911" | "9911" | "112" => Self::Emergency,
            "988" => Self::Crisis,
            "211" | "311" | "411" | "511" | "611" | "711" | "811" => Self::Service(digits.parse().ok()?),
            _ => return None,
        })
    }

    /// Gives the digits that go to the carrier.
    pub fn digits(self) -> String {
        match self {
            Self::Crisis => "988".into(),
            Self::Emergency => "911".into(),
            Self::Service(code) => code.to_string(),
        }
    }
}

/// What a person or a rule wants to reach, read with the North American dial plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dialled {
    /// Somebody of the same account.
    Extension(Extension),
    /// A public number.
    Number(E164),
    /// 911 and its like.
    Special(SpecialCode),
}

impl Dialled {
    /// Reads digits as a person in Canada dials them: 10 or 11 digits, `011` or `+` and a country code, codes, extensions.
    ///
    /// # Errors
    /// Letters, a wrong length, anything left over: nothing is cut off or guessed.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let plain = strip_separators(text.strip_prefix("tel:").unwrap_or(text))?;
        if plain.starts_with('+') {
            return plain
                .parse()
                .map(Self::Number)
                .map_err(|error: InvalidNumber| error.about(text));
        }
        if let Some(code) = SpecialCode::of(&plain) {
            return Ok(Self::Special(code));
        }
        if let Some(international) = plain.strip_prefix("011") {
            return E164::from_digits(international, text).map(Self::Number);
        }
        match plain.len() {
            10 => E164::from_digits(&format!("1{plain}"), text).map(Self::Number),
            11 if plain.starts_with('1') => E164::from_digits(&plain, text).map(Self::Number),
            digits => plain.parse().map(Self::Extension).map_err(|_| InvalidNumber::Length {
                given: shorten(text),
                digits,
                expected: "dial 10 or 11 digits, 011 and a country code, or an extension of 2 to 6 digits",
            }),
        }
    }

    /// Gives the digits as they are shown and logged.
    pub fn shown(&self) -> String {
        match self {
            Self::Extension(extension) => extension.as_str().to_owned(),
            Self::Number(number) => number.as_str().to_owned(),
            Self::Special(code) => code.digits(),
        }
    }
}

impl InvalidNumber {
    fn about(mut self, whole: &str) -> Self {
        match &mut self {
            Self::Character { given, .. } | Self::Length { given, .. } => *given = shorten(whole),
            Self::NorthAmerican { given } | Self::NotE164 { given } => *given = shorten(whole),
        }
        self
    }
}

/// Removes what people write between digits; refuses everything else that is no digit.
fn strip_separators(text: &str) -> Result<String, InvalidNumber> {
    let mut plain = String::with_capacity(text.len());
    for (at, character) in text.trim().chars().enumerate() {
        match character {
            '0'..='9' => plain.push(character),
            '+' if plain.is_empty() => plain.push(character),
            ' ' | '.' | '-' | '(' | ')' => {}
            _ => {
                return Err(InvalidNumber::Character {
                    given: shorten(text),
                    character,
                    position: at + 1,
                });
            }
        }
    }
    Ok(plain)
}

/// Keeps an error message short and on one line whatever was given.
fn shorten(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> String {
        match Dialled::parse(text) {
            Ok(Dialled::Number(number)) => number.as_str().to_owned(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_way_of_writing_a_number_is_the_same_number() {
        for text in [
            "(514) 555-0199",
            "514.555.0199",
            "1 514 555 0199",
            "+15145550199",
            "tel:+1-514-555-0199",
        ] {
            assert_eq!(number(text), "+15145550199");
        }
        assert_eq!(number("011 33 1 42 76 49 78"), "+33142764978");
    }

    #[test]
    fn what_is_no_number_is_refused_never_cut() {
        for text in [
            "1-800-GO-FEDEX",
            "+3367a829916",
            "٥١٤٥٥٥٠١٩٩",
            "+1514555019",
            "+15145550199;ext=9",
            "5145550199&PJSIP/x",
            "555\n#exec",
            "0033142764978",
            "011331427649781234567",
            "+911",
            "1911",
            "+",
            "",
            "1145550199",
        ] {
            assert!(
                Dialled::parse(text).is_err(),
                "{text} was taken as {:?}",
                Dialled::parse(text)
            );
        }
    }

    #[test]
    fn codes_are_no_extensions_and_extensions_no_codes() {
        for text in ["911", "9911", "112"] {
            assert_eq!(Dialled::parse(text), Ok(Dialled::Special(SpecialCode::Emergency)));
            assert!(text.parse::<Extension>().is_err());
        }
        assert_eq!(Dialled::parse("988"), Ok(Dialled::Special(SpecialCode::Crisis)));
        assert_eq!(
            Dialled::parse("411"),
            Ok(Dialled::Special(SpecialCode::Service(411)))
        );
        assert_eq!(
            Dialled::parse("101"),
            Ok(Dialled::Extension("101".parse().unwrap()))
        );
    }

    #[test]
    fn a_masked_number_shows_two_digits() {
        assert_eq!("+15145550199".parse::<E164>().unwrap().masked(), "**********99");
    }
}
