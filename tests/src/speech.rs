//! What callers say: espeak-ng voices, as the telephone carries them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use evatel_core::account::Language;
use evatel_voice::synth::{Espeak, EspeakConfig, EspeakVoice, Synthesizer};

/// Many callers are spoken for at once, on a machine that is busy with them.
const LONGEST: Duration = Duration::from_secs(30);

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
        let voice = EspeakVoice {
            name: self.name.clone(),
            words_per_minute: self.speed_wpm,
            pitch: self.pitch,
        };
        let espeak = Espeak::new(EspeakConfig {
            french: voice.clone(),
            english: voice,
            deadline: LONGEST,
            ..EspeakConfig::default()
        });
        // The voice's name has the language.
        let clip = espeak
            .speak(text, Language::Fr.into())
            .await
            .context("Hint: `cargo xtask setup` installs espeak-ng")?;
        ensure!(!clip.is_empty(), "`{}` said nothing for `{text}`", self.name);
        Ok(trim(clip.samples()).to_vec())
    }
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
    fn silence_is_cut_at_both_ends_only() {
        assert_eq!(trim(&[0, 0, 900, 0, 900, 0]), &[900, 0, 900]);
        assert_eq!(trim(&[0, 0]), &[] as &[i16]);
    }
}
