//! The number by which a person is known in the whole system.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A user's number, unique in the system: 4 digits, more once those are used up. He keys it where his line is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserNo(u32);

/// Refuses what is no user number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no user number: it has 4 to 8 digits and does not begin with 0")]
pub struct InvalidUserNo {
    given: String,
}

impl UserNo {
    /// The first one that is given out.
    pub const FIRST: Self = Self(1000);
    /// The last one that there can be.
    pub const LAST: Self = Self(99_999_999);

    /// Makes one.
    ///
    /// # Errors
    /// Below [`UserNo::FIRST`] or above [`UserNo::LAST`].
    pub fn new(number: u32) -> Result<Self, InvalidUserNo> {
        if (Self::FIRST.0..=Self::LAST.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(InvalidUserNo {
                given: number.to_string(),
            })
        }
    }

    /// Gives its value.
    pub fn value(self) -> u32 {
        self.0
    }

    /// Gives the one after it, while there is one.
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }
}

impl FromStr for UserNo {
    type Err = InvalidUserNo;

    fn from_str(text: &str) -> Result<Self, InvalidUserNo> {
        let digits = (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number
            .and_then(|number| Self::new(number).ok())
            .ok_or_else(|| InvalidUserNo {
                given: text.chars().take(20).flat_map(char::escape_debug).collect(),
            })
    }
}

impl fmt::Display for UserNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for UserNo {
    type Error = InvalidUserNo;
    fn try_from(text: String) -> Result<Self, InvalidUserNo> {
        text.parse()
    }
}

impl From<UserNo> for String {
    fn from(number: UserNo) -> String {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_number_has_four_digits_and_grows_when_they_are_used_up() {
        assert_eq!("1000".parse::<UserNo>().unwrap(), UserNo::FIRST);
        assert_eq!(
            "9999".parse::<UserNo>().unwrap().next().unwrap().to_string(),
            "10000"
        );
        assert_eq!(UserNo::LAST.next(), None);
        for wrong in ["", "999", "0999", "123456789", "12a4", "١٢٣٤", "+1234", "1234\n"] {
            assert!(wrong.parse::<UserNo>().is_err(), "{wrong}");
        }
    }
}
