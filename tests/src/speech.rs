//! What callers say: espeak-ng voices, as the telephone carries them.

use std::{io::Cursor, process::Stdio};

use anyhow::{Context, Result, ensure};
use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::RATE_HZ;

/// A caller's voice.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// Language of espeak-ng and a variant of it, kept out of the training data: `fr+m7`, `en-us+f5`.
    pub name: String,
    /// Words a minute, 80 to 450.
    pub speed_wpm: u16,
    /// Pitch, 0 to 99.
    pub pitch: u8,
}

impl Voice {
    /// A voice of that name with espeak-ng's own speed and pitch.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            speed_wpm: 160,
            pitch: 50,
        }
    }

    /// Speaks `text` and gives it at 8 kHz, without the silence around it.
    pub async fn say(&self, text: &str) -> Result<Vec<i16>> {
        let mut child = Command::new("espeak-ng")
            .args([
                "-v",
                &self.name,
                "-s",
                &self.speed_wpm.to_string(),
                "-p",
                &self.pitch.to_string(),
            ])
            .args(["--stdin", "--stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run `espeak-ng`. Hint: run `cargo xtask setup`")?;
        let mut stdin = child.stdin.take().context("espeak-ng has no standard input")?;
        stdin.write_all(text.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "espeak-ng with voice `{}` ended with {}: {complaint}",
            self.name,
            output.status
        );
        let mut reader =
            hound::WavReader::new(Cursor::new(output.stdout)).context("espeak-ng gave no WAV")?;
        let rate = reader.spec().sample_rate;
        // The header was written before the length was known, so samples are read until they end.
        let samples: Vec<i16> = reader.samples::<i16>().map_while(Result::ok).collect();
        ensure!(
            !samples.is_empty(),
            "espeak-ng said nothing for `{text}`: {complaint}"
        );
        Ok(trim(&resample(&samples, rate)?).to_vec())
    }
}

fn resample(samples: &[i16], rate: u32) -> Result<Vec<i16>> {
    let input: Vec<f32> = samples.iter().map(|&sample| f32::from(sample)).collect();
    let mut resampler = Fft::<f32>::new(rate as usize, RATE_HZ as usize, 1024, 1, FixedSync::Input)?;
    let mut output = vec![0.0_f32; resampler.process_all_needed_output_len(input.len())];
    let capacity = output.len();
    let from = InterleavedSlice::new(&input, 1, input.len())?;
    let mut to = InterleavedSlice::new_mut(&mut output, 1, capacity)?;
    let (_, made) = resampler.process_all_into_buffer(&from, &mut to, input.len(), None)?;
    Ok(output[..made]
        .iter()
        .map(|&sample| sample.round() as i16)
        .collect())
}

/// Cuts what is nearly silent at both ends.
fn trim(samples: &[i16]) -> &[i16] {
    let loud = |sample: &i16| sample.unsigned_abs() > 200;
    let first = samples.iter().position(loud).unwrap_or(0);
    let last = samples.iter().rposition(loud).map_or(0, |last| last + 1);
    &samples[first.min(last)..last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_keeps_the_length_in_time() {
        let made = resample(&vec![1000; 22_050], 22_050).unwrap();
        assert!(made.len().abs_diff(8000) <= 1, "{}", made.len());
    }

    #[test]
    fn silence_is_cut_at_both_ends_only() {
        assert_eq!(trim(&[0, 0, 900, 0, 900, 0]), &[900, 0, 900]);
        assert_eq!(trim(&[0, 0]), &[] as &[i16]);
    }
}
