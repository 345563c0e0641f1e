//! Counts of what a connection does, for whoever exports them. They only ever grow, but for those that say "now".

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Upper ends of the classes in [`Latency::counts`]; the last class has none.
pub const LATENCY_CLASSES: [Duration; 8] = [
    Duration::from_millis(1),
    Duration::from_millis(2),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// How a connection fares, as [`crate::Ari::stats`] gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Events that came.
    pub events: u64,
    /// Texts that came and were no event.
    pub malformed: u64,
    /// Events that a slow reader did not get, each reader counted for itself.
    pub dropped: u64,
    /// Times that a stream was emptied at the global bound and its object looked at again.
    pub gaps: u64,
    /// Events that wait in streams now.
    pub queued: usize,
    /// Objects that somebody follows now.
    pub followed: usize,
    /// Calls left to the dialplan, or refused, because too much waited.
    pub refused_calls: u64,
    /// Times that the event connection came back.
    pub reconnects: u64,
    /// Subscriptions and filters that Asterisk had forgotten by then, and that were asked for again.
    pub forgotten: u64,
    /// Requests under way or waiting for a connection now.
    pub requests_now: usize,
    /// Requests that Asterisk did not do, or of which no answer came.
    pub failed_requests: u64,
    /// How long requests took, the wait for a connection included.
    pub latency: Latency,
    /// Hang-ups that failed and will be tried again, now.
    pub unended: usize,
}

/// How long requests took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Latency {
    /// How many took at most as long as the class of [`LATENCY_CLASSES`] at the same place, and longer than the one before.
    pub counts: [u64; LATENCY_CLASSES.len() + 1],
    /// The sum of all.
    pub total: Duration,
}

/// What the parts of a connection count.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) events: Count,
    pub(crate) malformed: Count,
    pub(crate) dropped: Count,
    pub(crate) gaps: Count,
    pub(crate) refused_calls: Count,
    pub(crate) reconnects: Count,
    pub(crate) forgotten: Count,
    failed_requests: Count,
    requests_now: AtomicUsize,
    latency: [Count; LATENCY_CLASSES.len() + 1],
    latency_us: Count,
}

impl Counters {
    /// Begins to time a request.
    pub(crate) fn request(&self) -> Timed<'_> {
        self.requests_now.fetch_add(1, Relaxed);
        Timed {
            counters: self,
            began: Instant::now(),
        }
    }

    fn took(&self, elapsed: Duration) {
        let class = LATENCY_CLASSES.partition_point(|limit| *limit < elapsed);
        self.latency[class].add(1);
        let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        self.latency_us.add(elapsed_us);
    }

    /// Gives the counts; what lives elsewhere is for the caller to fill in.
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            events: self.events.now(),
            malformed: self.malformed.now(),
            dropped: self.dropped.now(),
            gaps: self.gaps.now(),
            refused_calls: self.refused_calls.now(),
            reconnects: self.reconnects.now(),
            forgotten: self.forgotten.now(),
            requests_now: self.requests_now.load(Relaxed),
            failed_requests: self.failed_requests.now(),
            latency: Latency {
                counts: std::array::from_fn(|class| self.latency[class].now()),
                total: Duration::from_micros(self.latency_us.now()),
            },
            ..Stats::default()
        }
    }
}

/// A request under way; one that is given up before it is done is not timed.
pub(crate) struct Timed<'a> {
    counters: &'a Counters,
    began: Instant,
}

impl Timed<'_> {
    pub(crate) fn done(self, is_success: bool) {
        self.counters.took(self.began.elapsed());
        self.counters.failed_requests.add(u64::from(!is_success));
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.counters.requests_now.fetch_sub(1, Relaxed);
    }
}

/// A number that many tasks add to.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    fn now(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_in_the_class_that_it_just_fits() {
        let counters = Counters::default();
        for elapsed_us in [900, 1_000, 1_001, 60_000_000] {
            counters.took(Duration::from_micros(elapsed_us));
        }
        let latency = counters.stats().latency;
        assert_eq!(latency.counts, [2, 1, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(latency.total, Duration::from_micros(60_002_901));
    }
}
