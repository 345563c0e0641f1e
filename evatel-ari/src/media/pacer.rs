//! When frames go out, and how much may lie with the far end: pure, the time comes in.

use std::time::{Duration, Instant};

use evatel_voice::frame::FRAME;

/// How late a step of 20 ms may be and still be made up for: 20 ms. So long the far end surely had a frame to play. What is later is left
/// out and the clock begins anew, since the party has heard silence meanwhile and would hear everything after it that much later for ever.
pub const CATCH_UP: Duration = FRAME;
/// The longest queue at the far end, in frames (200 ms). A longer one is thrown away at once, the oldest first; a shorter one is
/// brought back to its length by leaving steps out, so that nothing of it is lost.
pub const LONGEST_QUEUE: u64 = 10;

/// The clock of one leg: absolute deadlines, 20 ms apart, and a count of what the far end has not played yet.
#[derive(Debug)]
pub(super) struct Pacer {
    next: Instant,
    /// How many frames the far end shall hold just after a step.
    target: u64,
    /// How many it holds, by the clock.
    ahead: u64,
    /// How many it held when it last said so.
    told: Option<u64>,
}

/// What one step of 20 ms asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// How many frames may go now.
    pub(super) room: u64,
    /// How many steps passed without us and are left out.
    pub(super) slipped: u64,
}

/// What to do about the queue at the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Correction {
    /// Nothing is wrong.
    None,
    /// It had slipped by this many frames: as many steps are left out.
    Drain(u64),
    /// It ran this many frames short: as many more go with the next step.
    Refill(u64),
    /// It is beyond [`LONGEST_QUEUE`]: throw it away.
    Flush,
}

impl Pacer {
    /// Makes a clock whose first step is now. The far end holds `target` frames after each step in which there was something to say.
    pub(super) fn new(target: u64, now: Instant) -> Self {
        Self {
            next: now,
            target,
            ahead: 0,
            told: None,
        }
    }

    /// Says when the next step is.
    pub(super) fn due(&self) -> Instant {
        self.next
    }

    /// Takes the step that is due.
    pub(super) fn step(&mut self, now: Instant) -> Step {
        let late = now.saturating_duration_since(self.next);
        let slipped = if late > CATCH_UP {
            self.next = now + FRAME;
            (late.as_micros() / FRAME.as_micros()) as u64
        } else {
            self.next += FRAME;
            0
        };
        self.ahead = self.ahead.saturating_sub(1 + slipped);
        Step {
            room: self.target.saturating_sub(self.ahead),
            slipped,
        }
    }

    /// Notes that a frame was sent.
    pub(super) fn sent(&mut self) {
        self.ahead += 1;
    }

    /// Notes that the far end threw its queue away.
    pub(super) fn flushed(&mut self) {
        self.ahead = 0;
        self.told = None;
    }

    /// Says how many sent frames the party has not heard to their end.
    pub(super) fn ahead(&self) -> u64 {
        self.ahead
    }

    /// Says whether the far end is as full as it shall be: only then its own count says anything about slips.
    pub(super) fn is_flowing(&self) -> bool {
        self.ahead >= self.target
    }

    /// Compares with the queue length that the far end told just after a step.
    ///
    /// A count between two of its own steps may be one too high or too low, so two of them must agree before anything is corrected.
    pub(super) fn told(&mut self, queue: u64) -> Correction {
        let Some(former) = self.told.replace(queue) else {
            return if queue > LONGEST_QUEUE {
                Correction::Flush
            } else {
                Correction::None
            };
        };
        if queue > LONGEST_QUEUE {
            return Correction::Flush;
        }
        let (least, most) = (former.min(queue), former.max(queue));
        let correction = if least > self.target {
            Correction::Drain(least - self.target)
        } else if most + 1 < self.target {
            Correction::Refill(self.target - 1 - most)
        } else {
            return Correction::None;
        };
        self.told = None;
        match correction {
            Correction::Drain(frames) => self.ahead += frames,
            Correction::Refill(frames) => self.ahead = self.ahead.saturating_sub(frames),
            Correction::None | Correction::Flush => {}
        }
        correction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mouth that always has something to say, and an Asterisk that plays one frame each 20 ms from its first on.
    struct Line {
        pacer: Pacer,
        start: Instant,
        now: Duration,
        queue: u64,
        played_until: Duration,
        sent: u64,
    }

    impl Line {
        fn new(target: u64) -> Self {
            let start = Instant::now();
            Self {
                pacer: Pacer::new(target, start),
                start,
                now: Duration::ZERO,
                queue: 0,
                played_until: Duration::from_millis(11),
                sent: 0,
            }
        }

        /// Lets time pass until `at_ms`; our task sleeps meanwhile.
        fn stall_until(&mut self, at_ms: u64) {
            self.now = Duration::from_millis(at_ms);
            while self.played_until <= self.now {
                self.queue = self.queue.saturating_sub(1);
                self.played_until += FRAME;
            }
        }

        /// Takes every step that is due.
        fn speak(&mut self) {
            while self.pacer.due() <= self.start + self.now {
                for _ in 0..self.pacer.step(self.start + self.now).room {
                    self.pacer.sent();
                    self.queue += 1;
                    self.sent += 1;
                }
            }
        }

        fn run(&mut self, steps: u64) {
            for _ in 0..steps {
                let due = self.pacer.due() - self.start;
                self.stall_until(due.as_millis() as u64);
                self.speak();
            }
        }
    }

    #[test]
    fn one_frame_goes_each_20_ms_and_the_queue_keeps_its_length() {
        let mut line = Line::new(2);
        for steps in 1..500 {
            line.run(1);
            assert_eq!((line.sent, line.queue), (steps + 1, 2), "step {steps}");
        }
    }

    #[test]
    fn a_step_that_is_a_little_late_is_made_up_for() {
        let mut line = Line::new(2);
        line.run(10);
        line.stall_until(9 * 20 + 20 + 15);
        line.speak();
        line.run(10);
        assert_eq!(line.sent, 22);
        assert_eq!(line.queue, 2);
    }

    #[test]
    fn no_stall_of_any_length_becomes_a_standing_delay() {
        for stall in 0..2_000 {
            let mut line = Line::new(2);
            line.run(10);
            line.stall_until(180 + stall);
            line.speak();
            line.run(10);
            assert!((1..=2).contains(&line.queue), "{} after {stall} ms", line.queue);
        }
    }

    #[test]
    fn a_mouth_that_pauses_for_one_step_adds_no_delay() {
        let mut line = Line::new(2);
        line.run(10);
        line.stall_until(200);
        assert_eq!(
            line.pacer.step(line.start + line.now).room,
            1,
            "and has nothing to say"
        );
        line.run(10);
        assert_eq!(line.queue, 2);
    }

    #[test]
    fn a_tick_that_asterisk_slipped_is_drained_once_it_is_sure() {
        let mut line = Line::new(2);
        line.run(10);
        line.queue += 1;
        assert_eq!(line.pacer.told(line.queue), Correction::None);
        line.run(50);
        assert_eq!(line.queue, 3);
        assert_eq!(line.pacer.told(line.queue), Correction::Drain(1));
        line.run(2);
        assert_eq!(line.queue, 2);
        for _ in 0..5 {
            line.run(50);
            assert_eq!((line.pacer.told(line.queue), line.queue), (Correction::None, 2));
        }
    }

    #[test]
    fn a_queue_that_runs_short_is_filled_again() {
        let mut line = Line::new(3);
        line.run(10);
        line.queue -= 2;
        assert_eq!(line.pacer.told(line.queue), Correction::None);
        line.run(50);
        assert_eq!(line.pacer.told(line.queue), Correction::Refill(1));
        line.run(2);
        assert_eq!(line.queue, 2, "as far as can be told between two ticks");
    }

    #[test]
    fn a_long_queue_is_thrown_away_at_once() {
        let mut pacer = Pacer::new(2, Instant::now());
        assert_eq!(pacer.told(LONGEST_QUEUE + 1), Correction::Flush);
    }
}
