//! Screening: callers who are blocked, always let through, or important.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    caller::Caller,
    id::{AccountId, ScreeningId, UserId},
    number::{E164, InvalidNumber},
    restriction::{InvalidPrefix, Prefix},
    word::word_enum,
};

/// One entry of a list of callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreeningEntry {
    /// Its id.
    pub id: ScreeningId,
    /// Who set it, and hence for whose calls it holds.
    pub owner: ScreeningOwner,
    /// On which list it is.
    pub list: ScreeningList,
    /// Which callers it is about.
    pub caller: CallerMatch,
}

/// Who set an entry. Lists are looked at in this order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "kebab-case")]
pub enum ScreeningOwner {
    /// Holds for every call that comes in.
    System,
    /// Holds for the account's numbers.
    Account(AccountId),
    /// Holds for the user's numbers.
    User(UserId),
}

impl fmt::Display for ScreeningOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

word_enum! {
    /// A list of callers.
    ScreeningList ("list") {
        /// They ring through whatever the status says; a block list goes before it.
        Allow = "allow",
        /// They are refused.
        Block = "block",
        /// They are important: rules of a status may name them.
        Vip = "vip",
    }
}

/// Which callers an entry or a rule is about: a number, its first digits as `+1900*`, or `anonymous`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CallerMatch {
    /// Who hides his number.
    Anonymous,
    /// Who shows this number.
    Number(E164),
    /// Who shows a number that begins so.
    Prefix(Prefix),
}

/// Why something matches no caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCallerMatch {
    /// It ends in `*`, with no prefix before.
    #[error(transparent)]
    Prefix(#[from] InvalidPrefix),
    /// It is no number.
    #[error("{0}; or `anonymous`, or first digits as `+1900*`")]
    Number(#[from] InvalidNumber),
}

impl CallerMatch {
    /// Says whether it is about this caller.
    pub fn covers(&self, caller: &Caller) -> bool {
        match (self, caller) {
            (Self::Anonymous, Caller::Anonymous) => true,
            (Self::Number(wanted), Caller::Number(number)) => wanted == number,
            (Self::Prefix(prefix), Caller::Number(number)) => number.digits().starts_with(prefix.as_str()),
            _ => false,
        }
    }
}

impl FromStr for CallerMatch {
    type Err = InvalidCallerMatch;

    fn from_str(text: &str) -> Result<Self, InvalidCallerMatch> {
        if text == "anonymous" {
            return Ok(Self::Anonymous);
        }
        Ok(match text.strip_suffix('*') {
            Some(prefix) => Self::Prefix(prefix.parse()?),
            None => Self::Number(text.parse()?),
        })
    }
}

impl TryFrom<String> for CallerMatch {
    type Error = InvalidCallerMatch;
    fn try_from(text: String) -> Result<Self, InvalidCallerMatch> {
        text.parse()
    }
}

impl From<CallerMatch> for String {
    fn from(wanted: CallerMatch) -> String {
        wanted.to_string()
    }
}

impl fmt::Display for CallerMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Number(number) => number.fmt(f),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_covers_its_number_its_prefix_or_who_hides() {
        let covers = |entry: &str, caller: &str| {
            entry
                .parse::<CallerMatch>()
                .unwrap()
                .covers(&caller.parse().unwrap())
        };
        assert!(covers("+15145550199", "514 555 0199"));
        assert!(!covers("+15145550199", "5145550198"));
        assert!(covers("+1900*", "19005551234"));
        assert!(!covers("+1900*", "anonymous"));
        assert!(covers("anonymous", "Restricted"));
        assert!(!covers("anonymous", "5145550199"));
        for (text, part) in [
            ("*", "``"),
            ("514", "E.164"),
            ("anonymous*", "`anonymous`"),
            ("+1900**", "`+1900*`"),
        ] {
            let error = text.parse::<CallerMatch>().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
