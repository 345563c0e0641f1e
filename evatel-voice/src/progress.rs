//! Call progress: who or what answered a leg that was dialled: a person, a machine, a fax, a tone.
//!
//! It hears the called party's sound from the moment of the answer, frame by frame, and has no clock of its own. What it goes by are lengths:
//! a person says a short word and waits, a machine talks on. So a machine that begins with a short sentence and a long pause is taken
//! for a person, and a person who talks on for a machine. Music was tried with synthesised chords only.

mod cadence;
mod spectrum;

use std::time::Duration;

pub use evatel_core::calls::Answerer;

use self::{
    cadence::{Beat, Cadence},
    spectrum::{Spectrum, Tones},
};
use crate::{
    frame::{FRAME, Frame, Frame8k},
    resample::Downsampler,
    vad::{Vad, VadConfig},
};

/// What was found out. Times count from the first frame, that of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgressEvent {
    /// A single tone of 80 ms to 1.5 s is over: an answering machine records from here on.
    Beep {
        /// Its end.
        at: Duration,
        /// How high it was, in Hz.
        hz: u32,
    },
    /// It is certain enough who answered. Told once.
    Decided {
        /// Who.
        who: Answerer,
        /// When that was certain.
        at: Duration,
    },
}

/// By what it is decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProgressConfig {
    /// Who talks for longer without a pause is a machine.
    pub human_most: Duration,
    /// So long a pause after that makes a human.
    pub human_pause: Duration,
    /// So long without any sound is silence.
    pub no_speech: Duration,
    /// Then it is decided, whatever was heard.
    pub decide_by: Duration,
    /// What is speech.
    pub vad: VadConfig,
}

impl Default for ProgressConfig {
    /// 2.5 s, 0.5 s, 10 s and 20 s: the figures of livekit's agents.
    fn default() -> Self {
        Self {
            human_most: Duration::from_millis(2500),
            human_pause: Duration::from_millis(500),
            no_speech: Duration::from_secs(10),
            decide_by: Duration::from_secs(20),
            vad: VadConfig::default(),
        }
    }
}

/// So long a tone of a fax is one.
const FAX: Duration = Duration::from_millis(400);
const FAX_HZ: [f32; 2] = [1100.0, 2100.0];
const FAX_NEAR_HZ: f32 = 30.0;

/// Shorter is a click, longer is no beep.
const BEEP: std::ops::RangeInclusive<Duration> = Duration::from_millis(80)..=Duration::from_millis(1500);
/// So long nothing follows a beep.
const AFTER_BEEP: Duration = Duration::from_millis(100);

/// A tone that does not end for so long says that the network cannot go on.
const ENDLESS: Duration = Duration::from_secs(4);

/// So much sound tells whether it is music, and so much whether it may be.
const MUSIC: Duration = Duration::from_secs(3);
const MAYBE_MUSIC: Duration = Duration::from_secs(1);
/// Of a tune, so much of the sound goes on at the same pitch; of speech, less.
const TUNE: f32 = 0.4;

/// Less speech than this is a click, or the edge of a tone.
const SAID: Duration = Duration::from_millis(160);

/// Tones for so long are something, and not nobody.
const TONES: Duration = Duration::from_secs(1);

/// Follows one leg from its answer on.
pub struct Progress {
    config: ProgressConfig,
    vad: Vad,
    spectrum: Spectrum,
    cadence: Cadence,
    downsampler: Option<Downsampler>,
    now: Duration,
    decided: bool,
    /// Speech that goes on.
    talk: Option<Stretch>,
    /// Sound that goes on, speech or not, tones left out.
    sound: Option<Stretch>,
    /// Somebody or something has talked.
    has_talked: bool,
    tone: Option<Tone>,
    /// A tone that may have been a beep: its end and its pitch.
    ended: Option<(Duration, f32)>,
    has_beeped: bool,
    /// How long there were tones in all.
    toned: Duration,
}

/// Something that went on without a pause.
#[derive(Clone, Copy)]
struct Stretch {
    from: Duration,
    /// The end of its last frame.
    to: Duration,
    /// How much of the time between had it.
    had: Duration,
    /// In how much of that a pitch went on.
    held: Duration,
}

struct Tone {
    from: Duration,
    hz: f32,
    single: bool,
    /// How much of it its pitch has moved.
    moved: Duration,
    /// How much of it the voice activity takes for speech.
    spoken: Duration,
}

impl Progress {
    /// Begins with the answer.
    #[must_use]
    pub fn new(config: ProgressConfig) -> Self {
        Self {
            vad: Vad::new(config.vad),
            config,
            spectrum: Spectrum::new(),
            cadence: Cadence::default(),
            downsampler: None,
            now: Duration::ZERO,
            decided: false,
            talk: None,
            sound: None,
            has_talked: false,
            tone: None,
            ended: None,
            has_beeped: false,
            toned: Duration::ZERO,
        }
    }

    /// Says whether it is decided who answered.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.decided
    }

    /// Hears the next 20 ms at 16 kHz; one leg has one rate.
    pub fn push_wideband(&mut self, frame: &Frame<320>) -> Option<ProgressEvent> {
        let narrow = self.downsampler.get_or_insert_default().process(frame);
        self.push(&narrow)
    }

    /// Hears the next 20 ms at 8 kHz, and says what is certain with it.
    pub fn push(&mut self, frame: &Frame8k) -> Option<ProgressEvent> {
        let began = self.now;
        self.now += FRAME;
        let speech = self.vad.push(frame).speech;
        let found = self.spectrum.push(frame);
        let beat = self.cadence.push(found.tones.is_some());
        let beep = self.follow_tone(found.tones, speech, began);
        if found.tones.is_some() {
            self.toned += FRAME;
        } else {
            let pause = self.config.human_pause;
            if speech {
                extend(&mut self.talk, began, pause, found.is_held);
            }
            if found.is_sound {
                extend(&mut self.sound, began, pause, found.is_held);
            }
        }
        self.has_talked |= self.talk.is_some_and(|talk| talk.had >= SAID);
        if beep.is_some() || self.decided {
            return beep;
        }
        let who = self.verdict(beat)?;
        self.decided = true;
        Some(ProgressEvent::Decided { who, at: self.now })
    }

    /// Follows a tone, and tells a beep once nothing has followed it for a moment.
    fn follow_tone(&mut self, tones: Option<Tones>, speech: bool, began: Duration) -> Option<ProgressEvent> {
        let spoken = if speech { FRAME } else { Duration::ZERO };
        match (tones, &mut self.tone) {
            (Some(tones), Some(tone)) => {
                if (tones.hz - tone.hz).abs() >= FAX_NEAR_HZ {
                    tone.moved += FRAME;
                    tone.hz = tones.hz;
                }
                tone.single &= tones.single && tone.moved.is_zero();
                tone.spoken += spoken;
            }
            (Some(tones), none) => {
                self.ended = None;
                *none = Some(Tone {
                    from: began,
                    hz: tones.hz,
                    single: tones.single,
                    moved: Duration::ZERO,
                    spoken,
                });
            }
            (None, tone) => {
                if let Some(tone) = tone.take() {
                    self.end_tone(&tone, began);
                }
            }
        }
        let (at, hz) = self.ended?;
        if self.now - at < AFTER_BEEP || self.cadence.is_regular() {
            return None;
        }
        self.ended = None;
        self.has_beeped = true;
        Some(ProgressEvent::Beep { at, hz: hz as u32 })
    }

    /// A tone is over: it may have been a beep, or a vowel that is almost one.
    fn end_tone(&mut self, tone: &Tone, end: Duration) {
        let length = end - tone.from;
        if tone.single && BEEP.contains(&length) && self.fax_tone(tone, end).is_none() {
            self.ended = Some((end, tone.hz));
        } else if (length < *BEEP.start() || tone.moved * 4 > length) && tone.spoken * 2 >= length {
            let mut began = tone.from;
            while began < end {
                extend(&mut self.talk, began, self.config.human_pause, false);
                began += FRAME;
            }
        }
    }

    fn fax_tone(&self, tone: &Tone, until: Duration) -> Option<f32> {
        let is_near = |hz: &f32| (tone.hz - hz).abs() < FAX_NEAR_HZ;
        let fax = FAX_HZ.into_iter().find(is_near)?;
        (tone.single && until - tone.from >= FAX).then_some(fax)
    }

    fn verdict(&self, beat: Option<Beat>) -> Option<Answerer> {
        match beat {
            Some(Beat::Slow) => return Some(Answerer::Busy),
            Some(Beat::Fast) => return Some(Answerer::Congestion),
            None => {}
        }
        if let Some(tone) = &self.tone {
            if self.fax_tone(tone, self.now).is_some() {
                return Some(Answerer::Fax);
            }
            if self.now - tone.from >= ENDLESS {
                return Some(Answerer::Congestion);
            }
        }
        if self.has_beeped && self.has_talked {
            return Some(Answerer::Machine);
        }
        let may_be_music = self.sound.is_some_and(|sound| sound.is_tune());
        if may_be_music && self.sound.is_some_and(|sound| sound.length() >= MUSIC) {
            return Some(Answerer::Music);
        }
        if !may_be_music && let Some(verdict) = self.of_talk() {
            return Some(verdict);
        }
        if self.now >= self.config.no_speech && !self.has_talked && !may_be_music && self.toned < TONES {
            return Some(if self.has_beeped {
                Answerer::Machine
            } else {
                Answerer::Silence
            });
        }
        if self.now < self.config.decide_by {
            return None;
        }
        Some(if self.has_talked {
            Answerer::Machine
        } else {
            Answerer::Unclear
        })
    }

    fn of_talk(&self) -> Option<Answerer> {
        let talk = self.talk.filter(|talk| talk.had >= SAID)?;
        let is_over = self.now - talk.to >= self.config.human_pause;
        if talk.length() > self.config.human_most {
            Some(Answerer::Machine)
        } else {
            is_over.then_some(Answerer::Human)
        }
    }
}

/// Adds a frame that began then to a stretch, or begins another after so long a pause.
fn extend(stretch: &mut Option<Stretch>, began: Duration, pause: Duration, is_held: bool) {
    let goes_on = stretch.filter(|stretch| began - stretch.to < pause);
    let mut longer = goes_on.unwrap_or(Stretch {
        from: began,
        to: began,
        had: Duration::ZERO,
        held: Duration::ZERO,
    });
    longer.to = began + FRAME;
    longer.had += FRAME;
    if is_held {
        longer.held += FRAME;
    }
    *stretch = Some(longer);
}

impl Stretch {
    fn length(&self) -> Duration {
        self.to - self.from
    }

    fn is_tune(&self) -> bool {
        self.length() >= MAYBE_MUSIC && self.held >= self.had.mul_f32(TUNE)
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress")
            .field("now", &self.now)
            .field("decided", &self.decided)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
