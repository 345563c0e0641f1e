//! When a turn is over, and why.

use super::*;
use crate::{
    endpoint::EndOfTurn,
    transcribe::{Partial, PhoneToken},
};

/// Phones that the recogniser has reported once so much of the turn is there, the first of them 200 ms into it.
fn report(ms: u64, phones: &str) -> (Duration, Partial) {
    let tokens: Vec<PhoneToken> = phones
        .split_whitespace()
        .zip(0..)
        .map(|(phone, index)| PhoneToken::new(phone, 200 + 60 * index))
        .collect();
    let stable = tokens.len();
    (Duration::from_millis(ms), Partial { tokens, stable })
}

fn ends(call: &Call) -> Vec<(EndOfTurn, u64)> {
    let ends = call.seen.iter().filter_map(|(_, event)| match event {
        AgentEvent::Heard { utterance, .. } => Some((utterance.end, utterance.pause.as_millis() as u64)),
        _ => None,
    });
    ends.collect()
}

#[tokio::test]
async fn a_quick_yes_is_taken_after_300_ms() {
    let yes = Line::Reports(vec![report(300, "w i")], "w i".to_owned());
    let mut call = Call::new(Some(ScriptedTranscriber::new([yes]))).await;
    call.listen(1, Expect::YesNo).await;
    call.silence(1000).await;
    call.speech(300).await;
    let ended = Instant::now();
    call.silence(1000).await;
    assert_eq!(call.intents(), [(1, Intent::Yes)]);
    assert_eq!(ends(&call), [(EndOfTurn::Answered, 300)]);
    let heard = call
        .when(|event| matches!(event, AgentEvent::Heard { .. }))
        .unwrap();
    ms(300..=360, heard - ended);
}

#[tokio::test]
async fn half_an_order_waits_for_the_other_half() {
    let reports = vec![
        report(400, "a p E l"),
        report(1600, "a p E l m a R i t R an b l E"),
    ];
    let order = Line::Reports(reports, "a p E l m a R i t R an b l E".to_owned());
    let mut call = Call::new(Some(ScriptedTranscriber::new([order]))).await;
    call.listen(1, Expect::Command).await;
    call.silence(1000).await;
    call.speech(400).await;
    call.silence(900).await;
    call.speech(600).await;
    call.silence(2000).await;
    assert_eq!(
        call.intents(),
        [(1, Intent::CallContact("marie".parse().unwrap()))]
    );
}

#[tokio::test]
async fn half_an_order_to_which_nothing_is_added_ends_and_says_that_it_was_waited_for() {
    let half = Line::Reports(vec![report(400, "a p E l")], "a p E l".to_owned());
    let mut call = Call::new(Some(ScriptedTranscriber::new([half]))).await;
    call.listen(1, Expect::Command).await;
    call.silence(1000).await;
    call.speech(400).await;
    call.silence(3000).await;
    assert_eq!(ends(&call), [(EndOfTurn::WaitedInVain, 1500)]);
}

#[tokio::test]
async fn what_was_foreseen_of_less_does_not_end_a_turn_of_which_more_is_known() {
    let reports = vec![report(300, "w i"), report(500, "w i a p E l")];
    let more = Line::Reports(reports, "w i a p E l".to_owned());
    let mut call = Call::new(Some(ScriptedTranscriber::new([more]))).await;
    call.listen(1, Expect::YesNo).await;
    call.silence(1000).await;
    call.speech(220).await;
    call.silence(2000).await;
    let [(end, pause)] = ends(&call)[..] else {
        panic!("{:?}", ends(&call))
    };
    assert!(end != EndOfTurn::Answered && pause >= 500, "{end:?} {pause}");
}

#[tokio::test]
async fn who_was_cut_off_is_waited_for_longer_next_time() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["m a", "R i", "z O e"]))).await;
    call.listen(1, Expect::Command).await;
    call.silence(1000).await;
    call.speech(400).await;
    // He goes on 800 ms later; 600 ms had ended his turn.
    call.silence(800).await;
    call.listen(2, Expect::Command).await;
    call.speech(400).await;
    call.silence(2000).await;
    assert_eq!(ends(&call), [(EndOfTurn::Pause, 600), (EndOfTurn::Pause, 1200)]);
    // The agent answers; what he says after that tells nothing of his pauses.
    call.say(3, "Pardon?", true).await;
    call.silence(1000).await;
    call.listen(4, Expect::Command).await;
    call.speech(400).await;
    call.silence(2000).await;
    assert_eq!(ends(&call)[2], (EndOfTurn::Pause, 1200));
}

#[tokio::test]
async fn a_name_that_is_spelled_is_recorded_to_its_last_letter() {
    let letters = ["t e", "t e E R", "t e E R @", "t e E R @ E m"];
    let mut reports = Vec::new();
    for (letters, number) in letters.into_iter().zip(0..) {
        let (_, mut partial) = report(0, letters);
        for (token, index) in partial.tokens.iter_mut().zip(0_u32..) {
            token.at_ms = 200 + (index / 2) * 1600;
        }
        reports.push((Duration::from_millis(400 + number * 1600), partial));
    }
    let spelled = Line::Reports(reports, "t e E R @ E m".to_owned());
    let mut call = Call::new(Some(ScriptedTranscriber::new([spelled]))).await;
    call.record(1, 12).await;
    call.listen(2, Expect::Name).await;
    call.silence(1000).await;
    for _ in 0..4 {
        call.speech(300).await;
        call.silence(1300).await;
    }
    call.silence(3000).await;
    let length = call.recorded(1).expect("a recording").duration();
    ms(5100..=5600, length);
}
