//! What a key is for.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::permission::matrix::{Action, Matter};

/// What a program may do with a key, at most: never more than whose key it is.
///
/// Written as words with a space between: `*:write` (everything), `*:read`, or matters such as `numbers:write call-log:read`.
/// `write` is everything that can be done to a matter, reading too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyScope {
    all: Option<Access>,
    matters: BTreeMap<Matter, Access>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    Read,
    Write,
}

/// Refuses what is no scope of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no scope of a key: write `*:read`, `*:write`, or matters such as `numbers:write call-log:read`"
)]
pub struct InvalidKeyScope {
    given: String,
}

impl KeyScope {
    /// Everything that the key's owner may do.
    pub fn full() -> Self {
        Self {
            all: Some(Access::Write),
            matters: BTreeMap::new(),
        }
    }

    /// Says whether the key is for that.
    pub fn covers(&self, action: Action, matter: Matter) -> bool {
        let need = if action == Action::Read {
            Access::Read
        } else {
            Access::Write
        };
        let given = self.all.max(self.matters.get(&matter).copied());
        given.is_some_and(|given| given >= need)
    }
}

impl FromStr for KeyScope {
    type Err = InvalidKeyScope;

    fn from_str(text: &str) -> Result<Self, InvalidKeyScope> {
        let refused = |word: &str| InvalidKeyScope {
            given: word.chars().take(60).flat_map(char::escape_debug).collect(),
        };
        let mut scope = Self {
            all: None,
            matters: BTreeMap::new(),
        };
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let (matter, access) = word.split_once(':').ok_or_else(|| refused(word))?;
            let access = match access {
                "read" => Access::Read,
                "write" => Access::Write,
                _ => return Err(refused(word)),
            };
            if matter == "*" {
                scope.all = scope.all.max(Some(access));
            } else {
                let matter: Matter = matter.parse().map_err(|_| refused(word))?;
                let given = scope.matters.entry(matter).or_insert(access);
                *given = access.max(*given);
            }
        }
        if scope.all.is_none() && scope.matters.is_empty() {
            return Err(refused(text));
        }
        Ok(scope)
    }
}

impl fmt::Display for KeyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |access: Access| match access {
            Access::Read => "read",
            Access::Write => "write",
        };
        let all = self.all.map(|access| format!("*:{}", word(access)));
        let matters = self
            .matters
            .iter()
            .map(|(matter, access)| format!("{matter}:{}", word(*access)));
        let words: Vec<_> = all.into_iter().chain(matters).collect();
        f.write_str(&words.join(" "))
    }
}

impl TryFrom<String> for KeyScope {
    type Error = InvalidKeyScope;
    fn try_from(text: String) -> Result<Self, InvalidKeyScope> {
        text.parse()
    }
}

impl From<KeyScope> for String {
    fn from(scope: KeyScope) -> String {
        scope.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_for_what_it_says_and_nothing_else() {
        let scope: KeyScope = "*:read numbers:write".parse().unwrap();
        assert!(scope.covers(Action::Read, Matter::Accounts));
        assert!(scope.covers(Action::Assign, Matter::Numbers));
        assert!(!scope.covers(Action::Write, Matter::Accounts));
        assert_eq!(scope.to_string().parse::<KeyScope>().unwrap(), scope);
        assert!(KeyScope::full().covers(Action::Close, Matter::Accounts));
        for bad in [
            "",
            " ",
            "*",
            "*:all",
            "numbers",
            "mumbers:read",
            "numbers:write,accounts:read",
        ] {
            assert!(bad.parse::<KeyScope>().is_err(), "{bad}");
        }
    }
}
