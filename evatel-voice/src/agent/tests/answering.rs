//! Who answered a leg that was dialled.

use super::*;
use crate::synth::Espeak;

/// What a voice says, and 600 ms of silence after it. Give it before the clock is stopped: it takes real time.
async fn spoken(text: &str) -> Vec<Frame8k> {
    let clip = Espeak::default().speak(text, Language::En.into()).await.unwrap();
    clip.frames().chain(quiet(600)).collect()
}

fn quiet(ms: usize) -> impl Iterator<Item = Frame8k> {
    std::iter::repeat_n(Frame8k::SILENCE, ms / 20)
}

/// What the agent reports of whoever answers with these sounds.
async fn answers(sounds: &[Frame8k]) -> Vec<AgentEvent> {
    let mut call = Call::new(None).await;
    call.tell(AgentCommand::Identify).await;
    for frame in sounds {
        call.tick(frame.clone()).await;
    }
    let told = call.events().into_iter().cloned();
    let told = told.filter(|event| matches!(event, AgentEvent::AnsweredBy { .. } | AgentEvent::Beeped));
    told.collect()
}

fn who(told: &[AgentEvent]) -> Vec<&'static str> {
    let word = |event: &AgentEvent| match event {
        AgentEvent::AnsweredBy { who, .. } => who.word(),
        _ => "beep",
    };
    told.iter().map(word).collect()
}

#[tokio::test]
async fn a_person_says_a_word_and_waits() {
    let told = answers(&spoken("hello?").await).await;
    assert_eq!(who(&told), ["human"]);
}

#[tokio::test]
async fn a_machine_talks_on_and_its_beep_is_told() {
    let mut sounds = spoken("you have reached the voice mailbox of this number please leave a message").await;
    sounds.extend(tone::beep().frames());
    sounds.extend(quiet(400));
    assert_eq!(who(&answers(&sounds).await), ["machine", "beep"]);
}

#[tokio::test]
async fn a_fax_is_told_from_both_and_nothing_follows() {
    let mut sounds: Vec<Frame8k> = tone::sine(2100.0, -12.0).take(50).collect();
    sounds.extend(tone::beep().frames());
    sounds.extend(quiet(400));
    assert_eq!(who(&answers(&sounds).await), ["fax"]);
}

#[tokio::test]
async fn nobody_is_told_of_who_was_not_asked_for() {
    let hello = spoken("hello?").await;
    let mut call = Call::new(None).await;
    for frame in &hello {
        call.tick(frame.clone()).await;
    }
    let is_told = |event: &AgentEvent| matches!(event, AgentEvent::AnsweredBy { .. });
    assert!(call.when(is_told).is_none());
}
