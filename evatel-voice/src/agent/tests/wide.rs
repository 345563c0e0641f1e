//! A wideband leg: its recogniser hears what a telephone does not carry, everything else hears a telephone.

use std::f32::consts::TAU;

use super::*;
use crate::{
    ByLanguage,
    frame::{FRAME, Frame, Frame16k},
    scripted::SharpTranscriber,
};

/// 16 kHz frames of two sines.
fn chord(hertz: [f32; 2]) -> impl Iterator<Item = Frame16k> {
    (0..).map(move |frame| {
        let sample = |index: usize| {
            let time = (frame * 320 + index) as f32 / 16_000.0;
            let sum: f32 = hertz.iter().map(|hertz| (TAU * hertz * time).sin()).sum();
            (sum * 4000.0) as i16
        };
        Frame(std::array::from_fn(sample))
    })
}

async fn grammar() -> Arc<Grammar> {
    let grammar = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
    // Looking words up took real time; from here on the clock is ours.
    tokio::time::pause();
    grammar
}

/// An agent on a wide leg that listens for a yes.
async fn listening(grammar: Arc<Grammar>) -> (AgentHandle, mpsc::Receiver<AgentEvent>, LegSide<320>) {
    let sharp = SharpTranscriber::new("w i", "n on");
    let engines = Engines {
        recognition: Some(Recognition::with_grammar(Arc::new(sharp), grammar)),
        voice: Arc::new(ScriptedSynthesizer::default()),
        vad: VadConfig::level_only().into(),
    };
    assert_eq!(engines.band(Language::Fr), Band::Wide);
    let (port, leg) = AudioPort::<320>::pair();
    let (agent, events) = Agent::start(port, engines, Language::Fr);
    let listen = AgentCommand::Listen {
        id: ActionId(1),
        expect: Expect::YesNo,
        contacts: Arc::default(),
        scene: None,
    };
    agent.send(listen).await.unwrap();
    (agent, events, leg)
}

async fn intent(events: &mut mpsc::Receiver<AgentEvent>) -> Intent {
    loop {
        if let AgentEvent::Heard { intent, .. } = events.recv().await.expect("the agent lives") {
            return intent;
        }
    }
}

/// Half a second of it, and what ends a yes.
async fn says(leg: &LegSide<320>, voice: impl Iterator<Item = Frame16k>) {
    for frame in voice.take(25).chain(std::iter::repeat_n(Frame16k::SILENCE, 40)) {
        leg.hear(frame);
        tokio::time::sleep(FRAME).await;
    }
}

#[tokio::test]
async fn a_recogniser_of_16_khz_hears_what_no_telephone_carries_where_the_leg_brings_it() {
    let grammar = grammar().await;
    // The vowel is what the level gate takes for a voice; the hiss is beyond a telephone.
    for (voice, understood) in [([500.0, 5600.0], Intent::Yes), ([500.0, 900.0], Intent::No)] {
        let (_agent, mut events, leg) = listening(grammar.clone()).await;
        says(&leg, chord(voice)).await;
        assert_eq!(intent(&mut events).await, understood, "{voice:?}");
    }
}

#[tokio::test]
async fn a_turn_that_began_on_a_wide_leg_goes_on_over_a_narrow_one() {
    let (agent, mut events, leg) = listening(grammar().await).await;
    for frame in chord([500.0, 5600.0]).take(15) {
        leg.hear(frame);
        tokio::time::sleep(FRAME).await;
    }
    drop(leg);
    let (port, leg) = AudioPort::<160>::pair();
    agent.resume(port).await.unwrap();
    for frame in tone::sine(500.0, -12.0)
        .take(10)
        .chain(std::iter::repeat_n(Frame8k::SILENCE, 40))
    {
        leg.hear(frame);
        tokio::time::sleep(FRAME).await;
    }
    // What the wide leg brought was heard.
    assert_eq!(intent(&mut events).await, Intent::Yes);
}

#[tokio::test]
async fn a_language_whose_recogniser_hears_a_telephone_has_a_narrow_leg() {
    let each: ByLanguage<Arc<dyn Transcriber>> = ByLanguage {
        english: Arc::new(ScriptedTranscriber::default()),
        french: Arc::new(SharpTranscriber::new("", "")),
    };
    let engines = Engines {
        recognition: Some(Recognition::with_grammar(Arc::new(each), grammar().await)),
        voice: Arc::new(ScriptedSynthesizer::default()),
        vad: VadConfig::level_only().into(),
    };
    let bands = [Language::En, Language::Fr].map(|language| engines.band(language));
    assert_eq!(bands, [Band::Narrow, Band::Wide]);
}

/// The frames that the caller hears while time passes, each with its level.
async fn heard(ticks: usize, leg: &mut LegSide<320>) -> Vec<f32> {
    let mut levels = Vec::new();
    for _ in 0..ticks {
        tokio::time::sleep(FRAME).await;
        levels.extend(leg.play().as_ref().map(Frame::level_dbfs));
    }
    levels
}

#[tokio::test]
async fn nothing_of_what_was_cut_off_is_heard_before_what_is_said_next() {
    let (agent, _events, mut leg) = listening(grammar().await).await;
    let say = |id, part| AgentCommand::Say {
        id: ActionId(id),
        parts: vec![part],
        interruptible: false,
    };
    let long = tone::sine(440.0, -12.0).take(100).collect::<Vec<_>>();
    agent
        .send(say(2, Part::Clip(Clip::from_frames(&long))))
        .await
        .unwrap();
    assert!(heard(20, &mut leg).await.len() > 10);
    agent.send(AgentCommand::Stop { id: ActionId(2) }).await.unwrap();
    heard(10, &mut leg).await;
    agent
        .send(say(3, Part::Silence(Duration::from_millis(200))))
        .await
        .unwrap();
    let levels = heard(20, &mut leg).await;
    assert!(levels.len() >= 10);
    assert!(levels.iter().all(|level| *level < -90.0), "{levels:?}");
}

#[tokio::test]
async fn what_the_agent_says_is_as_loud_and_as_long_on_a_wide_leg() {
    let (agent, _events, mut leg) = listening(grammar().await).await;
    let say = AgentCommand::Say {
        id: ActionId(2),
        parts: vec![Part::Text("Bonjour et bienvenue.".to_owned())],
        interruptible: false,
    };
    agent.send(say).await.unwrap();
    let levels = heard(60, &mut leg).await;
    let frames = (ScriptedSynthesizer::duration("Bonjour et bienvenue.").as_millis() / 20) as usize;
    // Its last 8 ms come in a frame of their own.
    assert_eq!(levels.len(), frames + 1);
    let whole = levels[1..frames].iter();
    whole.for_each(|level| assert!((level + 20.0).abs() < 1.0, "{level}"));
}
