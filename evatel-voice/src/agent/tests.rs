mod answering;
mod ending;
mod filler;
mod hearing;
mod interrupting;
mod lost;
mod wide;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tokio::time::{Instant, timeout};

use super::*;
use crate::{
    brain::{Thinking, Turn, Understood},
    frame::Frame8k,
    lexicon::tests::lexicon,
    port::{AudioPort, LegSide},
    scripted::{Line, ScriptedSynthesizer, ScriptedTranscriber},
    synth::{Manner, tone},
    vad::VadConfig,
};

/// A leg on virtual time: each 20 ms one frame goes in and one comes out.
struct Call {
    agent: AgentHandle,
    events: mpsc::Receiver<AgentEvent>,
    leg: LegSide,
    mouth: Arc<ScriptedSynthesizer>,
    voice: Box<dyn Iterator<Item = Frame8k> + Send>,
    /// Each frame that the caller heard, `None` for silence, with when.
    heard: Vec<(Instant, Option<Frame8k>)>,
    seen: Vec<(Instant, AgentEvent)>,
    contacts: Arc<Contacts>,
}

impl Call {
    async fn new(transcriber: Option<ScriptedTranscriber>) -> Self {
        Self::with_brain(transcriber, None).await
    }

    /// With another brain than the grammar.
    async fn with_brain(transcriber: Option<ScriptedTranscriber>, brain: Option<Arc<dyn Brain>>) -> Self {
        let grammar = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
        let names = [("marie".parse().unwrap(), "Marie Tremblay".to_owned())];
        let contacts = Arc::new(grammar.lexicon().contacts(&names, Language::Fr).await.unwrap());
        // Looking words up took real time; from here on the clock is ours.
        tokio::time::pause();
        let recognition = transcriber.map(|transcriber| {
            let built_in = Recognition::with_grammar(Arc::new(transcriber), grammar);
            Recognition {
                brain: brain.unwrap_or(built_in.brain),
                ..built_in
            }
        });
        let mouth = Arc::new(ScriptedSynthesizer::default());
        let engines = Engines {
            recognition,
            voice: Arc::new(Late(mouth.clone())),
            vad: VadConfig::level_only().into(),
        };
        let (port, leg) = AudioPort::pair();
        let (agent, events) = Agent::start(port, engines, Language::Fr);
        let voice = Box::new(tone::sine(500.0, -12.0));
        Self {
            agent,
            events,
            leg,
            mouth,
            voice,
            heard: Vec::new(),
            seen: Vec::new(),
            contacts,
        }
    }

    async fn tell(&self, command: AgentCommand) {
        self.agent.send(command).await.unwrap();
    }

    async fn listen(&self, id: u64, expect: Expect) {
        self.tell(AgentCommand::Listen {
            id: ActionId(id),
            expect,
            contacts: self.contacts.clone(),
            scene: None,
        })
        .await;
    }

    async fn record(&self, id: u64, max_s: u64) {
        self.tell(AgentCommand::Record {
            id: ActionId(id),
            max: Duration::from_secs(max_s),
        })
        .await;
    }

    async fn say(&self, id: u64, text: &str, interruptible: bool) {
        let parts = vec![Part::Text(text.to_owned())];
        self.tell(AgentCommand::Say {
            id: ActionId(id),
            parts,
            interruptible,
        })
        .await;
    }

    /// Lets time pass while the caller is silent.
    async fn silence(&mut self, ms: u64) {
        for _ in 0..ms / 20 {
            self.tick(Frame8k::SILENCE).await;
        }
    }

    /// Lets the caller speak.
    async fn speech(&mut self, ms: u64) {
        for _ in 0..ms / 20 {
            let frame = self.voice.next().unwrap();
            self.tick(frame).await;
        }
    }

    async fn tick(&mut self, frame: Frame8k) {
        self.leg.hear(frame);
        tokio::time::sleep(crate::frame::FRAME).await;
        self.heard.push((Instant::now(), self.leg.play()));
        while let Ok(event) = self.events.try_recv() {
            self.seen.push((Instant::now(), event));
        }
    }

    fn when(&self, wanted: impl Fn(&AgentEvent) -> bool) -> Option<Instant> {
        self.seen
            .iter()
            .find(|(_, event)| wanted(event))
            .map(|(when, _)| *when)
    }

    /// How many frames the caller has heard.
    fn sounds(&self) -> usize {
        self.heard.iter().filter(|(_, frame)| frame.is_some()).count()
    }

    fn events(&self) -> Vec<&AgentEvent> {
        self.seen.iter().map(|(_, event)| event).collect()
    }

    fn recorded(&self, wanted: u64) -> Option<&Clip> {
        self.seen.iter().find_map(|(_, event)| match event {
            AgentEvent::Recorded { id, clip, .. } if id.0 == wanted => Some(clip),
            _ => None,
        })
    }

    fn intents(&self) -> Vec<(u64, Intent)> {
        let heard = self.seen.iter().filter_map(|(_, event)| match event {
            AgentEvent::Heard { id, intent, .. } => Some((id.0, intent.clone())),
            _ => None,
        });
        heard.collect()
    }
}

/// A voice that needs 2 s for a text which says so.
#[derive(Debug)]
struct Late(Arc<ScriptedSynthesizer>);

impl Synthesizer for Late {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> crate::synth::Speaking<'a> {
        Box::pin(async move {
            if sentence.contains("late") {
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
            self.0.speak(sentence, manner).await
        })
    }

    fn voice(&self, manner: Manner) -> String {
        self.0.voice(manner)
    }
}

fn ms(range: std::ops::RangeInclusive<u64>, time: Duration) {
    assert!(range.contains(&(time.as_millis() as u64)), "{time:?}");
}

const LONG: &str = "Bonjour et bienvenue chez nous voici une tres longue phrase.";

#[tokio::test]
async fn a_greeting_stops_within_60_ms_of_certain_speech_and_says_how_far_it_came() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, true).await;
    call.silence(400).await;
    let onset =
        Instant::now() + Duration::from_millis(VadConfig::level_only().onset_while_speaking_ms.into());
    call.speech(600).await;
    let last_sound = call
        .heard
        .iter()
        .rev()
        .find(|(_, frame)| frame.is_some())
        .unwrap()
        .0;
    assert!(last_sound.saturating_duration_since(onset) <= Duration::from_millis(60));
    let spoken = call.events().into_iter().find_map(|event| match event {
        AgentEvent::Spoken {
            id: ActionId(1),
            interrupted,
            spoken_ms,
            words,
        } => Some((*interrupted, *spoken_ms, words.as_str())),
        _ => None,
    });
    let (interrupted, spoken_ms, words) = spoken.unwrap();
    assert!(interrupted && (400..=560).contains(&spoken_ms), "{spoken:?}");
    assert!(
        LONG.starts_with(words) && (2..=4).contains(&words.split(' ').count()),
        "{words}"
    );
}

#[tokio::test]
async fn what_may_not_be_interrupted_is_said_to_its_end() {
    let mut call = Call::new(None).await;
    call.say(1, LONG, false).await;
    call.speech(2000).await;
    assert!(
        call.events().contains(&&said_whole(1, LONG)),
        "{:?}",
        call.events()
    );
}

#[tokio::test]
async fn sentences_follow_each_other_without_a_gap() {
    let mut call = Call::new(None).await;
    call.say(1, "Une phrase. Une autre phrase. La troisieme.", true)
        .await;
    call.silence(1200).await;
    let sounds: Vec<bool> = call.heard.iter().map(|(_, frame)| frame.is_some()).collect();
    let first = sounds.iter().position(|sound| *sound).unwrap();
    let last = sounds.iter().rposition(|sound| *sound).unwrap();
    assert!(first <= 2, "{first}");
    assert!(sounds[first..=last].iter().all(|sound| *sound), "{sounds:?}");
}

#[tokio::test]
async fn an_order_is_heard_after_the_pause_that_ends_it() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing([
        "a p E l m a R i t R an b l E",
    ])))
    .await;
    call.listen(7, Expect::Command).await;
    call.silence(300).await;
    call.speech(800).await;
    let ended = Instant::now();
    call.silence(1000).await;
    assert_eq!(
        call.intents(),
        [(7, Intent::CallContact("marie".parse().unwrap()))]
    );
    let heard = call
        .when(|event| matches!(event, AgentEvent::Heard { .. }))
        .unwrap();
    assert!(heard - ended <= Duration::from_millis(660), "{:?}", heard - ended);
}

#[tokio::test]
async fn silence_is_nothing_heard() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["w i"]))).await;
    call.listen(1, Expect::YesNo).await;
    call.silence(8000).await;
    assert_eq!(call.events(), Vec::<&AgentEvent>::new());
}

#[tokio::test]
async fn a_noise_without_phones_does_not_end_the_listening() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["", "w i"]))).await;
    call.listen(1, Expect::YesNo).await;
    call.speech(100).await;
    call.silence(1000).await;
    assert_eq!(call.intents(), []);
    call.speech(400).await;
    call.silence(1000).await;
    assert_eq!(call.intents(), [(1, Intent::Yes)]);
}

#[tokio::test]
async fn a_word_said_just_before_anybody_listened_counts_once() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["w i", "n on"]))).await;
    call.silence(1000).await;
    call.speech(300).await;
    call.listen(1, Expect::YesNo).await;
    call.silence(1000).await;
    assert_eq!(call.intents(), [(1, Intent::Yes)]);
    call.listen(2, Expect::YesNo).await;
    call.silence(1500).await;
    assert_eq!(call.intents().len(), 1);
}

/// A brain that keeps thinking until the test lets it end, and tells what became of its thoughts.
#[derive(Debug)]
struct Slow {
    answers: tokio::sync::Semaphore,
    turns: mpsc::UnboundedSender<(String, Arc<()>)>,
}

impl Brain for Slow {
    fn think(self: Arc<Self>, turn: Turn) -> Thinking {
        let alive = Arc::new(());
        self.turns.send((turn.asked, alive.clone())).unwrap();
        Box::pin(async move {
            _ = self.answers.acquire().await.unwrap();
            drop(alive);
            Ok(Understood {
                intent: Intent::CallEmergency,
                score: None,
                heard: String::new(),
                words: Vec::new(),
                remarks: Vec::new(),
            })
        })
    }
}

#[tokio::test]
async fn another_brain_hears_what_was_asked_is_kept_within_its_answers_and_dropped_when_nobody_waits() {
    let (tell, mut turns) = mpsc::unbounded_channel();
    let brain = Arc::new(Slow {
        answers: tokio::sync::Semaphore::new(0),
        turns: tell,
    });
    let ear = ScriptedTranscriber::hearing(["w i", "w i"]);
    let mut call = Call::with_brain(Some(ear), Some(brain.clone())).await;
    call.say(1, "Appeler Marie?", true).await;
    call.listen(2, Expect::YesNo).await;
    call.silence(600).await;
    call.speech(400).await;
    call.silence(1000).await;
    let (asked, thought) = turns.try_recv().unwrap();
    assert_eq!(asked, "Appeler Marie?");
    assert_eq!((Arc::strong_count(&thought), call.intents()), (2, vec![]));
    // Frames are heard meanwhile, and the next question makes an end of the thought.
    call.listen(3, Expect::YesNo).await;
    call.silence(100).await;
    assert_eq!(Arc::strong_count(&thought), 1);
    call.speech(400).await;
    call.silence(1000).await;
    brain.answers.add_permits(1);
    call.silence(100).await;
    assert_eq!(call.intents(), [(3, Intent::NotUnderstood)]);
    let told = call.seen.iter().any(|(_, event)| {
        matches!(event, AgentEvent::Heard { remarks, .. } if remarks == &[Remark::OutOfBounds { intent: "call-emergency" }])
    });
    assert!(told, "{:?}", call.events());
}

#[tokio::test]
async fn a_listen_that_was_stopped_says_nothing() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["w i"]))).await;
    call.listen(1, Expect::YesNo).await;
    call.speech(400).await;
    call.tell(AgentCommand::StopListening { id: ActionId(1) }).await;
    call.silence(1500).await;
    assert_eq!(call.intents(), []);
}

#[tokio::test]
async fn a_lost_engine_is_told_once_and_the_call_goes_on_speaking() {
    let script = [Line::Fails("it died".to_owned())];
    let mut call = Call::new(Some(ScriptedTranscriber::new(script))).await;
    call.listen(1, Expect::YesNo).await;
    call.speech(400).await;
    call.silence(1000).await;
    call.listen(2, Expect::YesNo).await;
    call.say(3, "Faites le un.", true).await;
    call.silence(1000).await;
    let failed: Vec<_> = call
        .events()
        .into_iter()
        .filter(|event| matches!(event, AgentEvent::EngineFailed { .. }))
        .collect();
    assert_eq!(
        failed,
        [&AgentEvent::EngineFailed {
            reason: "it died".to_owned()
        }]
    );
    assert!(
        call.when(|event| matches!(
            event,
            AgentEvent::Spoken {
                interrupted: false,
                ..
            }
        ))
        .is_some()
    );
}

#[tokio::test]
async fn a_name_is_recorded_without_the_silence_around_it_while_somebody_listens() {
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["Z an b u S a R"]))).await;
    call.listen(1, Expect::Name).await;
    call.record(2, 5).await;
    call.silence(1500).await;
    call.speech(700).await;
    call.silence(1500).await;
    let length = call.recorded(2).expect("a recording").duration().as_millis();
    assert!((700..=1200).contains(&length), "{length}");
    assert_eq!(call.intents(), [(1, Intent::NotUnderstood)]);
}

#[tokio::test]
async fn who_says_nothing_records_nothing_and_works_without_a_recogniser() {
    let mut call = Call::new(None).await;
    call.record(1, 3).await;
    call.silence(7900).await;
    assert!(call.events().is_empty());
    call.silence(200).await;
    assert_eq!(
        call.events(),
        [&AgentEvent::Recorded {
            id: ActionId(1),
            clip: Clip::new(Vec::new()),
            voiced: Duration::ZERO
        }]
    );
}

/// A prompt of 7 s: longer than the longest name and than anybody's patience.
async fn asked_at_length(transcriber: Option<ScriptedTranscriber>) -> Call {
    let call = Call::new(transcriber).await;
    call.say(1, &"a".repeat(350), true).await;
    call.record(2, 6).await;
    call.listen(3, Expect::Name).await;
    call
}

/// The report of a sentence that was heard to its end.
fn said_whole(id: u64, text: &str) -> AgentEvent {
    AgentEvent::Spoken {
        id: ActionId(id),
        interrupted: false,
        spoken_ms: ScriptedSynthesizer::duration(text).as_millis() as u64,
        words: text.to_owned(),
    }
}

/// The report of that prompt.
fn said_at_length() -> AgentEvent {
    said_whole(1, &"a".repeat(350))
}

#[tokio::test]
async fn a_name_after_a_long_prompt_is_recorded_whole() {
    let mut call = asked_at_length(Some(ScriptedTranscriber::hearing(["Z an b u S a R"]))).await;
    call.silence(8200).await;
    assert_eq!(call.events(), [&said_at_length()]);
    call.speech(2000).await;
    call.silence(1500).await;
    let length = call.recorded(2).expect("a recording").duration().as_millis();
    assert!((2000..=2460).contains(&length), "{length}");
}

#[tokio::test]
async fn the_longest_recording_counts_from_the_first_speech() {
    let mut call = asked_at_length(Some(ScriptedTranscriber::hearing(["Z an b u S a R"]))).await;
    call.silence(8200).await;
    call.speech(5700).await;
    assert_eq!(call.recorded(2), None);
    call.speech(300).await;
    let length = call.recorded(2).expect("a recording").duration().as_millis();
    assert_eq!(length, 6000);
}

#[tokio::test]
async fn a_silent_caller_is_waited_for_from_the_end_of_the_prompt() {
    let mut call = asked_at_length(Some(ScriptedTranscriber::hearing(["w i"]))).await;
    call.silence(14_800).await;
    assert_eq!(call.events(), [&said_at_length()]);
    call.silence(600).await;
    assert_eq!(call.recorded(2), Some(&Clip::new(Vec::new())));
    let said = call.when(|event| *event == said_at_length()).unwrap();
    let gave_up = call
        .when(|event| matches!(event, AgentEvent::Recorded { .. }))
        .unwrap();
    assert!(
        gave_up - said >= Duration::from_millis(7900),
        "{:?}",
        gave_up - said
    );
}

#[tokio::test]
async fn a_click_or_an_echo_during_the_prompt_begins_no_recording() {
    let mut call = asked_at_length(Some(ScriptedTranscriber::hearing(["w i"]))).await;
    call.silence(2000).await;
    call.speech(60).await;
    call.silence(6000).await;
    assert_eq!(call.events(), [&said_at_length()]);
}

#[tokio::test]
async fn a_name_begun_before_the_recording_is_recorded_from_its_beginning() {
    let mut call = Call::new(None).await;
    call.silence(1000).await;
    call.speech(400).await;
    call.record(1, 6).await;
    call.speech(400).await;
    call.silence(1000).await;
    let length = call.recorded(1).expect("a recording").duration().as_millis();
    assert!((800..=1240).contains(&length), "{length}");
}

#[tokio::test]
async fn ringback_sounds_until_something_is_said() {
    let mut call = Call::new(None).await;
    call.tell(AgentCommand::Ringback { id: ActionId(1) }).await;
    call.silence(7000).await;
    assert!(call.events().is_empty());
    call.say(2, "Ne repond pas.", true).await;
    call.silence(1000).await;
    let spoken = call.events().into_iter().filter_map(|event| match event {
        AgentEvent::Spoken { id, interrupted, .. } => Some((id.0, *interrupted)),
        _ => None,
    });
    assert_eq!(spoken.collect::<Vec<_>>(), [(1, true), (2, false)]);
}

#[tokio::test]
async fn over_another_leg_the_sentence_begins_again_and_a_recording_goes_on() {
    let mut call = Call::new(None).await;
    let part = || {
        Part::Clip(Clip::from_frames(
            &tone::sine(400.0, -12.0).take(40).collect::<Vec<_>>(),
        ))
    };
    call.tell(AgentCommand::Say {
        id: ActionId(1),
        parts: vec![part(), part()],
        interruptible: false,
    })
    .await;
    call.silence(1000).await;
    let before = call.sounds();
    assert!(
        (41..=55).contains(&before),
        "{before} frames, of which the first part is 40"
    );
    call.record(2, 10).await;
    call.speech(400).await;

    let (port, leg) = AudioPort::pair();
    drop(std::mem::replace(&mut call.leg, leg));
    call.silence(300).await;
    assert_eq!(call.events().last(), Some(&&AgentEvent::LegLost));
    let lost = call.sounds();
    call.agent.resume(port).await.unwrap();
    call.speech(400).await;
    call.silence(2500).await;
    // The second part once more, whole.
    let again = call.sounds() - lost;
    assert!(
        (39..=40).contains(&again),
        "{again} frames were heard after the gap"
    );
    let spoken = |event: &AgentEvent| {
        matches!(
            event,
            AgentEvent::Spoken {
                id: ActionId(1),
                interrupted: false,
                spoken_ms: 1600,
                ..
            }
        )
    };
    assert!(call.when(spoken).is_some(), "{:?}", call.events());
    let clip = call.recorded(2).expect("the recording came to its end");
    assert!(
        clip.duration() >= Duration::from_millis(700),
        "{:?}",
        clip.duration()
    );
}

#[tokio::test]
async fn without_a_leg_what_is_stopped_is_over() {
    let mut call = Call::new(None).await;
    call.say(1, "Bonjour.", true).await;
    call.silence(100).await;
    drop(std::mem::replace(&mut call.leg, AudioPort::pair().1));
    call.silence(100).await;
    call.tell(AgentCommand::Stop { id: ActionId(1) }).await;
    call.silence(100).await;
    let stopped = |event: &AgentEvent| {
        matches!(
            event,
            AgentEvent::Spoken {
                interrupted: true,
                ..
            }
        )
    };
    assert!(call.when(stopped).is_some(), "{:?}", call.events());
}

#[tokio::test]
async fn the_agent_ends_with_its_handle() {
    let Call {
        agent,
        mut events,
        leg: _leg,
        ..
    } = Call::new(None).await;
    drop(agent);
    assert_eq!(timeout(Duration::from_secs(1), events.recv()).await, Ok(None));
}

#[tokio::test]
async fn the_stages_of_an_answer_are_timed_from_the_last_word_to_the_first_sound() {
    let recorder = DebuggingRecorder::new();
    let seen = recorder.snapshotter();
    let _ours = metrics::set_default_local_recorder(&recorder);
    let mut call = Call::new(Some(ScriptedTranscriber::hearing(["w i"]))).await;
    call.listen(1, Expect::YesNo).await;
    call.speech(400).await;
    call.silence(700).await;
    assert_eq!(call.intents(), [(1, Intent::Yes)]);
    call.say(2, "Bien.", true).await;
    call.silence(100).await;
    let timed: std::collections::HashMap<_, _> = seen
        .snapshot()
        .into_vec()
        .into_iter()
        .filter(|(key, _, _, _)| key.key().name() == "evatel_answer_seconds")
        .map(|(key, _, _, value)| (key.key().labels().next().unwrap().value().to_owned(), value))
        .collect();
    let DebugValue::Histogram(whole) = &timed["whole"] else {
        panic!("{timed:?}");
    };
    // The pause of 500 ms, and the 700 ms in which nobody was asked for an answer yet.
    assert!(
        whole.len() == 1 && (0.5..=0.8).contains(&whole[0].into_inner()),
        "{timed:?}"
    );
    assert_eq!(timed.len(), 6, "{timed:?}");
}
