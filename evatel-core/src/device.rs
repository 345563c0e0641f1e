//! Devices: telephones that register with us.
//!
//! [`Device`] is what calls see; [`DeviceRecord`] is the same telephone as its account keeps it, with its [`Hardware`].

mod mac;
mod record;

pub use mac::{InvalidMac, MacAddress};
pub use record::{DeviceRecord, Hardware};

use serde::{Deserialize, Serialize};

use crate::{
    id::{DeviceId, UserId},
    name::Name,
};

/// A SIP telephone. Its id is opaque and is also its user name at the switch, so nothing about the owner shows there.
///
/// The SIP secret is not here: only provisioning reads it, through the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id, its endpoint and its AOR at the switch.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// What people call it.
    pub name: Name,
}
