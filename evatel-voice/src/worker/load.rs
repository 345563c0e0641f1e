//! How far a worker is behind: what it was given and has not decoded yet.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// What one worker was given and has not worked off. Sound comes at its own pace, so the time for which the oldest of it has
/// waited is the sound, in ms, that decoding is behind what was heard.
#[derive(Debug)]
pub(super) struct Load {
    waiting: Mutex<Waiting>,
    /// The most of late, in µs; it fades.
    recent: AtomicU64,
}

#[derive(Debug)]
struct Waiting {
    /// When each message was to be sent.
    since: VecDeque<Instant>,
    /// When the worker last said that it had done something.
    progress: Instant,
}

impl Load {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                since: VecDeque::new(),
                progress: now,
            }),
            recent: AtomicU64::new(0),
        }
    }

    /// A message goes to the worker that was to be sent at `since`.
    pub(super) fn given(&self, since: Instant) {
        self.lock().since.push_back(since);
    }

    /// The worker has worked off so many more; gives how far it was behind. None where it counts more than it was given.
    pub(super) fn done(&self, messages: u32, now: Instant) -> Option<Duration> {
        let mut waiting = self.lock();
        let oldest = waiting.since.front().copied();
        if messages as usize > waiting.since.len() {
            return None;
        }
        waiting.since.drain(..messages as usize);
        waiting.progress = now;
        drop(waiting);
        let behind = oldest.map_or(Duration::ZERO, |oldest| now - oldest);
        self.recent.fetch_max(micros(behind), Ordering::Relaxed);
        Some(behind)
    }

    /// Gives how far it is behind now, or was at most of late.
    pub(super) fn behind(&self, now: Instant) -> Duration {
        let oldest = self.lock().since.front().copied();
        let waits = oldest.map_or(Duration::ZERO, |oldest| now.saturating_duration_since(oldest));
        waits.max(Duration::from_micros(self.recent.load(Ordering::Relaxed)))
    }

    /// Says whether it was given something and has done nothing for so long.
    pub(super) fn is_stuck(&self, limit: Duration, now: Instant) -> bool {
        let waiting = self.lock();
        let oldest = waiting.since.front();
        oldest.is_some_and(|oldest| now.saturating_duration_since((*oldest).max(waiting.progress)) > limit)
    }

    /// Lets an eighth of the recent past fade.
    pub(super) fn fade(&self) {
        let recent = self.recent.load(Ordering::Relaxed);
        // A larger one that comes at this very moment wins.
        let _ = self
            .recent
            .compare_exchange(recent, recent / 8 * 7, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_worker_is_behind_by_the_age_of_what_it_has_not_done() {
        let began = Instant::now();
        let load = Load::new(began);
        load.given(began);
        load.given(began + 20 * MS);
        assert_eq!(load.behind(began + 30 * MS), 30 * MS);
        assert_eq!(load.done(1, began + 40 * MS), Some(40 * MS));
        assert_eq!(load.done(1, began + 50 * MS), Some(30 * MS));
        // Nothing waits, but it was 40 ms behind a moment ago.
        assert_eq!(load.behind(began + 60 * MS), 40 * MS);
        (0..20).for_each(|_| load.fade());
        assert!(load.behind(began + 60 * MS) < 4 * MS);
    }

    #[test]
    fn a_worker_that_counts_what_it_was_not_given_is_not_believed() {
        let now = Instant::now();
        let load = Load::new(now);
        load.given(now);
        assert_eq!(load.done(2, now), None);
    }

    #[test]
    fn a_worker_is_stuck_only_where_it_has_something_to_do_and_does_nothing() {
        let began = Instant::now();
        let load = Load::new(began);
        assert!(!load.is_stuck(MS, began + 100 * MS));
        load.given(began + 100 * MS);
        load.given(began + 100 * MS);
        assert!(!load.is_stuck(10 * MS, began + 110 * MS));
        assert!(load.is_stuck(10 * MS, began + 111 * MS));
        load.done(1, began + 115 * MS);
        assert!(!load.is_stuck(10 * MS, began + 120 * MS));
    }
}
