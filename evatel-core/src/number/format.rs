//! How carriers write numbers.

use std::{fmt, str::FromStr};

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};

use super::{Dialled, E164, InvalidNumber, MAX_E164_DIGITS, SpecialCode, shorten};

/// How a carrier writes numbers, in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberFormat {
    /// `+15145550199`; abroad `+33142764978`.
    E164,
    /// `5145550199`; abroad `01133142764978`.
    National10,
    /// `15145550199`; abroad `01133142764978`.
    National11,
}

impl NumberFormat {
    /// All formats, with their names on the command line.
    pub const ALL: [(&str, Self); 3] = [
        ("e164", Self::E164),
        ("national10", Self::National10),
        ("national11", Self::National11),
    ];

    /// Gives the format's name on the command line and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::E164 => "e164",
            Self::National10 => "national10",
            Self::National11 => "national11",
        }
    }

    /// Writes a number as the carrier wants it.
    pub fn write(self, number: &E164) -> CarrierNumber {
        match self {
            Self::E164 => CarrierNumber::of(number.as_str()),
            _ if !number.is_nanp() => CarrierNumber::abroad(number.digits()),
            Self::National10 => CarrierNumber::of(&number.digits()[1..]),
            Self::National11 => CarrierNumber::of(number.digits()),
        }
    }

    /// Reads a called or calling number that came over the trunk.
    ///
    /// Carriers mix forms within one trunk, so `+1` and ten digits, eleven digits and ten digits are the same
    /// number whatever the format says; digits of another country need their `+` or, on a national trunk, `011`.
    pub fn read(self, text: &str) -> Result<E164, InvalidNumber> {
        match Dialled::parse(text) {
            Ok(Dialled::Number(number)) => Ok(number),
            Ok(_) => Err(InvalidNumber::NotE164 { given: shorten(text) }),
            // An E.164 trunk that forgets the `+`.
            Err(_) if self == Self::E164 => format!("+{}", text.trim()).parse(),
            Err(error) => Err(error),
        }
    }
}

impl FromStr for NumberFormat {
    type Err = UnknownFormat;
    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, format)| *format)
            .ok_or_else(|| UnknownFormat(shorten(text)))
    }
}

/// A number as a carrier writes it, such as `5145550199` or `01133142764978`. It lies where it is kept, with nothing on
/// the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CarrierNumber(ArrayString<{ ABROAD.len() + MAX_E164_DIGITS }>);

/// What North Americans dial before a number abroad.
const ABROAD: &str = "011";

impl CarrierNumber {
    /// Borrows it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(text: &str) -> Self {
        Self(ArrayString::from(text).expect("no number is longer"))
    }

    fn abroad(digits: &str) -> Self {
        let mut written = ArrayString::from(ABROAD).expect("there is room for it");
        written.push_str(digits);
        Self(written)
    }
}

impl From<SpecialCode> for CarrierNumber {
    /// Writes a code: every carrier takes its digits as they are.
    fn from(code: SpecialCode) -> Self {
        Self::of(&code.digits())
    }
}

impl fmt::Display for CarrierNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names a number format that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no number format: use `e164`, `national10` or `national11`")]
pub struct UnknownFormat(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_reads_all_three_forms_and_writes_its_own() {
        let expected: E164 = "+15145550199".parse().unwrap();
        for (_, format) in NumberFormat::ALL {
            for text in ["5145550199", "15145550199", "+15145550199"] {
                assert_eq!(format.read(text).as_ref(), Ok(&expected));
            }
            assert_eq!(
                format.read(format.write(&expected).as_str()).as_ref(),
                Ok(&expected)
            );
        }
        let paris: E164 = "+33142764978".parse().unwrap();
        assert_eq!(NumberFormat::National10.write(&paris).as_str(), "01133142764978");
        assert_eq!(NumberFormat::E164.read("33142764978").as_ref(), Ok(&paris));
        assert!(NumberFormat::National10.read("911").is_err());
    }
}
