//! Level control: who speaks too softly or too loudly for the recogniser is brought to the edge of what it hears well.

use std::ops::RangeInclusive;

use crate::{frame::Frame8k, sound::Sound};

/// Follows the level of one speaker and lets his recogniser hear him at one that it knows. Sound within the range stays as it is.
#[derive(Debug)]
pub(super) struct Leveller {
    range: RangeInclusive<f32>,
    /// The level of the speech so far, in dBFS.
    speech_dbfs: Option<f32>,
    gain_db: f32,
}

/// No more than this is added: beyond it there is more noise of the line than voice, in dB.
const MOST_GAIN_DB: f32 = 24.0;
/// How much of a frame's difference the level of the speech follows: up at once, as a shout would be cut off, down over half a second.
const UP: f32 = 0.5;
const DOWN: f32 = 0.04;
/// How fast the gain rises within a turn, in dB a frame: no step is heard as a sound of its own.
const RISE_DB: f32 = 0.5;
/// Frames this far below the level of the speech are pauses in it, in dB.
const PAUSE_DB: f32 = 20.0;

impl Leveller {
    /// Makes one for a recogniser that hears well at these levels of speech, in dBFS (root mean square of 20 ms).
    pub(super) fn new(range: RangeInclusive<f32>) -> Self {
        Self {
            range,
            speech_dbfs: None,
            gain_db: 0.0,
        }
    }

    /// Takes what is known of a turn that begins, so that its first frame has the right level already.
    pub(super) fn begin<'a>(&mut self, turn: impl IntoIterator<Item = &'a (Sound, bool)>) {
        for (sound, speech) in turn {
            self.follow(sound.narrow(), *speech);
        }
        self.gain_db = self.wanted_db();
    }

    /// Gives 20 ms as the recogniser hears them.
    pub(super) fn levelled(&mut self, sound: &Sound, speech: bool) -> Sound {
        self.follow(sound.narrow(), speech);
        let wanted = self.wanted_db();
        self.gain_db = wanted.min(self.gain_db + RISE_DB);
        self.apply(sound)
    }

    /// Gives 20 ms of those that the turn began with.
    pub(super) fn apply(&self, sound: &Sound) -> Sound {
        if self.gain_db == 0.0 {
            return sound.clone();
        }
        sound.louder(self.gain_db)
    }

    fn follow(&mut self, frame: &Frame8k, speech: bool) {
        let level = frame.level_dbfs();
        match &mut self.speech_dbfs {
            _ if !speech => {}
            None => self.speech_dbfs = Some(level),
            Some(so_far) if level > *so_far => *so_far += UP * (level - *so_far),
            Some(so_far) if level > *so_far - PAUSE_DB => *so_far += DOWN * (level - *so_far),
            Some(_) => {}
        }
    }

    fn wanted_db(&self) -> f32 {
        let Some(level) = self.speech_dbfs else {
            return 0.0;
        };
        let (softest, loudest) = (*self.range.start(), *self.range.end());
        (level.clamp(softest, loudest) - level).min(MOST_GAIN_DB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::tone;

    fn speech(dbfs: f32, frames: usize) -> Vec<(Sound, bool)> {
        tone::sine(400.0, dbfs)
            .take(frames)
            .map(|frame| (frame.into(), true))
            .collect()
    }

    /// The level of a turn's frames as they are heard, the first ten known when it begins.
    fn heard(leveller: &mut Leveller, turn: &[(Sound, bool)]) -> Vec<f32> {
        let (first, rest) = turn.split_at(10.min(turn.len()));
        leveller.begin(first);
        let mut levels: Vec<f32> = first
            .iter()
            .map(|(frame, _)| leveller.apply(frame).narrow().level_dbfs())
            .collect();
        levels.extend(
            rest.iter()
                .map(|(frame, speech)| leveller.levelled(frame, *speech).narrow().level_dbfs()),
        );
        levels
    }

    #[test]
    fn who_speaks_at_a_usual_level_is_heard_as_he_speaks() {
        let mut leveller = Leveller::new(-35.0..=-10.0);
        let turn = speech(-20.0, 30);
        leveller.begin(&turn);
        for (frame, is_speech) in &turn {
            assert_eq!(leveller.levelled(frame, *is_speech), *frame);
        }
    }

    #[test]
    fn who_speaks_softly_is_heard_at_the_softest_that_is_heard_well_from_his_first_frame_on() {
        let mut leveller = Leveller::new(-35.0..=-10.0);
        for level in heard(&mut leveller, &speech(-48.0, 40)) {
            assert!((level + 35.0).abs() < 1.0, "{level}");
        }
        // A whisper in the noise of the line stays one.
        let mut leveller = Leveller::new(-35.0..=-10.0);
        let levels = heard(&mut leveller, &speech(-70.0, 40));
        assert!(levels.iter().all(|level| *level < -44.0), "{levels:?}");
    }

    #[test]
    fn who_raises_his_voice_is_turned_down_within_a_syllable() {
        let mut leveller = Leveller::new(-35.0..=-10.0);
        heard(&mut leveller, &speech(-48.0, 20));
        let loud: Vec<f32> = speech(-6.0, 20)
            .iter()
            .map(|(frame, speech)| leveller.levelled(frame, *speech).narrow().level_dbfs())
            .collect();
        assert!(
            loud[10..].iter().all(|level| (level + 10.0).abs() < 1.5),
            "{loud:?}"
        );
    }

    #[test]
    fn pauses_and_noise_between_words_change_nothing() {
        let mut leveller = Leveller::new(-35.0..=-10.0);
        heard(&mut leveller, &speech(-45.0, 20));
        let before = leveller.gain_db;
        for (frame, _) in speech(-60.0, 50) {
            leveller.levelled(&frame, false);
        }
        assert!(
            (leveller.gain_db - before).abs() < 0.1,
            "{before} {}",
            leveller.gain_db
        );
    }
}
