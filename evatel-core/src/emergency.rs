//! Where an emergency call goes and what is told about the caller's place.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    holiday::Province,
    id::{AccountId, TrunkId},
    name::Name,
    number::E164,
};

/// The civic address of an account and the trunk that carries its emergency calls.
///
/// The callback number is one of the account's own DIDs, so that the operator can ring back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyPlace {
    /// Whose place it is.
    pub account: AccountId,
    /// Number and street, with the unit.
    pub street: Name,
    /// City.
    pub city: Name,
    /// Its province or territory.
    pub province: CivicProvince,
    /// The number that the operator rings back.
    pub callback: E164,
    /// The trunk that reaches the emergency centre.
    pub trunk: TrunkId,
}

/// A province or territory of Canada in a civic address: the two capital letters of Canada Post, such as `QC`. Emergency
/// services are told no other: 911 is Canada's here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CivicProvince(Province);

/// Refuses what is none of the thirteen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no province or territory: use one of AB BC MB NB NL NS NT NU ON PE QC SK YT")]
pub struct InvalidProvince(String);

impl FromStr for CivicProvince {
    type Err = InvalidProvince;

    /// Takes small letters for capital ones.
    fn from_str(text: &str) -> Result<Self, InvalidProvince> {
        let province = text.to_ascii_lowercase().parse().map(Self);
        province.map_err(|_| InvalidProvince(text.chars().take(40).flat_map(char::escape_debug).collect()))
    }
}

impl fmt::Display for CivicProvince {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.word().to_ascii_uppercase())
    }
}

impl TryFrom<String> for CivicProvince {
    type Error = InvalidProvince;

    fn try_from(text: String) -> Result<Self, InvalidProvince> {
        text.parse()
    }
}

impl From<CivicProvince> for String {
    fn from(province: CivicProvince) -> Self {
        province.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_province_is_known_by_its_two_letters_and_nothing_else_is_one() {
        for (word, province) in Province::ALL {
            let civic: CivicProvince = word.parse().unwrap();
            assert_eq!(civic, CivicProvince(*province));
            assert_eq!(civic.to_string(), word.to_uppercase());
            assert_eq!(civic.to_string().parse(), Ok(civic));
        }
        for none in ["ZZ", "", "Q", "QCC", "NY", "Québec", "q\u{1b}", "ＱＣ"] {
            assert!(none.parse::<CivicProvince>().is_err(), "{none}");
        }
        let mut words: Vec<String> = Province::ALL
            .iter()
            .map(|(word, _)| word.to_uppercase())
            .collect();
        words.sort();
        let said = InvalidProvince("ZZ".into()).to_string();
        assert!(
            said.ends_with(&format!(": use one of {}", words.join(" "))),
            "{said}"
        );
    }
}
