//! The last second of sound, so that what was said just before anybody listened is not lost.

use std::collections::VecDeque;

use crate::{
    frame::FRAME_MS,
    sound::{Band, Sound},
};

/// How much is remembered: 1 s. The oldest frame falls away.
const FRAMES: usize = 50;

/// How much before the first certain speech belongs to it: soft consonants are below the gate, and on a line that was silent so far the
/// detector takes up to 240 ms to know a voice. 400 ms.
const LEAD_IN: u64 = 20;

/// The last second, frame by frame, each with whether it holds speech.
#[derive(Debug, Default)]
pub(super) struct Recent {
    frames: VecDeque<(Sound, bool)>,
    heard: u64,
    /// The first frame of the speech that nobody has answered yet.
    unanswered_from: Option<u64>,
}

/// The remembered part of an utterance.
#[derive(Debug)]
pub(super) struct Speech {
    pub(super) frames: Vec<(Sound, bool)>,
}

impl Speech {
    /// The band in which it came last.
    pub(super) fn band(&self) -> Band {
        self.frames.last().map_or(Band::Narrow, |(sound, _)| sound.band())
    }
}

impl Recent {
    pub(super) fn push(&mut self, sound: Sound, speech: bool) {
        if self.frames.len() == FRAMES {
            self.frames.pop_front();
        }
        self.frames.push_back((sound, speech));
        self.heard += 1;
    }

    /// Says whether the last frame held speech.
    pub(super) fn ends_in_speech(&self) -> bool {
        self.frames.back().is_some_and(|(_, speech)| *speech)
    }

    /// How many frames there were so far.
    pub(super) fn heard(&self) -> u64 {
        self.heard
    }

    /// Notes that speech began at this time of the stream.
    pub(super) fn speech_started(&mut self, at_ms: u64) {
        self.unanswered_from = Some(at_ms / FRAME_MS);
    }

    /// Notes that there was speech from this time of the stream up to the last frame: who spoke at once is known at his first dip.
    pub(super) fn was_speech_since(&mut self, at_ms: u64) {
        let oldest = self.heard - self.frames.len() as u64;
        let from = (at_ms / FRAME_MS).saturating_sub(oldest) as usize;
        let dip = self.frames.len().saturating_sub(1);
        for (_, speech) in self.frames.iter_mut().take(dip).skip(from) {
            *speech = true;
        }
    }

    /// Notes that all speech so far belongs to a turn that is over.
    pub(super) fn answered(&mut self) {
        self.unanswered_from = None;
    }

    /// Gives what is remembered of speech that no turn has had, if it began within the last second or still goes on.
    pub(super) fn unanswered(&self) -> Option<Speech> {
        let from = self.unanswered_from?;
        let oldest = self.heard - self.frames.len() as u64;
        let speaking = self
            .frames
            .iter()
            .rev()
            .take(STILL_SPEAKING)
            .any(|(_, speech)| *speech);
        if from < oldest && !speaking {
            return None;
        }
        let skipped = from.saturating_sub(LEAD_IN).saturating_sub(oldest) as usize;
        Some(Speech {
            frames: self.frames.iter().skip(skipped).cloned().collect(),
        })
    }
}

/// Speech in the last 300 ms counts as going on.
const STILL_SPEAKING: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame8k;

    fn after(frames: impl IntoIterator<Item = bool>) -> Recent {
        let mut recent = Recent::default();
        for speech in frames {
            recent.push(Frame8k::SILENCE.into(), speech);
        }
        recent
    }

    #[test]
    fn a_word_of_half_a_second_ago_is_kept_with_its_lead_in() {
        let mut recent = after((0..60).map(|index| (40..50).contains(&index)));
        recent.speech_started(800);
        let frames = recent.unanswered().unwrap().frames;
        assert_eq!(frames.len(), 40);
        assert_eq!(frames.iter().position(|(_, speech)| *speech), Some(20));
        recent.answered();
        assert!(recent.unanswered().is_none());
    }

    #[test]
    fn a_word_that_is_known_at_its_end_was_speech_up_to_there() {
        let mut recent = after([false; 12]);
        recent.speech_started(40);
        recent.was_speech_since(40);
        let frames = recent.unanswered().unwrap().frames;
        assert!(
            frames
                .iter()
                .map(|(_, speech)| *speech)
                .eq((0..12).map(|index| (2..11).contains(&index)))
        );
        assert!(!recent.ends_in_speech());
    }

    #[test]
    fn a_word_of_long_ago_is_not_taken_for_an_answer_but_one_that_goes_on_is() {
        let mut over = after((0..120).map(|index| (10..20).contains(&index)));
        over.speech_started(200);
        assert!(over.unanswered().is_none());
        let mut going_on = after((0..120).map(|index| index >= 10));
        going_on.speech_started(200);
        assert_eq!(going_on.unanswered().unwrap().frames.len(), 50);
    }
}
