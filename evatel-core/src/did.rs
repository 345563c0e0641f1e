//! DIDs: the numbers that we answer for.
//!
//! - [`Did`], [`DidTarget`]: a number in service, as calls see it.
//! - [`DidRecord`]: the same number as the operator keeps it, from the order to the day it leaves, with its [`Owner`] and
//!   [`DidState`]; [`DidRecord::apply`] is the only way from one state to another, along [`TRANSITIONS`].
//! - [`NumberEvent`]: its history; [`import`]: many at once from CSV.

mod command;
mod event;
pub mod import;
mod lifecycle;
mod owner;
mod record;

pub use command::{DidCommand, DidVerb};
pub use event::NumberEvent;
pub use lifecycle::{Applied, Flag, MAX_RESERVATION, Refused, TRANSITIONS, Transition};
pub use owner::{AccountOwner, Holder, Owner};
pub use record::{DidRecord, DidState, DidStatus, EmergencyAddress, Successor};

use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, DidId, TrunkId, UserId},
    number::E164,
};

/// One number, owned by one account, with one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Did {
    /// Its id.
    pub id: DidId,
    /// The number itself; unique in the system.
    pub number: E164,
    /// The trunk over which it comes.
    pub trunk: TrunkId,
    /// Whose it is.
    pub account: AccountId,
    /// What answers it.
    pub target: DidTarget,
}

/// What answers a DID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DidTarget {
    /// An office's main number: its hours say whether the operator is rung.
    Receptionist {
        /// Whom it finds while the office is open, and whose messages it takes.
        operator: UserId,
    },
    /// A Smart Number: the assistant screens the caller and finds the user.
    SmartNumber {
        /// Whom it finds.
        user: UserId,
    },
}

impl DidTarget {
    /// Gives the user whose rule it is to be rung by this number.
    pub fn user(&self) -> &UserId {
        match self {
            Self::Receptionist { operator: user } | Self::SmartNumber { user } => user,
        }
    }
}
