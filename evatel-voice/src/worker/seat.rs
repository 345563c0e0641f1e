//! Whether a new call is heard: each call has a seat, and none is given where that would harm those who have one.

use std::sync::{Arc, atomic::Ordering};

use metrics::{counter, gauge};
use tokio::time::Instant;

use super::slots::Shared;
use crate::transcribe::{Error, Overload};

/// A call among those that are heard. Dropping it makes room for another.
#[derive(Debug)]
pub(super) struct Seat(Arc<Shared>);

impl Seat {
    pub(super) fn take(shared: &Arc<Shared>) -> Result<Self, Error> {
        let seat = Self::try_take(shared);
        seat.map_err(|overload| {
            counter!("evatel_speech_refused_total", "why" => overload.word()).increment(1);
            Error::Overloaded(overload)
        })
    }

    fn try_take(shared: &Arc<Shared>) -> Result<Self, Overload> {
        let now = Instant::now();
        match shared.least_behind(now) {
            Some(by) if by > shared.most_behind => {
                let most = shared.most_behind;
                return Err(Overload::Behind { by, most });
            }
            None if !shared.was_ready_of_late(now) => return Err(Overload::NoWorker),
            // One that is being replaced is back in a moment.
            _ => {}
        }
        let more = |calls| (calls < shared.most_calls).then_some(calls + 1);
        match shared
            .calls
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
        {
            Ok(before) => {
                gauge!("evatel_speech_calls").set((before + 1) as f64);
                Ok(Self(shared.clone()))
            }
            Err(calls) => Err(Overload::Full { calls }),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let before = self.0.calls.fetch_sub(1, Ordering::Relaxed);
        gauge!("evatel_speech_calls").set(before.saturating_sub(1) as f64);
    }
}
