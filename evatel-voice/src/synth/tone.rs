//! Tones as endless streams of frames: ringback, beep, sine.

use std::{f32::consts::TAU, time::Duration};

use crate::frame::{Clip, FRAME_MS, Frame8k, RATE_HZ};

/// What a caller hears while a leg rings: 440 + 480 Hz, 2 s on and 4 s off (North American precise tone plan), without end.
pub fn ringback() -> impl Iterator<Item = Frame8k> + Send {
    let mut low = Oscillator::new(440.0, RINGBACK_DBFS);
    let mut high = Oscillator::new(480.0, RINGBACK_DBFS);
    let (on, period) = (2000 / FRAME_MS, 6000 / FRAME_MS);
    (0..period).cycle().map(move |index| {
        if index >= on {
            return Frame8k::SILENCE;
        }
        let mut frame = Frame8k::SILENCE;
        for sample in &mut frame.0 {
            *sample = low.next_sample() + high.next_sample();
        }
        frame
    })
}

/// The short beep before a recording: 1000 Hz, 200 ms, with soft edges.
#[must_use]
pub fn beep() -> Clip {
    let mut tone = Oscillator::new(1000.0, BEEP_DBFS);
    let (length, edge) = (crate::frame::samples_in(Duration::from_millis(200)), 80_usize);
    let samples = (0..length).map(|index| {
        let gain = index.min(length - 1 - index).min(edge) as f32 / edge as f32;
        (f32::from(tone.next_sample()) * gain) as i16
    });
    Clip::new(samples.collect())
}

/// A sine of `hz` whose root-mean-square level is `level_dbfs`, without end.
pub fn sine(hz: f32, level_dbfs: f32) -> impl Iterator<Item = Frame8k> + Send {
    let mut tone = Oscillator::new(hz, level_dbfs);
    std::iter::repeat_with(move || {
        let mut frame = Frame8k::SILENCE;
        for sample in &mut frame.0 {
            *sample = tone.next_sample();
        }
        frame
    })
}

/// Each of the two tones; the pair is then at the usual -19 dBm0 or so.
const RINGBACK_DBFS: f32 = -25.0;

const BEEP_DBFS: f32 = -18.0;

struct Oscillator {
    phase: f32,
    step: f32,
    peak: f32,
}

impl Oscillator {
    fn new(hz: f32, level_dbfs: f32) -> Self {
        let peak = (32767.0 * 2.0_f32.sqrt() * 10.0_f32.powf(level_dbfs / 20.0)).min(32767.0);
        Self {
            phase: 0.0,
            step: TAU * hz / RATE_HZ as f32,
            peak,
        }
    }

    fn next_sample(&mut self) -> i16 {
        let sample = (self.phase.sin() * self.peak) as i16;
        self.phase = (self.phase + self.step) % TAU;
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ringback_sounds_two_seconds_in_six() {
        let frames: Vec<_> = ringback().take(600).collect();
        let sounding = frames.iter().filter(|frame| **frame != Frame8k::SILENCE).count();
        assert_eq!(sounding, 200);
        assert!(frames[99] != Frame8k::SILENCE && frames[100] == Frame8k::SILENCE);
    }

    #[test]
    fn a_sine_has_the_level_asked_for() {
        let level = Clip::from_frames(&sine(1000.0, -20.0).take(50).collect::<Vec<_>>()).level_dbfs();
        assert!((level + 20.0).abs() < 0.2, "{level}");
    }

    #[test]
    fn the_beep_is_200_ms_and_starts_softly() {
        let beep = beep();
        assert_eq!(beep.duration(), Duration::from_millis(200));
        assert_eq!(beep.samples()[0], 0);
        assert!((beep.level_dbfs() + 18.0).abs() < 1.0, "{beep:?}");
    }
}
