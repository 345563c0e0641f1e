//! Speech workers as real child processes of this very program, killed, poisoned and misled.
//!
//! It has no harness of its own making: `main` must be ours, so that the program can be its own worker. The scripted
//! engine hears a run of frames that all hold the sample `100 * n` as the `n`-th token.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{fs, future::Future, path::Path, path::PathBuf, time::Duration};

use evatel_core::account::Language;
use evatel_voice::{
    frame::Frame8k,
    transcribe::{Error, Heard, Overload, PhoneToken, Provider, Session, Transcriber},
    vad::{Detection, Vad, VadConfig, VadModel},
    worker::{GARBLE, MOST_BEHIND, Model, ModelKind, POISON, PoolConfig, WorkerPool, admit, run_if_worker},
};
use tokio::{runtime::Runtime, time::timeout};

type Test = (&'static str, fn());

const TESTS: &[Test] = &[
    ("words_are_heard_through_a_child_process", || {
        run(words_are_heard_through_a_child_process())
    }),
    ("many_sessions_share_a_worker", || {
        run(many_sessions_share_a_worker())
    }),
    ("a_worker_killed_in_the_middle_of_a_word_loses_no_word", || {
        run(a_worker_killed_in_the_middle_of_a_word_loses_no_word());
    }),
    (
        "a_mark_is_answered_once_all_before_it_is_heard_also_by_another_worker",
        || {
            run(a_mark_is_answered_once_all_before_it_is_heard_also_by_another_worker());
        },
    ),
    (
        "a_worker_whose_engine_aborts_in_the_middle_of_a_word_loses_no_word_of_others",
        || {
            run(a_worker_whose_engine_aborts_in_the_middle_of_a_word_loses_no_word_of_others());
        },
    ),
    ("a_call_is_heard_by_the_worker_for_which_it_was_let_in", || {
        run(a_call_is_heard_by_the_worker_for_which_it_was_let_in())
    }),
    (
        "more_legs_than_a_model_attends_to_have_the_built_in_network_and_harm_none",
        || run(more_legs_than_a_model_attends_to_have_the_built_in_network_and_harm_none()),
    ),
    ("what_was_told_stays_when_the_worker_dies", || {
        run(what_was_told_stays_when_the_worker_dies());
    }),
    ("a_long_utterance_keeps_what_it_said_before_the_replay", || {
        run(a_long_utterance_keeps_what_it_said_before_the_replay());
    }),
    ("sound_that_kills_every_worker_fails_its_session_only", || {
        run(sound_that_kills_every_worker_fails_its_session_only());
    }),
    ("sound_that_spoils_its_worker_harms_no_other_call", || {
        run(sound_that_spoils_its_worker_harms_no_other_call());
    }),
    (
        "a_worker_that_stops_reading_in_the_middle_of_a_word_is_replaced",
        || {
            run(a_worker_that_stops_reading_in_the_middle_of_a_word_is_replaced());
        },
    ),
    (
        "a_call_with_a_seat_is_heard_and_one_more_is_refused_with_the_reason",
        || {
            run(a_call_with_a_seat_is_heard_and_one_more_is_refused_with_the_reason());
        },
    ),
    (
        "while_decoding_is_behind_no_new_call_is_heard_and_none_is_lost",
        || {
            run(while_decoding_is_behind_no_new_call_is_heard_and_none_is_lost());
        },
    ),
    ("without_any_worker_no_new_call_is_heard", || {
        run(without_any_worker_no_new_call_is_heard());
    }),
    ("what_the_library_cannot_compute_on_is_refused", || {
        run(what_the_library_cannot_compute_on_is_refused());
    }),
    ("a_worker_that_hangs_is_replaced_and_its_words_are_heard", || {
        run(a_worker_that_hangs_is_replaced_and_its_words_are_heard());
    }),
    ("dropping_the_pool_ends_the_children", || {
        run(dropping_the_pool_ends_the_children())
    }),
    ("a_missing_model_is_named", || run(a_missing_model_is_named())),
    ("a_garbage_token_list_is_refused_with_its_line", || {
        run(a_garbage_token_list_is_refused_with_its_line())
    }),
    ("a_program_that_is_no_worker_is_told_so", || {
        run(a_program_that_is_no_worker_is_told_so())
    }),
    #[cfg(not(feature = "sherpa"))]
    ("without_the_library_the_error_says_what_to_do", || {
        run(without_the_library_the_error_says_what_to_do())
    }),
    #[cfg(feature = "sherpa")]
    ("a_model_that_is_no_onnx_is_refused_in_words", || {
        run(sherpa::a_model_that_is_no_onnx_is_refused_in_words())
    }),
    #[cfg(feature = "sherpa")]
    (
        "a_card_that_the_library_cannot_compute_on_is_refused_in_its_words",
        || run(sherpa::a_card_that_the_library_cannot_compute_on_is_refused_in_its_words()),
    ),
    #[cfg(feature = "sherpa")]
    (
        "callers_who_speak_at_once_are_decoded_together_and_each_is_heard_as_alone",
        || run(sherpa::callers_who_speak_at_once_are_decoded_together_and_each_is_heard_as_alone()),
    ),
    #[cfg(feature = "sherpa")]
    ("words_of_a_public_model_are_compared_by_their_sound", || {
        run(public::words_of_a_public_model_are_compared_by_their_sound())
    }),
    #[cfg(feature = "sherpa")]
    (
        "what_no_telephone_carries_is_heard_in_a_session_of_16_khz",
        || run(public::what_no_telephone_carries_is_heard_in_a_session_of_16_khz()),
    ),
    #[cfg(feature = "sherpa")]
    ("who_whispers_or_shouts_is_understood_as_well", || {
        run(sherpa::who_whispers_or_shouts_is_understood_as_well())
    }),
    #[cfg(feature = "sherpa")]
    ("a_name_that_may_be_said_is_heard_where_it_would_not_be", || {
        run(public::a_name_that_may_be_said_is_heard_where_it_would_not_be())
    }),
    #[cfg(feature = "sherpa")]
    ("a_voice_with_a_lexicon_speaks_its_words", || {
        run(public::a_voice_with_a_lexicon_speaks_its_words())
    }),
    #[cfg(feature = "sherpa")]
    ("a_voice_of_pipers_speaks_what_espeak_says_of_a_text", || {
        run(public::a_voice_of_pipers_speaks_what_espeak_says_of_a_text())
    }),
    #[cfg(feature = "sherpa")]
    (
        "a_voice_that_dies_speaks_again_and_another_speaks_meanwhile",
        || run(public::a_voice_that_dies_speaks_again_and_another_speaks_meanwhile()),
    ),
    #[cfg(feature = "sherpa")]
    ("a_voice_that_hangs_is_replaced_and_speaks_again", || {
        run(public::a_voice_that_hangs_is_replaced_and_speaks_again())
    }),
    #[cfg(feature = "sherpa")]
    ("a_model_of_each_form_is_tried_in_a_child", || {
        run(sherpa::a_model_of_each_form_is_tried_in_a_child())
    }),
    #[cfg(feature = "sherpa")]
    (
        "a_model_that_harms_its_engine_is_refused_and_ends_a_child_only",
        || {
            run(sherpa::a_model_that_harms_its_engine_is_refused_and_ends_a_child_only());
        },
    ),
    #[cfg(feature = "sherpa")]
    (
        "a_model_that_finds_speech_is_asked_in_place_of_the_network_and_its_worker_may_die",
        || run(public::a_model_that_finds_speech_is_asked_in_place_of_the_network_and_its_worker_may_die()),
    ),
    #[cfg(feature = "sherpa")]
    ("the_committed_model_hears_a_spoken_order", || {
        run(sherpa::the_committed_model_hears_a_spoken_order())
    }),
    #[cfg(feature = "sherpa")]
    (
        "an_utterance_that_begins_in_the_middle_of_a_word_is_heard_from_there_on",
        || run(sherpa::an_utterance_that_begins_in_the_middle_of_a_word_is_heard_from_there_on()),
    ),
    #[cfg(feature = "sherpa")]
    ("the_committed_model_takes_nothing_back", || {
        run(sherpa::the_committed_model_takes_nothing_back())
    }),
    #[cfg(feature = "sherpa")]
    ("an_agent_is_interrupted_by_an_order_and_understands_it", || {
        run(sherpa::an_agent_is_interrupted_by_an_order_and_understands_it());
    }),
    #[cfg(feature = "sherpa")]
    (
        "a_native_worker_killed_in_the_middle_of_a_word_still_finds_the_contact",
        || {
            run(sherpa::a_native_worker_killed_in_the_middle_of_a_word_still_finds_the_contact());
        },
    ),
];

fn main() {
    run_if_worker();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return;
    }
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-'));
    for (name, test) in TESTS
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|wanted| name.contains(wanted.as_str())))
    {
        test();
        println!("test {name} ... ok");
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        timeout(Duration::from_secs(60), test)
            .await
            .expect("the test ends within a minute")
    });
}

/// A scripted model, of ten tokens as a rule: `t1` to `t9` and the blank.
struct Scripted(tempfile::TempDir);

impl Scripted {
    fn new() -> Self {
        Self::of(10, |index| format!("t{index}"))
    }

    fn of(tokens: usize, name: impl Fn(usize) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tokens: String = (1..tokens)
            .map(|index| format!("{} {index}\n", name(index)))
            .collect();
        fs::write(folder.path().join("tokens.txt"), format!("<blk> 0\n{tokens}")).unwrap();
        Self(folder)
    }

    fn config(&self) -> PoolConfig {
        PoolConfig::new(Model {
            kind: ModelKind::Scripted,
            folder: self.0.path().to_owned(),
            provider: Provider::Cpu,
        })
    }

    async fn pool(&self, workers: usize) -> WorkerPool {
        WorkerPool::start(PoolConfig {
            workers,
            ..self.config()
        })
        .await
        .unwrap()
    }
}

fn level(sample: i16) -> Frame8k {
    Frame8k::from_samples(&[sample; 160])
}

fn say(session: &mut Session, token: i16, frames: usize) {
    for _ in 0..frames {
        session.push(level(token * 100));
    }
}

/// The same as fast as it is taken: more than a session holds loses nothing.
async fn say_at_its_pace(session: &mut Session, token: i16, frames: usize) {
    for _ in 0..frames {
        session.has_room().await;
        session.push(level(token * 100));
    }
}

async fn last(session: &mut Session) -> Heard {
    loop {
        match session.next().await.expect("a session reports its end") {
            Heard::CaughtUp | Heard::Partial(_) | Heard::Replaced => {}
            end => return end,
        }
    }
}

async fn words(session: &mut Session) -> Vec<String> {
    match last(session).await {
        Heard::Final(tokens) => tokens.into_iter().map(|token| token.phone).collect(),
        other => panic!("{other:?}"),
    }
}

/// Waits until this many tokens were reported.
async fn heard_so_far(session: &mut Session, count: usize) -> Vec<PhoneToken> {
    loop {
        match session.next().await.expect("a session reports what it hears") {
            Heard::Partial(partial) if partial.tokens.len() >= count => return partial.tokens,
            Heard::Partial(_) | Heard::Replaced => {}
            other => panic!("{other:?}"),
        }
    }
}

fn kill(pid: u32) {
    signal("-KILL", pid);
}

fn signal(name: &str, pid: u32) {
    let pid = pid.to_string();
    assert!(
        std::process::Command::new("kill")
            .args([name, &pid])
            .status()
            .unwrap()
            .success()
    );
}

async fn words_are_heard_through_a_child_process() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    assert_eq!(pool.info().engine, "scripted");
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 3, 10);
    say(&mut session, 0, 5);
    say(&mut session, 4, 10);
    session.finish();
    let Heard::Final(tokens) = last(&mut session).await else {
        panic!("no final result")
    };
    assert_eq!(tokens, [PhoneToken::new("t3", 0), PhoneToken::new("t4", 300)]);
    assert_eq!(session.next().await, None);
}

async fn many_sessions_share_a_worker() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut sessions: Vec<_> = (0..9).map(|_| pool.open(Language::En).unwrap()).collect();
    for _ in 0..10 {
        for (index, session) in sessions.iter_mut().enumerate() {
            say(session, index as i16 + 1, 1);
        }
    }
    for (index, session) in sessions.iter_mut().enumerate() {
        session.finish();
        assert_eq!(words(session).await, [format!("t{}", index + 1)]);
    }
}

async fn a_worker_killed_in_the_middle_of_a_word_loses_no_word() {
    let model = Scripted::new();
    let pool = model.pool(2).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 1, 10);
    say(&mut session, 2, 5);
    heard_so_far(&mut session, 2).await;
    pool.worker_pids().into_iter().for_each(kill);
    say(&mut session, 2, 5);
    say(&mut session, 3, 10);
    session.finish();
    assert_eq!(words(&mut session).await, ["t1", "t2", "t3"]);
}

async fn a_worker_whose_engine_aborts_in_the_middle_of_a_word_loses_no_word_of_others() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 1, 10);
    say(&mut session, 2, 5);
    heard_so_far(&mut session, 2).await;
    let aborted = pool.worker_pids();
    let mut poisoned = pool.open(Language::Fr).unwrap();
    poisoned.push(level(POISON));
    // His word goes on while the engine ends its process.
    say(&mut session, 2, 5);
    while session.next().await != Some(Heard::Replaced) {}
    say(&mut session, 3, 10);
    session.finish();
    assert_eq!(words(&mut session).await, ["t1", "t2", "t3"]);
    assert_ne!(pool.worker_pids(), aborted);
}

async fn a_call_is_heard_by_the_worker_for_which_it_was_let_in() {
    let model = Scripted::new();
    let pool = model.pool(2).await;
    let workers = until(|| Some(pool.worker_pids()).filter(|pids| pids.len() == 2)).await;
    let speaks = async |call: &dyn Transcriber| {
        let mut session = call.open(Language::Fr).unwrap();
        say(&mut session, 1, 5);
        heard_so_far(&mut session, 1).await;
        session
    };
    let calls: Vec<_> = (0..2).map(|_| pool.for_call().unwrap()).collect();
    let mut first = speaks(&*calls[0]).await;
    let _second = speaks(&*calls[1]).await;
    let other_party = speaks(&*calls[0]).await;
    let _other_party_of_the_second = speaks(&*calls[1]).await;
    // The worker of the first has fewer streams, and is the one that will be behind.
    drop(other_party);
    until(|| (pool.sessions() == 3).then_some(())).await;
    signal("-STOP", workers[0]);
    say(&mut first, 2, 5);
    tokio::time::sleep(2 * MOST_BEHIND).await;
    let third = pool.for_call().unwrap();
    let mut session = third.open(Language::Fr).unwrap();
    say(&mut session, 3, 5);
    session.finish();
    let mut told = Vec::new();
    while let Some(heard) = session.next().await {
        told.push(heard);
    }
    assert!(!told.contains(&Heard::Replaced), "{told:?}");
    assert_eq!(told.last(), Some(&Heard::Final(vec![PhoneToken::new("t3", 0)])));
}

/// Loud enough for the level gate, and no speech to the network.
const LOUD: i16 = 60;

async fn more_legs_than_a_model_attends_to_have_the_built_in_network_and_harm_none() {
    let model = Scripted::of(64, |_| "speech".to_owned());
    let model = VadModel::start(PoolConfig {
        calls_per_worker: 512,
        most_behind: Duration::from_secs(30),
        ..model.config()
    })
    .await
    .unwrap();
    let workers = model.worker_pids();
    let detection = Detection {
        config: VadConfig::default(),
        model: Some(model.clone()),
    };
    let mut legs: Vec<Vad> = (0..1030).map(|_| Vad::of(&detection)).collect();
    for leg in &mut legs {
        for _ in 0..6 {
            let _ = leg.push(&level(LOUD * 100));
            leg.settle().await;
        }
    }
    let attended = legs.iter().filter(|leg| leg.is_speaking()).count();
    assert_eq!((attended, model.worker_pids()), (1024, workers));
    // Whose leg ends leaves his place to another.
    drop(legs.swap_remove(0));
    let mut another = Vad::of(&detection);
    for _ in 0..6 {
        let _ = another.push(&level(LOUD * 100));
        another.settle().await;
    }
    assert!(another.is_speaking());
}

async fn a_mark_is_answered_once_all_before_it_is_heard_also_by_another_worker() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 1, 100);
    session.mark();
    let mut heard = Vec::new();
    loop {
        match session.next().await.unwrap() {
            Heard::Partial(partial) => heard = partial.tokens,
            Heard::CaughtUp => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(heard.len(), 1);
    pool.worker_pids().into_iter().for_each(kill);
    say(&mut session, 2, 10);
    session.mark();
    while session.next().await != Some(Heard::CaughtUp) {}
    session.finish();
    assert_eq!(words(&mut session).await, ["t1", "t2"]);
}

async fn what_was_told_stays_when_the_worker_dies() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 1, 10);
    say(&mut session, 2, 10);
    let told = heard_so_far(&mut session, 2).await;
    pool.worker_pids().into_iter().for_each(kill);
    say(&mut session, 3, 10);
    let mut later = heard_so_far(&mut session, 3).await;
    assert_eq!(later.split_off(2).len(), 1);
    assert_eq!(later, told);
}

async fn a_long_utterance_keeps_what_it_said_before_the_replay() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say_at_its_pace(&mut session, 1, 100).await;
    heard_so_far(&mut session, 1).await;
    say_at_its_pace(&mut session, 2, 100).await;
    heard_so_far(&mut session, 2).await;
    say_at_its_pace(&mut session, 3, 100).await;
    heard_so_far(&mut session, 3).await;
    pool.worker_pids().into_iter().for_each(kill);
    say(&mut session, 4, 10);
    session.finish();
    let Heard::Final(tokens) = last(&mut session).await else {
        panic!("no final result")
    };
    let spoken: Vec<_> = tokens
        .iter()
        .map(|token| (token.phone.as_str(), token.at_ms))
        .collect();
    // The replay begins inside the second word, which is heard again, and told once.
    assert_eq!(spoken, [("t1", 0), ("t2", 2000), ("t3", 4000), ("t4", 6000)]);
}

async fn sound_that_kills_every_worker_fails_its_session_only() {
    let model = Scripted::new();
    let pool = model.pool(2).await;
    let mut poisoned = pool.open(Language::Fr).unwrap();
    poisoned.push(level(POISON));
    let Heard::Failed { reason } = last(&mut poisoned).await else {
        panic!("it should fail")
    };
    assert!(reason.contains("3 speech workers died"), "{reason}");
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 5, 10);
    session.finish();
    assert_eq!(words(&mut session).await, ["t5"]);
}

/// A model that ends its process, and one that answers what is no message: on each worker that hears the sound, the only one.
async fn sound_that_spoils_its_worker_harms_no_other_call() {
    for spoiling in [POISON, GARBLE] {
        let model = Scripted::new();
        let pool = model.pool(1).await;
        let mut others: Vec<_> = (0..3).map(|_| pool.open(Language::Fr).unwrap()).collect();
        for other in &mut others {
            say(other, 1, 10);
            heard_so_far(other, 1).await;
        }
        let mut spoiled = pool.open(Language::Fr).unwrap();
        spoiled.push(level(spoiling));
        let Heard::Failed { reason } = last(&mut spoiled).await else {
            panic!("it should fail")
        };
        assert!(reason.contains("3 speech workers died"), "{reason}");
        for other in &mut others {
            say(other, 2, 10);
            other.finish();
            assert_eq!(words(other).await, ["t1", "t2"]);
        }
    }
}

async fn a_worker_that_stops_reading_in_the_middle_of_a_word_is_replaced() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 1, 10);
    heard_so_far(&mut session, 1).await;
    let stopped = pool.worker_pids();
    stopped.iter().for_each(|pid| signal("-STOP", *pid));
    say(&mut session, 2, 10);
    // The caller speaks on, and nobody has asked for a result.
    heard_so_far(&mut session, 2).await;
    assert_ne!(pool.worker_pids(), stopped);
    session.finish();
    assert_eq!(words(&mut session).await, ["t1", "t2"]);
}

async fn a_call_with_a_seat_is_heard_and_one_more_is_refused_with_the_reason() {
    let model = Scripted::new();
    let pool = WorkerPool::start(PoolConfig {
        calls_per_worker: 1,
        ..model.config()
    })
    .await
    .unwrap();
    let call = pool.for_call().unwrap();
    call.admit(Language::Fr).unwrap();
    let another = pool.for_call().unwrap();
    let refused = another.admit(Language::Fr).unwrap_err();
    assert_eq!(refused, Error::Overloaded(Overload::Full { calls: 1 }));
    // Both parties of the first are heard, as often as they speak.
    let mut sessions = [call.open(Language::Fr).unwrap(), call.open(Language::Fr).unwrap()];
    for session in &mut sessions {
        say(session, 4, 5);
        session.finish();
        assert_eq!(words(session).await, ["t4"]);
    }
    call.admit(Language::Fr).unwrap();
    drop(call);
    another.admit(Language::Fr).unwrap();
}

async fn while_decoding_is_behind_no_new_call_is_heard_and_none_is_lost() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let call = pool.for_call().unwrap();
    let mut session = call.open(Language::Fr).unwrap();
    say(&mut session, 1, 5);
    heard_so_far(&mut session, 1).await;
    let worker = pool.worker_pids()[0];
    signal("-STOP", worker);
    say(&mut session, 2, 5);
    let refused = until(|| pool.for_call()?.admit(Language::Fr).err()).await;
    let Error::Overloaded(Overload::Behind { by, most }) = refused else {
        panic!("{refused:?}")
    };
    assert!(by > most, "{by:?}");
    signal("-CONT", worker);
    // The one that has a seat is heard, and new ones are once the worker has kept up for a while.
    session.finish();
    assert_eq!(words(&mut session).await, ["t1", "t2"]);
    until(|| pool.for_call()?.admit(Language::Fr).ok()).await;
    assert_eq!(pool.worker_pids(), [worker]);
}

async fn without_any_worker_no_new_call_is_heard() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let call = pool.for_call().unwrap();
    call.admit(Language::Fr).unwrap();
    // Whatever is started from here on has no model.
    fs::remove_file(model.0.path().join("tokens.txt")).unwrap();
    pool.worker_pids().into_iter().for_each(kill);
    let another = pool.for_call().unwrap();
    let refused = until(|| pool.for_call()?.admit(Language::Fr).err()).await;
    assert_eq!(refused, Error::Overloaded(Overload::NoWorker));
    let mut session = call.open(Language::Fr).unwrap();
    say(&mut session, 1, 5);
    session.finish();
    let Heard::Failed { reason } = last(&mut session).await else {
        panic!("nobody can hear it")
    };
    assert!(reason.contains("no speech worker was ready"), "{reason}");
    assert!(another.admit(Language::Fr).is_err());
}

/// Looks again and again, for the minute that a test has.
async fn until<T>(look: impl Fn() -> Option<T>) -> T {
    loop {
        match look() {
            Some(seen) => return seen,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn what_the_library_cannot_compute_on_is_refused() {
    let model = Scripted::new();
    let mut config = model.config();
    config.model.provider = Provider::Cuda;
    let error = WorkerPool::start(config).await.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::NoProvider {
                provider: Provider::Cuda,
                ..
            }
        ),
        "{error}"
    );
}

async fn a_worker_that_hangs_is_replaced_and_its_words_are_heard() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let mut session = pool.open(Language::Fr).unwrap();
    say(&mut session, 1, 10);
    heard_so_far(&mut session, 1).await;
    pool.worker_pids()
        .into_iter()
        .for_each(|pid| signal("-STOP", pid));
    say(&mut session, 2, 10);
    session.finish();
    assert_eq!(words(&mut session).await, ["t1", "t2"]);
}

async fn dropping_the_pool_ends_the_children() {
    let model = Scripted::new();
    let pool = model.pool(1).await;
    let pid = pool.worker_pids()[0];
    drop(pool);
    timeout(Duration::from_secs(5), async {
        while is_running(pid) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the child ends with the pool");
}

/// A killed child that nobody has waited for yet is a zombie, `Z`.
fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

async fn a_missing_model_is_named() {
    let model = Model {
        kind: ModelKind::Scripted,
        folder: "/nowhere/model".into(),
        provider: Provider::Cpu,
    };
    let error = admit(&PoolConfig::new(model)).await.unwrap_err();
    assert_eq!(
        error,
        Error::ModelMissing {
            path: "/nowhere/model/tokens.txt".into()
        }
    );
}

async fn a_garbage_token_list_is_refused_with_its_line() {
    let model = Scripted::new();
    fs::write(model.0.path().join("tokens.txt"), "<blk> 0\nnonsense\n").unwrap();
    let error = admit(&model.config()).await.unwrap_err();
    assert!(
        matches!(&error, Error::ModelRefused { reason, .. } if reason.contains("line 2")),
        "{error}"
    );
}

async fn a_program_that_is_no_worker_is_told_so() {
    let model = Scripted::new();
    let program = Some(PathBuf::from("/bin/ls"));
    let error = admit(&PoolConfig {
        program,
        ..model.config()
    })
    .await
    .unwrap_err();
    assert_eq!(error, Error::NotHooked);
    let program = Some(PathBuf::from("/nowhere/program"));
    let error = WorkerPool::start(PoolConfig {
        program,
        ..model.config()
    })
    .await
    .unwrap_err();
    assert!(matches!(error, Error::WorkerNotStarted { .. }), "{error}");
}

#[cfg(not(feature = "sherpa"))]
async fn without_the_library_the_error_says_what_to_do() {
    let error = admit(&PoolConfig::new(Model::phones(models())))
        .await
        .unwrap_err();
    assert_eq!(error, Error::NoSpeechLibrary);
}

#[cfg(feature = "sherpa")]
/// The smallest models of each form, made by `tests/models/make.py`.
fn smallest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/models")
        .join(name)
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/phones")
}

#[cfg(feature = "sherpa")]
#[path = "worker/public.rs"]
mod public;
#[cfg(feature = "sherpa")]
#[path = "worker/sherpa.rs"]
mod sherpa;
