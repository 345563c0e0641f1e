//! The committed model in the real engine.

use std::{fs, sync::Arc, time::Duration};

use evatel_core::{
    account::Language,
    flow::{ActionId, Expect},
    id::ContactId,
    intent::Intent,
};
use evatel_voice::{
    Agent, AgentCommand, AgentEvent, AudioPort, Engines, Part, Recognition,
    agent::{Question, hear_recording},
    brain::Understood,
    frame::{Clip, Frame8k},
    grammar::Grammar,
    lexicon::{Contacts, Lexicon, PhoneSet},
    sound::Sound,
    synth::{Espeak, EspeakConfig, Synthesizer},
    transcribe::{Error, Heard, PhoneToken, Provider, Session, Transcriber},
    vad::VadConfig,
    worker::{Form, Model, PoolConfig, WorkerPool, admit, try_model},
};

use super::{kill, last, models, smallest};

pub(super) async fn a_model_that_is_no_onnx_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(models().join("tokens.txt"), folder.path().join("tokens.txt")).unwrap();
    fs::write(folder.path().join("phones.onnx"), b"this is no model").unwrap();
    let error = admit(&PoolConfig::new(Model::phones(folder.path())))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::ModelRefused { .. }), "{error}");
}

pub(super) async fn a_card_that_the_library_cannot_compute_on_is_refused_in_its_words() {
    for provider in [Provider::Cuda, Provider::Trt] {
        let model = Model {
            provider,
            ..Model::phones(models())
        };
        let error = admit(&PoolConfig::new(model)).await.unwrap_err();
        let Error::NoProvider {
            provider: told,
            reason,
        } = &error
        else {
            panic!("{error}")
        };
        assert_eq!(*told, provider);
        assert!(reason.contains("CPUExecutionProvider"), "{reason}");
    }
}

pub(super) async fn callers_who_speak_at_once_are_decoded_together_and_each_is_heard_as_alone() {
    let room = Room::new(1).await;
    let texts = [
        "appelle Marie Tremblay",
        "téléphone à Zoé Beauchemin",
        "oui, c'est ça",
    ];
    let mut frames: Vec<Vec<Frame8k>> = Vec::new();
    for text in texts {
        frames.push(room.spoken(text).await.frames().collect());
    }
    let mut alone = Vec::new();
    for frames in &frames {
        let mut session = room.pool.open(Language::Fr).unwrap();
        frames.iter().for_each(|frame| session.push(frame.clone()));
        session.finish();
        alone.push(heard(&mut session).await);
    }
    let mut sessions: Vec<_> = (0..48).map(|_| room.pool.open(Language::Fr).unwrap()).collect();
    let longest = frames.iter().map(Vec::len).max().unwrap_or_default();
    for at in 0..longest {
        for (index, session) in sessions.iter_mut().enumerate() {
            if let Some(frame) = frames[index % texts.len()].get(at) {
                session.has_room().await;
                session.push(frame.clone());
            }
        }
    }
    for (index, mut session) in sessions.into_iter().enumerate() {
        session.finish();
        assert_eq!(heard(&mut session).await, alone[index % texts.len()]);
    }
}

async fn heard(session: &mut Session) -> Vec<PhoneToken> {
    match last(session).await {
        Heard::Final(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn a_model_of_each_form_is_tried_in_a_child() {
    for (form, folder) in [
        (Form::Phones, models()),
        (Form::Transducer, smallest("transducer")),
        (Form::Vad, smallest("vad")),
        (Form::Voice, smallest("lexicon-voice")),
        (Form::Voice, smallest("piper-voice")),
    ] {
        let info = try_model(form, &folder, None).await;
        let info = info.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        assert!(info.engine.starts_with("sherpa-onnx 2.0.1"), "{info:?}");
    }
}

pub(super) async fn a_model_that_harms_its_engine_is_refused_and_ends_a_child_only() {
    for (form, name, graph) in [
        (Form::Transducer, "transducer", "joiner.onnx"),
        (Form::Vad, "vad", "silero_vad.onnx"),
        (Form::Voice, "lexicon-voice", "model.onnx"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(smallest(name)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        // No ONNX at all; then a sound one without the metadata, which ends the process; then none.
        fs::write(folder.path().join(graph), b"this is no model").unwrap();
        let refused = try_model(form, folder.path(), None).await.unwrap_err();
        assert!(matches!(refused, Error::ModelRefused { .. }), "{refused}");
        fs::copy(models().join("phones.onnx"), folder.path().join(graph)).unwrap();
        let refused = try_model(form, folder.path(), None).await.unwrap_err();
        assert!(matches!(refused, Error::ModelRefused { .. }), "{refused}");
        fs::remove_file(folder.path().join(graph)).unwrap();
        let refused = try_model(form, folder.path(), None).await.unwrap_err();
        assert!(matches!(refused, Error::ModelMissing { .. }), "{refused}");
    }
}

pub(super) async fn the_committed_model_hears_a_spoken_order() {
    let room = Room::new(1).await;
    for (text, expect, intent) in [
        ("appelle Marie Tremblay", Expect::Command, call("marie")),
        ("téléphone à Zoé Beauchemin", Expect::Command, call("zoe")),
        ("oui, c'est ça", Expect::YesNo, Intent::Yes),
        ("message", Expect::AfterFailure, Intent::Message),
    ] {
        let mut session = room.pool.open(Language::Fr).unwrap();
        let clip = room.spoken(text).await;
        clip.frames().for_each(|frame| session.push(frame));
        let understood = room.understood(&mut session, expect).await;
        assert_eq!(understood.intent, intent, "`{text}`: {understood:?}");
    }
}

/// From the lowest level that counts as speech to a shout that is cut off.
pub(super) async fn who_whispers_or_shouts_is_understood_as_well() {
    let room = Room::new(1).await;
    let grammar = Arc::new(room.grammar);
    let question = Question {
        language: Language::Fr,
        expect: Expect::Command,
        contacts: Arc::new(room.contacts.clone()),
        scene: None,
    };
    let recognition = Recognition::with_grammar(Arc::new(room.pool.clone()), grammar);
    let clip = room
        .voice
        .speak("appelle Marie Tremblay", Language::Fr.into())
        .await
        .unwrap();
    let silence = vec![0; 4000];
    let detection = VadConfig::default().into();
    for db in [-27.0_f32, 0.0, 15.0] {
        let gain = 10_f32.powf(db / 20.0);
        let said = clip
            .samples()
            .iter()
            .map(|sample| (f32::from(*sample) * gain) as i16);
        let sound = Clip::new(silence.iter().copied().chain(said).collect());
        let sound = Sound::of_clip(&sound);
        let turns = hear_recording(&sound, &question, &recognition, &detection);
        let turns = turns.await.unwrap();
        let intents: Vec<_> = turns.iter().map(|turn| &turn.understood.intent).collect();
        assert_eq!(intents, [&call("marie")], "{db} dB");
    }
}

/// A lead-in may be lost on the line, and a worker that takes over begins where the other ended.
pub(super) async fn an_utterance_that_begins_in_the_middle_of_a_word_is_heard_from_there_on() {
    let room = Room::new(1).await;
    let clip = room.spoken("le chat dort sur la table rouge").await;
    let frames: Vec<Frame8k> = clip.frames().collect();
    let hear = async |frames: &[Frame8k]| {
        let mut session = room.pool.open(Language::Fr).unwrap();
        frames.iter().for_each(|frame| session.push(frame.clone()));
        session.finish();
        let heard = heard(&mut session).await;
        heard
            .into_iter()
            .map(|token| token.phone.to_string())
            .collect::<Vec<_>>()
    };
    let whole = hear(&frames).await;
    let end = &whole[whole.len() - 8..];
    // From the last frame of silence to half a second into the sentence.
    for cut in 14..40 {
        let heard = hear(&frames[cut..]).await;
        assert!(
            heard.ends_with(end),
            "without its first {cut} frames: {heard:?}, whole: {whole:?}"
        );
    }
}

/// What is told as certain is what the end says, and there is something to tell long before the end.
pub(super) async fn the_committed_model_takes_nothing_back() {
    let room = Room::new(1).await;
    let mut session = room.pool.open(Language::Fr).unwrap();
    let clip = room.spoken("appelle Marie Tremblay").await;
    let (mut partials, mut frames) = (Vec::new(), clip.frames());
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    let end = loop {
        tokio::select! {
            report = session.next() => match report.unwrap() {
                Heard::Partial(partial) => partials.push(partial),
                Heard::Final(tokens) => break tokens,
                other => panic!("{other:?}"),
            },
            _ = clock.tick() => match frames.next() {
                Some(frame) => session.push(frame),
                None => session.finish(),
            },
        }
    };
    assert!(partials.len() >= 4, "{partials:?}");
    assert!(partials[0].tokens.len() < end.len() / 2, "{partials:?}");
    for partial in partials {
        assert_eq!(partial.open(), []);
        assert!(end.starts_with(partial.stable()), "{partial:?} {end:?}");
    }
}

pub(super) async fn a_native_worker_killed_in_the_middle_of_a_word_still_finds_the_contact() {
    let room = Room::new(2).await;
    let mut session = room.pool.open(Language::Fr).unwrap();
    let frames: Vec<Frame8k> = room.spoken("appelle Marie Tremblay").await.frames().collect();
    let (first, second) = frames.split_at(frames.len() / 2);
    first.iter().for_each(|frame| session.push(frame.clone()));
    match session.next().await {
        Some(Heard::Partial(_)) => {}
        other => panic!("{other:?}"),
    }
    room.pool.worker_pids().into_iter().for_each(kill);
    second.iter().for_each(|frame| session.push(frame.clone()));
    let understood = room.understood(&mut session, Expect::Command).await;
    assert_eq!(understood.intent, call("marie"), "{understood:?}");
}

/// A call in real time: the caller speaks into the greeting, on a line with some noise.
pub(super) async fn an_agent_is_interrupted_by_an_order_and_understands_it() {
    let room = Room::new(1).await;
    let order = room.spoken("appelle Marie Tremblay").await;
    let contacts = Arc::new(room.contacts.clone());
    let recognition = Recognition::with_grammar(Arc::new(room.pool.clone()), Arc::new(room.grammar));
    let engines = Engines {
        recognition: Some(recognition),
        voice: Arc::new(Espeak::default()),
        vad: VadConfig::default().into(),
    };
    let (port, mut leg) = AudioPort::pair();
    let (agent, mut events) = Agent::start(port, engines, Language::Fr);
    let greeting =
        Part::Text("Bonjour, ici votre assistant. Qui dois-je appeler? J'écoute votre demande.".to_owned());
    agent
        .send(AgentCommand::Say {
            id: ActionId(1),
            parts: vec![greeting],
            interruptible: true,
        })
        .await
        .unwrap();
    agent
        .send(AgentCommand::Listen {
            id: ActionId(2),
            expect: Expect::Command,
            contacts,
            scene: None,
        })
        .await
        .unwrap();
    let pause = Clip::silence(Duration::from_secs(1));
    let line: Vec<Frame8k> = pause
        .frames()
        .chain(order.frames())
        .chain(pause.frames())
        .collect();
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    // Once he has spoken, nobody here answers him: the agent says by itself that it takes a moment.
    let has_spoken = (pause.frame_count() + order.frame_count()) as u64;
    let mut last_sound = None;
    for (frame, index) in line.into_iter().zip(0_u64..) {
        clock.tick().await;
        leg.hear(frame);
        if leg.play().is_some() && index < has_spoken {
            last_sound = Some(index * 20);
        }
    }
    // The order begins 1.3 s into the call.
    let last_sound = last_sound.expect("the greeting is heard");
    assert!(
        last_sound < 1300 + 400,
        "the mouth was still heard at {last_sound} ms"
    );
    let mut seen = Vec::new();
    while let Ok(event) = events.try_recv() {
        seen.push(event);
    }
    assert!(
        seen.iter().any(|event| matches!(
            event,
            AgentEvent::Spoken {
                interrupted: true,
                ..
            }
        )),
        "{seen:?}"
    );
    assert!(
        seen.iter()
            .any(|event| matches!(event, AgentEvent::Heard { intent, .. } if *intent == call("marie"))),
        "{seen:?}"
    );
}

fn call(id: &str) -> Intent {
    Intent::CallContact(id.parse().unwrap())
}

struct Room {
    pool: WorkerPool,
    grammar: Grammar,
    contacts: Contacts,
    voice: Espeak,
}

impl Room {
    async fn new(workers: usize) -> Self {
        let config = PoolConfig {
            workers,
            ..PoolConfig::new(Model::phones(models()))
        };
        let pool = WorkerPool::start(config).await.unwrap();
        let grammar = Grammar::load(Arc::new(Lexicon::new(PhoneSet::load(&models()).unwrap())))
            .await
            .unwrap();
        let names = [
            ("marie", "Marie Tremblay"),
            ("luc", "Luc Gagnon"),
            ("zoe", "Zoé Beauchemin"),
        ];
        let names: [(ContactId, String); 3] = names.map(|(id, name)| (id.parse().unwrap(), name.to_owned()));
        let contacts = grammar.lexicon().contacts(&names, Language::Fr).await.unwrap();
        let held_out = fs::read_to_string(models().join("heldout-voices.txt")).unwrap();
        let variant = held_out
            .lines()
            .find(|line| line.ends_with("demo"))
            .and_then(|line| line.split_whitespace().next())
            .unwrap();
        let mut voice = EspeakConfig {
            deadline: Duration::from_secs(20),
            ..EspeakConfig::default()
        };
        voice.french.name = format!("fr+{variant}");
        Self {
            pool,
            grammar,
            contacts,
            voice: Espeak::new(voice),
        }
    }

    /// A voice that no training sentence had, with the silence around it that a turn has.
    async fn spoken(&self, text: &str) -> Clip {
        let clip = self.voice.speak(text, Language::Fr.into()).await.unwrap();
        let silence = Clip::silence(Duration::from_millis(300));
        Clip::new([silence.samples(), clip.samples(), silence.samples()].concat())
    }

    async fn understood(&self, session: &mut Session, expect: Expect) -> Understood {
        session.finish();
        match last(session).await {
            Heard::Final(tokens) => self
                .grammar
                .interpret(&tokens, Language::Fr, expect, &self.contacts),
            other => panic!("{other:?}"),
        }
    }
}
