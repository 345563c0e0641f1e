//! The rules of the gate, by name.

use std::fmt;

use crate::{
    calls::HangupCause,
    class::NumberClass,
    country::Country,
    id::{RestrictionId, TrunkId},
    itsp::CapKind,
    limit::{LimitKind, LimitOwner},
};

/// The rule that decided about a leg. Its text form stands in the call log and is stable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The account may not call out.
    AccountSuspended,
    /// A caller from outside authorises nothing.
    CallerHasNoAuthority,
    /// No restriction speaks and the class is closed by default.
    ClassClosed(NumberClass),
    /// No restriction speaks and the class is open by default.
    ClassOpen(NumberClass),
    /// The account never had this country approved, and its limits ask for that.
    CountryNotApproved(Country),
    /// A person at an authenticated device reaches 911 and 988, always.
    EmergencyAlways,
    /// 911 and 988 are for a person at an authenticated device only.
    EmergencyNeedsDevice,
    /// A forward to one of the account's own numbers, or to one that the call came through.
    ForwardLoop,
    /// Somebody of the same account.
    Internal,
    /// The ledger cannot be asked, so nothing that costs may leave.
    LedgerAway,
    /// As many legs as the account may have at once.
    LegLimit,
    /// A limit on toll is reached, and whose it is.
    Limit(LimitKind, LimitOwner),
    /// The user has no telephone.
    NoDevice,
    /// No trunk leads there.
    NoRoute,
    /// No such extension in this account.
    NobodyThere,
    /// Legs of this cause are not this authoriser's to make.
    NotHisToCause,
    /// A party outside would be joined to another one outside, at the house's expense.
    OutsideToOutside,
    /// More digits than the numbers of that country have.
    OverDialled,
    /// A user's own Smart Number rings him.
    OwnRule,
    /// A restriction asks for the user's PIN.
    PinRequired(RestrictionId),
    /// A restriction that somebody set.
    Restriction(RestrictionId),
    /// 211, 311 and the like.
    ServiceCode,
    /// The call was forwarded as often as a call may be.
    TooManyForwards,
    /// Every trunk that leads there carries as much as it may; the last that was tried, and which of its caps.
    TrunkFull(CapKind, TrunkId),
    /// The authoriser is no longer there.
    UnknownUser,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountSuspended => f.write_str("account-suspended"),
            Self::CallerHasNoAuthority => f.write_str("caller-has-no-authority"),
            Self::ClassClosed(class) => write!(f, "class-closed:{class}"),
            Self::ClassOpen(class) => write!(f, "class-open:{class}"),
            Self::CountryNotApproved(country) => write!(f, "country-not-approved:{country}"),
            Self::EmergencyAlways => f.write_str("emergency-always"),
            Self::EmergencyNeedsDevice => f.write_str("emergency-needs-device"),
            Self::ForwardLoop => f.write_str("forward-loop"),
            Self::Internal => f.write_str("internal"),
            Self::LedgerAway => f.write_str("ledger-away"),
            Self::LegLimit => f.write_str("leg-limit"),
            Self::Limit(kind, owner) => write!(f, "limit:{kind}:{owner}"),
            Self::NoDevice => f.write_str("no-device"),
            Self::NoRoute => f.write_str("no-route"),
            Self::NobodyThere => f.write_str("nobody-there"),
            Self::NotHisToCause => f.write_str("not-his-to-cause"),
            Self::OutsideToOutside => f.write_str("outside-to-outside"),
            Self::OverDialled => f.write_str("over-dialled"),
            Self::OwnRule => f.write_str("own-rule"),
            Self::PinRequired(id) => write!(f, "pin-required:{id}"),
            Self::Restriction(id) => write!(f, "restriction:{id}"),
            Self::ServiceCode => f.write_str("service-code"),
            Self::TooManyForwards => f.write_str("too-many-forwards"),
            Self::TrunkFull(cap, trunk) => write!(f, "trunk-full:{cap}:{trunk}"),
            Self::UnknownUser => f.write_str("unknown-user"),
        }
    }
}

/// A leg that may not be made: a value to say and to log, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that decided.
    pub rule: Rule,
    /// What was asked for, as people read it.
    pub number: String,
    /// The class of a public number.
    pub class: Option<NumberClass>,
}

impl Refusal {
    /// Gives the cause with which the leg ends that was not made.
    pub fn cause(&self) -> HangupCause {
        match self.rule {
            Rule::TrunkFull(..) => HangupCause::NoCircuit,
            _ => HangupCause::Rejected,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` refused by rule `{}`", self.number, self.rule)
    }
}
