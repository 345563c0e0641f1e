//! Models of telephones.

use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use crate::{id::DeviceModelId, name::Name};

/// A model of telephone, as its maker sells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceModel {
    /// Its id.
    pub id: DeviceModelId,
    /// Who makes it, such as `Yealink`.
    pub vendor: Name,
    /// What he calls it, such as `T54W`.
    pub name: Name,
    /// How many lines it can register.
    pub lines: NonZeroU8,
}
