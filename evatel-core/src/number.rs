//! Telephone numbers: parsed once at the edge, trusted after.

mod format;
mod plan;
mod reading;
mod special;

pub use format::{CarrierNumber, NumberFormat, UnknownFormat};
pub use plan::{AreaCode, DialPlan, InvalidAreaCode};
pub use reading::Reading;
pub use special::{EMERGENCY_TABLE, EMERGENCY_TABLE_VERSION, EmergencyCode, SERVICE_CODES, SpecialCode};

use std::{borrow::Cow, fmt, str::FromStr};

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};

use crate::{
    class::NumberClass,
    numbering::{self, Numbering},
};

/// Longest E.164 number in digits (ITU-T E.164 §6.1).
pub const MAX_E164_DIGITS: usize = 15;
/// Most digits that are read at all; no number has as many.
const MAX_WRITTEN_DIGITS: usize = 40;
/// Shortest number that we take as international, in digits with the country code.
pub const MIN_E164_DIGITS: usize = 8;

/// What a person keys at his device to reach his assistant.
pub const ASSISTANT_CODE: &str = "*55";

/// A public number in the form `+15145550199` (ITU-T E.164). It lies where it is kept, with nothing on the heap: a system
/// has millions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(ArrayString<{ MAX_E164_DIGITS + 1 }>);

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
    /// More digits than a number of its country has: a carrier would ignore the rest, so we do not dial it.
    #[error(
        "`{given}` has {digits} digits; a number that begins so has at most {most} with its country code"
    )]
    OverDialled {
        /// The number.
        given: String,
        /// How many digits it has.
        digits: usize,
        /// Most that it may have.
        most: usize,
    },
    /// Not in the form `+` and digits.
    #[error("`{given}` is not E.164: write it as `+15145550199`")]
    NotE164 {
        /// What was given.
        given: String,
    },
}

impl InvalidNumber {
    /// Says what a public number needs, where neither an extension nor a code would do.
    pub fn as_public(self) -> Self {
        match self {
            Self::Length {
                given,
                digits,
                expected,
            } if expected == DIALLED_DIGITS => Self::Length {
                given,
                digits,
                expected: PUBLIC_DIGITS,
            },
            other => other,
        }
    }
}

/// What a string may be that somebody dials.
const DIALLED_DIGITS: &str = "dial 10 or 11 digits, 011 and a country code, or an extension of 2 to 6 digits";

/// What it may be where a public number is asked for.
const PUBLIC_DIGITS: &str =
    "a public number has 10 digits, 11 with the 1 before, or 8 to 15 after `+` or 011 and the country code";

impl E164 {
    /// Borrows the number with its `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Borrows the digits, without `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// Gives the digits as a voice says them, see [`one_by_one`]; those of a North American number without its country code.
    #[must_use]
    pub fn aloud(&self) -> String {
        one_by_one(self.0.strip_prefix("+1").unwrap_or(&self.0))
    }

    /// Says whether the number belongs to the North American Numbering Plan (country code 1).
    pub fn is_nanp(&self) -> bool {
        self.digits().starts_with('1')
    }

    /// Says what the numbering plans know of it: class, country, most digits.
    pub fn numbering(&self) -> Numbering {
        numbering::of_digits(self.digits())
    }

    /// Gives its class.
    pub fn class(&self) -> NumberClass {
        self.numbering().class
    }

    /// Refuses a number that has more digits than its country's numbers have, before it is dialled.
    ///
    /// # Errors
    /// [`InvalidNumber::OverDialled`].
    pub fn check_length(&self) -> Result<(), InvalidNumber> {
        let (digits, most) = (self.digits().len(), self.numbering().most_digits);
        if digits <= most {
            return Ok(());
        }
        Err(InvalidNumber::OverDialled {
            given: self.0.to_string(),
            digits,
            most,
        })
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
        let mut number = ArrayString::from("+").expect("there is room for `+`");
        number.push_str(digits);
        Ok(Self(number))
    }
}

impl FromStr for E164 {
    type Err = InvalidNumber;

    /// Takes `+` and digits, with spaces, dots, hyphens and parentheses between them.
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let plain = strip_separators(text, text)?;
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
        number.0.to_string()
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Most digits of an extension.
pub const MAX_EXTENSION_DIGITS: usize = 6;

/// An extension inside one account: 2 to 6 digits, never a code that belongs to the public network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Extension(ArrayString<MAX_EXTENSION_DIGITS>);

impl Extension {
    /// Borrows the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a string is no extension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no extension: 2 to 6 digits, not beginning with 0, and neither the beginning nor the continuation of 911, 112, 933, 988 or an N11 code, with or without a 9 before"
)]
pub struct InvalidExtension(String);

impl FromStr for Extension {
    type Err = InvalidExtension;

    fn from_str(text: &str) -> Result<Self, InvalidExtension> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let free = !text.starts_with('0') && !special::catches_code(text);
        let fits = digits && free && text.len() >= 2;
        match ArrayString::from(text) {
            Ok(text) if fits => Ok(Self(text)),
            _ => Err(InvalidExtension(shorten(text))),
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
        extension.0.to_string()
    }
}

/// What a person or a rule wants to reach, as a [`DialPlan`] reads it.
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
    /// Reads digits with the dial plan of nobody in particular, which completes no seven digits; see [`DialPlan::read`].
    ///
    /// # Errors
    /// As [`DialPlan::read`].
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        DialPlan::default().read(text)
    }

    /// Gives the digits as they are shown and logged.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Extension(extension) => extension.as_str().into(),
            Self::Number(number) => number.as_str().into(),
            Self::Special(code) => code.digits().into(),
        }
    }

    /// Gives the digits as a voice says them: one by one, those of a North American number in its groups.
    #[must_use]
    pub fn aloud(&self) -> String {
        match self {
            Self::Number(number) => number.aloud(),
            _ => one_by_one(&self.shown()),
        }
    }
}

/// Parts digits by spaces, and ten of them by commas into groups, so that a voice says each by itself: `5 1 4, 5 5 5, 0 1 2 3`.
#[must_use]
pub fn one_by_one(digits: &str) -> String {
    let cuts: &[usize] = if digits.len() == 10 { &[3, 6] } else { &[] };
    let mut said = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 {
            said.push_str(if cuts.contains(&index) { ", " } else { " " });
        }
        said.push(digit);
    }
    said
}

/// Removes what people write between digits; refuses everything else that is no digit. `whole` is what was given.
fn strip_separators(text: &str, whole: &str) -> Result<String, InvalidNumber> {
    let mut plain = String::with_capacity(MAX_WRITTEN_DIGITS + 1);
    let before = whole.chars().count() - text.chars().count();
    for (at, character) in text.chars().enumerate() {
        match character {
            '0'..='9' if plain.len() > MAX_WRITTEN_DIGITS => {
                return Err(InvalidNumber::Length {
                    given: shorten(whole),
                    digits: text.bytes().filter(u8::is_ascii_digit).count(),
                    expected: "no number has more than 15 with its country code",
                });
            }
            '0'..='9' => plain.push(character),
            '+' if plain.is_empty() => plain.push(character),
            // The last four are how word processors and telephones' own address books space and join digits.
            ' ' | '.' | '-' | '(' | ')' | '\u{a0}' | '\u{202f}' | '\u{2010}' | '\u{2011}' => {}
            _ => {
                return Err(InvalidNumber::Character {
                    given: shorten(whole),
                    character,
                    position: before + at + 1,
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
    fn digits_are_said_one_by_one_and_a_domestic_number_in_its_groups() {
        let aloud = |text| Dialled::parse(text).unwrap().aloud();
        assert_eq!(aloud("(514) 555-0199"), "5 1 4, 5 5 5, 0 1 9 9");
        assert_eq!(aloud("+33142764978"), "+ 3 3 1 4 2 7 6 4 9 7 8");
        assert_eq!(aloud("911"), "9 1 1");
    }

    #[test]
    fn every_way_of_writing_a_number_is_the_same_number() {
        for text in [
            "(514) 555-0199",
            "514.555.0199",
            "514\u{a0}555\u{2011}0199",
            "1 514 555 0199",
            "+15145550199",
            "tel:+1-514-555-0199",
            "TEL:5145550199",
        ] {
            assert_eq!(number(text), "+15145550199");
        }
        assert_eq!(number("011 33 1 42 76 49 78"), "+33142764978");
    }

    #[test]
    fn seven_digits_are_completed_by_the_home_area_and_refused_without_one() {
        let montreal: E164 = "+15145550100".parse().unwrap();
        let paris: E164 = "+33142764978".parse().unwrap();
        let expected = Ok(Dialled::Number("+15145550199".parse().unwrap()));
        assert_eq!(DialPlan::at_home_of(Some(&montreal)).read("555-0199"), expected);
        for plan in [DialPlan::at_home_of(Some(&paris)), DialPlan::default()] {
            assert!(matches!(
                plan.read("555-0199"),
                Err(InvalidNumber::Length { digits: 7, .. })
            ));
        }
        assert!(DialPlan::at_home_of(Some(&montreal)).read("155-0199").is_err());
    }

    #[test]
    fn what_is_no_number_is_refused_never_cut() {
        for text in [
            "1-800-GO-FEDEX",
            "+3367a829916",
            "٥١٤٥٥٥٠١٩٩",
            "+1514555019",
            "+15145550199;ext=9",
            "+15145550199\n",
            "tel:+15145550199;phone-context=+1",
            "tel:tel:5145550199",
            "5145550199&PJSIP/x",
            "555\n#exec",
            "0033142764978",
            "011331427649781234567",
            "9011331427649",
            "+911",
            "1911",
            "+",
            "++15145550199",
            "",
            "1145550199",
            &"5".repeat(100_000),
        ] {
            assert!(
                Dialled::parse(text).is_err(),
                "{text} was taken as {:?}",
                Dialled::parse(text)
            );
        }
    }

    #[test]
    fn a_refusal_names_the_character_and_its_place_in_what_was_given() {
        let error = Dialled::parse("tel:+1514x").unwrap_err().to_string();
        assert_eq!(error, "`tel:+1514x` is no number: character `x` at position 10");
    }

    #[test]
    fn emergency_codes_are_those_of_the_table_and_service_codes_are_no_extensions() {
        for (text, code) in [
            ("911", SpecialCode::Emergency),
            ("9911", SpecialCode::Emergency),
            ("112", SpecialCode::Emergency),
            ("933", SpecialCode::EmergencyTest),
            ("988", SpecialCode::Crisis),
            ("411", SpecialCode::Service(411)),
            ("9-1-1", SpecialCode::Emergency),
        ] {
            assert_eq!(Dialled::parse(text), Ok(Dialled::Special(code)), "{text}");
        }
    }

    #[test]
    fn an_extension_never_catches_or_holds_up_a_code() {
        for bad in [
            "911",
            "9911",
            "112",
            "988",
            "933",
            "411", // codes
            "91",
            "99",
            "98",
            "93",
            "11",
            "41",
            "991", // a telephone that waits for two or three digits takes them
            "9110",
            "9889",
            "4110",
            "112233", // a telephone that waits for more would keep 911 waiting
            "1911",
            "1411",
            "9411",
            "94112", // with a prefix before
            "0101",
            "1",
            "1234567",
            "",
            "1a",
            "１０１", // no extensions anyway
        ] {
            assert!(bad.parse::<Extension>().is_err(), "{bad}");
        }
        for good in ["10", "101", "110", "201", "2210", "1000", "9000", "123456"] {
            assert!(good.parse::<Extension>().is_ok(), "{good}");
        }
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
