//! Whether the other side is still there. Pure: the time is given.

use std::time::Duration;

use tokio::time::Instant;

/// Asks for a sign of life and says when none came in time. Anything that is heard is one.
#[derive(Debug)]
pub(super) struct Probe {
    within: Duration,
    asked_at: Option<Instant>,
}

/// What a probe wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Ask for a sign of life.
    Ask,
    /// None came in time.
    Dead,
}

impl Probe {
    pub(super) fn new(within: Duration) -> Self {
        Self {
            within,
            asked_at: None,
        }
    }

    pub(super) fn heard(&mut self) {
        self.asked_at = None;
    }

    /// Says what is to be done at each tick.
    pub(super) fn tick(&mut self, now: Instant) -> Verdict {
        let asked_at = *self.asked_at.get_or_insert(now);
        match now - asked_at >= self.within {
            true => Verdict::Dead,
            false => Verdict::Ask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_death_after_the_deadline_and_any_word_is_life() {
        let second = Duration::from_secs(1);
        let (mut probe, start) = (Probe::new(2 * second), Instant::now());
        assert_eq!(probe.tick(start), Verdict::Ask);
        assert_eq!(probe.tick(start + second), Verdict::Ask);
        probe.heard();
        assert_eq!(probe.tick(start + 2 * second), Verdict::Ask);
        assert_eq!(probe.tick(start + 3 * second), Verdict::Ask);
        assert_eq!(probe.tick(start + 4 * second), Verdict::Dead);
    }
}
