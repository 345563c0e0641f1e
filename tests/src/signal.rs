//! Test signals that can be told apart after a telephone line, and whether one of them was heard.

use std::f32::consts::TAU;

use realfft::RealFftPlanner;

use crate::RATE_HZ;

/// A correlation from which on a signal counts as heard.
pub const HEARD: f32 = 0.7;

/// Where a signal fits best into a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Normalised correlation there: 1 is the same wave, 0 nothing in common.
    pub peak: f32,
    /// First sample of the recording that belongs to the signal.
    pub lag: usize,
}

/// Two seconds of noise between 300 and 3000 Hz at 8 kHz. The same seed gives the same signal, another seed one that does not
/// correlate with it.
pub fn burst(seed: u64) -> Vec<i16> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let tones: Vec<(f32, f32)> = (0..TONES)
        .map(|_| {
            (
                (300.0 + 2700.0 * random.unit()) * TAU / RATE_HZ as f32,
                TAU * random.unit(),
            )
        })
        .collect();
    let level = 6000.0 / (TONES as f32 / 2.0).sqrt();
    (0..2 * RATE_HZ as usize)
        .map(|i| {
            let sum: f32 = tones
                .iter()
                .map(|(step, phase)| (step * i as f32 + phase).sin())
                .sum();
            (sum * level).clamp(-30_000.0, 30_000.0) as i16
        })
        .collect()
}

/// Finds the best place of `signal` in `recording`. A recording shorter than the signal matches with 0.
pub fn find(signal: &[i16], recording: &[i16]) -> Match {
    let nothing = Match { peak: 0.0, lag: 0 };
    if signal.is_empty() || recording.len() < signal.len() {
        return nothing;
    }
    let products = correlate(signal, recording);
    let signal_energy = energy(signal);
    let mut window_energy = energy(&recording[..signal.len()]);
    let mut best = nothing;
    for lag in 0..=recording.len() - signal.len() {
        // A window that is nearly silent is no match, whatever rounding makes of it.
        if window_energy > signal_energy * 1e-4 {
            let peak = (f64::from(products[lag]) / (signal_energy * window_energy).sqrt()) as f32;
            if peak > best.peak {
                best = Match { peak, lag };
            }
        }
        if let Some(&enters) = recording.get(lag + signal.len()) {
            window_energy += square(enters) - square(recording[lag]);
        }
    }
    best
}

/// Whether `signal` is in `recording`: a correlation of [`HEARD`] or more, of the whole or of at least half of its pieces.
/// A busy machine skips or repeats a frame, which no ear minds; the rest is then out of step with the whole.
pub fn heard(signal: &[i16], recording: &[i16]) -> bool {
    let is_there = |part: &[i16]| find(part, recording).peak >= HEARD;
    let pieces = || signal.chunks(signal.len().div_ceil(PIECES));
    is_there(signal) || pieces().filter(|piece| is_there(piece)).count() >= PIECES / 2
}

/// Sums of products at each lag, by way of the spectrum: a minute of recording would take seconds otherwise.
fn correlate(signal: &[i16], recording: &[i16]) -> Vec<f32> {
    let size = (signal.len() + recording.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let forward = planner.plan_fft_forward(size);
    let backward = planner.plan_fft_inverse(size);
    let spectrum = |samples: &[i16]| {
        let mut input = vec![0.0; size];
        for (to, &from) in input.iter_mut().zip(samples) {
            *to = f32::from(from);
        }
        let mut output = forward.make_output_vec();
        forward
            .process(&mut input, &mut output)
            .expect("both buffers were made for this transform");
        output
    };
    let ours = spectrum(signal);
    let mut product = spectrum(recording);
    for (theirs, ours) in product.iter_mut().zip(&ours) {
        *theirs *= ours.conj();
    }
    // Rounding leaves a trace of an imaginary part where a real signal's spectrum has none.
    product[0].im = 0.0;
    product[size / 2].im = 0.0;
    let mut sums = vec![0.0; size];
    backward
        .process(&mut product, &mut sums)
        .expect("both buffers were made for this transform");
    for sum in &mut sums {
        *sum /= size as f32;
    }
    sums
}

fn energy(samples: &[i16]) -> f64 {
    samples.iter().copied().map(square).sum()
}

fn square(sample: i16) -> f64 {
    f64::from(sample) * f64::from(sample)
}

/// Xorshift: the signals must be the same on every machine, and no more than that.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1 << 24) as f32
    }
}

const TONES: usize = 120;
/// How many pieces a signal is looked for in: half a second each of a [`burst`].
const PIECES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_found_where_it_lies() {
        let signal = burst(1);
        let mut recording = vec![0; 12_345];
        recording.extend(signal.iter().map(|sample| sample / 3));
        recording.extend(vec![0; 5000]);
        let found = find(&signal, &recording);
        assert_eq!(found.lag, 12_345);
        assert!(found.peak > 0.99, "{found:?}");
    }

    #[test]
    fn a_signal_is_heard_through_noise_of_half_its_level() {
        let signal = burst(1);
        let noise = burst(77);
        let recording: Vec<i16> = signal.iter().zip(&noise).map(|(a, b)| a / 2 + b / 4).collect();
        assert!(heard(&signal, &recording), "{:?}", find(&signal, &recording));
    }

    #[test]
    fn a_signal_is_heard_although_frames_of_it_were_skipped() {
        let signal = burst(1);
        let recording = [&signal[..5000], &signal[5160..9000], &signal[9320..]].concat();
        assert!(find(&signal, &recording).peak < HEARD);
        assert!(heard(&signal, &recording));
    }

    #[test]
    fn a_signal_of_which_most_is_missing_is_not_heard() {
        let mut recording = vec![0; 4000];
        recording.extend(&burst(1)[..5000]);
        recording.extend(vec![0; 12_000]);
        assert!(!heard(&burst(1), &recording));
    }

    #[test]
    fn another_signal_is_not_heard() {
        let mut recording = vec![0; 4000];
        recording.extend(burst(2));
        recording.extend(vec![0; 4000]);
        let found = find(&burst(1), &recording);
        assert!(found.peak < 0.3, "{found:?}");
        assert!(!heard(&burst(1), &recording));
    }

    #[test]
    fn silence_and_a_short_recording_match_nothing() {
        let signal = burst(1);
        assert_eq!(find(&signal, &vec![0; 40_000]).peak, 0.0);
        assert_eq!(find(&signal, &signal[..100]).peak, 0.0);
    }
}
