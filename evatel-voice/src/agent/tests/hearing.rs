//! What is heard of a turn while it goes on.

use super::*;
use crate::transcribe::{Partial, PhoneToken};

/// What a recogniser reports: these phones, one each 100 ms, of which so many are certain.
fn partial(phones: &str, stable: usize) -> Partial {
    let tokens = phones
        .split_whitespace()
        .zip(0..)
        .map(|(phone, index)| PhoneToken::new(phone, 200 + 100 * index));
    Partial {
        tokens: tokens.collect(),
        stable,
    }
}

fn reports<'a>(reports: impl IntoIterator<Item = (u64, &'a str, usize)>, end: &str) -> ScriptedTranscriber {
    let reports = reports
        .into_iter()
        .map(|(ms, phones, stable)| (Duration::from_millis(ms), partial(phones, stable)));
    ScriptedTranscriber::new([Line::Reports(reports.collect(), end.to_owned())])
}

/// What was told of the turn while it went on: how long after its first sound, the times of its phones, which stay and which may change.
fn told(call: &Call, since: Instant) -> Vec<(u64, Vec<u32>, String, String)> {
    let joined = |tokens: &[PhoneToken]| {
        let phones: Vec<&str> = tokens.iter().map(|token| token.phone.as_str()).collect();
        phones.join(" ")
    };
    let told = call.seen.iter().filter_map(|(when, event)| match event {
        AgentEvent::Hearing {
            id: ActionId(7),
            partial,
        } => Some((
            (*when - since).as_millis() as u64,
            partial.tokens.iter().map(|token| token.at_ms).collect(),
            joined(partial.stable()),
            joined(partial.open()),
        )),
        _ => None,
    });
    told.collect()
}

#[tokio::test]
async fn what_stays_is_told_apart_from_what_may_change_with_times_of_the_leg() {
    let mut call = Call::new(Some(reports(
        [(600, "a p I", 2), (800, "a p E l", 4)],
        "a p E l m a R i",
    )))
    .await;
    call.silence(1000).await;
    call.listen(7, Expect::Command).await;
    let began = Instant::now();
    call.speech(1000).await;
    call.silence(2000).await;
    // The turn begins with the 400 ms before the first sound, so that its first 600 ms are there 200 ms after it.
    let told = told(&call, began);
    let parts: Vec<_> = told
        .iter()
        .map(|(_, _, stable, open)| (stable.as_str(), open.as_str()))
        .collect();
    assert_eq!(parts, [("a p", "I"), ("a p E l", "")]);
    assert_eq!(told[0].1, [800, 900, 1000]);
    ms(200..=240, Duration::from_millis(told[0].0));
    let end = call.seen.iter().find_map(|(_, event)| match event {
        AgentEvent::Heard {
            tokens, utterance, ..
        } => Some((tokens, utterance)),
        _ => None,
    });
    let (tokens, utterance) = end.unwrap();
    assert_eq!((tokens.len(), tokens[0].at_ms), (8, 600));
    ms(600..=600, utterance.from);
}

#[tokio::test]
async fn a_recogniser_that_reports_at_each_frame_is_passed_on_once_in_160_ms_and_its_last_word_too() {
    let all = "a p E l m a R i";
    let each: Vec<(u64, &str, usize)> = (1..=8)
        .map(|count| (300 + count * 20, &all[..2 * count as usize - 1], 0))
        .collect();
    let mut call = Call::new(Some(reports(each, all))).await;
    call.silence(1000).await;
    call.listen(7, Expect::Command).await;
    let began = Instant::now();
    call.speech(1000).await;
    call.silence(1000).await;
    let told = told(&call, began);
    let parts: Vec<&str> = told.iter().map(|(_, _, _, open)| open.as_str()).collect();
    assert_eq!(parts, ["a", all]);
    assert!(told[1].0 - told[0].0 >= 160, "{told:?}");
}

#[tokio::test]
async fn a_call_that_is_behind_loses_partial_results_and_nothing_else() {
    let all = "a p E l m a R i t R an b l E";
    let each = (1..=14).map(|count| (200 + count * 160, all, count as usize));
    let mut call = Call::new(Some(reports(each, all))).await;
    // More than half of what may wait for the call waits.
    for id in 100..140 {
        call.say(id, "Oui.", true).await;
    }
    for _ in 0..200 {
        call.leg.hear(Frame8k::SILENCE);
        tokio::time::sleep(crate::frame::FRAME).await;
        call.leg.play();
    }
    call.listen(7, Expect::Command).await;
    for index in 0..250 {
        let frame = if index < 120 {
            call.voice.next().unwrap()
        } else {
            Frame8k::SILENCE
        };
        call.leg.hear(frame);
        tokio::time::sleep(crate::frame::FRAME).await;
    }
    call.silence(100).await;
    assert_eq!(told(&call, Instant::now()), []);
    assert_eq!(
        call.intents(),
        [(7, Intent::CallContact("marie".parse().unwrap()))]
    );
}
