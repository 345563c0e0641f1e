//! The house audio format: mono, signed 16-bit, 20 ms a frame, its rate in its type.

use std::{fmt, io::Cursor, sync::Arc, time::Duration};

/// How long every frame lasts.
pub const FRAME: Duration = Duration::from_millis(FRAME_MS);

/// [`FRAME`] in milliseconds.
pub const FRAME_MS: u64 = 20;

/// Samples a second of a [`Clip`] and of a [`Frame8k`].
pub const RATE_HZ: u32 = 8000;

/// The level, in dBFS, that stands for digital silence.
pub const SILENCE_DBFS: f32 = -96.0;

/// 20 ms of mono 16-bit sound in `N` samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame<const N: usize>(pub [i16; N]);

/// A frame of telephone sound, 8 kHz.
pub type Frame8k = Frame<160>;

/// A frame of wideband sound, 16 kHz.
pub type Frame16k = Frame<320>;

impl<const N: usize> Frame<N> {
    /// The sample rate of this kind of frame, in Hz.
    pub const RATE_HZ: u32 = N as u32 * 50;

    /// Digital silence.
    pub const SILENCE: Self = Self([0; N]);

    /// The samples.
    #[must_use]
    pub fn samples(&self) -> &[i16] {
        &self.0
    }

    /// Makes a frame from at most `N` samples and fills what is missing with silence.
    #[must_use]
    pub fn from_samples(samples: &[i16]) -> Self {
        let mut frame = Self::SILENCE;
        let taken = samples.len().min(N);
        frame.0[..taken].copy_from_slice(&samples[..taken]);
        frame
    }

    /// The frame of what `change` makes of each sample.
    #[must_use]
    pub(crate) fn map(&self, change: impl FnMut(i16) -> i16) -> Self {
        Self(self.0.map(change))
    }

    /// The root-mean-square level in dBFS, [`SILENCE_DBFS`] at the least.
    #[must_use]
    pub fn level_dbfs(&self) -> f32 {
        level_dbfs(&self.0)
    }
}

impl<const N: usize> Default for Frame<N> {
    fn default() -> Self {
        Self::SILENCE
    }
}

impl<const N: usize> fmt::Debug for Frame<N> {
    /// Shows rate and level: samples are somebody's voice and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({} Hz, {:.0} dBFS)", Self::RATE_HZ, self.level_dbfs())
    }
}

/// A piece of 8 kHz sound of any length, cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip {
    samples: Arc<[i16]>,
}

impl Clip {
    /// Wraps samples at [`RATE_HZ`].
    #[must_use]
    pub fn new(samples: Vec<i16>) -> Self {
        Self {
            samples: samples.into(),
        }
    }

    /// Makes a clip of digital silence.
    #[must_use]
    pub fn silence(length: Duration) -> Self {
        Self::new(vec![0; samples_in(length)])
    }

    /// Joins frames into one clip.
    #[must_use]
    pub fn from_frames<'a>(frames: impl IntoIterator<Item = &'a Frame8k>) -> Self {
        Self::new(frames.into_iter().flat_map(|frame| frame.0).collect())
    }

    /// The samples.
    #[must_use]
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// How long it lasts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.samples.len() as u64 * 1_000_000 / u64::from(RATE_HZ))
    }

    /// Says whether it holds no sample at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// How many frames it fills, the last one counted whole.
    #[must_use]
    pub fn frame_count(&self) -> usize {
        self.samples.len().div_ceil(160)
    }

    /// The frame at `index`, filled with silence at the end; nothing beyond the end.
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<Frame8k> {
        let start = index * 160;
        let rest = self.samples.get(start..).filter(|rest| !rest.is_empty())?;
        Some(Frame8k::from_samples(rest))
    }

    /// Its frames in order, the last one filled with silence.
    pub fn frames(&self) -> impl Iterator<Item = Frame8k> + '_ {
        self.samples.chunks(160).map(Frame8k::from_samples)
    }

    /// The clip as a WAV file, for a recording that is kept.
    #[must_use]
    pub fn to_wav(&self) -> Vec<u8> {
        let format = hound::WavSpec {
            channels: 1,
            sample_rate: RATE_HZ,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let in_memory = "writing to memory cannot fail";
        let mut writer = hound::WavWriter::new(&mut file, format).expect(in_memory);
        self.samples
            .iter()
            .for_each(|&sample| writer.write_sample(sample).expect(in_memory));
        writer.finalize().expect(in_memory);
        file.into_inner()
    }

    /// The root-mean-square level in dBFS.
    #[must_use]
    pub fn level_dbfs(&self) -> f32 {
        level_dbfs(&self.samples)
    }
}

impl fmt::Debug for Clip {
    /// Shows length and level: samples are somebody's voice and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Clip({} ms, {:.0} dBFS)",
            self.duration().as_millis(),
            self.level_dbfs()
        )
    }
}

/// How many samples at [`RATE_HZ`] a length of time holds.
#[must_use]
pub fn samples_in(length: Duration) -> usize {
    (length.as_micros() * u128::from(RATE_HZ) / 1_000_000) as usize
}

/// The root-mean-square level of samples in dBFS, [`SILENCE_DBFS`] at the least.
#[must_use]
pub fn level_dbfs(samples: &[i16]) -> f32 {
    if samples.is_empty() {
        return SILENCE_DBFS;
    }
    let sum: f32 = samples
        .iter()
        .map(|&sample| f32::from(sample) * f32::from(sample))
        .sum();
    let rms = (sum / samples.len() as f32).sqrt() / 32768.0;
    (20.0 * rms.max(1e-9).log10()).max(SILENCE_DBFS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_falls_into_whole_frames_filled_with_silence() {
        let clip = Clip::new(vec![7; 170]);
        let frames: Vec<_> = clip.frames().collect();
        assert_eq!((frames.len(), clip.frame_count()), (2, 2));
        assert_eq!(frames[1].0[9], 7);
        assert_eq!(frames[1].0[10], 0);
        assert_eq!(clip.frame(1).as_ref(), frames.get(1));
        assert_eq!(clip.frame(2), None);
    }

    #[test]
    fn full_scale_is_about_zero_dbfs_and_nothing_is_below_the_floor() {
        assert!(Frame8k::from_samples(&[i16::MIN; 160]).level_dbfs().abs() < 0.01);
        assert_eq!(Frame16k::SILENCE.level_dbfs(), SILENCE_DBFS);
        assert_eq!((Frame8k::RATE_HZ, Frame16k::RATE_HZ), (8000, 16_000));
    }

    #[test]
    fn a_clip_kept_as_wav_reads_back_the_same() {
        let clip = Clip::new(vec![1, -2, i16::MIN, i16::MAX]);
        let reader = hound::WavReader::new(Cursor::new(clip.to_wav())).unwrap();
        assert_eq!(reader.spec().sample_rate, RATE_HZ);
        assert_eq!(
            reader
                .into_samples::<i16>()
                .map(Result::unwrap)
                .collect::<Vec<_>>(),
            clip.samples()
        );
    }

    #[test]
    fn durations_and_samples_agree() {
        assert_eq!(Clip::silence(Duration::from_millis(30)).samples().len(), 240);
        assert_eq!(Clip::new(vec![0; 8000]).duration(), Duration::from_secs(1));
    }
}
