//! When an endpoint that keeps failing is left alone: a caller should not wait for it turn after turn.

use std::time::Duration;

use tokio::time::Instant;

/// So many failures in a row, and the endpoint is left alone for [`REST`].
pub(super) const FAILURES: u32 = 3;

/// How long it is left alone; the questions after that try it again, until one fails.
pub(super) const REST: Duration = Duration::from_secs(30);

/// Failures in a row.
#[derive(Debug, Default)]
pub(super) struct Rest {
    failures: u32,
    until: Option<Instant>,
}

impl Rest {
    /// How long the endpoint is still left alone.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.until = Some(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_give_a_rest_and_one_more_after_it_gives_another() {
        let (mut rest, now) = (Rest::default(), Instant::now());
        rest.failed(now);
        rest.failed(now);
        assert_eq!(rest.left(now), None);
        rest.succeeded();
        (0..FAILURES).for_each(|_| rest.failed(now));
        assert_eq!(rest.left(now), Some(REST));
        let later = now + REST;
        assert_eq!(rest.left(later), None);
        rest.failed(later);
        assert_eq!(rest.left(later), Some(REST));
        rest.succeeded();
        assert_eq!(rest.left(later), None);
    }
}
