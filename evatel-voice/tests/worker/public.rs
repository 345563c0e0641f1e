//! Models of the forms that people publish, in the real engine: they hear words, and they speak.

use std::{sync::Arc, time::Duration};

use evatel_core::{account::Language, flow::Expect, id::ContactId, intent::Intent};
use evatel_voice::{
    frame::{Clip, Frame8k, Frame16k},
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    resample::Downsampler,
    scripted::ScriptedSynthesizer,
    sound::{Band, Sound},
    synth::{self, Synthesizer, WithFallback, tone},
    transcribe::{ByWords, Heard, Hints, Transcriber, words},
    vad::{Detection, Vad, VadConfig, VadEvent, VadModel},
    worker::{Model, PoolConfig, Voice, VoiceConfig, WorkerPool},
};

use super::{kill, last, models, signal, smallest};

/// The tones in which the smallest transducer hears "appelle Marie Tremblay", in Hz (tests/models/make.py).
const APPELLE_MARIE_TREMBLAY: [f32; 6] = [400.0, 560.0, 780.0, 1080.0, 2450.0, 3100.0];

pub(super) async fn words_of_a_public_model_are_compared_by_their_sound() {
    let pool = WorkerPool::start(PoolConfig::new(Model::transducer(smallest("transducer"))))
        .await
        .unwrap();
    let lexicon = Arc::new(Lexicon::new(PhoneSet::load(&models()).unwrap()));
    let grammar = Grammar::load(lexicon.clone()).await.unwrap();
    let marie: ContactId = "marie".parse().unwrap();
    let names = [(marie.clone(), "Marie Tremblay".to_owned())];
    let contacts = lexicon.contacts(&names, Language::Fr).await.unwrap();
    let ear = ByWords::new(Arc::new(pool), lexicon);

    let mut session = ear.open(Language::Fr).unwrap();
    let silence = vec![Frame8k::SILENCE; 15];
    let tones = APPELLE_MARIE_TREMBLAY.map(|hertz| tone::sine(hertz, -14.0).take(10).collect::<Vec<_>>());
    for frame in silence.iter().cloned().chain(tones.into_iter().flatten()) {
        session.has_room().await;
        session.push(frame);
    }
    session.finish();
    let Heard::Final(heard) = last(&mut session).await else {
        panic!("no result")
    };
    let told: Vec<_> = words(&heard)
        .into_iter()
        .map(|word| (word.text.to_string(), word.from_ms / 200))
        .collect();
    // 300 ms of silence, then 200 ms for each of two pieces.
    let texts = ["APPELLE", "MARIE", "TREMBLAY"].map(str::to_owned);
    assert_eq!(told, texts.into_iter().zip([1, 3, 5]).collect::<Vec<_>>());
    let understood = grammar.interpret(&heard, Language::Fr, Expect::Command, &contacts);
    assert_eq!(understood.intent, Intent::CallContact(marie), "{understood:?}");
    assert_eq!(understood.heard, "APPELLE MARIE TREMBLAY");
}

/// The tone of a name that no telephone of 8 kHz carries, in Hz.
const ROY: f32 = 5600.0;

pub(super) async fn what_no_telephone_carries_is_heard_in_a_session_of_16_khz() {
    let pool = WorkerPool::start(PoolConfig::new(Model::transducer(smallest("transducer"))))
        .await
        .unwrap();
    assert_eq!(pool.band(Language::Fr), Band::Wide);
    let (mut downsampler, mut phase) = (Downsampler::new(), 0.0_f32);
    let line: Vec<Sound> = (0..40)
        .map(|frame| {
            // 300 ms of silence, the first name, the second, silence again.
            let hertz = [(15..25, 780.0), (25..35, ROY)]
                .into_iter()
                .find_map(|(frames, hertz)| frames.contains(&frame).then_some(hertz));
            let mut wide = Frame16k::SILENCE;
            for sample in &mut wide.0 {
                phase += hertz.unwrap_or_default() / 16_000.0;
                *sample = hertz.map_or(0, |_| ((std::f32::consts::TAU * phase).sin() * 9000.0) as i16);
            }
            Sound::wideband(downsampler.process(&wide), wide)
        })
        .collect();
    for (band, said) in [(Band::Wide, " MA ROY"), (Band::Narrow, " MA")] {
        let known = Hints {
            band,
            ..Hints::default()
        };
        let mut session = pool.open_for(Language::Fr, &known).unwrap();
        for sound in line.iter().cloned() {
            session.has_room().await;
            session.push(sound);
        }
        session.finish();
        let Heard::Final(pieces) = last(&mut session).await else {
            panic!("no result")
        };
        let heard: String = pieces.iter().map(|piece| piece.phone.as_str()).collect();
        assert_eq!(heard, said, "{band:?}");
        let first = pieces[0].at_ms;
        assert!((280..=400).contains(&first), "{band:?}: {first} ms");
    }
}

pub(super) async fn a_model_that_finds_speech_is_asked_in_place_of_the_network_and_its_worker_may_die() {
    let model = VadModel::start(PoolConfig::new(Model::vad(smallest("vad"))))
        .await
        .unwrap();
    let tone = |dbfs| tone::sine(500.0, dbfs).take(50);
    let quiet = || tone(-60.0);
    let line: Vec<Frame8k> = quiet().chain(tone(-20.0)).chain(quiet()).collect();
    // A steady tone is no speech to the network; the smallest model takes all that is loud for it.
    let mut network = Vad::new(VadConfig::default());
    assert!(line.iter().all(|frame| network.push(frame).event.is_none()));
    let mut vad = Vad::of(&Detection {
        config: VadConfig::default(),
        model: Some(model.clone()),
    });
    for time in [0, 3000] {
        let mut events = Vec::new();
        for frame in &line {
            events.extend(vad.push(frame).event);
            vad.settle().await;
        }
        let [
            VadEvent::SpeechStarted { at_ms: from },
            VadEvent::SpeechEnded { at_ms: to },
        ] = events[..]
        else {
            panic!("{events:?}")
        };
        // It tells of whole windows of 32 ms, and of those before the frame that it was just given.
        assert!((time + 1000..time + 1100).contains(&from), "{from}");
        assert!((time + 1980..time + 2100).contains(&to), "{to}");
        model.worker_pids().into_iter().for_each(kill);
    }
}

/// Loud enough for a tone that is expected, and not for another.
const WHISPERED_DBFS: f32 = -47.4;

pub(super) async fn a_name_that_may_be_said_is_heard_where_it_would_not_be() {
    let model = Model::transducer(smallest("transducer"));
    assert!(model.takes_hotwords());
    let pool = WorkerPool::start(PoolConfig::new(model)).await.unwrap();
    let mut heard = Vec::new();
    for names in [&[][..], &["Luc Roy/:9", "Marie"]] {
        let known = Hints {
            names,
            ..Hints::default()
        };
        let mut session = pool.open_for(Language::Fr, &known).unwrap();
        let aloud = tone::sine(780.0, -14.0).take(10);
        let whispered = tone::sine(1080.0, WHISPERED_DBFS).take(10);
        for frame in vec![Frame8k::SILENCE; 15]
            .into_iter()
            .chain(aloud)
            .chain(whispered)
        {
            session.has_room().await;
            session.push(frame);
        }
        session.finish();
        let Heard::Final(pieces) = last(&mut session).await else {
            panic!("no result")
        };
        heard.push(pieces.into_iter().map(|piece| piece.phone).collect::<String>());
    }
    assert_eq!(heard, [" MA", " MARIE"]);
}

pub(super) async fn a_voice_with_a_lexicon_speaks_its_words() {
    let voice = Voice::start(VoiceConfig::new(smallest("lexicon-voice"), Language::En))
        .await
        .unwrap();
    assert!(voice.info().engine.starts_with("sherpa-onnx 2.0.1"));
    let once = voice.speak("hello", Language::En.into()).await.unwrap();
    let twice = voice.speak("hello hello", Language::En.into()).await.unwrap();
    assert!(once.duration() >= Duration::from_millis(40), "{once:?}");
    assert!(twice.duration() > once.duration(), "{once:?} {twice:?}");
    assert!(voice.speak("...", Language::En.into()).await.unwrap().is_empty());
}

pub(super) async fn a_voice_of_pipers_speaks_what_espeak_says_of_a_text() {
    let voice = Voice::start(VoiceConfig::new(smallest("piper-voice"), Language::Fr))
        .await
        .unwrap();
    // Its tokens know a and b: each more of them is more sound.
    let said = async |text: &str| voice.speak(text, Language::Fr.into()).await.unwrap();
    let (short, long): (Clip, Clip) = (said("aba").await, said("aba, aba baba").await);
    assert!(!short.is_empty(), "{short:?}");
    assert!(long.duration() > short.duration(), "{short:?} {long:?}");
}

pub(super) async fn a_voice_that_dies_speaks_again_and_another_speaks_meanwhile() {
    let voice = Arc::new(
        Voice::start(VoiceConfig::new(smallest("lexicon-voice"), Language::En))
            .await
            .unwrap(),
    );
    let other = Arc::new(ScriptedSynthesizer::default());
    let speaker = WithFallback {
        first: voice.clone(),
        second: other.clone(),
    };
    let own = speaker.speak("hello", Language::En.into()).await.unwrap();
    assert!(other.spoken().is_empty());
    let before = voice.worker_pids();
    before.iter().copied().for_each(kill);
    // Whoever speaks: a sentence is heard each time, and in the end it is the voice itself again.
    let back = async {
        loop {
            let said = speaker.speak("hello", Language::En.into()).await.unwrap();
            assert!(!said.is_empty());
            let now = voice.worker_pids();
            if said == own && !now.is_empty() && now != before {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), back)
        .await
        .expect("the voice is started again");
}

pub(super) async fn a_voice_that_hangs_is_replaced_and_speaks_again() {
    let voice = Voice::start(VoiceConfig {
        deadline: Duration::from_secs(2),
        ..VoiceConfig::new(smallest("lexicon-voice"), Language::En)
    })
    .await
    .unwrap();
    let own = voice.speak("hello", Language::En.into()).await.unwrap();
    let hung = voice.worker_pids();
    hung.iter().for_each(|pid| signal("-STOP", *pid));
    let error = voice.speak("hello", Language::En.into()).await.unwrap_err();
    assert!(matches!(error, synth::Error::TooSlow { .. }), "{error}");
    // Each sentence is heard or given up, until another child speaks.
    let again = loop {
        if let Ok(said) = voice.speak("hello", Language::En.into()).await {
            break said;
        }
    };
    assert_eq!(again, own);
    assert_ne!(voice.worker_pids(), hung);
}
