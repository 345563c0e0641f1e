//! Who makes himself heard while the agent speaks, and whether he interrupts it.

use super::*;

/// The frames that the caller heard, gaps left out, are the sentence: whole, and nothing twice.
fn assert_heard_whole(call: &Call, text: &str) {
    let heard: Vec<Frame8k> = call.heard.iter().filter_map(|(_, frame)| frame.clone()).collect();
    let frames = ScriptedSynthesizer::duration(text).as_millis() as usize / 20;
    let said: Vec<Frame8k> = tone::sine(400.0, -20.0).take(frames).collect();
    assert_eq!(heard.len(), said.len());
    assert!(heard == said);
    let spoken = said_whole(1, text);
    assert!(call.events().contains(&&spoken), "{:?}", call.events());
}

/// How long the caller heard nothing, at most, between two frames.
fn longest_gap(call: &Call) -> Duration {
    let sounds: Vec<Instant> = call
        .heard
        .iter()
        .filter(|(_, frame)| frame.is_some())
        .map(|(when, _)| *when)
        .collect();
    sounds.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
}

#[tokio::test]
async fn a_cough_does_not_interrupt_and_the_sentence_goes_on_where_it_was() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, true).await;
    call.silence(400).await;
    call.speech(300).await;
    call.silence(2000).await;
    assert_heard_whole(&call, LONG);
    // Silent 140 ms after the onset at the latest, until a breath after the cough.
    ms(500..=760, longest_gap(&call));
    assert_eq!(call.events()[0], &AgentEvent::WentOn { id: ActionId(1) });
    assert_eq!(call.when(|event| *event == AgentEvent::SpeechStarted), None);
}

#[tokio::test]
async fn mhm_is_no_answer_to_a_question_that_is_being_said_and_the_answer_after_it_is_one() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["m m", "", "w i"]))).await;
    call.say(1, LONG, true).await;
    call.listen(2, Expect::YesNo).await;
    for _ in 0..2 {
        call.silence(300).await;
        call.speech(300).await;
        call.silence(700).await;
    }
    assert_eq!(call.intents(), []);
    call.silence(600).await;
    assert_heard_whole(&call, LONG);
    call.speech(300).await;
    call.silence(700).await;
    assert_eq!(call.intents(), [(2, Intent::Yes)]);
}

#[tokio::test]
async fn a_short_answer_interrupts_and_is_told_after_what_it_interrupted() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["w i"]))).await;
    call.say(1, LONG, true).await;
    call.listen(2, Expect::YesNo).await;
    call.silence(400).await;
    call.speech(300).await;
    call.silence(1000).await;
    let [
        AgentEvent::SpeechStarted,
        AgentEvent::Spoken {
            interrupted: true,
            spoken_ms,
            ..
        },
        AgentEvent::Heard {
            intent: Intent::Yes, ..
        },
    ] = call.events()[..]
    else {
        panic!("{:?}", call.events());
    };
    // All that was sent was heard by the time it was an interruption.
    assert_eq!(*spoken_ms, call.sounds() as u64 * 20);
    ms(400..=600, Duration::from_millis(*spoken_ms));
}

#[tokio::test]
async fn half_a_second_of_speech_interrupts_whatever_it_means() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["m m m m"]))).await;
    call.say(1, LONG, true).await;
    call.listen(2, Expect::YesNo).await;
    call.silence(400).await;
    let began = Instant::now();
    call.speech(700).await;
    let told = call.when(|event| *event == AgentEvent::SpeechStarted).unwrap();
    ms(480..=540, told - began);
    call.silence(700).await;
    assert_eq!(call.intents(), [(2, Intent::NotUnderstood)]);
    ms(400..=600, Duration::from_millis(call.sounds() as u64 * 20));
}

#[tokio::test]
async fn the_caller_is_not_kept_in_silence_while_a_slow_brain_thinks_and_may_still_be_understood() {
    let (tell, _turns) = mpsc::unbounded_channel();
    let brain = Arc::new(Slow {
        answers: tokio::sync::Semaphore::new(0),
        turns: tell,
    });
    let ear = ScriptedTranscriber::hearing(["a p E l"]);
    let mut call = Call::with_brain(Some(ear), Some(brain.clone())).await;
    let text = "a".repeat(300);
    call.say(1, &text, true).await;
    call.listen(2, Expect::Command).await;
    call.silence(400).await;
    call.speech(300).await;
    call.silence(3000).await;
    ms(2000..=2340, longest_gap(&call));
    assert_eq!(call.events(), [&AgentEvent::WentOn { id: ActionId(1) }]);
    brain.answers.add_permits(1);
    call.silence(100).await;
    let [
        _,
        AgentEvent::SpeechStarted,
        AgentEvent::Spoken {
            interrupted: true, ..
        },
        AgentEvent::Heard {
            intent: Intent::CallEmergency,
            ..
        },
    ] = call.events()[..]
    else {
        panic!("{:?}", call.events());
    };
}

#[tokio::test]
async fn a_leg_whose_frames_stop_in_a_doubt_hears_the_sentence_to_its_end() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, true).await;
    call.silence(400).await;
    call.speech(200).await;
    for _ in 0..300 {
        tokio::time::sleep(crate::frame::FRAME).await;
        call.heard.push((Instant::now(), call.leg.play()));
    }
    call.silence(20).await;
    assert_heard_whole(&call, LONG);
}

#[tokio::test]
async fn whose_words_are_recorded_interrupts_with_the_first_of_them() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, true).await;
    call.record(2, 5).await;
    call.silence(400).await;
    call.speech(300).await;
    call.silence(1500).await;
    let [
        AgentEvent::SpeechStarted,
        AgentEvent::Spoken {
            interrupted: true, ..
        },
        AgentEvent::Recorded { clip, .. },
    ] = call.events()[..]
    else {
        panic!("{:?}", call.events());
    };
    assert!(clip.duration() >= Duration::from_millis(300));
}

const QUESTION: &str =
    "Voulez-vous joindre Marie Tremblay à son bureau, ou bien lui laisser un message sur sa boîte vocale?";

/// A brain that notes what it is told that the caller was asked.
#[derive(Debug, Default)]
struct Noting(std::sync::Mutex<Vec<String>>);

impl Brain for Noting {
    fn think(self: Arc<Self>, turn: Turn) -> Thinking {
        self.0.lock().unwrap().push(turn.asked);
        Box::pin(std::future::ready(Ok(Understood {
            intent: Intent::Yes,
            score: None,
            heard: String::new(),
            words: Vec::new(),
            remarks: Vec::new(),
        })))
    }
}

#[tokio::test]
async fn a_brain_is_told_no_word_of_a_question_that_was_not_heard() {
    let noting = Arc::new(Noting::default());
    let mut call = Call::with_brain(
        Some(ScriptedTranscriber::hearing(["w i", "w i"])),
        Some(noting.clone()),
    )
    .await;
    call.say(1, QUESTION, true).await;
    call.listen(2, Expect::YesNo).await;
    call.silence(500).await;
    call.speech(800).await;
    call.silence(1500).await;
    call.say(3, "Vraiment?", true).await;
    call.listen(4, Expect::YesNo).await;
    call.silence(1000).await;
    call.speech(400).await;
    call.silence(1500).await;
    let told = noting.0.lock().unwrap().clone();
    assert_eq!(told.len(), 2, "{:?}", call.events());
    let words = told[0].split(' ').count();
    assert!(
        QUESTION.starts_with(&told[0]) && (2..9).contains(&words),
        "{told:?}"
    );
    assert_eq!(told[1], "Vraiment?");
}
