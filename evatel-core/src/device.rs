//! Devices: telephones that register with us.
//!
//! [`Device`] is what calls see; [`DeviceModel`] and [`MacAddress`] say what stands on the desk.

mod mac;
mod model;

pub use mac::{InvalidMac, MacAddress};
pub use model::DeviceModel;

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
