//! Restrictions: rules on who may call what.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    account::word_enum,
    class::NumberClass,
    id::{AccountId, ResellerId, RestrictionId, UserId},
    name::Name,
    number::E164,
};

/// One rule. A rule of an upper owner cannot be loosened by a lower one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Its id.
    pub id: RestrictionId,
    /// What people call it.
    pub name: Name,
    /// Who set it, and hence for whom it holds.
    pub owner: RestrictionOwner,
    /// Which numbers it is about.
    pub matches: NumberMatch,
    /// What it says about them.
    pub effect: Effect,
}

/// Who set a restriction, from the top down. Rules are tried in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "kebab-case")]
pub enum RestrictionOwner {
    /// Holds for everybody.
    System,
    /// Holds for the reseller's accounts.
    Reseller(ResellerId),
    /// Holds for the account's users.
    Account(AccountId),
    /// Holds for one user.
    User(UserId),
}

/// Which numbers a restriction is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "value", rename_all = "kebab-case")]
pub enum NumberMatch {
    /// Every number of a class.
    Class(NumberClass),
    /// Numbers whose E.164 digits begin with these; over-dialled digits do not slip past it.
    Prefix(Prefix),
}

impl NumberMatch {
    /// Says whether the rule is about this number.
    pub fn covers(&self, number: &E164, class: NumberClass) -> bool {
        match self {
            Self::Class(wanted) => *wanted == class,
            Self::Prefix(prefix) => number.digits().starts_with(prefix.as_str()),
        }
    }
}

/// First digits of E.164 numbers, 1 to 15 of them, without `+`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefix(String);

/// Refuses what is no prefix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no prefix: 1 to 15 digits of an international number, such as `+33` or `1900`")]
pub struct InvalidPrefix(String);

impl Prefix {
    /// Borrows the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Prefix {
    type Err = InvalidPrefix;
    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        if (1..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
        {
            Ok(Self(digits.to_owned()))
        } else {
            Err(InvalidPrefix(
                text.chars().take(40).flat_map(char::escape_debug).collect(),
            ))
        }
    }
}

impl TryFrom<String> for Prefix {
    type Error = InvalidPrefix;
    fn try_from(text: String) -> Result<Self, InvalidPrefix> {
        text.parse()
    }
}

impl From<Prefix> for String {
    fn from(prefix: Prefix) -> String {
        prefix.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

word_enum! {
    /// What a restriction says about its numbers.
    Effect ("effect") {
        /// Opens a class that is closed by default; counts only from the system and the reseller.
        Allow = "allow",
        /// Closes. Final for all owners below.
        Deny = "deny",
    }
}
