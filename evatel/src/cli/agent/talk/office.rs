//! The daemon's side of a call that is only tried: the rows are real, nothing is written.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use evatel_ari::call::{CallRecord, Office};
use evatel_core::{
    directory::Directory,
    flow::PinVerdict,
    id::{ReservationId, UserId},
    policy::{Ledger, LedgerError, LegPlan},
};
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::mpsc;

/// So many lines wait to be told; then the call waits.
const UNREAD: usize = 64;

/// A line of the call's story.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Told {
    /// When, in seconds since the call began.
    pub(super) at: f64,
    /// `caller`, `callee`, `assistant` or `system`.
    pub(super) who: String,
    pub(super) text: String,
}

/// Tells the story on a channel.
pub(super) struct TalkOffice {
    directory: Arc<Directory>,
    story: mpsc::Sender<Told>,
    places: AtomicU32,
    began: Instant,
}

impl TalkOffice {
    pub(super) fn new(directory: Arc<Directory>) -> (Arc<Self>, mpsc::Receiver<Told>) {
        let (story, told) = mpsc::channel(UNREAD);
        let office = Self {
            directory,
            story,
            places: AtomicU32::default(),
            began: Instant::now(),
        };
        (Arc::new(office), told)
    }

    async fn tell(&self, who: &str, text: String) {
        let told = Told {
            at: (self.began.elapsed().as_secs_f64() * 100.0).round() / 100.0,
            who: who.to_owned(),
            text,
        };
        // Who listens no more has seen the end.
        _ = self.story.send(told).await;
    }
}

impl Ledger for TalkOffice {
    /// Nobody else calls here: there is always a place.
    async fn reserve(&self, _: &LegPlan) -> Result<ReservationId, LedgerError> {
        let number = self.places.fetch_add(1, Ordering::Relaxed);
        Ok(format!("talk-{number}")
            .parse()
            .expect("letters and digits make an id"))
    }

    async fn release(&self, _: &ReservationId) {}
}

impl Office for TalkOffice {
    fn directory(&self) -> Arc<Directory> {
        self.directory.clone()
    }

    /// No PIN is right: a trial must be no way to try PINs.
    async fn check_pin(&self, _: &UserId, _: &SecretString) -> PinVerdict {
        PinVerdict::Wrong
    }

    async fn record(&self, record: CallRecord) {
        match record {
            CallRecord::LegBegan(entry) => self.tell("system", format!("leg to {}", entry.to)).await,
            CallRecord::LegAnswered { .. } | CallRecord::Recorded { .. } => {}
            CallRecord::LegEnded { cause, .. } => {
                self.tell("system", format!("leg ended: {}", cause.word())).await;
            }
            CallRecord::Line { line, .. } => self.tell(&line.who, line.text).await,
        }
    }

    async fn kept(&self) {}
}
