//! Tones as networks make them, greetings as people and machines say them, and sound that is neither.

use evatel_core::account::Language;
use rstest::rstest;

use super::*;
use crate::{
    frame::Frame16k,
    synth::{Espeak, EspeakConfig, Synthesizer, tone},
};

fn silence(ms: u64) -> Vec<Frame8k> {
    vec![Frame8k::SILENCE; (ms / 20) as usize]
}

/// Some tones together for so long.
fn tones(hz: &[f32], ms: u64) -> Vec<Frame8k> {
    let of = |hz: &f32| tone::sine(*hz, -22.0).take((ms / 20) as usize).collect();
    let sounds: Vec<Vec<Frame8k>> = hz.iter().map(of).collect();
    sounds.into_iter().reduce(mixed).unwrap()
}

fn mixed(one: Vec<Frame8k>, other: Vec<Frame8k>) -> Vec<Frame8k> {
    let sum = |(mut one, other): (Frame8k, Frame8k)| {
        for (to, from) in one.0.iter_mut().zip(other.0) {
            *to = to.saturating_add(from);
        }
        one
    };
    one.into_iter().zip(other).map(sum).collect()
}

/// Tones that come and go.
fn coming_and_going(hz: &[f32], on: u64, off: u64, times: usize) -> Vec<Frame8k> {
    let once = [tones(hz, on), silence(off)].concat();
    vec![once; times].concat()
}

/// Line noise, the same in each run.
fn noise(dbfs: f32, frames: usize) -> Vec<Frame8k> {
    let peak = 32768.0 * 3.0_f32.sqrt() * 10.0_f32.powf(dbfs / 20.0);
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * peak) as i16
    };
    let mut frame = || Frame8k::from_samples(&(0..160).map(|_| next()).collect::<Vec<_>>());
    (0..frames).map(|_| frame()).collect()
}

fn noisy(sound: Vec<Frame8k>, dbfs: f32) -> Vec<Frame8k> {
    let frames = sound.len();
    mixed(sound, noise(dbfs, frames))
}

/// A tune of chords, so long each.
fn tune(ms: u64) -> Vec<Frame8k> {
    let roots = [262.0, 330.0, 392.0, 294.0, 349.0];
    let chord = |root: f32| tones(&[root, root * 1.26, root * 1.5, root * 2.0, root * 3.0], ms);
    roots.into_iter().cycle().take(30).flat_map(chord).collect()
}

fn events(sound: &[Frame8k]) -> Vec<ProgressEvent> {
    let mut progress = Progress::new(ProgressConfig::default());
    sound.iter().filter_map(|frame| progress.push(frame)).collect()
}

/// Who answered, and after how many ms that was certain.
fn decided(sound: &[Frame8k]) -> Option<(Answerer, u64)> {
    events(sound).into_iter().find_map(|event| match event {
        ProgressEvent::Decided { who, at } => Some((who, at.as_millis() as u64)),
        ProgressEvent::Beep { .. } => None,
    })
}

fn beep(sound: &[Frame8k]) -> Option<(u64, u32)> {
    events(sound).into_iter().find_map(|event| match event {
        ProgressEvent::Beep { at, hz } => Some((at.as_millis() as u64, hz)),
        ProgressEvent::Decided { .. } => None,
    })
}

#[rstest]
#[case::busy_here(coming_and_going(&[480.0, 620.0], 500, 500, 6), Answerer::Busy, 2100)]
#[case::busy_in_france(coming_and_going(&[440.0], 500, 500, 6), Answerer::Busy, 2100)]
#[case::busy_in_noise(noisy(coming_and_going(&[480.0, 620.0], 500, 500, 6), -45.0), Answerer::Busy, 2100)]
#[case::reorder(coming_and_going(&[480.0, 620.0], 240, 260, 10), Answerer::Congestion, 1100)]
#[case::dial_tone(tones(&[350.0, 440.0], 8000), Answerer::Congestion, 4100)]
#[case::fax_that_calls([silence(500), coming_and_going(&[1100.0], 500, 3000, 2)].concat(), Answerer::Fax, 1000)]
#[case::fax_that_answers([silence(500), tones(&[2100.0], 3000)].concat(), Answerer::Fax, 1000)]
#[case::fax_in_noise(noisy([silence(500), tones(&[2100.0], 3000)].concat(), -42.0), Answerer::Fax, 1000)]
#[case::slow_tune(tune(400), Answerer::Music, 3100)]
#[case::quick_tune(tune(240), Answerer::Music, 3100)]
#[case::nothing(silence(25_000), Answerer::Silence, 10_000)]
#[case::a_noisy_line(noise(-60.0, 1250), Answerer::Silence, 10_000)]
#[case::a_very_noisy_line(noise(-40.0, 1250), Answerer::Silence, 10_000)]
#[case::it_rings_on(coming_and_going(&[440.0, 480.0], 2000, 4000, 5), Answerer::Unclear, 20_000)]
fn sounds_of_the_network_are_told_apart_in_time(
    #[case] sound: Vec<Frame8k>,
    #[case] who: Answerer,
    #[case] within_ms: u64,
) {
    let (found, at) = decided(&sound).expect("it is decided");
    assert_eq!(found, who, "at {at} ms");
    assert!(at <= within_ms, "{at} ms");
}

#[test]
fn a_wideband_leg_hears_the_same() {
    let mut progress = Progress::new(ProgressConfig::default());
    let sine = |index: usize| {
        let phase = std::f32::consts::TAU * 2100.0 * index as f32 / 16_000.0;
        (phase.sin() * 4000.0) as i16
    };
    let frame = |frame: usize| {
        Frame16k::from_samples(
            &(0..320)
                .map(|index| sine(frame * 320 + index))
                .collect::<Vec<_>>(),
        )
    };
    let found: Vec<_> = (0..100)
        .filter_map(|index| progress.push_wideband(&frame(index)))
        .collect();
    assert!(
        matches!(
            found[..],
            [ProgressEvent::Decided {
                who: Answerer::Fax,
                ..
            }]
        ),
        "{found:?}"
    );
}

#[test]
fn a_beep_is_told_with_its_end_and_its_pitch_and_the_tones_of_a_network_are_none() {
    let sound = [silence(1000), tones(&[1000.0], 300), silence(1000)].concat();
    let (at, hz) = beep(&sound).expect("a beep");
    assert!(
        (1280..=1320).contains(&at) && hz.abs_diff(1000) <= 5,
        "{at} ms, {hz} Hz"
    );
    assert_eq!(beep(&coming_and_going(&[440.0], 500, 500, 6)), None);
    assert_eq!(beep(&coming_and_going(&[425.0], 240, 240, 6)), None);
}

#[test]
fn it_is_decided_once() {
    let sound = [coming_and_going(&[480.0, 620.0], 500, 500, 6), silence(30_000)].concat();
    assert_eq!(events(&sound).len(), 1);
}

/// Somebody answers after 700 ms and says this; a greeting ends in a beep.
async fn said(language: Language, variant: &str, text: &str) -> Vec<Frame8k> {
    let mut config = EspeakConfig {
        deadline: Duration::from_secs(30),
        ..EspeakConfig::default()
    };
    match language {
        Language::En => config.english.name = format!("en{variant}"),
        Language::Fr => config.french.name = format!("fr{variant}"),
    }
    let spoken = Espeak::new(config).speak(text, language.into()).await.unwrap();
    [silence(700), spoken.frames().collect(), silence(300)].concat()
}

#[rstest]
#[case::hello(Language::Fr, "", "Allô?")]
#[case::a_woman(Language::En, "+f2", "Yes, good morning.")]
#[case::a_name(Language::En, "", "Hi, this is John Smith speaking.")]
#[case::a_sentence(Language::Fr, "", "Oui bonjour, Luc Tremblay à l'appareil.")]
#[tokio::test]
async fn who_says_a_short_word_and_waits_is_a_person(
    #[case] language: Language,
    #[case] variant: &str,
    #[case] text: &str,
) {
    let sound = [said(language, variant, text).await, silence(3000)].concat();
    for sound in [sound.clone(), noisy(sound, -50.0)] {
        let (who, at) = decided(&sound).expect("it is decided");
        assert_eq!(who, Answerer::Human);
        assert!(at <= 700 + 2500 + 520, "{at} ms");
    }
}

#[rstest]
#[case::a_couple(
    Language::Fr,
    "",
    "Bonjour, vous êtes bien chez Marie et Luc, nous ne sommes pas là pour le moment, laissez un message."
)]
#[case::a_man(
    Language::En,
    "",
    "Hi, you have reached the voicemail of John Smith, I cannot take your call right now."
)]
#[case::a_network(
    Language::Fr,
    "+f2",
    "Le numéro que vous avez composé n'est pas en service, veuillez composer de nouveau."
)]
#[case::a_rough_voice(
    Language::En,
    "+croak",
    "Hi, you have reached the voicemail of John Smith, I cannot take your call right now."
)]
#[tokio::test]
async fn who_talks_on_is_a_machine_and_its_beep_is_told(
    #[case] language: Language,
    #[case] variant: &str,
    #[case] text: &str,
) {
    let greeting = said(language, variant, text).await;
    let ends = greeting.len() as u64 * 20 + 400;
    let sound = [greeting, tones(&[1400.0], 400), silence(2000)].concat();
    for sound in [sound.clone(), noisy(sound, -50.0)] {
        let (who, at) = decided(&sound).expect("it is decided");
        assert_eq!(who, Answerer::Machine);
        assert!(at <= 700 + 2500 + 700, "{at} ms");
        let (at, hz) = beep(&sound).expect("a beep");
        assert!(
            at.abs_diff(ends) <= 20 && hz.abs_diff(1400) <= 5,
            "{at} ms, {hz} Hz"
        );
    }
}
