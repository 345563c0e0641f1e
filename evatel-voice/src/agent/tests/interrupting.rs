//! Who makes himself heard while the agent speaks, and whether he interrupts it.

use super::*;
use crate::transcribe::Partial;

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

/// An ear that hears these phones: it reports half of them after 320 ms of the utterance, and all after 640 ms.
fn reporting(phones: &str) -> Line {
    let all = phones.split(' ').zip(0..);
    let all: Vec<PhoneToken> = all
        .map(|(phone, index)| PhoneToken::new(phone, index * 60))
        .collect();
    let report = |at_ms, tokens: &[PhoneToken]| {
        let partial = Partial {
            tokens: tokens.to_vec(),
            stable: tokens.len(),
        };
        (Duration::from_millis(at_ms), partial)
    };
    let reports = vec![report(320, &all[..all.len() / 2]), report(640, &all)];
    Line::Reports(reports, phones.to_owned())
}

/// The phones of a text, as the recogniser has them.
async fn phones(text: &str) -> String {
    let lexicon = lexicon();
    let found = lexicon.pronounce(text, Language::Fr).await.unwrap();
    lexicon.phones().spelled(found.phones().unwrap())
}

#[tokio::test]
async fn half_a_second_of_speech_interrupts_whatever_it_means() {
    let order = phones("je cherche la pharmacie").await;
    let ear = ScriptedTranscriber::new([reporting(&order)]);
    let mut call = Call::new(Some(ear)).await;
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
async fn long_speech_of_which_nothing_was_reported_interrupts_once_it_is_known_what_it_was() {
    let order = phones("je cherche la pharmacie").await;
    let mut call = Call::new(Some(ScriptedTranscriber::hearing([&*order]))).await;
    call.say(1, LONG, true).await;
    call.listen(2, Expect::YesNo).await;
    call.silence(400).await;
    call.speech(700).await;
    call.silence(1000).await;
    let [
        AgentEvent::SpeechStarted,
        AgentEvent::Spoken {
            interrupted: true,
            spoken_ms,
            ..
        },
        AgentEvent::Heard {
            intent: Intent::NotUnderstood,
            ..
        },
        ..,
    ] = call.events()[..]
    else {
        panic!("{:?}", call.events());
    };
    ms(400..=600, Duration::from_millis(*spoken_ms));
}

#[rstest::rstest]
#[case::ok_fine("ok d'accord", Expect::Command)]
#[case::yes_fine("oui d'accord", Expect::Command)]
#[case::ah_ok_i_see("ah ok je vois", Expect::YesNo)]
#[case::hum_hum_ok("hum hum ok", Expect::YesNo)]
#[tokio::test]
async fn several_words_of_a_listener_do_not_interrupt_and_what_is_asked_stays_asked(
    #[case] text: &str,
    #[case] expect: Expect,
) {
    let aside = phones(text).await;
    let answer = match expect {
        Expect::YesNo => "oui",
        _ => "appelle Marie Tremblay",
    };
    let script = [reporting(&aside), Line::Hears(phones(answer).await)];
    let mut call = Call::new(Some(ScriptedTranscriber::new(script))).await;
    let long = "a".repeat(150);
    call.say(1, &long, true).await;
    call.listen(2, expect).await;
    call.silence(400).await;
    call.speech(900).await;
    call.silence(4500).await;
    assert_heard_whole(&call, &long);
    let is_told = |event: &AgentEvent| matches!(event, AgentEvent::SpeechStarted | AgentEvent::Heard { .. });
    assert_eq!(call.when(is_told), None, "{:?}", call.events());
    assert!(call.events().contains(&&AgentEvent::WentOn { id: ActionId(1) }));
    call.speech(600).await;
    call.silence(1000).await;
    let intents = call.intents();
    assert!(
        matches!(&intents[..], [(2, Intent::Yes | Intent::CallContact(_))]),
        "{intents:?}"
    );
}

#[tokio::test]
async fn where_yes_or_no_is_asked_oui_d_accord_is_an_answer() {
    let yes = phones("oui d'accord").await;
    let mut call = Call::new(Some(ScriptedTranscriber::new([reporting(&yes)]))).await;
    call.say(1, LONG, true).await;
    call.listen(2, Expect::YesNo).await;
    call.silence(400).await;
    call.speech(700).await;
    call.silence(1000).await;
    assert_eq!(call.intents(), [(2, Intent::Yes)]);
    ms(400..=600, Duration::from_millis(call.sounds() as u64 * 20));
}

#[tokio::test]
async fn who_goes_on_listening_aloud_for_two_seconds_interrupts() {
    let aside = phones("oui oui ok je vois d'accord je comprends").await;
    let mut call = Call::new(Some(ScriptedTranscriber::new([reporting(&aside)]))).await;
    call.say(1, LONG, true).await;
    call.listen(2, Expect::Command).await;
    call.silence(400).await;
    let began = Instant::now();
    call.speech(2500).await;
    let told = call.when(|event| *event == AgentEvent::SpeechStarted).unwrap();
    ms(1980..=2120, told - began);
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

#[tokio::test]
async fn a_cough_over_what_may_not_be_interrupted_leaves_what_is_said_after_it() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, false).await;
    call.say(2, LONG, true).await;
    call.silence(100).await;
    call.speech(300).await;
    call.silence(3000).await;
    let events = [said_whole(1, LONG), said_whole(2, LONG)];
    assert_eq!(call.events(), events.iter().collect::<Vec<_>>());
    // Neither fell silent: the cough was over before the second began.
    ms(0..=120, longest_gap(&call));
}

#[tokio::test]
async fn a_cough_at_the_end_of_what_may_not_be_interrupted_keeps_the_next_sentence_for_a_breath() {
    let mut call = Call::new(None).await;
    call.say(1, "Enregistre.", false).await;
    call.say(2, LONG, true).await;
    call.silence(100).await;
    call.speech(300).await;
    call.silence(2500).await;
    let events = [
        said_whole(1, "Enregistre."),
        AgentEvent::WentOn { id: ActionId(2) },
        said_whole(2, LONG),
    ];
    assert_eq!(call.events(), events.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn who_speaks_over_what_may_not_be_interrupted_stops_what_would_be_said_after_it() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, false).await;
    call.say(2, "Qui demandez-vous?", true).await;
    call.silence(100).await;
    call.speech(700).await;
    call.silence(1500).await;
    let [
        AgentEvent::SpeechStarted,
        AgentEvent::Spoken {
            id: ActionId(2),
            interrupted: true,
            spoken_ms: 0,
            ..
        },
        AgentEvent::Spoken {
            id: ActionId(1),
            interrupted: false,
            ..
        },
    ] = call.events()[..]
    else {
        panic!("{:?}", call.events());
    };
}

#[tokio::test]
async fn of_a_sound_file_that_is_interrupted_it_is_told_how_much_was_heard() {
    let mut call = Call::new(None).await;
    let name = "hello.wav".to_owned();
    let clip = Clip::from_frames(&tone::sine(400.0, -20.0).take(100).collect::<Vec<_>>());
    call.tell(AgentCommand::Say {
        id: ActionId(1),
        parts: vec![Part::Text("Bonjour.".to_owned()), Part::Sound { name, clip }],
        interruptible: true,
    })
    .await;
    call.silence(600).await;
    call.speech(700).await;
    let Some(AgentEvent::Spoken { words, spoken_ms, .. }) = call.events().last().copied() else {
        panic!("{:?}", call.events());
    };
    let heard = (*spoken_ms - 160) as f32 / 1000.0;
    assert_eq!(*words, format!("Bonjour. [hello.wav {heard:.1}/2.0 s]"));
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
