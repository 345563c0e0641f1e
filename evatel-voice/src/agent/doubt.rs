//! Whether who makes himself heard while the agent speaks interrupts it: a cough, an "mhm" or an "ok, I see" does not.
//!
//! The mouth is silent from the first certain speech on, for an interruption is heard at once or not at all; only what becomes of the
//! sentence waits. Counted in frames of sound, never by a clock.

use std::time::Duration;

use crate::frame::FRAME;

/// Who speaks for this long interrupts, unless what is heard of it may be what a listener says.
pub(super) const SURELY: Duration = Duration::from_millis(500);

/// Who speaks for this long interrupts, whatever it is that he says.
const AT_LAST: Duration = Duration::from_secs(2);

/// So long a silence follows a sound that nobody understands, before the sentence goes on.
const BREATH: Duration = Duration::from_millis(500);

/// So long a silence, and the sentence goes on although what was said is still being understood.
pub(super) const LONGEST: Duration = Duration::from_secs(2);

/// The time of a doubt by the clock, for a leg whose frames have stopped: few doubts have as much in frames.
pub(super) const BY_THE_CLOCK: Duration = Duration::from_secs(5);

/// What it turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// He interrupts.
    Interrupts,
    /// He does not: the sentence goes on.
    Nothing,
}

/// A sound of which that is not known yet.
#[derive(Debug)]
pub(super) struct Doubt {
    spoken: Duration,
    silent: Duration,
    /// What was heard so far may be what a listener says.
    may_be_aside: bool,
}

impl Doubt {
    /// Begins with the speech that it took to be certain that there is some; `may_be_aside` where somebody listens who would know a
    /// listener's words.
    pub(super) fn new(onset: Duration, may_be_aside: bool) -> Self {
        Self {
            spoken: onset,
            silent: Duration::ZERO,
            may_be_aside,
        }
    }

    /// Takes whether what was heard so far may be what a listener says.
    pub(super) fn weigh(&mut self, may_be_aside: bool) {
        self.may_be_aside = may_be_aside;
    }

    /// Says whether so much was said that it interrupts, unless it is what a listener says.
    pub(super) fn is_long(&self) -> bool {
        self.spoken >= SURELY
    }

    /// Takes whether the next frame holds speech; `is_pending` while somebody still makes sense of what was said.
    pub(super) fn push(&mut self, speech: bool, is_pending: bool) -> Option<Verdict> {
        if speech {
            self.spoken += FRAME;
            self.silent = Duration::ZERO;
        } else {
            self.silent += FRAME;
        }
        let patience = if is_pending { LONGEST } else { BREATH };
        let surely = if self.may_be_aside { AT_LAST } else { SURELY };
        if self.spoken >= surely {
            Some(Verdict::Interrupts)
        } else if self.silent >= patience {
            Some(Verdict::Nothing)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(frames: impl IntoIterator<Item = bool>, is_pending: bool) -> Option<(usize, Verdict)> {
        of(Doubt::new(Duration::from_millis(120), false), frames, is_pending)
    }

    fn of(
        mut doubt: Doubt,
        frames: impl IntoIterator<Item = bool>,
        is_pending: bool,
    ) -> Option<(usize, Verdict)> {
        let mut frames = frames.into_iter().enumerate();
        frames.find_map(|(index, speech)| Some((index, doubt.push(speech, is_pending)?)))
    }

    #[test]
    fn half_a_second_of_speech_interrupts_also_with_gaps() {
        assert_eq!(verdict([true; 100], false), Some((18, Verdict::Interrupts)));
        let words = (0..100).map(|index| index % 10 < 5);
        assert_eq!(verdict(words, false), Some((33, Verdict::Interrupts)));
    }

    #[test]
    fn a_short_sound_is_nothing_after_a_breath_and_later_where_it_is_still_being_understood() {
        let mhm = || (0..200).map(|index| index < 10);
        assert_eq!(verdict(mhm(), false), Some((34, Verdict::Nothing)));
        assert_eq!(verdict(mhm(), true), Some((109, Verdict::Nothing)));
    }

    #[test]
    fn what_a_listener_may_be_saying_has_two_seconds_and_half_a_second_once_it_is_something_else() {
        let doubt = || Doubt::new(Duration::from_millis(120), true);
        assert_eq!(of(doubt(), [true; 200], true), Some((93, Verdict::Interrupts)));
        let aside = (0..200).map(|index| index < 50);
        assert_eq!(of(doubt(), aside, false), Some((74, Verdict::Nothing)));
        let mut other = doubt();
        assert_eq!((0..30).find_map(|_| other.push(true, true)), None);
        assert!(other.is_long());
        other.weigh(false);
        assert_eq!(other.push(true, true), Some(Verdict::Interrupts));
    }
}
