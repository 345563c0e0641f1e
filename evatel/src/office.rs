//! The daemon's side of its calls: the snapshot, the ledger, the PINs and the writer of the call log.

mod writer;

use std::{sync::Arc, time::Duration};

use ::metrics::counter;
use arc_swap::ArcSwap;
use evatel_ari::call::{CallRecord, Office};
use evatel_core::{
    directory::{Directory, Unserved},
    flow::PinVerdict,
    id::{ReservationId, TrunkId, UserId},
    number::E164,
    policy::{Ledger, LedgerError, LegPlan},
};
use evatel_store::{Store, StoreLedger};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};
use tracing::{error, warn};

use self::writer::Told;
use crate::metrics;

/// How long a call waits for the ledger; 911 does not ask it.
pub const LEDGER_PATIENCE: Duration = Duration::from_secs(2);
/// How long a caller waits while the store is asked for a number that the snapshot does not have.
pub const NUMBERS_PATIENCE: Duration = Duration::from_secs(1);
/// How long a call waits for a place in the queue of the call log.
pub const WRITER_PATIENCE: Duration = Duration::from_millis(200);

/// What all calls of this daemon share with its store.
#[derive(Debug)]
pub struct StoreOffice {
    directory: ArcSwap<Directory>,
    ledger: StoreLedger,
    log: mpsc::Sender<Told>,
    /// Ends the writer's pause.
    urgent: Arc<Notify>,
    store: Store,
}

impl StoreOffice {
    /// Opens the office on a first snapshot. The task ends when the office is dropped and all records are written.
    pub fn open(directory: Directory, ledger: StoreLedger, store: Store) -> (Arc<Self>, JoinHandle<()>) {
        let (log, records) = mpsc::channel(writer::WAITING_RECORDS);
        let urgent = Arc::new(Notify::new());
        let writer = tokio::spawn(writer::write_all(records, urgent.clone(), store.clone()));
        (
            Arc::new(Self {
                directory: ArcSwap::from_pointee(directory),
                ledger,
                log,
                urgent,
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
    /// Asks the store, [`LEDGER_PATIENCE`] at most; a place that comes later is given back.
    async fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        let (ledger, plan) = (self.ledger.clone(), plan.clone());
        let mut asking = tokio::spawn(async move { ledger.reserve(&plan).await });
        match timeout(LEDGER_PATIENCE, &mut asking).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(failed)) => Err(LedgerError::Away(failed.to_string())),
            Err(_) => {
                let ledger = self.ledger.clone();
                tokio::spawn(async move {
                    if let Ok(Ok(late)) = asking.await {
                        give_back(late, ledger).await;
                    }
                });
                Err(LedgerError::Away(format!("no answer within {LEDGER_PATIENCE:?}")))
            }
        }
    }

    /// Gives the place back in the background: a busy disk must not keep a call from ending.
    async fn release(&self, reservation: &ReservationId) {
        tokio::spawn(give_back(reservation.clone(), self.ledger.clone()));
    }
}

/// Gives a place back, trying again for some minutes: a lost one would count until the daemon restarts.
async fn give_back(reservation: ReservationId, ledger: StoreLedger) {
    for wait in [0, 1, 5, 30, 120] {
        tokio::time::sleep(Duration::from_secs(wait)).await;
        match ledger.give_back(&reservation).await {
            Ok(()) => return,
            Err(error) => warn!(%error, %reservation, "Place in the ledger could not be given back yet"),
        }
    }
    error!(%reservation, "Place in the ledger is lost until the daemon restarts");
}

impl Office for StoreOffice {
    fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Asks the store, [`NUMBERS_PATIENCE`] at most; what it has begun to do it does all the same.
    async fn unserved(&self, number: &E164, trunk: &TrunkId) -> Unserved {
        let (store, known) = (self.store.clone(), self.directory());
        let (number, trunk) = (number.clone(), trunk.clone());
        let asking = tokio::spawn(async move { store.unserved(&number, &trunk, &known).await });
        match timeout(NUMBERS_PATIENCE, asking).await {
            Ok(Ok(Ok(unserved))) => unserved,
            Ok(Ok(Err(error))) => {
                error!(%error, "A called number could not be looked for");
                Unserved::NOBODYS
            }
            Ok(Err(_)) | Err(_) => {
                warn!("A called number was not found in time");
                Unserved::NOBODYS
            }
        }
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

    /// Waits for a writer that is behind, [`WRITER_PATIENCE`] at most; then a line is lost rather than a call held up.
    async fn record(&self, record: CallRecord) {
        metrics::count(&record);
        if let Err(error) = self.log.send_timeout(Told::Record(record), WRITER_PATIENCE).await {
            counter!("evatel_records_lost_total").increment(1);
            error!(%error, "A part of a call's story is lost: the writer is behind or gone");
        }
    }

    /// Waits for the transaction, [`WRITER_PATIENCE`] at most: a busy disk must not keep a call from being made.
    async fn kept(&self) {
        let (sender, written) = oneshot::channel();
        let asked_and_written = async {
            self.log.send(Told::Kept(sender)).await.ok()?;
            self.urgent.notify_one();
            written.await.ok()
        };
        if !matches!(timeout(WRITER_PATIENCE, asked_and_written).await, Ok(Some(()))) {
            warn!("A leg is rung before its entry is on the disk: the writer is behind or gone");
        }
    }
}
