//! What happens by itself after a while, on tokio's clock: with its time paused, tests need not wait.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use super::World;
use crate::sim::Shared;

/// Everything that has a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) enum Timer {
    /// Nobody claimed the channel.
    BroadcastOver(String),
    /// The dialled party did not answer.
    DialOver(String),
    /// The dialplan's `Wait` is over.
    PlanGoesOn(String),
    /// The sound is at its end.
    PlaybackOver(String),
    /// The recording has its longest length.
    RecordingOver(String),
}

/// The deadlines, each with a number that its completion quotes, so that one that is no longer wanted is recognised.
#[derive(Debug, Default)]
pub(in crate::sim) struct Timers {
    waiting: BTreeMap<(Instant, u64), Timer>,
    last: u64,
    changed: Arc<Notify>,
}

impl Timers {
    /// Sets one and gives its number.
    pub(in crate::sim) fn set(&mut self, after: Duration, timer: Timer) -> u64 {
        self.last += 1;
        self.waiting.insert((Instant::now() + after, self.last), timer);
        self.changed.notify_one();
        self.last
    }

    fn next(&self) -> Option<Instant> {
        self.waiting.keys().next().map(|(at, _)| *at)
    }

    fn due(&mut self, now: Instant) -> Option<(u64, Timer)> {
        let first = self.waiting.first_entry()?;
        if first.key().0 > now {
            return None;
        }
        let ((_, number), timer) = first.remove_entry();
        Some((number, timer))
    }
}

/// Lets the timers go off until `stop` is cancelled.
pub(in crate::sim) async fn run(shared: Shared, stop: CancellationToken) {
    let changed = shared.lock().timers.changed.clone();
    loop {
        let next = shared.lock().timers.next();
        let wake = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = changed.notified() => {}
            () = wake => shared.change(|world| {
                let now = Instant::now();
                while let Some((number, timer)) = world.timers.due(now) {
                    world.went_off(number, timer);
                }
            }),
        }
    }
}

impl World {
    fn went_off(&mut self, number: u64, timer: Timer) {
        match timer {
            Timer::BroadcastOver(id) => self.broadcast_is_over(&id, number),
            Timer::DialOver(id) => self.dial_is_over(&id, number),
            Timer::PlanGoesOn(id) => self.plan_goes_on(&id, number),
            Timer::PlaybackOver(id) => self.playback_is_over(&id, number),
            Timer::RecordingOver(name) => self.recording_is_over(&name, number),
        }
    }
}
