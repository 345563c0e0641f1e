//! Limits against fraud: how much toll an owner's legs may run up.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    country::Country,
    id::{AccountId, ResellerId, UserId},
};

/// The limits of one owner. What is not limited here may be limited above; the tightest holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Whose they are.
    pub owner: LimitOwner,
    /// Most toll legs at once.
    pub toll_legs: Option<u32>,
    /// Most new toll legs in one minute of the clock.
    pub legs_a_minute: Option<u32>,
    /// Most that toll legs may cost in one day (UTC), in micro-units of the currency that routes are priced in.
    ///
    /// A leg's first minute counts when it begins, the rest when it ends.
    pub spend_a_day_micros: Option<i64>,
    /// Longest leg in seconds; never longer than [`crate::policy::MAX_LEG_LENGTH`].
    pub max_length_s: Option<u32>,
    /// A country that the account never had approved is refused.
    pub approves_countries: bool,
    /// Whether a party outside may be joined to another one outside; nothing said is no, and one no is final.
    pub joins_outside: Option<bool>,
}

impl Limits {
    /// Begins with no limit at all.
    pub fn none(owner: LimitOwner) -> Self {
        Self {
            owner,
            toll_legs: None,
            legs_a_minute: None,
            spend_a_day_micros: None,
            max_length_s: None,
            approves_countries: false,
            joins_outside: None,
        }
    }

    /// Begins as a new account does, so that whoever steals a telephone's secret on its first day gains little: 30 new
    /// toll legs a minute, 100 a day by the prices of the routes, and no country before its seller approved it.
    pub fn of_new_account(account: AccountId) -> Self {
        Self {
            legs_a_minute: Some(30),
            spend_a_day_micros: Some(100_000_000),
            approves_countries: true,
            ..Self::none(LimitOwner::Account(account))
        }
    }

    /// Gives the longest leg.
    pub fn max_length(&self) -> Option<Duration> {
        self.max_length_s
            .map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// Says whether the ledger must count for this owner.
    pub fn are_counted(&self) -> bool {
        self.toll_legs.is_some() || self.legs_a_minute.is_some() || self.spend_a_day_micros.is_some()
    }
}

/// Whose limits they are, from the top down.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "kebab-case")]
pub enum LimitOwner {
    /// All legs of the system together.
    System,
    /// All legs of a reseller's accounts.
    Reseller(ResellerId),
    /// All legs of an account.
    Account(AccountId),
    /// A user's legs.
    User(UserId),
}

impl std::fmt::Display for LimitOwner {
    /// Writes `system`, `reseller:ID`, `account:ID` or `user:ID`, as the ledger keeps it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Reseller(id) => write!(f, "reseller:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

/// A country that an account may call, where its limits ask for approval.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApprovedCountry {
    /// Whose approval it is.
    pub account: AccountId,
    /// The country.
    pub country: Country,
}

crate::word::word_enum! {
    /// Which limit a leg ran into.
    LimitKind ("limit") {
        /// New legs in one minute.
        LegsAMinute = "legs-a-minute",
        /// Cost of one day.
        SpendADay = "spend-a-day",
        /// Legs at once.
        TollLegs = "toll-legs",
    }
}
