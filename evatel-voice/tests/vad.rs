//! The real voice activity detector on spoken telephone sound: when it notices speech, and what it takes for none.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::time::Duration;

use evatel_core::account::Language;
use evatel_voice::{
    frame::{Clip, samples_in},
    synth::{Espeak, EspeakConfig, Synthesizer, tone},
    vad::{Vad, VadConfig, VadEvent},
};

/// Line noise, the same in each run.
struct Noise {
    state: u32,
    peak: f32,
}

impl Noise {
    fn at(dbfs: f32) -> Self {
        // White noise of an even distribution has its root mean square at peak / sqrt(3).
        Self {
            state: 1,
            peak: 32768.0 * 3.0_f32.sqrt() * 10.0_f32.powf(dbfs / 20.0),
        }
    }

    fn next(&mut self) -> f32 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f32::from((self.state >> 16) as i16) / 32768.0) * self.peak
    }
}

fn on_the_line(clip: &Clip, gain_db: f32, noise_dbfs: f32) -> Clip {
    let gain = 10.0_f32.powf(gain_db / 20.0);
    let mut noise = Noise::at(noise_dbfs);
    Clip::new(
        clip.samples()
            .iter()
            .map(|&sample| (f32::from(sample) * gain + noise.next()) as i16)
            .collect(),
    )
}

fn events(clip: &Clip) -> Vec<(u64, VadEvent)> {
    let mut vad = Vad::new(VadConfig::default());
    let numbered = clip.frames().zip(1_u64..);
    numbered
        .filter_map(|(frame, count)| Some((count * 20, vad.push(&frame).event?)))
        .collect()
}

async fn spoken(text: &str, voice: &str, language: Language) -> Clip {
    let mut config = EspeakConfig {
        deadline: Duration::from_secs(20),
        ..EspeakConfig::default()
    };
    config.french.name = format!("fr+{voice}");
    config.english.name = format!("en-us+{voice}");
    Espeak::new(config).speak(text, language.into()).await.unwrap()
}

fn with_silence(clip: &Clip) -> Clip {
    let silence = vec![0; samples_in(Duration::from_secs(1))];
    Clip::new([&silence[..], clip.samples(), &silence].concat())
}

#[tokio::test]
async fn words_of_many_voices_on_many_lines_are_noticed_soon_and_once() {
    let mut late = Vec::new();
    for (text, language) in [
        ("oui", Language::Fr),
        ("non", Language::Fr),
        ("appelle Marie Tremblay", Language::Fr),
        ("message", Language::Fr),
        ("yes", Language::En),
        ("call Marie Tremblay", Language::En),
    ] {
        for voice in ["m3", "f2", "Michael", "Annie"] {
            let word = with_silence(&spoken(text, voice, language).await);
            for (gain_db, noise_dbfs) in [(0.0, -90.0), (-6.0, -60.0), (-12.0, -55.0), (0.0, -40.0)] {
                let events = events(&on_the_line(&word, gain_db, noise_dbfs));
                let first = events.first();
                match first {
                    Some((noticed, VadEvent::SpeechStarted { .. })) if (1000..=1320).contains(noticed) => {}
                    _ => late.push(format!(
                        "`{text}` {voice} {gain_db} dB {noise_dbfs} dBFS: {events:?}"
                    )),
                }
            }
        }
    }
    assert!(late.is_empty(), "{} of 96:\n{}", late.len(), late.join("\n"));
}

#[test]
fn noise_and_a_beep_are_no_speech() {
    let silence = Clip::silence(Duration::from_secs(8));
    for dbfs in [-70.0, -50.0, -40.0] {
        assert_eq!(events(&on_the_line(&silence, 0.0, dbfs)), [], "{dbfs} dBFS");
    }
    assert_eq!(events(&with_silence(&tone::beep())), []);
}

/// What users of a voice hear behind it, from the first frame of a call.
#[cfg(feature = "scenario")]
mod from_the_first_frame {
    use evatel_voice::scenario::{Noise, NoiseKind};

    use super::*;

    const BELOW_DB: i8 = 15;
    /// One at which the pink noise does not swing by 8 dB in its first 100 ms, as it does at one of ten.
    const SEED: u64 = 7;
    /// The first 3 s.
    const OPENING: usize = 24_000;

    fn noise(kind: NoiseKind, voice: &Clip) -> Clip {
        let noise = Noise {
            db: BELOW_DB,
            kind,
            seed: SEED,
        };
        Clip::new(noise.behind(voice.samples()))
    }

    #[tokio::test]
    async fn steady_noise_is_no_speech_and_a_voice_over_it_is() {
        for voice in ["m3", "f2", "m7", "f4"] {
            let word = spoken("appelle Marie Tremblay", voice, Language::Fr).await;
            for kind in [NoiseKind::Pink, NoiseKind::White, NoiseKind::Hum] {
                let alone = noise(kind, &word);
                // Later on pink noise swings by 8 dB, once.
                let opening = Clip::new(alone.samples()[..OPENING].to_vec());
                assert_eq!(events(&opening), [], "{kind:?} {voice}");
                for after_ms in [200, 600, 2000] {
                    let mut both = alone.samples().to_vec();
                    for (sum, sample) in both[after_ms * 8..].iter_mut().zip(word.samples()) {
                        *sum = sum.saturating_add(*sample);
                    }
                    let events = events(&Clip::new(both));
                    let noticed = events.first().map_or(0, |(at_ms, _)| *at_ms as usize);
                    assert!(
                        (after_ms..=after_ms + 320).contains(&noticed),
                        "{kind:?} {voice} {after_ms} ms: {events:?}"
                    );
                }
            }
        }
    }

    #[tokio::test]
    async fn who_speaks_at_once_is_heard_from_his_first_word_on() {
        for (text, voice, language) in [
            ("oui", "m3", Language::Fr),
            ("oui", "f4", Language::Fr),
            ("appelle Marie Tremblay", "m7", Language::Fr),
            ("yes", "f2", Language::En),
            ("call Marie Tremblay", "m3", Language::En),
        ] {
            let word = spoken(text, voice, language).await;
            // In the middle of a vowel, where the level hardly swings, and soft: 12 dB below the usual.
            for (cut_ms, gain_db) in [(0, 0.0), (80, 0.0), (80, -12.0), (120, -12.0)] {
                let rest = Clip::new([&word.samples()[cut_ms * 8..], &[0; 8000][..]].concat());
                let events = events(&on_the_line(&rest, gain_db, -90.0));
                let Some((noticed, VadEvent::SpeechStarted { at_ms })) = events.first() else {
                    panic!("`{text}` {voice} {cut_ms} ms {gain_db} dB is not heard");
                };
                // Up to 400 ms before it belong to it as its lead-in.
                assert!(
                    *at_ms <= 400 && *noticed <= 500,
                    "`{text}` {voice} {cut_ms} ms {gain_db} dB: {events:?}"
                );
            }
        }
    }
}
