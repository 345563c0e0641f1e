//! Reading sound files of any common form as telephone sound.

use std::{
    fs,
    io::{self, Cursor, Read},
    path::Path,
    time::Duration,
};

use crate::{
    frame::{Clip, Frame16k, RATE_HZ},
    resample,
    sound::Sound,
};

/// A file is never larger, in bytes.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// What is played from a file never lasts longer.
pub const LONGEST_SOUND: Duration = Duration::from_secs(120);

/// Why a file is no sound for us.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is no WAV file, or a broken one.
    #[error("this is no WAV file that can be read: {0}")]
    Broken(#[from] hound::Error),
    /// It is a folder, or something else that has no end.
    #[error("it is no file but a folder, a pipe or a device")]
    NoFile,
    /// It is empty.
    #[error("there is no sound in it")]
    Silent,
    /// It lasts so long.
    #[error("it lasts {0:.0?}, and {LONGEST_SOUND:?} can be played: cut it")]
    TooLong(Duration),
    /// The system does not let it be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It has so many bytes.
    #[error("{0} bytes are too many: {LARGEST_FILE} can be read")]
    TooLarge(usize),
    /// It has a sample rate that no speech is recorded with.
    #[error("a sample rate of {0} Hz is none of 1,000 to 192,000")]
    Rate(u32),
}

/// Reads a WAV file: PCM of 8 to 32 bits or 32-bit floats, 1,000 to 192,000 Hz, any number of channels, which are mixed. The sound is
/// brought to 8 kHz, as a telephone line would carry it.
///
/// ```
/// use evatel_voice::{frame::Clip, wav};
///
/// let sound = Clip::new(vec![1, -2, 3]);
/// assert_eq!(wav::read(&sound.to_wav()).unwrap(), sound);
/// ```
///
/// # Errors
/// See [`Error`].
pub fn read(bytes: &[u8]) -> Result<Clip, Error> {
    let (samples, rate_hz) = mixed(bytes)?;
    Ok(resample::to_clip(&samples, rate_hz))
}

/// Reads a WAV file as [`read`], and beside it what a leg of 16 kHz would carry of it: nothing of a file of 8 kHz or less.
///
/// # Errors
/// See [`Error`].
pub fn read_both(bytes: &[u8]) -> Result<Vec<Sound>, Error> {
    let (samples, rate_hz) = mixed(bytes)?;
    let narrow = resample::to_clip(&samples, rate_hz);
    if rate_hz <= RATE_HZ {
        return Ok(Sound::of_clip(&narrow));
    }
    let wide = resample::to_rate(&samples, rate_hz, Frame16k::RATE_HZ);
    let frames = wide.chunks(Frame16k::SILENCE.samples().len());
    // One may be longer than the other by less than a frame.
    let wide = frames
        .map(Frame16k::from_samples)
        .chain(std::iter::repeat(Frame16k::SILENCE));
    let both = narrow.frames().zip(wide);
    Ok(both.map(|(narrow, wide)| Sound::wideband(narrow, wide)).collect())
}

/// Reads a WAV file's samples, its channels mixed, and their rate.
fn mixed(bytes: &[u8]) -> Result<(Vec<i16>, u32), Error> {
    if bytes.len() > LARGEST_FILE {
        return Err(Error::TooLarge(bytes.len()));
    }
    let reader = hound::WavReader::new(Cursor::new(bytes))?;
    let format = reader.spec();
    if !(1000..=192_000).contains(&format.sample_rate) {
        return Err(Error::Rate(format.sample_rate));
    }
    let channels = usize::from(format.channels.max(1));
    let samples: Vec<f32> = match format.sample_format {
        hound::SampleFormat::Float => reader
            .into_samples::<f32>()
            .map(|sample| sample.map(|sample| sample * 32_768.0))
            .collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            let scale = 32_768.0 / 2.0_f32.powi(i32::from(format.bits_per_sample) - 1);
            reader
                .into_samples::<i32>()
                .map(|sample| sample.map(|sample| sample as f32 * scale))
                .collect::<Result<_, _>>()?
        }
    };
    let mixed = samples
        .chunks(channels)
        // What is out of range is clipped; what is no number is silence.
        .map(|moment| (moment.iter().sum::<f32>() / moment.len() as f32).round() as i16)
        .collect();
    Ok((mixed, format.sample_rate))
}

/// Reads a WAV file that is to be played, as [`read`]: at least one sample, at most [`LONGEST_SOUND`].
///
/// # Errors
/// See [`Error`].
pub fn load(path: &Path) -> Result<Clip, Error> {
    // A pipe without a writer would be waited for as soon as it is opened.
    if !fs::metadata(path)?.is_file() {
        return Err(Error::NoFile);
    }
    let mut bytes = Vec::new();
    let most = LARGEST_FILE as u64 + 1;
    fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    let clip = read(&bytes)?;
    if clip.is_empty() {
        return Err(Error::Silent);
    }
    if clip.duration() > LONGEST_SOUND {
        return Err(Error::TooLong(clip.duration()));
    }
    Ok(clip)
}

/// Writes two sounds beside each other as a stereo WAV file of 8 kHz; the shorter one is filled with silence.
#[must_use]
pub fn stereo(left: &Clip, right: &Clip) -> Vec<u8> {
    let format = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let in_memory = "writing to memory cannot fail";
    let mut writer = hound::WavWriter::new(&mut file, format).expect(in_memory);
    for index in 0..left.samples().len().max(right.samples().len()) {
        for side in [left, right] {
            let sample = side.samples().get(index).copied().unwrap_or(0);
            writer.write_sample(sample).expect(in_memory);
        }
    }
    writer.finalize().expect(in_memory);
    file.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Frame, level_dbfs},
        sound::Band,
    };

    /// A second of a tone of 440 Hz at a quarter of full scale, the same in all channels.
    fn tone(format: hound::WavSpec) -> Vec<u8> {
        sound(format, |second| {
            (std::f32::consts::TAU * 440.0 * second).sin() / 4.0
        })
    }

    /// A second of what it is at each moment, of full scale, the same in all channels.
    fn sound(format: hound::WavSpec, at: impl Fn(f32) -> f32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, format).unwrap();
        let largest = 2_f32.powi(i32::from(format.bits_per_sample) - 1);
        for index in 0..format.sample_rate {
            let value = at(index as f32 / format.sample_rate as f32);
            for _ in 0..format.channels {
                match format.sample_format {
                    hound::SampleFormat::Float => writer.write_sample(value).unwrap(),
                    hound::SampleFormat::Int => writer.write_sample((value * largest) as i32).unwrap(),
                }
            }
        }
        writer.finalize().unwrap();
        file.into_inner()
    }

    #[test]
    fn the_same_sound_is_read_from_every_common_form() {
        for (rate, channels, bits, form) in [
            (8000, 1, 16, hound::SampleFormat::Int),
            (16_000, 2, 16, hound::SampleFormat::Int),
            (44_100, 2, 24, hound::SampleFormat::Int),
            (22_050, 1, 8, hound::SampleFormat::Int),
            (48_000, 6, 32, hound::SampleFormat::Float),
            (48_000, 1, 32, hound::SampleFormat::Int),
        ] {
            let file = tone(hound::WavSpec {
                channels,
                sample_rate: rate,
                bits_per_sample: bits,
                sample_format: form,
            });
            let read = read(&file).unwrap();
            assert!(read.samples().len().abs_diff(8000) <= 1, "{rate} Hz: {read:?}");
            let middle = &read.samples()[1000..7000];
            assert!(
                (level_dbfs(middle) - -15.05).abs() < 0.4,
                "{rate} Hz, {bits} bits, {channels} channels: {read:?}"
            );
        }
    }

    #[test]
    fn of_a_file_of_more_than_8_khz_there_is_what_a_wideband_leg_would_carry() {
        for (rate, band) in [(8000, Band::Narrow), (16_000, Band::Wide), (44_100, Band::Wide)] {
            let format = hound::WavSpec {
                channels: 1,
                sample_rate: rate,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            // A vowel, and from the middle on a hiss that no telephone carries.
            let file = sound(format, |second| {
                let sine = |hertz: f32| (std::f32::consts::TAU * hertz * second).sin() / 4.0;
                sine(440.0) + if second < 0.5 { 0.0 } else { sine(5600.0) }
            });
            let both = read_both(&file).unwrap();
            let narrow = read(&file).unwrap();
            assert!(
                both.iter()
                    .map(Sound::narrow)
                    .eq(narrow.frames().collect::<Vec<_>>().iter())
            );
            assert!(both.iter().all(|sound| sound.band() == band), "{rate} Hz");
            let wide = both.iter().filter_map(Sound::wide).map(Frame::level_dbfs);
            let wide: Vec<f32> = wide.collect();
            if rate > RATE_HZ {
                // Two sines are 3 dB louder than one.
                let (vowel, hiss) = (wide[12], wide[37]);
                assert!(
                    (vowel + 15.05).abs() < 0.4 && (hiss + 12.04).abs() < 0.4,
                    "{rate} Hz: {wide:?}"
                );
                assert!((both[37].narrow().level_dbfs() + 15.05).abs() < 0.4, "{rate} Hz");
            }
        }
    }

    #[test]
    fn two_sounds_lie_beside_each_other() {
        let file = stereo(&Clip::new(vec![10, 20]), &Clip::new(vec![-30]));
        let samples: Vec<i16> = hound::WavReader::new(Cursor::new(&file))
            .unwrap()
            .into_samples()
            .map(Result::unwrap)
            .collect();
        assert_eq!(samples, [10, -30, 20, 0]);
        assert_eq!(read(&file).unwrap().samples(), [-10, 10]);
    }

    #[test]
    fn what_is_no_sound_is_refused_with_the_reason_and_no_cut_is_a_panic() {
        assert!(matches!(read(b"hello"), Err(Error::Broken(_))));
        let file = tone(hound::WavSpec {
            channels: 2,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        });
        for cut in 0..200 {
            _ = read(&file[..cut]);
        }
        let mut slow = file.clone();
        slow[24..28].copy_from_slice(&10_u32.to_le_bytes());
        slow[28..32].copy_from_slice(&40_u32.to_le_bytes());
        assert!(matches!(read(&slow), Err(Error::Rate(10))));
        assert!(matches!(
            read(&vec![0; LARGEST_FILE + 1]),
            Err(Error::TooLarge(_))
        ));
    }
}
