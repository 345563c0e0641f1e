//! What a leg was asked for, as it is shown and dialled.

use smol_str::SmolStr;

use crate::number::{CarrierNumber, E164, NumberFormat};

/// What was asked for, once it is known what it is. It needs nothing from the heap but for long ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// A code of the public network.
    Code(CarrierNumber),
    /// Somebody of the account: an extension, or the id of who is not there.
    Inside(SmolStr),
    /// A public number.
    Number(E164),
}

impl Asked {
    /// Borrows it as people read it.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Code(code) => code.as_str(),
            Self::Inside(shown) => shown,
            Self::Number(number) => number.as_str(),
        }
    }

    /// Writes it as a carrier wants it; what stays inside no carrier can dial.
    pub(super) fn written(&self, format: NumberFormat) -> Option<CarrierNumber> {
        match self {
            Self::Code(code) => Some(*code),
            Self::Inside(_) => None,
            Self::Number(number) => Some(format.write(number)),
        }
    }
}
