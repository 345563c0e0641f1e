//! What was done, by whom, as whom: entries that are only ever added.
//!
//! [`Facts`] are taken from values through serde, which no secret type of ours can go through: a `SecretString` has no
//! `Serialize`, so that a password, a PIN or a key cannot stand in the audit even by mistake:
//!
//! ```compile_fail
//! let secret = secrecy::SecretString::from("2580");
//! let facts = evatel_core::audit::Facts::of(&secret);
//! ```

use std::{collections::BTreeMap, fmt, net::IpAddr, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    id::{AccountId, ResellerId},
    permission::{Action, Identity, Matter, Standing},
    word::UnknownWord,
};

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// By which person.
    pub who: Identity,
    /// As whom, where he had entered somebody else's account.
    pub as_whom: Option<Identity>,
    /// As what it was allowed to him.
    pub standing: Standing,
    /// What.
    pub action: Action,
    /// To what.
    pub matter: Matter,
    /// Its id.
    pub object: String,
    /// Whose it is, where it is a reseller's or below.
    pub reseller: Option<ResellerId>,
    /// Whose it is, where it is an account's.
    pub account: Option<AccountId>,
    /// What it was, as far as it changed; none where it was made.
    pub before: Option<Facts>,
    /// What it is, as far as it changed; none where it is gone.
    pub after: Option<Facts>,
    /// From where.
    pub origin: Origin,
}

/// From where something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Over the network.
    Address(IpAddr),
    /// On the server's command line.
    CommandLine,
    /// By the daemon itself, on a schedule.
    Daemon,
}

/// What a thing is, as names and values; never a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<String, Value>);

impl Facts {
    /// Takes what a value says of itself through serde. A value that is no map stands under `value`; what a name marks as
    /// secret is left out, should a type ever show it.
    pub fn of(value: &impl Serialize) -> Self {
        let map = match serde_json::to_value(value) {
            Ok(Value::Object(map)) => map.into_iter().collect(),
            Ok(Value::Null) | Err(_) => BTreeMap::new(),
            Ok(other) => BTreeMap::from([("value".to_owned(), other)]),
        };
        Self(map.into_iter().filter(|(name, _)| !is_secret(name)).collect())
    }

    /// Leaves of two states what differs.
    pub fn changed(before: Self, after: Self) -> (Self, Self) {
        let differs = |one: &Self, other: &Self| {
            let rest = one
                .0
                .iter()
                .filter(|(name, value)| other.0.get(*name) != Some(value));
            Self(rest.map(|(name, value)| (name.clone(), value.clone())).collect())
        };
        (differs(&before, &after), differs(&after, &before))
    }

    /// Says whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds a value by its name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

fn is_secret(name: &str) -> bool {
    ["ha1", "hash", "password", "secret", "token"]
        .iter()
        .any(|word| name.contains(word))
}

impl fmt::Display for Facts {
    /// Writes `name=value` with spaces between, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            match value {
                Value::String(text) => write!(f, "{space}{name}={}", text.escape_debug())?,
                other => write!(f, "{space}{name}={other}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::CommandLine => f.write_str("command-line"),
            Self::Daemon => f.write_str("daemon"),
        }
    }
}

impl FromStr for Origin {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "command-line" => Ok(Self::CommandLine),
            "daemon" => Ok(Self::Daemon),
            _ => text.parse().map(Self::Address).map_err(|_| UnknownWord {
                given: text.chars().take(60).flat_map(char::escape_debug).collect(),
                what: "origin",
                known: "`command-line` `daemon` or an IP address ",
            }),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_stands_in_an_entry() {
        let before = Facts::of(&serde_json::json!({ "name": "Roy", "status": "trial", "limit": 10 }));
        let after =
            Facts::of(&serde_json::json!({ "name": "Roy", "status": "active", "zone": "America/Toronto" }));
        let (before, after) = Facts::changed(before, after);
        assert_eq!(before.to_string(), "limit=10 status=trial");
        assert_eq!(after.to_string(), "status=active zone=America/Toronto");
    }

    #[test]
    fn what_a_name_marks_as_secret_is_left_out_and_a_value_cannot_forge_a_line() {
        let shown =
            serde_json::json!({ "password_hash": "x", "sip_secret": "x", "ha1": "x", "name": "a\nb=c" });
        assert_eq!(Facts::of(&shown).to_string(), "name=a\\nb=c");
    }

    #[test]
    fn an_origin_reads_back_as_it_was_written() {
        for text in ["command-line", "daemon", "192.0.2.7", "2001:db8::7"] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
        }
        assert!("elsewhere".parse::<Origin>().is_err());
    }
}
