//! Who causes a leg, and what each may cause.

use std::fmt;

use crate::{
    calls::LegCause,
    id::{DeviceId, UserId},
};

/// Who causes a leg and answers for it. A caller from outside never does, whatever his caller id says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authoriser {
    /// A person at a device that proved its secret.
    Device {
        /// The device.
        device: DeviceId,
        /// Whose it is.
        user: UserId,
    },
    /// The same, who keyed his PIN there as well.
    DevicePin {
        /// The device.
        device: DeviceId,
        /// Whose it is, and whose PIN it was.
        user: UserId,
    },
    /// A person who is signed in, away from any device.
    Login {
        /// Who signed in.
        user: UserId,
    },
    /// Somebody outside.
    OutsideCaller,
    /// A person who keyed his PIN, from anywhere.
    Pin {
        /// Whose PIN it was.
        user: UserId,
    },
    /// A rule that a user set: his Smart Number rings him, his forward or his alert calls.
    Rule {
        /// Whose rule it is.
        user: UserId,
    },
}

impl Authoriser {
    /// Gives the user who answers for the leg.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Device { user, .. }
            | Self::DevicePin { user, .. }
            | Self::Login { user }
            | Self::Pin { user }
            | Self::Rule { user } => Some(user),
            Self::OutsideCaller => None,
        }
    }

    /// Gives the device at which the person is.
    pub fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Device { device, .. } | Self::DevicePin { device, .. } => Some(device),
            _ => None,
        }
    }

    /// Says whether the person keyed his PIN.
    pub fn gave_pin(&self) -> bool {
        matches!(self, Self::DevicePin { .. } | Self::Pin { .. })
    }

    /// Gives the person at a device once he has keyed his PIN; nobody else is somebody more by one.
    pub fn with_pin(&self) -> Option<Self> {
        match self {
            Self::Device { device, user } => Some(Self::DevicePin {
                device: device.clone(),
                user: user.clone(),
            }),
            _ => None,
        }
    }

    /// Says whether legs of this cause are his to make: people dial and transfer, rules ring, forward and call back.
    pub fn may_cause(&self, cause: LegCause) -> bool {
        match (self, cause) {
            // What comes in to us is no leg that anybody makes, and outside nobody makes any.
            (_, LegCause::Assistant | LegCause::Inbound) | (Self::OutsideCaller, _) => false,
            (Self::Rule { .. }, cause) => matches!(
                cause,
                LegCause::Alert | LegCause::Callback | LegCause::FindMe | LegCause::Forward
            ),
            (Self::Login { .. }, cause) => matches!(
                cause,
                LegCause::ClickToCall | LegCause::ConferenceAdd | LegCause::FaxOut | LegCause::SmsOut
            ),
            (Self::Device { .. } | Self::DevicePin { .. } | Self::Pin { .. }, cause) => !matches!(
                cause,
                LegCause::Alert | LegCause::Callback | LegCause::FindMe | LegCause::Forward
            ),
        }
    }
}

impl fmt::Display for Authoriser {
    /// Writes `caller`, `device:ID`, `device-pin:ID`, `login:ID`, `pin:ID` or `rule:ID`, as the call log has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device { device, .. } => write!(f, "device:{device}"),
            Self::DevicePin { device, .. } => write!(f, "device-pin:{device}"),
            Self::Login { user } => write!(f, "login:{user}"),
            Self::OutsideCaller => f.write_str("caller"),
            Self::Pin { user } => write!(f, "pin:{user}"),
            Self::Rule { user } => write!(f, "rule:{user}"),
        }
    }
}
