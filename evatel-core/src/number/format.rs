//! How carriers write numbers.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Dialled, E164, InvalidNumber, shorten};

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
    pub fn write(self, number: &E164) -> String {
        match self {
            Self::E164 => number.as_str().to_owned(),
            _ if !number.is_nanp() => format!("011{}", number.digits()),
            Self::National10 => number.digits()[1..].to_owned(),
            Self::National11 => number.digits().to_owned(),
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
            assert_eq!(format.read(&format.write(&expected)).as_ref(), Ok(&expected));
        }
        let paris: E164 = "+33142764978".parse().unwrap();
        assert_eq!(NumberFormat::National10.write(&paris), "01133142764978");
        assert_eq!(NumberFormat::E164.read("33142764978").as_ref(), Ok(&paris));
        assert!(NumberFormat::National10.read("911").is_err());
    }
}
