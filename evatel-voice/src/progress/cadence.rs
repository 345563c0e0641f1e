//! The rhythm of tones that come and go.

use crate::frame::FRAME_MS;

/// How tones come and go, once they did so for two and a half beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// A quarter of a second on, a quarter off.
    Fast,
    /// Half a second on, half a second off.
    Slow,
}

/// The lengths of the last tones and pauses.
#[derive(Debug, Default)]
pub(super) struct Cadence {
    is_on: bool,
    frames: u64,
    /// The last four that are over, the newest last; what was before the first tone is none.
    past: [u64; 4],
    count: usize,
}

const FAST: std::ops::RangeInclusive<u64> = 180..=330;
const SLOW: std::ops::RangeInclusive<u64> = 380..=620;

impl Cadence {
    /// Takes whether the next frame is a tone; gives the beat while it is known.
    pub(super) fn push(&mut self, is_on: bool) -> Option<Beat> {
        if is_on != self.is_on {
            if self.is_on || self.count > 0 {
                self.past.rotate_left(1);
                self.past[3] = self.frames * FRAME_MS;
                self.count += 1;
            }
            self.is_on = is_on;
            self.frames = 0;
        }
        self.frames += 1;
        self.beat()
    }

    /// Says whether the last tones came and went as those of a network do: then none of them is a beep.
    pub(super) fn is_regular(&self) -> bool {
        let fits = |lengths: &std::ops::RangeInclusive<u64>| lengths.contains(&self.past[3]);
        // One tone alone of such a length may be the first of many: it waits until the pause after it is too long.
        let pause = self.frames * FRAME_MS;
        [FAST, SLOW]
            .iter()
            .any(|lengths| fits(lengths) && !self.is_on && pause <= *lengths.end())
    }

    fn beat(&self) -> Option<Beat> {
        let is =
            |lengths: std::ops::RangeInclusive<u64>| self.past.iter().all(|length| lengths.contains(length));
        if self.count < 4 {
            None
        } else if is(FAST) {
            Some(Beat::Fast)
        } else if is(SLOW) {
            Some(Beat::Slow)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(lengths: &[u64]) -> Option<Beat> {
        let mut cadence = Cadence::default();
        let mut found = None;
        for (index, length) in lengths.iter().enumerate() {
            for _ in 0..length / FRAME_MS {
                found = found.or(cadence.push(index % 2 == 1));
            }
        }
        found
    }

    #[test]
    fn two_tones_with_their_pauses_make_a_beat() {
        assert_eq!(beat(&[300, 500, 500, 500, 500, 500]), Some(Beat::Slow));
        assert_eq!(beat(&[300, 240, 260, 240, 260, 240]), Some(Beat::Fast));
        assert_eq!(beat(&[300, 500, 500, 500]), None);
        assert_eq!(beat(&[300, 2000, 4000, 2000, 4000, 2000, 4000]), None);
        assert_eq!(beat(&[300, 500, 240, 500, 240, 500, 240]), None);
    }
}
