//! Where an emergency call goes and what is told about the caller's place.

use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, TrunkId},
    name::Name,
    number::E164,
};

/// The civic address of an account and the trunk that carries its emergency calls.
///
/// The callback number is one of the account's own DIDs, so that the operator can ring back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyPlace {
    /// Whose place it is.
    pub account: AccountId,
    /// Number and street, with the unit.
    pub street: Name,
    /// City.
    pub city: Name,
    /// Two-letter province or territory, such as `QC`.
    pub province: Name,
    /// The number that the operator rings back.
    pub callback: E164,
    /// The trunk that reaches the emergency centre.
    pub trunk: TrunkId,
}
