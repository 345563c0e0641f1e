//! States of devices, for lamps.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// How a device is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DeviceState {
    /// Its name, such as `PJSIP/101` or `Stasis:door`.
    pub name: String,
    /// How it is.
    pub state: DeviceStatus,
}

words! {
    /// How a device is.
    DeviceStatus {
        /// It takes no call.
        Busy = "BUSY",
        /// In a call.
        InUse = "INUSE",
        /// There is no such device.
        Invalid = "INVALID",
        /// Free.
        NotInUse = "NOT_INUSE",
        /// In a call that is on hold.
        OnHold = "ONHOLD",
        /// Ringing.
        Ringing = "RINGING",
        /// In a call and ringing.
        RingInUse = "RINGINUSE",
        /// Not registered.
        Unavailable = "UNAVAILABLE",
        /// Asterisk does not know.
        Unknown = "UNKNOWN",
    }
}
