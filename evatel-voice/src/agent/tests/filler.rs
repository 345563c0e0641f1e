//! Answers that take long.

use super::*;

/// A caller who has said something 1 s ago, and a brain that has not understood him yet; with when he ended.
async fn waiting() -> (Call, Arc<Slow>, Instant) {
    let (tell, _turns) = mpsc::unbounded_channel();
    let brain = Arc::new(Slow {
        answers: tokio::sync::Semaphore::new(0),
        turns: tell,
    });
    let ear = ScriptedTranscriber::hearing(["a p E l", "a p E l"]);
    let mut call = Call::with_brain(Some(ear), Some(brain.clone())).await;
    call.listen(1, Expect::Command).await;
    call.silence(300).await;
    call.speech(600).await;
    let ended = Instant::now();
    call.silence(700).await;
    (call, brain, ended)
}

const FILLER: &str = "Un instant.";

#[tokio::test]
async fn an_answer_that_takes_longer_than_900_ms_is_preceded_by_one_moment_once() {
    let recorder = DebuggingRecorder::new();
    let seen = recorder.snapshotter();
    let _ours = metrics::set_default_local_recorder(&recorder);
    let (mut call, brain, ended) = waiting().await;
    assert_eq!(call.sounds(), 0);
    call.silence(2000).await;
    let first = call.heard.iter().find(|(_, frame)| frame.is_some()).unwrap().0;
    ms(900..=960, first - ended);
    assert_eq!(call.mouth.spoken(), [FILLER]);
    let filled = AgentEvent::Filled {
        text: FILLER.to_owned(),
    };
    assert_eq!(call.events(), [&AgentEvent::SpeechStarted, &filled]);
    brain.answers.add_permits(1);
    call.silence(20).await;
    call.say(2, "Bien.", true).await;
    call.silence(1000).await;
    let [
        _,
        _,
        AgentEvent::Heard { .. },
        AgentEvent::Spoken {
            id: ActionId(2),
            interrupted: false,
            spoken_ms: 100,
            ..
        },
    ] = call.events()[..]
    else {
        panic!("{:?}", call.events());
    };
    // What is timed is the answer, not the word before it; a sleep of 20 ms is one of 21 by tokio's clock.
    let whole = seen
        .snapshot()
        .into_vec()
        .into_iter()
        .find_map(|(key, _, _, value)| {
            let is_whole = key.key().labels().next().unwrap().value() == "whole";
            is_whole.then_some(value)
        });
    let Some(DebugValue::Histogram(whole)) = whole else {
        panic!("{whole:?}");
    };
    assert!((2.7..=2.9).contains(&whole[0].into_inner()), "{whole:?}");
}

#[tokio::test]
async fn an_answer_in_time_is_said_without_more_words() {
    let (mut call, brain, ended) = waiting().await;
    brain.answers.add_permits(1);
    call.silence(40).await;
    call.say(2, "Bien.", true).await;
    call.silence(1500).await;
    assert_eq!(call.mouth.spoken(), ["Bien."]);
    let first = call.heard.iter().find(|(_, frame)| frame.is_some()).unwrap().0;
    ms(700..=800, first - ended);
}

#[tokio::test]
async fn a_voice_that_takes_long_is_waited_for_in_words_and_then_heard_whole() {
    let (mut call, brain, ended) = waiting().await;
    brain.answers.add_permits(1);
    call.silence(20).await;
    call.say(2, "This is late.", true).await;
    call.listen(3, Expect::YesNo).await;
    call.silence(4000).await;
    assert_eq!(call.mouth.spoken(), [FILLER, "This is late."]);
    let first = call.heard.iter().find(|(_, frame)| frame.is_some()).unwrap().0;
    ms(900..=960, first - ended);
    let spoken = said_whole(2, "This is late.");
    assert!(call.events().contains(&&spoken), "{:?}", call.events());
}

#[tokio::test]
async fn who_speaks_again_is_not_asked_to_wait() {
    let (mut call, _brain, _) = waiting().await;
    call.speech(300).await;
    call.silence(2000).await;
    assert_eq!(call.mouth.spoken(), [""; 0]);
}

#[tokio::test]
async fn who_is_only_listened_to_is_not_asked_to_wait() {
    let (mut call, brain, _) = waiting().await;
    brain.answers.add_permits(1);
    call.silence(20).await;
    call.listen(2, Expect::Command).await;
    call.silence(2000).await;
    assert_eq!(call.mouth.spoken(), [""; 0]);
}

#[tokio::test]
async fn whose_answer_is_given_up_is_not_asked_to_wait() {
    let (mut call, _brain, _) = waiting().await;
    call.tell(AgentCommand::StopListening { id: ActionId(1) }).await;
    call.silence(2000).await;
    assert_eq!(call.mouth.spoken(), [""; 0]);
}

#[tokio::test]
async fn a_cough_while_one_moment_is_said_loses_nothing_of_the_answer() {
    let (mut call, brain, _) = waiting().await;
    brain.answers.add_permits(1);
    call.silence(20).await;
    call.say(2, "This is late.", true).await;
    call.silence(240).await;
    assert!(call.sounds() > 0);
    call.speech(200).await;
    call.silence(4000).await;
    let spoken = said_whole(2, "This is late.");
    assert!(call.events().contains(&&spoken), "{:?}", call.events());
}
