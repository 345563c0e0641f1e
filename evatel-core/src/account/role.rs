//! What an employee is for his company.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::word::{UnknownWord, word_enum};

word_enum! {
    /// What an employee does for his company beside his own work; the guide's four sub-roles.
    Role ("role") {
        /// Manages the account and answers for what costs.
        Administrator = "administrator",
        /// Manages people, hours and numbers; what costs is confirmed by an administrator.
        OfficeManager = "office-manager",
        /// Answers the main line.
        Receptionist = "receptionist",
        /// Looks after telephones and passwords.
        TechSupport = "tech-support",
    }
}

/// The roles of one employee: none, some or all. Written with commas: `administrator,receptionist`, or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Roles(u8);

impl Roles {
    /// No role: an employee and nothing else.
    pub const NONE: Self = Self(0);

    /// Says whether a role is among them.
    pub fn contains(self, role: Role) -> bool {
        self.0 & bit(role) != 0
    }

    /// Gives these roles and one more.
    #[must_use]
    pub fn with(self, role: Role) -> Self {
        Self(self.0 | bit(role))
    }

    /// Gives these roles without one.
    #[must_use]
    pub fn without(self, role: Role) -> Self {
        Self(self.0 & !bit(role))
    }

    /// Lists them, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL
            .iter()
            .map(|(_, role)| *role)
            .filter(move |role| self.contains(*role))
    }
}

fn bit(role: Role) -> u8 {
    1 << role as u8
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self::NONE.with(role)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Role::word).collect();
        f.write_str(if words.is_empty() { "none" } else { "" })?;
        f.write_str(&words.join(","))
    }
}

impl FromStr for Roles {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        if text == "none" {
            return Ok(Self::NONE);
        }
        text.split(',').map(|word| word.trim().parse::<Role>()).collect()
    }
}

impl TryFrom<String> for Roles {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<Roles> for String {
    fn from(roles: Roles) -> String {
        roles.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_roles_reads_back_as_it_was_written() {
        for bits in 0..16 {
            let roles = Roles(bits);
            assert_eq!(roles.to_string().parse::<Roles>().unwrap(), roles, "{roles}");
        }
        assert_eq!(Roles::NONE.to_string(), "none");
        let error = "administrator,owner".parse::<Roles>().unwrap_err();
        assert!(error.to_string().starts_with("`owner` is no role"), "{error}");
    }
}
