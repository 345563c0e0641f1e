//! What a call needs of its host: here a snapshot in memory, a counter as ledger, and the terminal as call log.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use evatel_ari::call::{CallRecord, Office};
use evatel_core::{
    directory::Directory,
    flow::PinVerdict,
    id::{ReservationId, UserId},
    policy::{Ledger, LedgerError, LegPlan},
};
use secrecy::SecretString;

/// How many outgoing legs may be up at once.
const MAX_LEGS: u32 = 4;

/// The host's side of all calls.
pub struct TerminalOffice {
    directory: Arc<Directory>,
    legs: AtomicU32,
}

impl TerminalOffice {
    /// Opens the office on one snapshot.
    pub fn new(directory: Directory) -> Self {
        Self { directory: Arc::new(directory), legs: AtomicU32::new(0) }
    }
}

impl Ledger for TerminalOffice {
    async fn reserve(&self, _: &LegPlan) -> Result<ReservationId, LedgerError> {
        let one_more = |legs| (legs < MAX_LEGS).then_some(legs + 1);
        match self.legs.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more) {
            Ok(legs) => Ok(format!("leg-{legs}").parse().expect("letters and digits make an id")),
            Err(_) => Err(LedgerError::Full { max: MAX_LEGS }),
        }
    }

    async fn release(&self, _: &ReservationId) {
        self.legs.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Office for TerminalOffice {
    fn directory(&self) -> Arc<Directory> {
        self.directory.clone()
    }

    /// Nobody has a PIN here, so none is right.
    async fn check_pin(&self, _: &UserId, _: &SecretString) -> PinVerdict {
        PinVerdict::Wrong
    }

    async fn record(&self, record: CallRecord) {
        println!("{record:?}");
    }

    /// What is printed is printed: there is nothing to wait for.
    async fn kept(&self) {}
}
