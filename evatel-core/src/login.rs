//! How somebody proves who he is: names, and what happens when he fails.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Wrong passwords in a row that lock nothing yet; the next one does.
pub const FREE_FAILURES: u32 = 4;
/// How long the first lock lasts; each further failure doubles it.
pub const FIRST_LOCK: SignedDuration = SignedDuration::from_mins(1);
/// The longest lock.
pub const LONGEST_LOCK: SignedDuration = SignedDuration::from_hours(1);
/// A failure this old is forgotten.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Shortest password in characters (NIST SP 800-63B-4 §3.1.1.2, for a password that is the only factor).
pub const MIN_PASSWORD_CHARS: usize = 15;
/// Longest password in bytes: hashing must have a bound.
pub const MAX_PASSWORD_BYTES: usize = 256;

/// A name to log in with: 3 to 128 characters of a mail address or a word, in lower case, unique in the system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

/// Refuses what is no name to log in with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no login name: 3 to 128 of the characters a-z, 0-9, `.`, `-`, `_`, `+`, `@`, and the first a letter or digit"
)]
pub struct InvalidLoginName {
    given: String,
}

impl LoginName {
    /// Borrows it as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LoginName {
    type Err = InvalidLoginName;

    /// Takes capitals as their small letters: a telephone's keyboard begins with one.
    fn from_str(text: &str) -> Result<Self, InvalidLoginName> {
        let text = text.to_ascii_lowercase();
        let fits = (3..=128).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_+@".contains(&b));
        if fits {
            Ok(Self(text))
        } else {
            Err(InvalidLoginName {
                given: text.chars().take(60).flat_map(char::escape_debug).collect(),
            })
        }
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LoginName {
    type Error = InvalidLoginName;
    fn try_from(text: String) -> Result<Self, InvalidLoginName> {
        text.parse()
    }
}

impl From<LoginName> for String {
    fn from(name: LoginName) -> String {
        name.0
    }
}

/// A password to be set: long enough, and not made of one thing repeated. Never printed.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

/// Refuses a password, without repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Characters that cannot be typed again.
    #[error("a password has no control character")]
    ControlCharacter,
    /// One of those that are tried first.
    #[error("a password must not be one part repeated, nor hold the login name")]
    Guessable,
    /// More than [`MAX_PASSWORD_BYTES`].
    #[error("a password has at most {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    /// Fewer than [`MIN_PASSWORD_CHARS`].
    #[error(
        "a password has at least {MIN_PASSWORD_CHARS} characters; a sentence is easier to keep than a word"
    )]
    TooShort,
}

impl NewPassword {
    /// Takes a password for a login.
    ///
    /// # Errors
    /// [`InvalidPassword`].
    pub fn new(text: SecretString, name: &LoginName) -> Result<Self, InvalidPassword> {
        let shown = text.expose_secret();
        if shown.len() > MAX_PASSWORD_BYTES {
            return Err(InvalidPassword::TooLong);
        }
        if shown.chars().count() < MIN_PASSWORD_CHARS {
            return Err(InvalidPassword::TooShort);
        }
        if shown.chars().any(char::is_control) {
            return Err(InvalidPassword::ControlCharacter);
        }
        let repeated = (1..=shown.len() / 3).any(|length| {
            let bytes = shown.as_bytes();
            bytes
                .iter()
                .zip(&bytes[length..])
                .all(|(one, other)| one == other)
        });
        if repeated || shown.to_ascii_lowercase().contains(name.as_str()) {
            return Err(InvalidPassword::Guessable);
        }
        Ok(Self(text))
    }
}

impl ExposeSecret<str> for NewPassword {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The wrong passwords of a login in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last: Option<Timestamp>,
}

impl Failures {
    /// Says until when no password is taken, not even the right one; none where it is taken now.
    pub fn locked_until(self, now: Timestamp) -> Option<Timestamp> {
        let last = self.last?;
        let until = last.saturating_add(lock_after(self.count)).ok()?;
        (until > now).then_some(until)
    }

    /// Counts one more.
    #[must_use]
    pub fn and_one(self, now: Timestamp) -> Self {
        let recent = self
            .last
            .is_some_and(|last| now.duration_since(last) < FORGOTTEN_AFTER);
        Self {
            count: if recent { self.count.saturating_add(1) } else { 1 },
            last: Some(now),
        }
    }
}

/// How long a login is locked after so many failures in a row.
fn lock_after(failures: u32) -> SignedDuration {
    match failures.checked_sub(FREE_FAILURES + 1) {
        None => SignedDuration::ZERO,
        Some(doublings) => FIRST_LOCK
            .checked_mul(1 << doublings.min(16))
            .map_or(LONGEST_LOCK, |lock| lock.min(LONGEST_LOCK)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_after_the_fourth_locks_twice_as_long_until_an_hour() {
        let start: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let mut failures = Failures::default();
        let mut locks = Vec::new();
        let mut now = start;
        for _ in 0..13 {
            failures = failures.and_one(now);
            let until = failures.locked_until(now);
            locks.push(until.map_or(0, |until| until.duration_since(now).as_secs() / 60));
            if let Some(until) = until {
                assert_eq!(
                    failures.locked_until(until - SignedDuration::from_micros(1)),
                    Some(until)
                );
                assert_eq!(
                    failures.locked_until(until),
                    None,
                    "open again at the very moment"
                );
                now = until;
            }
        }
        assert_eq!(locks, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let next_day = now + FORGOTTEN_AFTER;
        assert_eq!(failures.and_one(next_day).count, 1, "old failures are forgotten");
    }

    #[test]
    fn a_weak_password_is_refused_without_being_repeated() {
        let name: LoginName = "Luc.Roy@voix.example".parse().unwrap();
        assert_eq!(name.as_str(), "luc.roy@voix.example");
        let refused = |text: &str| NewPassword::new(text.into(), &name).unwrap_err();
        assert_eq!(refused("short"), InvalidPassword::TooShort);
        assert_eq!(refused("aaaaaaaaaaaaaaaa"), InvalidPassword::Guessable);
        assert_eq!(refused("abcdeabcdeabcde"), InvalidPassword::Guessable);
        assert_eq!(refused("Luc.Roy@voix.example!"), InvalidPassword::Guessable);
        assert_eq!(
            refused("a tab is not\ttyped again"),
            InvalidPassword::ControlCharacter
        );
        assert_eq!(refused(&"é€".repeat(60)), InvalidPassword::TooLong);
        let good = NewPassword::new("quatre chevaux bleus en hiver".into(), &name).unwrap();
        assert!(!format!("{good:?}").contains("chevaux"));
    }

    #[test]
    fn a_login_name_is_plain() {
        for bad in ["", "ab", "@roy", "luc roy", "lucé", "luc\n", "=cmd"] {
            assert!(bad.parse::<LoginName>().is_err(), "{bad}");
        }
    }
}
