//! Restrictions: rules on who may call what.

use serde::{Deserialize, Serialize};

use crate::{
    account::word_enum,
    class::NumberClass,
    id::{AccountId, ResellerId, RestrictionId, UserId},
    name::Name,
    number::E164,
};

pub use crate::prefix::{InvalidPrefix, Prefix};

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
            Self::Prefix(prefix) => prefix.begins(number.digits()),
        }
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
