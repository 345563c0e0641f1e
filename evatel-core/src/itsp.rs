//! ITSPs: the carriers that we buy lines and numbers from.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{id::ItspId, name::Name, word::word_enum};

/// An Internet telephone service provider. Its trunks are the lines to it; a number comes over one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Itsp {
    /// Its id.
    pub id: ItspId,
    /// What people call it.
    pub name: Name,
}

/// What a line to a carrier may carry, as the contract has it. The ledger counts the legs that we dial over it; 911 and 988
/// pass uncounted, and what the carrier sends us is his to count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// Most calls at once; no limit where there is none.
    pub calls: Option<NonZeroU32>,
    /// Most new calls in a second; no limit where there is none.
    pub calls_per_second: Option<NonZeroU32>,
}

word_enum! {
    /// One of the [`Caps`].
    CapKind ("cap of a trunk") {
        /// Calls at once.
        Calls = "calls",
        /// New calls in a second.
        CallsASecond = "calls-a-second",
    }
}

/// Most that a cap may say; a larger one is a slip of the hand.
pub const MAX_CAP: u32 = 100_000;
