//! How long a child that died stays away.

use std::time::Duration;

/// The first wait before a restart; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Who lived this long gets the first wait again.
const HEALTHY: Duration = Duration::from_secs(30);

/// The waits of one child after another.
#[derive(Debug)]
pub(super) struct Restarts {
    next: Duration,
}

impl Restarts {
    pub(super) fn new() -> Self {
        Self { next: FIRST_WAIT }
    }

    /// Gives how long to wait after a child that lived so long.
    pub(super) fn after(&mut self, lived: Duration) -> Duration {
        let wait = if lived > HEALTHY { FIRST_WAIT } else { self.next };
        self.next = (wait * 2).min(LONGEST_WAIT);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_dies_at_once_is_started_less_and_less_often_until_one_lives() {
        let mut restarts = Restarts::new();
        let mut waits: Vec<u128> = (0..9)
            .map(|_| restarts.after(Duration::ZERO).as_millis())
            .collect();
        waits.extend([60, 0].map(|lived| restarts.after(Duration::from_secs(lived)).as_millis()));
        assert_eq!(
            waits,
            [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 100, 200]
        );
    }
}
