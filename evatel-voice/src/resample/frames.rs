//! Live frames at another rate, one for one.

use std::collections::VecDeque;

use super::LiveResampler;
use crate::frame::Frame;

/// A live stream at another rate: one frame in, one frame out. What the filter holds back at the beginning is silence.
pub struct FrameResampler<const IN: usize, const OUT: usize> {
    resampler: LiveResampler<IN>,
    /// What was made and did not fill a frame.
    ready: VecDeque<i16>,
    has_begun: bool,
}

/// From a wideband leg's 16 kHz to the 8 kHz of a telephone; what that cannot carry is removed.
pub type Downsampler = FrameResampler<320, 160>;

/// From the 8 kHz of a telephone to the 16 kHz of a wideband leg; nothing is added above 4 kHz.
pub type Upsampler = FrameResampler<160, 320>;

/// As sharp as it must be for 3 kHz to come through whole, 3.4 kHz with a loss of 2 dB at most, and 5 kHz not at all: a delay of 4 ms from 16
/// to 8 kHz, of 8 ms from 8 to 16 kHz.
const TAPS: usize = 128;

/// So many samples are held in hand, as the resampler's counts differ by one from call to call.
const SLACK: usize = 2;

impl<const IN: usize, const OUT: usize> FrameResampler<IN, OUT> {
    /// Makes one for a stream that begins.
    #[must_use]
    pub fn new() -> Self {
        Self {
            resampler: LiveResampler::with_ratio(OUT as f64 / IN as f64, TAPS),
            ready: VecDeque::with_capacity(2 * OUT),
            has_begun: false,
        }
    }

    /// Takes the next 20 ms and gives them at the other rate, 4 to 9 ms late.
    pub fn process(&mut self, frame: &Frame<IN>) -> Frame<OUT> {
        let made = self.resampler.process(frame);
        if !self.has_begun {
            self.has_begun = true;
            let missing = (OUT + SLACK).saturating_sub(made.len());
            self.ready.extend(std::iter::repeat_n(0, missing));
        }
        let made = made.iter().map(|&sample| (sample * 32768.0).round() as i16);
        self.ready.extend(made);
        let mut frame = Frame::SILENCE;
        let whole = self.ready.drain(..OUT.min(self.ready.len()));
        frame
            .0
            .iter_mut()
            .zip(whole)
            .for_each(|(to, sample)| *to = sample);
        frame
    }

    /// Gives the end of what was taken, which the filter still holds, and begins anew; nothing where it holds nothing.
    pub fn end(&mut self) -> Option<Frame<OUT>> {
        let end = self.has_begun.then(|| self.process(&Frame::SILENCE));
        self.reset();
        end
    }

    /// Forgets what the filter holds: another stream begins.
    pub fn reset(&mut self) {
        self.resampler.reset();
        self.ready.clear();
        self.has_begun = false;
    }
}

impl<const IN: usize, const OUT: usize> Default for FrameResampler<IN, OUT> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const IN: usize, const OUT: usize> std::fmt::Debug for FrameResampler<IN, OUT> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameResampler({IN} to {OUT} samples)")
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::frame::level_dbfs;

    /// A sine of -10 dBFS through a resampler: 30 s of it, each frame whole, and what came after the first 100 ms.
    fn through<const IN: usize, const OUT: usize>(hertz: f32) -> Vec<i16> {
        let mut fitted = FrameResampler::<IN, OUT>::new();
        let rate = Frame::<IN>::RATE_HZ as f32;
        let mut phase = 0.0_f32;
        let mut heard = Vec::new();
        for _ in 0..1500 {
            let mut frame = Frame::<IN>::SILENCE;
            for sample in &mut frame.0 {
                phase = (phase + hertz / rate).fract();
                *sample = ((TAU * phase).sin() * 14_654.0) as i16;
            }
            heard.extend(fitted.process(&frame).0);
            assert!(fitted.ready.len() <= 2 * SLACK + 1, "{}", fitted.ready.len());
        }
        heard.split_off(OUT * 5)
    }

    /// The largest step from one sample to the next, of full scale.
    fn largest_step(samples: &[i16]) -> f32 {
        let steps = samples
            .windows(2)
            .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
        steps.max().unwrap_or_default() as f32 / 32_768.0
    }

    #[test]
    fn a_voice_comes_through_as_loud_as_it_was_and_without_a_gap() {
        for hertz in [200.0, 1000.0, 3000.0] {
            let down = through::<320, 160>(hertz);
            let up = through::<160, 320>(hertz);
            assert!(
                (level_dbfs(&down) + 10.0).abs() < 0.3,
                "{hertz}: {}",
                level_dbfs(&down)
            );
            assert!(
                (level_dbfs(&up) + 10.0).abs() < 0.3,
                "{hertz}: {}",
                level_dbfs(&up)
            );
        }
        // A sine of 200 Hz at -10 dBFS has no steeper step at 8 kHz: 0.447 · 2π · 200 / 8000.
        assert!(largest_step(&through::<320, 160>(200.0)) < 0.0715);
    }

    #[test]
    fn the_end_of_a_stream_is_not_the_beginning_of_the_next() {
        let loud = Frame::<160>([9000; 160]);
        let mut up = Upsampler::new();
        up.process(&loud);
        let end = up.end().expect("the filter holds 8 ms of it");
        assert!(end.0[..100].iter().all(|sample| *sample > 8000), "{end:?}");
        assert!(up.end().is_none());
        assert_eq!(up.process(&Frame::SILENCE), Frame::SILENCE);
        up.process(&loud);
        up.reset();
        assert_eq!(up.process(&Frame::SILENCE), Frame::SILENCE);
    }

    #[test]
    fn what_a_telephone_cannot_carry_is_removed_instead_of_folded_back() {
        for hertz in [5000.0, 6000.0, 7500.0] {
            let heard = level_dbfs(&through::<320, 160>(hertz));
            assert!(heard < -50.0, "{hertz}: {heard}");
        }
    }
}
