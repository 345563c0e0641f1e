//! The daemon's side of its calls: the snapshot, the ledger, the PINs and the writer of the call log.

use std::sync::Arc;

use arc_swap::ArcSwap;
use evatel_ari::call::{CallRecord, Office};
use evatel_core::{
    directory::Directory,
    flow::PinVerdict,
    id::{ReservationId, UserId},
    policy::{Ledger, LedgerError, LegPlan},
};
use evatel_store::{Store, StoreLedger};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{sync::mpsc, task::JoinHandle};
use tracing::{error, warn};

/// How many parts of calls' stories may wait for the disk; then calls wait for the writer.
const WAITING_RECORDS: usize = 1024;
/// How often a record is tried again when the database is busy.
const WRITE_ATTEMPTS: u8 = 5;

/// What all calls of this daemon share with its store.
#[derive(Debug)]
pub struct StoreOffice {
    directory: ArcSwap<Directory>,
    ledger: StoreLedger,
    log: mpsc::Sender<CallRecord>,
    store: Store,
}

impl StoreOffice {
    /// Opens the office on a first snapshot. The task ends when the office is dropped and all records are written.
    pub fn open(directory: Directory, ledger: StoreLedger, store: Store) -> (Arc<Self>, JoinHandle<()>) {
        let (log, records) = mpsc::channel(WAITING_RECORDS);
        let writer = tokio::spawn(write_all(records, store.clone()));
        (
            Arc::new(Self {
                directory: ArcSwap::from_pointee(directory),
                ledger,
                log,
                store,
            }),
            writer,
        )
    }

    /// Swaps a whole new snapshot in; a call sees the old one or the new one, never a mixture.
    pub fn replace_directory(&self, directory: Directory) {
        self.directory.store(Arc::new(directory));
    }
}

impl Ledger for StoreOffice {
    async fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        self.ledger.reserve(plan).await
    }

    async fn release(&self, reservation: &ReservationId) {
        self.ledger.release(reservation).await;
    }
}

impl Office for StoreOffice {
    fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    async fn check_pin(&self, user: &UserId, digits: &SecretString) -> PinVerdict {
        match self.store.check_pin(user, digits.clone(), Timestamp::now()).await {
            Ok(evatel_store::PinVerdict::Right) => PinVerdict::Right,
            Ok(evatel_store::PinVerdict::Wrong { .. }) => PinVerdict::Wrong,
            Ok(evatel_store::PinVerdict::Locked { .. }) => PinVerdict::Locked,
            Err(error) => {
                // Who cannot be checked is not let in.
                error!(%error, "PIN could not be checked");
                PinVerdict::Locked
            }
        }
    }

    async fn record(&self, record: CallRecord) {
        if self.log.send(record).await.is_err() {
            error!("Call log writer is gone; a part of a call's story is lost");
        }
    }
}

async fn write_all(mut records: mpsc::Receiver<CallRecord>, store: Store) {
    while let Some(record) = records.recv().await {
        for attempt in 1..=WRITE_ATTEMPTS {
            match write(&record, &store).await {
                Ok(()) => break,
                Err(error) if error.is_transient() && attempt < WRITE_ATTEMPTS => {
                    warn!(%error, attempt, "Call log is busy; trying again");
                }
                Err(error) => {
                    error!(%error, "A part of a call's story could not be written");
                    break;
                }
            }
        }
    }
}

async fn write(record: &CallRecord, store: &Store) -> Result<(), evatel_store::Error> {
    match record {
        CallRecord::LegAnswered { leg, at } => store.answer_leg(leg, *at).await,
        CallRecord::LegBegan(entry) => store.begin_leg(entry).await,
        CallRecord::LegEnded { leg, at, cause } => store.end_leg(leg, *at, *cause).await,
        CallRecord::Line { call, line } => store.add_transcript_line(call, line).await,
        CallRecord::Recorded { call, path } => store.set_recording(call, &path.display().to_string()).await,
    }
}
