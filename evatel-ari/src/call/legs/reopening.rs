//! Sound that broke while its leg lives: it is opened again, a few times.

use std::{sync::Arc, time::Duration};

use evatel_core::id::LegId;
use evatel_voice::{Band, Port};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{
    error::{Error, Result},
    switch::Switch,
};

/// How long it is waited before each try. A switch that lost its connections has them again within a second or two; a caller does
/// not listen to silence for much longer.
const BEFORE: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(300),
    Duration::from_millis(900),
    Duration::from_millis(1800),
];

/// Sound that is being opened again, in a task of its own: a request that is under way is never cut off, so that none is done late, when
/// the leg has been joined with somebody.
#[derive(Debug)]
pub(super) struct Reopening {
    task: JoinHandle<Result<Port>>,
    given_up: CancellationToken,
}

impl Reopening {
    pub(super) fn begin(leg: LegId, band: Band, switch: Arc<Switch>) -> Self {
        let given_up = CancellationToken::new();
        let task = tokio::spawn(reopen(leg, band, switch, given_up.clone()).in_current_span());
        Self { task, given_up }
    }

    /// Waits for what came of it, once; forever where nothing is being opened. Cancel safe.
    pub(super) async fn done(this: &mut Option<Self>) -> Result<Port> {
        let Some(Self { task, .. }) = this else {
            return std::future::pending().await;
        };
        let done = task.await;
        *this = None;
        done.unwrap_or(Err(Error::Closed))
    }

    /// Gives it up, and waits until nothing is under way any more; what was opened is the switch's to close.
    pub(super) async fn give_up(self) {
        self.given_up.cancel();
        // Whether it had come about or failed no longer matters.
        let _ = self.task.await;
    }
}

async fn reopen(leg: LegId, band: Band, switch: Arc<Switch>, given_up: CancellationToken) -> Result<Port> {
    let mut last = Error::Closed;
    for pause in BEFORE {
        tokio::select! {
            () = given_up.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
        match switch.open_media(&leg, band).await {
            Err(error) if !error.is_gone() => {
                tracing::debug!(leg.id = %leg, %error, "sound of `{leg}` could not be opened again yet");
                last = error;
            }
            done => return done,
        }
    }
    Err(last)
}
