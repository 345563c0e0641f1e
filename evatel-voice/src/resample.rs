//! Changes of sample rate: a low-delay one for live frames, a cleaner one for whole utterances.

mod frames;

use rubato::{
    Async, Fft, FixedAsync, FixedSync, Indexing, Resampler, SincInterpolationParameters, WindowFunction,
    audioadapter_buffers::direct::InterleavedSlice,
};

pub use frames::{Downsampler, FrameResampler, Upsampler};

use crate::frame::{Clip, Frame, RATE_HZ};

/// Taps of the live filter for the voice activity detector: a delay of about 2 ms at 16 kHz.
const SINC_TAPS: usize = 64;

/// Resamples a live stream frame by frame without allocating once it runs.
pub struct LiveResampler<const IN: usize> {
    inner: Async<f32>,
    input: Box<[f32; IN]>,
    output: Box<[f32]>,
}

/// From the telephone's 8 kHz to the 16 kHz that the voice activity detector wants.
pub type SampleUpsampler = LiveResampler<160>;

impl SampleUpsampler {
    /// Makes a resampler from 8 to 16 kHz.
    #[must_use]
    pub fn new() -> Self {
        Self::with_ratio(2.0, SINC_TAPS)
    }
}

impl Default for SampleUpsampler {
    fn default() -> Self {
        Self::new()
    }
}

impl<const IN: usize> LiveResampler<IN> {
    fn with_ratio(ratio: f64, taps: usize) -> Self {
        let parameters = SincInterpolationParameters::new(taps, WindowFunction::BlackmanHarris2);
        let inner = Async::new_sinc(ratio, 1.0, &parameters, IN, 1, FixedAsync::Input)
            .expect("the ratio and the chunk size are constants that rubato accepts");
        let output = vec![0.0; inner.output_frames_max()].into_boxed_slice();
        Self {
            inner,
            input: Box::new([0.0; IN]),
            output,
        }
    }

    /// Forgets what was before: another stream begins.
    fn reset(&mut self) {
        self.inner.reset();
    }

    /// Takes one frame and gives the samples it makes, in -1..=1; their count may differ by one from call to call.
    pub fn process(&mut self, frame: &Frame<IN>) -> &[f32] {
        for (to, from) in self.input.iter_mut().zip(frame.0) {
            *to = f32::from(from) / 32768.0;
        }
        let capacity = self.output.len();
        let input = InterleavedSlice::new(&self.input[..], 1, IN).expect("one channel of IN samples");
        let mut output =
            InterleavedSlice::new_mut(&mut self.output, 1, capacity).expect("one channel of its own length");
        let (_, made) = self
            .inner
            .process_into_buffer(&input, &mut output, None::<&Indexing>)
            .expect("both buffers have the lengths that the resampler asked for");
        &self.output[..made]
    }
}

/// Resamples a whole utterance of any rate to an 8 kHz clip. Rates below 1 kHz and above 192 kHz give an empty clip.
#[must_use]
pub fn to_clip(samples: &[i16], rate_hz: u32) -> Clip {
    Clip::new(to_rate(samples, rate_hz, RATE_HZ))
}

/// Resamples a whole utterance from one rate to another; none of rates below 1 kHz and above 192 kHz.
pub(crate) fn to_rate(samples: &[i16], rate_hz: u32, wanted_hz: u32) -> Vec<i16> {
    if rate_hz == wanted_hz {
        return samples.to_vec();
    }
    if samples.is_empty() || !(1000..=192_000).contains(&rate_hz) {
        return Vec::new();
    }
    let input: Vec<f32> = samples.iter().map(|&sample| f32::from(sample)).collect();
    let mut resampler = Fft::<f32>::new(rate_hz as usize, wanted_hz as usize, 1024, 1, FixedSync::Input)
        .expect("both rates are positive");
    let adapter = InterleavedSlice::new(&input, 1, input.len()).expect("one channel of its own length");
    let mut output = vec![0.0_f32; resampler.process_all_needed_output_len(input.len())];
    let capacity = output.len();
    let mut out = InterleavedSlice::new_mut(&mut output, 1, capacity).expect("one channel of its own length");
    let (_, made) = resampler
        .process_all_into_buffer(&adapter, &mut out, input.len(), None)
        .expect("the output buffer has the length that the resampler asked for");
    let made = output[..made].iter();
    made.map(|&sample| sample.round() as i16).collect()
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::frame::level_dbfs;

    fn sine(hz: f32, rate_hz: u32, count: usize) -> Vec<i16> {
        (0..count)
            .map(|i| ((TAU * hz * i as f32 / rate_hz as f32).sin() * 10_000.0) as i16)
            .collect()
    }

    #[test]
    fn an_utterance_keeps_its_length_and_its_level() {
        let clip = to_clip(&sine(440.0, 22_050, 22_050), 22_050);
        assert!((clip.samples().len() as i32 - 8000).abs() <= 1, "{clip:?}");
        assert!(
            (clip.level_dbfs() - level_dbfs(&sine(440.0, 8000, 8000))).abs() < 0.5,
            "{clip:?}"
        );
    }

    #[test]
    fn what_a_telephone_cannot_carry_is_removed_instead_of_folded_back() {
        let clip = to_clip(&sine(6000.0, 22_050, 22_050), 22_050);
        assert!(clip.level_dbfs() < -50.0, "{clip:?}");
    }

    #[test]
    fn live_frames_come_out_at_the_double_rate() {
        let mut up = SampleUpsampler::new();
        let clip = Clip::new(sine(440.0, 8000, 8000));
        let made: usize = clip.frames().map(|frame| up.process(&frame).len()).sum();
        assert!((made as i32 - 16_000).abs() <= 128, "{made}");
    }
}
