//! A telephone as its account keeps it.

use serde::{Deserialize, Serialize};

use super::{Device, MacAddress};
use crate::name::Name;

/// A device with what stands on the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// What calls see of it.
    #[serde(flatten)]
    pub device: Device,
    /// What it is made of.
    #[serde(flatten)]
    pub hardware: Hardware,
}

/// What stands on the desk, as far as somebody has said so: a softphone has neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// The address on its label. One device of the whole system has it at a time: before a telephone changes hands, whoever
    /// had it lets go of it.
    pub mac: Option<MacAddress>,
    /// What its maker calls it, such as `Yealink T54W`.
    pub model: Option<Name>,
}
