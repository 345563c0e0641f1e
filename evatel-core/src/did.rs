//! DIDs: the numbers that we answer for.

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
            Self::SmartNumber { user } => user,
        }
    }
}
