//! The built-in network: earshot, pure Rust.

use earshot::Detector;

use crate::{frame::Frame8k, resample::SampleUpsampler};

/// The network hears 16 ms windows at 16 kHz, a frame has 20 ms: what is left over waits for the next one.
pub(super) struct Earshot {
    detector: Detector,
    upsampler: SampleUpsampler,
    window: [f32; WINDOW],
    filled: usize,
    last: f32,
}

const WINDOW: usize = 256;

impl Earshot {
    pub(super) fn new() -> Self {
        Self {
            detector: Detector::default(),
            upsampler: SampleUpsampler::new(),
            window: [0.0; WINDOW],
            filled: 0,
            last: 0.0,
        }
    }

    /// Gives the score of the newest window, 0 to 1.
    pub(super) fn score(&mut self, frame: &Frame8k) -> f32 {
        let mut best: Option<f32> = None;
        for &sample in self.upsampler.process(frame) {
            // What is cut off at full scale swings beyond it between its samples.
            self.window[self.filled] = sample.clamp(-1.0, 1.0);
            self.filled += 1;
            if self.filled == WINDOW {
                self.filled = 0;
                let score = self.detector.predict_f32(&self.window);
                best = Some(best.map_or(score, |best| best.max(score)));
            }
        }
        self.last = best.unwrap_or(self.last);
        self.last
    }
}
