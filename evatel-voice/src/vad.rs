//! Voice activity: when somebody starts and stops speaking, frame by frame.

mod model;
mod network;

pub use model::VadModel;

use self::{
    model::{Attention, Lost},
    network::Earshot,
};
use crate::{
    frame::{FRAME_MS, Frame8k},
    worker::Seat,
};

/// What tells speech from other sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VadKind {
    /// The earshot neural network behind a level gate: for calls.
    Earshot,
    /// The level gate alone: for tests that speak in tones.
    Level,
}

/// How quickly and on what grounds speech is reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VadConfig {
    /// What decides on a frame.
    pub kind: VadKind,
    /// Speech shorter than this is none, in ms.
    pub onset_ms: u32,
    /// The same while the agent itself speaks, when an echo may be in the line, in ms.
    pub onset_while_speaking_ms: u32,
    /// A pause shorter than this is part of the speech, in ms.
    pub hangover_ms: u32,
    /// The network's score from which a frame is speech, 0 to 1.
    pub score: f32,
    /// How far above the line's noise speech must be, in dB.
    pub above_noise_db: f32,
    /// The quietest 20 ms within this time are the line's noise, in ms.
    pub noise_window_ms: u32,
    /// Below this level nothing is speech, in dBFS.
    pub least_dbfs: f32,
}

impl Default for VadConfig {
    fn default() -> Self {
        Self {
            kind: VadKind::Earshot,
            onset_ms: 80,
            onset_while_speaking_ms: 80,
            hangover_ms: 200,
            score: 0.5,
            above_noise_db: 8.0,
            noise_window_ms: 1200,
            least_dbfs: -50.0,
        }
    }
}

impl VadConfig {
    /// The level gate alone, with the usual times; a steady tone is speech for up to 30 s.
    #[must_use]
    pub fn level_only() -> Self {
        Self {
            kind: VadKind::Level,
            noise_window_ms: 30_000,
            ..Self::default()
        }
    }
}

/// What finds speech: the times and levels of it, and an operator's model in place of the built-in network where there is one.
#[derive(Clone, Debug, Default)]
pub struct Detection {
    /// How quickly and on what grounds speech is reported. Its score is not that of a model, which has its own.
    pub config: VadConfig,
    /// Says what is speech, about a frame later than the built-in network would; where it is lost, or attends to as many legs as
    /// it may, that one does.
    pub model: Option<VadModel>,
}

impl From<VadConfig> for Detection {
    /// Without a model.
    fn from(config: VadConfig) -> Self {
        Self { config, model: None }
    }
}

/// A change from silence to speech or back. Times are in ms of sound since the detector was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VadEvent {
    /// Speech that began at this time is now certain.
    SpeechStarted {
        /// Where its first frame began.
        at_ms: u64,
    },
    /// Speech is certainly over.
    SpeechEnded {
        /// Where its last frame ended.
        at_ms: u64,
    },
}

/// What a detector says of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether this very frame holds speech.
    pub speech: bool,
    /// What has changed with it.
    pub event: Option<VadEvent>,
}

/// Finds speech in a stream of telephone frames. One for each stream; its whole state is in the frames that it was given.
pub struct Vad {
    config: VadConfig,
    judge: Judge,
    gate: LevelGate,
    /// What was heard so far, while the line is not known and nobody has spoken.
    opening: Option<Vec<Heard>>,
    heard_ms: u64,
    speaking: bool,
    /// Frames of speech in a row, short gaps forgiven: counts up for speech and down for silence.
    credit: u32,
    started_ms: u64,
    last_speech_ms: u64,
}

impl Vad {
    /// Makes a detector that has heard nothing yet.
    #[must_use]
    pub fn new(config: VadConfig) -> Self {
        let judge = match config.kind {
            VadKind::Earshot => Judge::built_in(),
            VadKind::Level => Judge::Level,
        };
        Self::judged_by(judge, config)
    }

    /// The same with an operator's model, where there is one. Within a tokio runtime.
    #[must_use]
    pub fn of(detection: &Detection) -> Self {
        let Some((attention, seat)) = detection.model.as_ref().and_then(VadModel::attend) else {
            return Self::new(detection.config);
        };
        let judge = Judge::Model {
            attention: Box::new(attention),
            _seat: seat,
        };
        Self::judged_by(judge, detection.config)
    }

    fn judged_by(judge: Judge, config: VadConfig) -> Self {
        let gate = LevelGate::new(&config);
        let opening = (config.kind == VadKind::Earshot).then(|| Vec::with_capacity(gate.levels.len()));
        Self {
            config,
            judge,
            gate,
            opening,
            heard_ms: 0,
            speaking: false,
            credit: 0,
            started_ms: 0,
            last_speech_ms: 0,
        }
    }

    /// Says whether somebody is speaking, pauses shorter than the hangover included.
    #[must_use]
    pub fn is_speaking(&self) -> bool {
        self.speaking
    }

    /// Takes the next frame while the agent is silent.
    pub fn push(&mut self, frame: &Frame8k) -> Verdict {
        self.advance(frame, self.config.onset_ms)
    }

    /// Takes the next frame while the agent itself speaks.
    pub fn push_while_speaking(&mut self, frame: &Frame8k) -> Verdict {
        self.advance(frame, self.config.onset_while_speaking_ms)
    }

    /// Waits until a model has told of all frames so far, for sound that does not come at its own pace.
    pub async fn settle(&mut self) {
        if let Judge::Model { attention, .. } = &mut self.judge
            && attention.settle().await == Err(Lost)
        {
            self.judge = Judge::built_in();
        }
    }

    fn advance(&mut self, frame: &Frame8k, onset_ms: u32) -> Verdict {
        let began_ms = self.heard_ms;
        self.heard_ms += FRAME_MS;
        let heard = Heard {
            level_dbfs: frame.level_dbfs(),
            like_speech: self.judge.is_speech(frame, self.config.score),
        };
        let is_quieter = self.gate.learn(heard.level_dbfs);
        let speech = self.is_speech(heard);
        if let Some(opening) = &mut self.opening {
            opening.push(heard);
        }
        let event = if self.speaking {
            self.while_speaking(speech)
        } else if is_quieter && let Some(opening) = self.opening.take() {
            let event = self.hear_anew(&opening, onset_ms);
            self.opening = Some(opening);
            event
        } else {
            self.while_silent(speech, began_ms, onset_ms)
        };
        let is_known = self.heard_ms >= self.gate.levels.len() as u64 * FRAME_MS;
        if self.speaking || is_known {
            self.opening = None;
        }
        Verdict { speech, event }
    }

    fn is_speech(&self, heard: Heard) -> bool {
        heard.like_speech && self.gate.passes(heard.level_dbfs, &self.config)
    }

    /// The line turns out to be quieter than it was taken for: who spoke before its first quiet moment may have been taken for noise.
    fn hear_anew(&mut self, opening: &[Heard], onset_ms: u32) -> Option<VadEvent> {
        self.credit = 0;
        let mut event = None;
        for (&heard, began_ms) in opening.iter().zip((0..).step_by(FRAME_MS as usize)) {
            let speech = self.is_speech(heard);
            if !self.speaking {
                event = self.while_silent(speech, began_ms, onset_ms);
            } else if speech {
                self.last_speech_ms = began_ms + FRAME_MS;
            }
        }
        event
    }

    fn while_silent(&mut self, speech: bool, began_ms: u64, onset_ms: u32) -> Option<VadEvent> {
        if !speech {
            self.credit = self.credit.saturating_sub(1);
            return None;
        }
        if self.credit == 0 {
            self.started_ms = began_ms;
        }
        self.credit += 1;
        if u64::from(self.credit) * FRAME_MS < u64::from(onset_ms) {
            return None;
        }
        self.speaking = true;
        self.last_speech_ms = began_ms + FRAME_MS;
        Some(VadEvent::SpeechStarted {
            at_ms: self.started_ms,
        })
    }

    fn while_speaking(&mut self, speech: bool) -> Option<VadEvent> {
        if speech {
            self.last_speech_ms = self.heard_ms;
            return None;
        }
        if self.heard_ms - self.last_speech_ms < u64::from(self.config.hangover_ms) {
            return None;
        }
        self.speaking = false;
        self.credit = 0;
        Some(VadEvent::SpeechEnded {
            at_ms: self.last_speech_ms,
        })
    }
}

/// What is known of a frame without the line that it came over.
#[derive(Clone, Copy)]
struct Heard {
    level_dbfs: f32,
    like_speech: bool,
}

enum Judge {
    Earshot(Box<Earshot>),
    Level,
    /// A model, for as long as the leg has a seat in its worker.
    Model {
        attention: Box<Attention>,
        _seat: Seat,
    },
}

impl Judge {
    /// The network that needs no file, and takes a lost model's place.
    fn built_in() -> Self {
        Judge::Earshot(Box::new(Earshot::new()))
    }

    fn is_speech(&mut self, frame: &Frame8k, least: f32) -> bool {
        match self {
            Judge::Earshot(earshot) => earshot.score(frame) >= least,
            Judge::Level => true,
            Judge::Model { attention, .. } => match attention.push(frame) {
                Ok(speech) => speech,
                Err(Lost) => {
                    *self = Judge::built_in();
                    self.is_speech(frame, least)
                }
            },
        }
    }
}

/// Knows the line's noise as the quietest frame of the last while: speech has gaps, noise has none.
struct LevelGate {
    /// The levels of the noise window, in dBFS; the oldest is overwritten.
    levels: Box<[f32]>,
    next: usize,
}

impl LevelGate {
    /// A line may be this noisy before speech must shout over it.
    const LOUDEST_NOISE_DBFS: f32 = -30.0;
    /// Nothing is known of the line at first: speech is what stands out of this, or of the quietest frame so far. Steady noise 15 dB
    /// below a voice does neither. Of the usual voices that begin with the call none is noticed more than 60 ms later for it; 12 dB
    /// softer, one in ten waits 300 ms, for its first dip.
    const FIRST_GUESS_DBFS: f32 = -35.0;
    /// For tests in tones, which have no dips.
    const FIRST_GUESS_OF_TONES_DBFS: f32 = -45.0;

    fn new(config: &VadConfig) -> Self {
        let frames = (u64::from(config.noise_window_ms) / FRAME_MS).max(1) as usize;
        let guess_dbfs = match config.kind {
            VadKind::Earshot => Self::FIRST_GUESS_DBFS,
            VadKind::Level => Self::FIRST_GUESS_OF_TONES_DBFS,
        };
        Self {
            levels: vec![guess_dbfs; frames].into(),
            next: 0,
        }
    }

    /// Takes the level of the next frame; says whether the line has not been as quiet within the window.
    fn learn(&mut self, level_dbfs: f32) -> bool {
        let is_quieter = level_dbfs < self.noise_dbfs();
        self.levels[self.next] = level_dbfs;
        self.next = (self.next + 1) % self.levels.len();
        is_quieter
    }

    fn passes(&self, level_dbfs: f32, config: &VadConfig) -> bool {
        level_dbfs >= config.least_dbfs && level_dbfs >= self.noise_dbfs() + config.above_noise_db
    }

    fn noise_dbfs(&self) -> f32 {
        self.levels
            .iter()
            .copied()
            .fold(Self::LOUDEST_NOISE_DBFS, f32::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::tone;

    fn run(vad: &mut Vad, frames: impl IntoIterator<Item = Frame8k>) -> Vec<VadEvent> {
        frames
            .into_iter()
            .filter_map(|frame| vad.push(&frame).event)
            .collect()
    }

    fn loud(count: usize) -> Vec<Frame8k> {
        tone::sine(500.0, -12.0).take(count).collect()
    }

    fn quiet(count: usize) -> Vec<Frame8k> {
        vec![Frame8k::SILENCE; count]
    }

    #[test]
    fn speech_is_reported_with_the_times_of_its_first_and_last_frame() {
        let mut vad = Vad::new(VadConfig::level_only());
        let events = run(&mut vad, [quiet(25), loud(20), quiet(20)].concat());
        assert_eq!(
            events,
            [
                VadEvent::SpeechStarted { at_ms: 500 },
                VadEvent::SpeechEnded { at_ms: 900 }
            ]
        );
    }

    #[test]
    fn a_click_shorter_than_the_onset_is_no_speech() {
        let mut vad = Vad::new(VadConfig::level_only());
        assert_eq!(
            run(
                &mut vad,
                [quiet(10), loud(2), quiet(20), loud(2), quiet(20)].concat()
            ),
            []
        );
    }

    #[test]
    fn a_pause_shorter_than_the_hangover_does_not_end_speech() {
        let mut vad = Vad::new(VadConfig::level_only());
        let events = run(&mut vad, [loud(10), quiet(9), loud(10)].concat());
        assert_eq!(events, [VadEvent::SpeechStarted { at_ms: 0 }]);
    }

    #[test]
    fn steady_line_noise_is_no_speech_once_it_is_known() {
        let mut vad = Vad::new(VadConfig {
            noise_window_ms: 1000,
            ..VadConfig::level_only()
        });
        let noise: Vec<_> = tone::sine(300.0, -32.0).take(1500).collect();
        let events = run(&mut vad, noise);
        assert_eq!(
            events,
            [
                VadEvent::SpeechStarted { at_ms: 0 },
                VadEvent::SpeechEnded { at_ms: 980 }
            ]
        );
        assert!(!vad.is_speaking());
    }

    #[test]
    fn while_the_agent_speaks_the_onset_may_take_longer() {
        let mut vad = Vad::new(VadConfig {
            onset_while_speaking_ms: 120,
            ..VadConfig::level_only()
        });
        let frames = loud(6);
        let when = frames
            .iter()
            .position(|frame| vad.push_while_speaking(frame).event.is_some());
        assert_eq!(when, Some(5));
    }

    #[test]
    fn sound_that_is_cut_off_at_full_scale_is_heard() {
        let mut vad = Vad::new(VadConfig::default());
        let is_high = |index: usize| (index / 9).is_multiple_of(2);
        let square = |index| if is_high(index) { i16::MAX } else { i16::MIN };
        for frame in 0..50 {
            let samples: Vec<i16> = (0..160).map(|index| square(frame * 160 + index)).collect();
            let _ = vad.push(&Frame8k::from_samples(&samples));
        }
        assert_eq!(vad.heard_ms, 1000);
    }

    #[test]
    fn the_network_takes_silence_for_silence() {
        let mut vad = Vad::new(VadConfig::default());
        assert_eq!(run(&mut vad, quiet(100)), []);
    }
}
