//! From pieces of any length to frames of 20 ms, without allocating.

use evatel_voice::frame::Frame;

/// Cuts 16-bit samples that come in pieces of any length into frames; what is left waits for the next piece.
#[derive(Debug)]
pub struct Cutter<const N: usize> {
    frame: Frame<N>,
    filled: usize,
    /// The first half of a sample whose second has not come yet.
    half: Option<u8>,
}

impl<const N: usize> Default for Cutter<N> {
    fn default() -> Self {
        Self {
            frame: Frame::SILENCE,
            filled: 0,
            half: None,
        }
    }
}

impl<const N: usize> Cutter<N> {
    /// Takes little-endian samples, gives each whole frame.
    pub fn cut(&mut self, mut bytes: &[u8], mut each: impl FnMut(Frame<N>)) {
        if let Some(first) = self.half
            && let Some((second, rest)) = bytes.split_first()
        {
            self.half = None;
            self.push(&[i16::from_le_bytes([first, *second])], &mut each);
            bytes = rest;
        }
        let (mut pairs, rest) = bytes.as_chunks::<2>();
        while !pairs.is_empty() {
            let room = &mut self.frame.0[self.filled..];
            let taken = pairs.len().min(room.len());
            for (sample, pair) in room.iter_mut().zip(&pairs[..taken]) {
                *sample = i16::from_le_bytes(*pair);
            }
            self.advance(taken, &mut each);
            pairs = &pairs[taken..];
        }
        self.half = self.half.or(rest.first().copied());
    }

    /// Takes samples, gives each whole frame.
    pub fn push(&mut self, mut samples: &[i16], mut each: impl FnMut(Frame<N>)) {
        while !samples.is_empty() {
            let taken = samples.len().min(N - self.filled);
            self.frame.0[self.filled..self.filled + taken].copy_from_slice(&samples[..taken]);
            self.advance(taken, &mut each);
            samples = &samples[taken..];
        }
    }

    fn advance(&mut self, samples: usize, each: &mut impl FnMut(Frame<N>)) {
        self.filled += samples;
        if self.filled == N {
            self.filled = 0;
            each(self.frame.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_become_frames_and_no_sample_is_lost() {
        let samples: Vec<i16> = (0..480).map(|sample| sample * 67).collect();
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        for piece in [1, 2, 7, 319, 320, 641, 960] {
            let (mut cutter, mut heard) = (Cutter::<160>::default(), Vec::new());
            bytes
                .chunks(piece)
                .for_each(|bytes| cutter.cut(bytes, |frame| heard.extend_from_slice(frame.samples())));
            assert_eq!(heard, samples, "in pieces of {piece}");
        }
    }

    #[test]
    fn pieces_of_random_lengths_lose_nothing_and_never_wait_for_more_than_a_frame() {
        for seed in 0..200 {
            let mut noise = crate::noise::Noise::new(seed);
            let (mut cutter, mut sent, mut heard) = (Cutter::<320>::default(), Vec::new(), Vec::new());
            for _ in 0..20 {
                let piece = noise.bytes(1_500);
                sent.extend_from_slice(&piece);
                cutter.cut(&piece, |frame| {
                    heard.extend(frame.samples().iter().flat_map(|sample| sample.to_le_bytes()));
                });
                assert!(sent.len() - heard.len() < 640, "seed {seed}");
            }
            assert_eq!(heard[..], sent[..heard.len()], "seed {seed}");
        }
    }
}
