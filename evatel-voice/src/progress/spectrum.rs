//! What 40 ms of sound are made of: a tone or two and nothing else, or more.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};

use crate::frame::{Frame8k, RATE_HZ};

/// The sound that is looked at: this frame and the one before.
const WINDOW: usize = 320;
/// Zeros behind it make the peaks finer: 15.6 Hz a bin.
const LENGTH: usize = 512;
const BIN_HZ: f32 = RATE_HZ as f32 / LENGTH as f32;
/// A tone's energy lies within so many bins beside its peak.
const WIDTH: usize = 4;
/// Below is hum, above nothing that a telephone carries.
const FROM_HZ: f32 = 200.0;
const TO_HZ: f32 = 3400.0;

/// Quieter is no sound, in dBFS.
const QUIET_DBFS: f32 = -45.0;
/// So much of the energy of a tone lies in its one or two peaks.
const PURE: f32 = 0.93;
/// The smaller peak of two tones has at least this part of the energy of the larger.
const SECOND: f32 = 0.08;

/// A pitch that is the same as so many frames before goes on: 100 ms.
const LAG: usize = 5;
const SAME: f32 = 0.012;
const PEAKS: usize = 3;

/// One tone or two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tones {
    /// The only one, or the lower one.
    pub(super) hz: f32,
    pub(super) single: bool,
}

/// What the last 40 ms hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) is_sound: bool,
    /// Nothing but a tone or two.
    pub(super) tones: Option<Tones>,
    /// One of the three loudest pitches is among those of 100 ms ago.
    pub(super) is_held: bool,
}

pub(super) struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    hann: Box<[f32; WINDOW]>,
    before: Frame8k,
    input: Vec<f32>,
    output: Vec<Complex32>,
    scratch: Vec<Complex32>,
    energy: Vec<f32>,
    /// The loudest pitches of the last frames, in Hz, the oldest first; 0 for none.
    peaks: [[f32; PEAKS]; LAG + 1],
}

impl Spectrum {
    pub(super) fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LENGTH);
        let hann = std::array::from_fn(|index| {
            let phase = std::f32::consts::TAU * (index as f32 + 0.5) / WINDOW as f32;
            (1.0 - phase.cos()) / 2.0
        });
        Self {
            hann: Box::new(hann),
            before: Frame8k::SILENCE,
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            energy: vec![0.0; LENGTH / 2 + 1],
            peaks: [[0.0; PEAKS]; LAG + 1],
            fft,
        }
    }

    pub(super) fn push(&mut self, frame: &Frame8k) -> Found {
        let is_sound = frame.level_dbfs() >= QUIET_DBFS && self.before.level_dbfs() >= QUIET_DBFS;
        let starts = frame.level_dbfs() >= QUIET_DBFS;
        self.input.fill(0.0);
        let samples = self.before.samples().iter().chain(frame.samples());
        for ((to, &sample), gain) in self.input.iter_mut().zip(samples).zip(self.hann.iter()) {
            *to = f32::from(sample) * gain;
        }
        self.before = frame.clone();
        self.fft
            .process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch)
            .expect("the buffers are those that the transform made");
        for (to, from) in self.energy.iter_mut().zip(&self.output) {
            *to = from.norm_sqr();
        }
        self.peaks.rotate_left(1);
        self.peaks[LAG] = [0.0; PEAKS];
        let whole: f32 = self.energy[2..].iter().sum();
        if !is_sound || whole <= 0.0 {
            return Found {
                is_sound: starts,
                tones: None,
                is_held: false,
            };
        }
        let mut found = [(0.0_f32, 0.0_f32); PEAKS];
        for place in &mut found {
            *place = self.take_peak();
        }
        for (peak, (hz, energy)) in self.peaks[LAG].iter_mut().zip(found) {
            *peak = if energy >= 0.05 * whole { hz } else { 0.0 };
        }
        let [(loudest, first), (other, second), _] = found;
        let single = second < SECOND * first;
        let hz = if single { loudest } else { loudest.min(other) };
        let tones = (first + second >= PURE * whole).then_some(Tones { hz, single });
        let is_same = |hz: f32| hz > 0.0 && self.peaks[0].iter().any(|old| (old - hz).abs() < SAME * hz);
        let is_held = self.peaks[LAG].iter().any(|&hz| is_same(hz));
        Found {
            is_sound,
            tones,
            is_held,
        }
    }

    /// Finds the loudest peak, its frequency and energy, and takes it out.
    fn take_peak(&mut self) -> (f32, f32) {
        let (low, high) = ((FROM_HZ / BIN_HZ) as usize, (TO_HZ / BIN_HZ) as usize);
        let bins = low..=high;
        let Some(top) = bins.max_by(|&a, &b| self.energy[a].total_cmp(&self.energy[b])) else {
            return (0.0, 0.0);
        };
        // A parabola through the logarithms of three bins.
        let log = |bin: usize| self.energy[bin].max(1e-12).ln();
        let (left, middle, right) = (log(top - 1), log(top), log(top + 1));
        let curve = left - 2.0 * middle + right;
        let shift = if curve < 0.0 {
            ((left - right) / (2.0 * curve)).clamp(-0.5, 0.5)
        } else {
            0.0
        };
        let around = top.saturating_sub(WIDTH)..=(top + WIDTH).min(self.energy.len() - 1);
        let energy = self.energy[around.clone()].iter().sum();
        self.energy[around].fill(0.0);
        ((top as f32 + shift) * BIN_HZ, energy)
    }
}
