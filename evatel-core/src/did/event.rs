//! The history of a number.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DidStatus, DidVerb, Owner};
use crate::{name::Name, number::E164};

/// One line of a number's history; lines are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberEvent {
    /// The number.
    pub number: E164,
    /// Its place in the number's history, from 1.
    pub sequence: u32,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, `clock` where time did.
    pub by: Name,
    /// What happened.
    pub verb: DidVerb,
    /// Where the number stood; nothing for its first event.
    pub from: Option<DidStatus>,
    /// Where it stands since.
    pub to: DidStatus,
    /// Whose it is since.
    pub owner: Owner,
    /// Why, where another carrier gave a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Name>,
}
