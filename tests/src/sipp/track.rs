//! What became of one call so far.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{sync::watch, time::timeout_at};

use super::Notice;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// The caller gave up before the answer.
    Cancelled,
    /// The other end hung up.
    FarHungUp,
    /// The called end refused, or the server did.
    Refused,
    /// The harness hung up.
    WeHungUp,
}

/// When, how and why a call ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// When the last message came.
    pub at: Instant,
    /// Who ended it.
    pub end: End,
    /// Final status of the INVITE: 200 when it was answered.
    pub status: u16,
    /// Q.850 cause in the Reason header of the message that ended it.
    pub cause: Option<u8>,
}

/// The notices of one call, in the order in which they came. Clones are the same call.
#[derive(Clone, Debug)]
pub(super) struct Track {
    notices: Arc<Mutex<Vec<Notice>>>,
    changed: watch::Receiver<usize>,
}

/// The end of a track that notices are put in at; dropping it ends the track.
#[derive(Debug)]
pub(super) struct Writer {
    notices: Arc<Mutex<Vec<Notice>>>,
    changed: watch::Sender<usize>,
}

pub(super) fn track() -> (Writer, Track) {
    let (sender, changed) = watch::channel(0);
    let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
    (
        Writer {
            notices: Arc::clone(&notices),
            changed: sender,
        },
        Track { notices, changed },
    )
}

impl Writer {
    pub(super) fn push(&self, notice: Notice) {
        self.notices
            .lock()
            .expect("nobody panics with this lock")
            .push(notice);
        self.changed.send_modify(|count| *count += 1);
    }
}

impl Track {
    /// Everything so far.
    pub(super) fn notices(&self) -> Vec<Notice> {
        self.notices.lock().expect("nobody panics with this lock").clone()
    }

    /// Waits for the first notice with one of these words, which may be in the past. Errors at the deadline, when SIPp ends, and
    /// when the call ends otherwise.
    pub(super) async fn wait(&self, events: &[&str], within: Duration) -> Result<Notice> {
        let deadline = Instant::now() + within;
        let mut changed = self.changed.clone();
        loop {
            changed.borrow_and_update();
            let notices = self.notices();
            if let Some(found) = notices
                .iter()
                .find(|notice| events.contains(&notice.event.as_str()))
            {
                return Ok(found.clone());
            }
            if let Some(end) = notices.iter().find(|notice| end_of(notice).is_some()) {
                bail!(
                    "the call ended with `{}` before {events:?}: {}",
                    end.event,
                    end.message.as_str()
                );
            }
            let so_far = || {
                notices
                    .iter()
                    .map(|notice| notice.event.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            timeout_at(deadline.into(), changed.changed())
                .await
                .with_context(|| format!("none of {events:?} within {within:?}, only `{}`", so_far()))?
                .with_context(|| format!("SIPp ended before {events:?}, after `{}`", so_far()))?;
        }
    }

    /// Waits until the notices so far are what is looked for. Errors at the deadline and when SIPp ends.
    pub(super) async fn until<T>(
        &self,
        within: Duration,
        found: impl Fn(&[Notice]) -> Option<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + within;
        let mut changed = self.changed.clone();
        loop {
            changed.borrow_and_update();
            let notices = self.notices();
            if let Some(found) = found(&notices) {
                return Ok(found);
            }
            timeout_at(deadline.into(), changed.changed())
                .await
                .with_context(|| format!("nothing of it within {within:?}, only {notices:#?}"))?
                .with_context(|| format!("SIPp ended before, after {notices:#?}"))?;
        }
    }

    /// Waits for the end of the call.
    pub(super) async fn ended(&self, within: Duration) -> Result<Ended> {
        let last = self.wait(&ENDS, within).await?;
        let answered = self.notices().iter().any(|notice| notice.event == "answered");
        let end = end_of(&last).context("only ends were waited for")?;
        let status = match end {
            End::Cancelled => 487,
            End::FarHungUp | End::WeHungUp if answered => 200,
            _ => last.message.status().unwrap_or_default(),
        };
        Ok(Ended {
            at: last.at,
            end,
            status,
            cause: last.message.cause(),
        })
    }
}

fn end_of(notice: &Notice) -> Option<End> {
    Some(match notice.event.as_str() {
        "byed" => End::FarHungUp,
        "cancelled" => End::Cancelled,
        "left" => End::WeHungUp,
        // The answer to a CANCEL of ours, RFC 3261 §9.1.
        "refused" if notice.message.status() == Some(487) => End::Cancelled,
        "refused" => End::Refused,
        _ => return None,
    })
}

const ENDS: [&str; 4] = ["byed", "cancelled", "left", "refused"];
