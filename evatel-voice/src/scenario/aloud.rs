//! A scenario's lines, spoken: with the caller's voice, its pauses, and the noise behind it.

use std::{f32::consts::TAU, sync::Arc};

use evatel_core::account::Language;

use super::script::{Noise, NoiseKind, Scenario};
use crate::{
    frame::{Frame8k, RATE_HZ},
    synth::{Error, Espeak, EspeakConfig, EspeakVoice, Synthesizer},
};

/// How long `...` lasts, in frames.
const PAUSE: usize = 20;
/// A noise begins again after so many samples: 8 s.
const LOOP: usize = 8 * RATE_HZ as usize;
/// What is quieter than this is no part of the voice's level: -50 dBFS.
const AUDIBLE: u16 = 100;

/// Speaks what the parties of a scenario say.
#[derive(Clone, Debug)]
pub struct Aloud {
    caller: Arc<dyn Synthesizer>,
    callee: Arc<dyn Synthesizer>,
    language: Language,
}

impl Aloud {
    /// Speaks with the scenario's voice of the caller, and with this one for whoever has none.
    #[must_use]
    pub fn new(scenario: &Scenario, otherwise: Arc<dyn Synthesizer>) -> Self {
        let caller: Arc<dyn Synthesizer> = match &scenario.voice {
            None => otherwise.clone(),
            Some(voice) => {
                let voice = EspeakVoice {
                    name: voice.name.clone(),
                    words_per_minute: voice.speed,
                    pitch: voice.pitch,
                };
                Arc::new(Espeak::new(EspeakConfig {
                    french: voice.clone(),
                    english: voice,
                    ..EspeakConfig::default()
                }))
            }
        };
        Self {
            caller,
            callee: otherwise,
            language: scenario.language,
        }
    }

    /// Speaks a line of the caller; each `...` is a pause of 400 ms.
    ///
    /// # Errors
    /// When the voice does not speak.
    pub async fn caller(&self, text: &str) -> Result<Vec<Frame8k>, Error> {
        self.speak(text, self.caller.as_ref()).await
    }

    /// Speaks a line of the callee in the same way.
    ///
    /// # Errors
    /// When the voice does not speak.
    pub async fn callee(&self, text: &str) -> Result<Vec<Frame8k>, Error> {
        self.speak(text, self.callee.as_ref()).await
    }

    async fn speak(&self, text: &str, voice: &dyn Synthesizer) -> Result<Vec<Frame8k>, Error> {
        let mut frames = Vec::new();
        for (part, number) in text.split("...").map(str::trim).zip(0..) {
            if number > 0 {
                frames.extend(std::iter::repeat_n(Frame8k::SILENCE, PAUSE));
            }
            frames.extend(voice.speak(part, self.language.into()).await?.frames());
        }
        Ok(frames)
    }
}

impl Noise {
    /// Makes 8 s of it, which may follow each other, so far below a voice that sounds like these samples.
    #[must_use]
    pub fn behind(&self, voice: &[i16]) -> Vec<i16> {
        let level = level_of(voice) / 10_f32.powf(f32::from(self.db) / 20.0);
        let raw: Vec<f32> = match self.kind {
            NoiseKind::White => white(self.seed).take(LOOP).collect(),
            NoiseKind::Pink => pink(self.seed),
            NoiseKind::Hum => hum(),
        };
        let own = (raw.iter().map(|sample| sample * sample).sum::<f32>() / LOOP as f32).sqrt();
        let gain = level / own.max(f32::EPSILON);
        raw.iter().map(|sample| (sample * gain) as i16).collect()
    }
}

/// The level of a voice without its pauses, as root mean square.
fn level_of(voice: &[i16]) -> f32 {
    let heard: Vec<f32> = voice
        .iter()
        .filter(|sample| sample.unsigned_abs() > AUDIBLE)
        .map(|&sample| f32::from(sample))
        .collect();
    (heard.iter().map(|sample| sample * sample).sum::<f32>() / heard.len().max(1) as f32).sqrt()
}

/// Samples between -1 and 1, by xorshift: the same on every machine.
fn white(seed: u64) -> impl Iterator<Item = f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    })
}

/// White noise through Paul Kellet's three poles: within half a decibel of 3 dB an octave from 10 Hz on.
fn pink(seed: u64) -> Vec<f32> {
    let mut poles = [0.0_f32; 3];
    white(seed)
        .take(LOOP)
        .map(|sample| {
            for (pole, (keep, add)) in
                poles
                    .iter_mut()
                    .zip([(0.997_65, 0.099_046), (0.963, 0.296_516_4), (0.57, 1.052_691_3)])
            {
                *pole = keep * *pole + add * sample;
            }
            poles.iter().sum::<f32>() + 0.1848 * sample
        })
        .collect()
}

fn hum() -> Vec<f32> {
    let wave = |index: usize| -> f32 {
        let turn = 60.0 * TAU * (index % (RATE_HZ as usize)) as f32 / RATE_HZ as f32;
        (1..=9).map(|tone| (turn * tone as f32).sin() / tone as f32).sum()
    };
    (0..LOOP).map(wave).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::synth::tone;

    #[rstest]
    #[case(NoiseKind::White)]
    #[case(NoiseKind::Pink)]
    #[case(NoiseKind::Hum)]
    fn a_noise_lies_so_far_below_the_voice_as_it_says(#[case] kind: NoiseKind) {
        let voice: Vec<i16> = tone::sine(400.0, -12.0)
            .take(50)
            .flat_map(|frame| frame.0)
            .collect();
        let noise = Noise {
            db: 15,
            kind,
            seed: 7,
        }
        .behind(&voice);
        let own = |samples: &[i16]| crate::frame::level_dbfs(samples);
        let below = own(&voice) - own(&noise);
        // The samples near each zero crossing do not count as voice.
        assert!((14.5..15.5).contains(&below), "{kind:?}: {below} dB");
    }

    #[test]
    fn a_seed_gives_the_same_noise_and_another_seed_another() {
        let voice = [1000_i16; 800];
        let of = |seed| {
            Noise {
                db: 10,
                kind: NoiseKind::Pink,
                seed,
            }
            .behind(&voice)
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
