//! Restrictions: rules on who may call what.
//!
//! [`Restriction`] is one rule; [`RuleSet`] keeps those of one owner so that a number finds its own at once;
//! [`judge`] weighs the rules that match.

mod matching;
mod rules;
mod verdict;

pub use crate::prefix::{InvalidPrefix, Prefix};
pub use matching::{Called, InvalidMatch, NumberMatch, PrefixMatch};
pub use rules::RuleSet;
pub(crate) use verdict::counts_for;
pub use verdict::{Verdict, judge, overrules};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, DeviceId, ResellerId, RestrictionId, TrunkId, UserId},
    name::Name,
    schedule::{Hours, Zone},
    word::word_enum,
};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Its id.
    pub id: RestrictionId,
    /// What people call it.
    pub name: Name,
    /// For whom it holds.
    pub owner: RestrictionOwner,
    /// Who set it: the owner himself, or somebody above him.
    pub set_by: Level,
    /// Which numbers it is about.
    pub matches: NumberMatch,
    /// What it says about them.
    pub effect: Effect,
    /// When it holds; always, where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<RuleHours>,
    /// The only trunk over which such a number may leave; counts from the system and the reseller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trunk: Option<TrunkId>,
}

impl Restriction {
    /// Says whether the rule holds at this time; with no time, whether it holds at all times.
    pub fn holds_at(&self, at: Option<Timestamp>) -> bool {
        let within = |hours: &RuleHours| at.is_some_and(|at| hours.contain(at));
        self.hours.as_ref().is_none_or(within)
    }
}

/// When a rule holds: hours of the week on the wall clock of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHours {
    /// The hours.
    pub hours: Hours,
    /// Where the clock hangs.
    pub zone: Zone,
}

impl RuleHours {
    /// Says whether an instant lies within the hours.
    pub fn contain(&self, at: Timestamp) -> bool {
        self.hours.contains(self.zone.local(at))
    }
}

/// For whom a restriction holds, from the top down.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Holds for what is dialled at one device.
    Device(DeviceId),
}

impl RestrictionOwner {
    /// Gives the level of this owner.
    pub fn level(&self) -> Level {
        match self {
            Self::System => Level::System,
            Self::Reseller(_) => Level::Reseller,
            Self::Account(_) => Level::Account,
            Self::User(_) => Level::User,
            Self::Device(_) => Level::Device,
        }
    }
}

impl std::fmt::Display for RestrictionOwner {
    /// Writes `system`, `reseller:ID`, `account:ID`, `user:ID` or `device:ID`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Reseller(id) => write!(f, "reseller:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Device(id) => write!(f, "device:{id}"),
        }
    }
}

word_enum! {
    /// The levels of owners, from the top down.
    Level ("level") {
        /// Whoever runs the system.
        System = "system",
        /// A reseller.
        Reseller = "reseller",
        /// An account.
        Account = "account",
        /// A user.
        User = "user",
        /// A device.
        Device = "device",
    }
}

word_enum! {
    /// What a restriction says about its numbers, from the softest to the strictest.
    Effect ("effect") {
        /// An exception from rules set at its setter's level or below; opens a class that is closed by default where
        /// the system or the reseller set it.
        Allow = "allow",
        /// Asks for the user's PIN.
        RequirePin = "require-pin",
        /// Closes.
        Deny = "deny",
    }
}
