//! Which numbers a restriction, or a route, is about.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    class::{ClassSet, NumberClass},
    country::Country,
    number::SERVICE_CODES,
    numbering::{self, Numbering, UnknownCountry, check_country},
    prefix::{MAX_PREFIX_DIGITS, Prefix},
};

/// Which numbers a rule is about. Its text form is `class:international`, `country:FR`, `code:411`, `prefix:33` or, for
/// numbers of some lengths only, `prefix:33/11` and `prefix:33/9-12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "by", content = "value", rename_all = "kebab-case")]
pub enum NumberMatch {
    /// Every number of a class; [`NumberClass::ServiceCode`] is every service code.
    Class(NumberClass),
    /// One service code, such as 411.
    Code(u16),
    /// Every number of a country, premium ones included.
    Country(Country),
    /// Numbers whose E.164 digits begin so; over-dialled digits do not slip past it.
    Prefix(PrefixMatch),
}

/// First digits, and how many there may be in all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrefixMatch {
    prefix: Prefix,
    shortest: u8,
    longest: u8,
}

/// Refuses what names no numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no numbers: write `class:international`, `country:FR`, `code:411`, `prefix:33` or `prefix:33/9-12`"
)]
pub struct InvalidMatch(String);

/// A number as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Called<'a> {
    /// Its E.164 digits without `+`, or those of a service code.
    pub digits: &'a str,
    /// What the numbering plans know of it.
    pub numbering: Numbering,
}

impl<'a> Called<'a> {
    /// Looks at a service code.
    pub fn code(digits: &'a str) -> Self {
        Self {
            digits,
            numbering: Numbering {
                class: NumberClass::ServiceCode,
                country: None,
                most_digits: 3,
            },
        }
    }

    pub(crate) fn is_code(self) -> bool {
        self.numbering.class == NumberClass::ServiceCode
    }
}

impl NumberMatch {
    /// Makes sure that there are numbers for it to be about. Whoever sets a rule asks this first.
    ///
    /// # Errors
    /// [`UnknownCountry`] for a country that no number is in.
    pub fn check(&self) -> Result<(), UnknownCountry> {
        match self {
            Self::Country(country) => check_country(*country),
            Self::Class(_) | Self::Code(_) | Self::Prefix(_) => Ok(()),
        }
    }

    /// Says whether the rule is about this number.
    pub fn covers(&self, called: Called<'_>) -> bool {
        match self {
            Self::Class(class) => *class == called.numbering.class,
            Self::Code(code) => called.is_code() && called.digits.parse() == Ok(*code),
            Self::Country(country) => called.numbering.country == Some(*country),
            Self::Prefix(prefix) => !called.is_code() && prefix.covers(called.digits),
        }
    }

    /// Gives the classes of the numbers that the rule may be about: it is about none of any other.
    pub(crate) fn classes(&self) -> ClassSet {
        match self {
            Self::Class(class) => ClassSet::of([*class]),
            Self::Code(_) => ClassSet::of([NumberClass::ServiceCode]),
            Self::Country(country) => numbering::classes_in(*country),
            Self::Prefix(matches) => numbering::classes_within(&matches.prefix),
        }
    }

    /// Says how exactly it names its numbers: a class least, then a country, then as many fixed digits as it has.
    pub fn fixed_digits(&self) -> u8 {
        match self {
            Self::Class(_) => 0,
            Self::Country(_) => 1,
            Self::Code(_) => 3,
            Self::Prefix(prefix) => 1 + prefix.prefix.as_str().len() as u8,
        }
    }
}

impl PrefixMatch {
    /// Is about all numbers that begin so.
    pub fn any_length(prefix: Prefix) -> Self {
        Self {
            prefix,
            shortest: 1,
            longest: MAX_PREFIX_DIGITS as u8,
        }
    }

    /// Gives the first digits.
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// Gives the fewest and the most digits that there may be in all.
    pub(crate) fn lengths(&self) -> (u8, u8) {
        (self.shortest, self.longest)
    }

    fn covers(&self, digits: &str) -> bool {
        let lengths = usize::from(self.shortest)..=usize::from(self.longest);
        self.prefix.begins(digits) && lengths.contains(&digits.len())
    }
}

impl FromStr for PrefixMatch {
    type Err = InvalidMatch;
    fn from_str(text: &str) -> Result<Self, InvalidMatch> {
        let refused = || InvalidMatch(shorten(text));
        let Some((prefix, lengths)) = text.split_once('/') else {
            return text.parse().map(Self::any_length).map_err(|_| refused());
        };
        let (shortest, longest) = lengths.split_once('-').unwrap_or((lengths, lengths));
        let prefix: Prefix = prefix.parse().map_err(|_| refused())?;
        let count = |text: &str| text.parse::<u8>().map_err(|_| refused());
        let (shortest, longest) = (count(shortest)?, count(longest)?);
        let fits = prefix.as_str().len() <= usize::from(shortest)
            && shortest <= longest
            && usize::from(longest) <= MAX_PREFIX_DIGITS;
        if fits {
            Ok(Self {
                prefix,
                shortest,
                longest,
            })
        } else {
            Err(refused())
        }
    }
}

impl fmt::Display for PrefixMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix.as_str())?;
        match (self.shortest, self.longest) {
            (1, longest) if usize::from(longest) == MAX_PREFIX_DIGITS => Ok(()),
            (shortest, longest) if shortest == longest => write!(f, "/{shortest}"),
            (shortest, longest) => write!(f, "/{shortest}-{longest}"),
        }
    }
}

impl TryFrom<String> for PrefixMatch {
    type Error = InvalidMatch;
    fn try_from(text: String) -> Result<Self, InvalidMatch> {
        text.parse()
    }
}

impl From<PrefixMatch> for String {
    fn from(prefix: PrefixMatch) -> String {
        prefix.to_string()
    }
}

impl FromStr for NumberMatch {
    type Err = InvalidMatch;
    fn from_str(text: &str) -> Result<Self, InvalidMatch> {
        let refused = || InvalidMatch(shorten(text));
        let (kind, value) = text.split_once(':').ok_or_else(refused)?;
        match kind {
            "class" => value.parse().map(Self::Class).map_err(|_| refused()),
            "country" => value.parse().map(Self::Country).map_err(|_| refused()),
            "code" => {
                let code = SERVICE_CODES.iter().find(|(word, _)| *word == value);
                code.map(|(_, code)| Self::Code(*code)).ok_or_else(refused)
            }
            "prefix" => value.parse().map(Self::Prefix).map_err(|_| refused()),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for NumberMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => write!(f, "class:{class}"),
            Self::Code(code) => write!(f, "code:{code}"),
            Self::Country(country) => write!(f, "country:{country}"),
            Self::Prefix(prefix) => write!(f, "prefix:{prefix}"),
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(matches: &str, digits: &str) -> bool {
        let called = match digits.len() {
            3 => Called::code(digits),
            _ => Called {
                digits,
                numbering: numbering::of_digits(digits),
            },
        };
        matches.parse::<NumberMatch>().unwrap().covers(called)
    }

    #[test]
    fn a_rule_is_about_a_class_a_country_a_code_or_first_digits_with_a_length() {
        for (matches, covered, other) in [
            ("class:international", "33142764978", "18765550123"),
            ("class:service-code", "411", "4115551234"),
            ("country:FR", "33899123456", "3225551234"),
            ("country:JM", "16585550123", "12425550123"),
            ("code:411", "411", "211"),
            ("prefix:41", "41442345678", "411"),
            ("prefix:33/11", "33142764978", "331427649781"),
            ("prefix:33/9-12", "331427649781", "3314276497812"),
        ] {
            assert!(covers(matches, covered), "{matches} {covered}");
            assert!(!covers(matches, other), "{matches} {other}");
            assert_eq!(matches.parse::<NumberMatch>().unwrap().to_string(), matches);
        }
    }

    #[test]
    fn the_classes_of_a_rule_are_those_of_all_its_numbers() {
        let classes = |matches: &str| matches.parse::<NumberMatch>().unwrap().classes().to_string();
        assert_eq!(classes("class:canada"), "canada");
        assert_eq!(classes("code:411"), "service-code");
        assert_eq!(classes("country:FR"), "international,premium");
        assert_eq!(classes("prefix:1900"), "premium");
        assert_eq!(classes("prefix:15145"), "canada");
        // 1 514 976 is charged apart.
        assert_eq!(classes("prefix:1514"), "canada,premium");
        assert_eq!(classes("prefix:999"), "unknown");
        for digits in [
            "15149761234",
            "33899123456",
            "18765550123",
            "88213123456",
            "37167123456",
        ] {
            for most in 1..digits.len() {
                let prefix: Prefix = digits[..most].parse().unwrap();
                assert!(numbering::classes_within(&prefix).contains(numbering::of_digits(digits).class));
            }
        }
    }

    #[test]
    fn what_names_no_numbers_is_refused() {
        for bad in [
            "",
            "33",
            "class:abroad",
            "country:fr",
            "code:911",
            "code:33",
            "prefix:",
            "prefix:0",
            "prefix:33/1",
            "prefix:33/12-9",
            "prefix:33/9-16",
            "prefix:33/",
            "prefix:3?",
            "size:9",
        ] {
            assert!(bad.parse::<NumberMatch>().is_err(), "{bad}");
        }
    }
}
