//! The one task that writes the call log.

use std::{sync::Arc, time::Duration};

use evatel_core::calls::CallRecord;
use evatel_store::{Error, Store};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::timeout,
};
use tracing::{error, warn};

/// How many records may wait for the disk; then calls wait for the writer.
pub(super) const WAITING_RECORDS: usize = 8192;
/// The pause after a transaction, unless somebody waits: what comes meanwhile is written together. A record that comes later is
/// written at once.
const PAUSE: Duration = Duration::from_millis(100);
/// How often records are tried when the database is busy.
const ATTEMPTS: u8 = 5;

/// What the writer is told.
#[derive(Debug)]
pub(super) enum Told {
    Record(CallRecord),
    /// Somebody waits until all that was told before is written.
    Kept(oneshot::Sender<()>),
}

/// Writes what comes, until all senders are gone and all is written; `urgent` ends the pause.
pub(super) async fn write_all(mut told: mpsc::Receiver<Told>, urgent: Arc<Notify>, store: Store) {
    let mut batch = Vec::new();
    while told.recv_many(&mut batch, WAITING_RECORDS).await > 0 {
        let mut records = Vec::new();
        let mut waiting = Vec::new();
        for told in batch.drain(..) {
            match told {
                Told::Record(record) => records.push(record),
                Told::Kept(sender) => waiting.push(sender),
            }
        }
        if !records.is_empty() {
            write_together(records, &store).await;
        }
        for waiting in waiting {
            // Who gave up waiting needs no answer.
            _ = waiting.send(());
        }
        _ = timeout(PAUSE, urgent.notified()).await;
    }
}

/// Writes records as one; where one of them cannot be written, one by one, so that it harms no other.
async fn write_together(batch: Vec<CallRecord>, store: &Store) {
    let batch: Arc<[CallRecord]> = batch.into();
    let Err(error) = write(batch.clone(), store).await else {
        return;
    };
    if batch.len() == 1 {
        return error!(%error, "A part of a call's story could not be written");
    }
    warn!(%error, records = batch.len(), "Call log could not be written as one; trying record by record");
    for record in &*batch {
        if let Err(error) = write([record.clone()].into(), store).await {
            error!(%error, "A part of a call's story could not be written");
        }
    }
}

async fn write(records: Arc<[CallRecord]>, store: &Store) -> Result<(), Error> {
    for attempt in 1..ATTEMPTS {
        match store.write(records.clone()).await {
            Err(error) if error.is_transient() => warn!(%error, attempt, "Call log is busy; trying again"),
            done => return done,
        }
    }
    store.write(records).await
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use evatel_core::calls::{DecisionWord, Direction, HangupCause, LegCause, LegEntry, TranscriptLine};
    use evatel_store::{LegFilter, Scope};
    use jiff::Timestamp;

    use super::*;

    fn began(leg: &str) -> CallRecord {
        CallRecord::LegBegan(Box::new(LegEntry {
            call: "call-1".parse().unwrap(),
            leg: leg.parse().unwrap(),
            account: None,
            direction: Direction::Inbound,
            from: "15145550100".into(),
            to: "15145550199".into(),
            cause: LegCause::Inbound,
            authoriser: "caller".into(),
            user: None,
            decision: DecisionWord::Allow,
            rule: "smart-number".into(),
            started_at: Timestamp::UNIX_EPOCH,
            answered_at: None,
            ended_at: None,
            hangup: None,
            recording: None,
        }))
    }

    fn ended(leg: &str) -> CallRecord {
        CallRecord::LegEnded {
            leg: leg.parse().unwrap(),
            at: Timestamp::UNIX_EPOCH,
            cause: HangupCause::Normal,
        }
    }

    async fn store(folder: &Path) -> Store {
        Store::create(&format!("sqlite://{}/log.db", folder.display()))
            .await
            .unwrap()
    }

    async fn legs(store: &Store, only_open: bool) -> Vec<String> {
        let filter = LegFilter {
            only_open,
            ..LegFilter::default()
        };
        let entries = store.legs(&filter, &Scope::system()).await.unwrap();
        entries.into_iter().map(|entry| entry.leg.to_string()).collect()
    }

    #[tokio::test]
    async fn what_waits_is_written_before_the_writer_ends_and_a_bad_record_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        let (sender, told) = mpsc::channel(WAITING_RECORDS);
        let line = CallRecord::Line {
            call: "call-1".parse().unwrap(),
            line: TranscriptLine {
                at: Timestamp::UNIX_EPOCH,
                who: "nobody".into(),
                text: "the table knows no such speaker".into(),
            },
        };
        for record in [
            began("leg-1"),
            began("leg-1"),
            line,
            began("leg-2"),
            ended("leg-1"),
        ] {
            sender.try_send(Told::Record(record)).unwrap();
        }
        drop(sender);
        write_all(told, Arc::default(), store.clone()).await;
        assert_eq!(legs(&store, false).await, ["leg-2", "leg-1"]);
        assert_eq!(legs(&store, true).await, ["leg-2"]);
    }

    #[tokio::test]
    async fn who_waits_is_told_once_all_before_is_written_while_the_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        let (sender, told) = mpsc::channel(WAITING_RECORDS);
        let urgent = Arc::new(Notify::new());
        let writer = tokio::spawn(write_all(told, urgent.clone(), store.clone()));
        for leg in ["leg-1", "leg-2"] {
            let (waiting, written) = oneshot::channel();
            sender.try_send(Told::Record(began(leg))).unwrap();
            sender.try_send(Told::Kept(waiting)).unwrap();
            urgent.notify_one();
            written.await.unwrap();
            assert_eq!(legs(&store, true).await[0], leg);
        }
        drop(sender);
        writer.await.unwrap();
    }
}
