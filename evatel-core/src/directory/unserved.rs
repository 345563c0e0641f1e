//! What becomes of a call to a number that a snapshot has not in service.

use std::sync::Arc;

use super::Directory;
use crate::{did::DidStatus, id::AccountId};

/// What whoever keeps the numbers says of a called one that no snapshot has in service.
#[derive(Debug, Clone)]
pub enum Unserved {
    /// It is in service by now, perhaps with this very call: the call goes on by this snapshot.
    InService(Arc<Directory>),
    /// Nobody answers it.
    OutOfService {
        /// Where it stands; nothing where it is not in the inventory.
        status: Option<DidStatus>,
        /// Whose it is, where it is a customer's: his call log tells that somebody called.
        account: Option<AccountId>,
    },
}

impl Unserved {
    /// A number that nothing is known of.
    pub const NOBODYS: Self = Self::OutOfService {
        status: None,
        account: None,
    };
}
