//! A number as the operator keeps it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountOwner, DidTarget, Holder, Owner};
use crate::{
    emergency::CivicProvince,
    id::{AccountId, DidId, TrunkId},
    name::Name,
    number::E164,
    word::word_enum,
};

/// One number in the inventory: one state, one owner, at most one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DidRecord {
    /// Its id.
    pub id: DidId,
    /// The number; unique in the system.
    pub number: E164,
    /// The trunk over which it comes; the trunk names the ITSP.
    pub trunk: TrunkId,
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands in its life, with what belongs to that place.
    pub state: DidState,
    /// The address that emergency services are told for this number, where it differs from the account's.
    pub emergency_address: Option<EmergencyAddress>,
    /// How many events its history has; a writer that read an older count has lost the race.
    pub events: u32,
}

/// Where a number stands in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum DidState {
    /// A customer's, in service.
    Assigned {
        /// What answers it.
        target: DidTarget,
    },
    /// In the pool of its owner.
    Available,
    /// Its order or its port in was called off: it never was ours.
    Cancelled,
    /// Ordered from the ITSP, not there yet.
    Ordered,
    /// Coming from another carrier.
    PortInPending {
        /// Who gets it on completion or with its first call; nobody means the pool, which it enters on completion only.
        then: Option<Successor>,
    },
    /// The other carrier refuses to let it go; it may be asked for again.
    PortInRejected {
        /// Who would have got it.
        then: Option<Successor>,
        /// Why, in the carrier's words.
        reason: Name,
    },
    /// Leaving for another carrier, still in service.
    PortOutPending {
        /// What answers it until it is gone.
        target: DidTarget,
    },
    /// Gone to another carrier.
    PortedOut,
    /// Released, resting; callers are refused before answer as at a number that is nobody's (Q.850 cause 1), for which
    /// their own carrier has its announcement.
    Quarantined {
        /// Whose it was: he alone may have it back meanwhile.
        former: AccountId,
        /// When it is available again.
        until: Timestamp,
    },
    /// Kept for somebody until a moment.
    Reserved {
        /// For whom.
        holder: Holder,
        /// When it is available again.
        until: Timestamp,
    },
    /// Given back to the ITSP.
    ReturnedToItsp,
    /// A customer's, out of service: calls to it are refused as at a number that is nobody's, and stand in his log.
    Suspended {
        /// What answered it and will again.
        target: DidTarget,
    },
}

/// Who gets a number that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// The customer.
    pub owner: AccountOwner,
    /// What will answer it.
    pub target: DidTarget,
}

word_enum! {
    /// The name of a state, as lists, columns and the history have it.
    DidStatus ("DID status") {
        /// In service.
        Assigned = "assigned",
        /// In a pool.
        Available = "available",
        /// Its order or its port in was called off.
        Cancelled = "cancelled",
        /// Ordered from the ITSP.
        Ordered = "ordered",
        /// Coming from another carrier.
        PortInPending = "port-in-pending",
        /// The other carrier refuses to let it go.
        PortInRejected = "port-in-rejected",
        /// Leaving for another carrier.
        PortOutPending = "port-out-pending",
        /// Gone to another carrier.
        PortedOut = "ported-out",
        /// Released, resting.
        Quarantined = "quarantined",
        /// Kept for somebody.
        Reserved = "reserved",
        /// Given back to the ITSP.
        ReturnedToItsp = "returned-to-itsp",
        /// Out of service.
        Suspended = "suspended",
    }
}

impl DidState {
    /// Gives the name of the state.
    pub fn status(&self) -> DidStatus {
        match self {
            Self::Assigned { .. } => DidStatus::Assigned,
            Self::Available => DidStatus::Available,
            Self::Cancelled => DidStatus::Cancelled,
            Self::Ordered => DidStatus::Ordered,
            Self::PortInPending { .. } => DidStatus::PortInPending,
            Self::PortInRejected { .. } => DidStatus::PortInRejected,
            Self::PortOutPending { .. } => DidStatus::PortOutPending,
            Self::PortedOut => DidStatus::PortedOut,
            Self::Quarantined { .. } => DidStatus::Quarantined,
            Self::Reserved { .. } => DidStatus::Reserved,
            Self::ReturnedToItsp => DidStatus::ReturnedToItsp,
            Self::Suspended { .. } => DidStatus::Suspended,
        }
    }

    /// Says whether the number is not ours any more, or never came: a new life may begin in the same history.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Cancelled | Self::PortedOut | Self::ReturnedToItsp)
    }

    /// Gives what answers the number now.
    pub fn target(&self) -> Option<&DidTarget> {
        match self {
            Self::Assigned { target } | Self::PortOutPending { target } => Some(target),
            _ => None,
        }
    }
}

impl DidRecord {
    /// Gives the number as calls see it: only where somebody answers it.
    pub fn in_service(&self) -> Option<super::Did> {
        Some(super::Did {
            id: self.id.clone(),
            number: self.number.clone(),
            trunk: self.trunk.clone(),
            account: self.owner.account()?.clone(),
            target: self.state.target()?.clone(),
        })
    }
}

/// A civic address that emergency services can find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyAddress {
    /// Number and street, with the unit.
    pub street: Name,
    /// City.
    pub city: Name,
    /// Its province or territory.
    pub province: CivicProvince,
    /// When the emergency service's database accepted it; nobody has, until then.
    pub validated_at: Option<Timestamp>,
}
