//! How long to wait before the next attempt: pure, the random number is given.

use std::time::Duration;

/// A schedule of attempts: `first * 2^n`, at most `longest`, of which a random half to the whole is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

/// From 100 ms to 5 s: quick enough that a caller who waits through a reload is not lost.
impl Default for Backoff {
    fn default() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(5))
    }
}

impl Backoff {
    /// Makes a schedule that begins at `first` and never exceeds `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// Gives the wait before attempt `n` (0 is the first), `random` being any number of a generator.
    pub fn delay(&self, n: u32, random: u32) -> Duration {
        let whole = self
            .first
            .saturating_mul(2u32.saturating_pow(n))
            .min(self.longest);
        let half = whole / 2;
        half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_stays_between_half_and_whole() {
        let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let whole: Vec<_> = (0..6).map(|n| backoff.delay(n, u32::MAX).as_millis()).collect();
        let half: Vec<_> = (0..6).map(|n| backoff.delay(n, 0).as_millis()).collect();
        assert_eq!(whole, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(half, [50, 100, 200, 400, 500, 500]);
        assert_eq!(backoff.delay(u32::MAX, u32::MAX), Duration::from_secs(1));
    }
}
