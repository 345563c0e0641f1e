//! What becomes of the caller's sound on its way: it comes in bursts, and frames are lost.

use crate::{
    frame::{FRAME_MS, Frame8k},
    scenario::script::CallerLine,
};

/// Carries the frames of one party.
#[derive(Debug, Default)]
pub(super) struct Carrier {
    line: CallerLine,
    on_the_way: Vec<Frame8k>,
    sent: u32,
}

impl Carrier {
    pub(super) fn new(line: CallerLine) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }

    /// Takes the next frame; gives those that arrive with it.
    pub(super) fn carry(&mut self, frame: Frame8k) -> Vec<Frame8k> {
        let CallerLine { bursts_ms, loses } = self.line;
        self.sent = self.sent.wrapping_add(1);
        if loses == 0 || !self.sent.is_multiple_of(loses) {
            self.on_the_way.push(frame);
        }
        let burst = (u64::from(bursts_ms) / FRAME_MS).max(1);
        match u64::from(self.sent).is_multiple_of(burst) {
            true => std::mem::take(&mut self.on_the_way),
            false => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arriving(line: CallerLine) -> Vec<Vec<i16>> {
        let mut carrier = Carrier::new(line);
        let frames = (1..=6).map(|number| Frame8k::from_samples(&[number; 160]));
        let arrived = frames.map(|frame| carrier.carry(frame));
        arrived
            .map(|frames| frames.iter().map(|frame| frame.0[0]).collect())
            .collect()
    }

    #[test]
    fn a_clean_line_carries_each_frame_in_time() {
        assert_eq!(
            arriving(CallerLine::default()),
            [[1], [2], [3], [4], [5], [6]].map(|frames| frames.to_vec())
        );
    }

    #[test]
    fn a_burst_brings_all_that_was_sent_since_the_last_and_a_lost_frame_never_comes() {
        let line = CallerLine {
            bursts_ms: 60,
            loses: 4,
        };
        let none = Vec::new;
        assert_eq!(
            arriving(line),
            [none(), none(), vec![1, 2, 3], none(), none(), vec![5, 6]]
        );
    }
}
