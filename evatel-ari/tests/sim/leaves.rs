//! What a call leaves: its conversation, its transcript, its events.

use std::{fs, path::Path, sync::Arc};

use evatel_core::account::Language;
use evatel_voice::{
    agent::Recognition,
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    scripted::ScriptedTranscriber,
};
use serde_json::Value;

use crate::{
    call::{Daemon, hears, hears_the_end, says_a_name},
    support::APP,
};

async fn recognition() -> Recognition {
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let grammar = Grammar::load(Arc::new(Lexicon::new(phones))).await.unwrap();
    Recognition::with_grammar(
        Arc::new(ScriptedTranscriber::hearing(["a", "a"])),
        Arc::new(grammar),
    )
}

/// A caller hears the whole greeting, says his name, and hangs up while the owner is rung.
async fn call(records_calls: bool) -> (Vec<String>, tempfile::TempDir) {
    let daemon = Daemon::start(Some(recognition().await), records_calls).await;
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears_the_end(&mut caller).await;
    says_a_name(&caller).await;
    daemon.dialled().await;
    // "One moment", that the owner is being called, and then ringback: for two seconds.
    daemon.office.told("assistant: to caller: Un instant, je").await;
    for _ in 0..100 {
        hears(&mut caller).await;
    }
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.left().await
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The only call's folder.
fn folder(left: &tempfile::TempDir) -> std::path::PathBuf {
    let mut folders = fs::read_dir(left.path().join("calls")).unwrap();
    let folder = folders.next().expect("a call left something").unwrap().path();
    assert!(folders.next().is_none());
    folder
}

/// The samples of a WAV file of 8 kHz, left and right.
fn both_channels(wav: &[u8]) -> (Vec<i16>, Vec<i16>) {
    // RFC 2361: two channels, 8,000 samples a second each.
    assert_eq!(
        (wav[22], wav[24..28].to_vec()),
        (2, 8_000_u32.to_le_bytes().to_vec())
    );
    let data = wav.windows(4).position(|four| four == b"data").unwrap() + 8;
    let sample = |pair: &[u8]| i16::from_le_bytes([pair[0], pair[1]]);
    let both = wav[data..].chunks_exact(4);
    both.map(|four| (sample(&four[..2]), sample(&four[2..]))).unzip()
}

fn is_loud(samples: &[i16], from_ms: u64, to_ms: u64) -> bool {
    let range = (from_ms * 8) as usize..((to_ms * 8) as usize).min(samples.len());
    samples[range].iter().any(|sample| sample.unsigned_abs() > 500)
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect()
}

fn at(events: &[Value], name: &str, after: u64) -> u64 {
    let found = events.iter().find(|event| {
        event["event"] == name
            && event["leg"] == "caller"
            && event["at_ms"].as_u64().is_some_and(|at| at >= after)
    });
    found.unwrap_or_else(|| panic!("no `{name}` after {after} ms in {events:#?}"))["at_ms"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn a_recorded_call_leaves_its_conversation_in_time_its_transcript_and_its_events() {
    let (_, left) = call(true).await;
    let folder = folder(&left);
    let events = lines(&folder.join("events.jsonl"));
    let names = names(&events);
    for name in [
        "sound-opened",
        "prompt-started",
        "prompt-ended",
        "recording-started",
        "speech-started",
        "turn-ended",
        "recognised",
        "understood",
        "answered",
    ] {
        assert!(names.contains(&name), "`{name}` is missing in {events:#?}");
    }
    let recorded = at(&events, "recording-started", 0);
    let turn = events
        .iter()
        .find(|event| event["event"] == "turn-ended")
        .unwrap();
    let (from, to) = (turn["from_ms"].as_u64().unwrap(), turn["to_ms"].as_u64().unwrap());
    assert_eq!(turn["reason"], "pause");
    assert!(recorded < from && from + 900 < to, "{recorded} {turn}");
    let answer = at(&events, "prompt-started", to);

    let (caller, agent) = both_channels(&fs::read(folder.join("caller.wav")).unwrap());
    // Both on one clock: who speaks while the other is silent.
    let place = |at: u64| at - recorded;
    assert!(is_loud(&caller, place(from + 200), place(from + 1_100)));
    assert!(!is_loud(&agent, place(from), place(to)));
    assert!(is_loud(&agent, place(answer), place(answer + 300)));
    assert!(!is_loud(&caller, place(answer), place(answer + 300)));

    let transcript = lines(&folder.join("transcript.jsonl"));
    let said: Vec<String> = transcript
        .iter()
        .map(|line| {
            format!(
                "{}: {}",
                line["who"].as_str().unwrap(),
                line["text"].as_str().unwrap()
            )
        })
        .collect();
    assert!(
        said[0].starts_with("assistant: Bonjour. Vous êtes bien chez Luc Roy."),
        "{said:#?}"
    );
    assert!(said.iter().any(|line| line == "caller: a name"), "{said:#?}");
    for file in ["events.jsonl", "transcript.jsonl", "caller.wav"] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.join(file)).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn where_numbers_are_left_out_neither_the_transcript_nor_the_events_tell_one() {
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let lexicon = Arc::new(Lexicon::new(phones));
    let order = "appelle le cinq un quatre cinq cinq cinq zéro un quatre deux";
    let sound = lexicon.pronounce(order, Language::Fr).await.unwrap();
    let said = lexicon.phones().spelled(sound.phones().unwrap());
    let grammar = Grammar::load(lexicon).await.unwrap();
    let transcriber = ScriptedTranscriber::hearing([said.as_str()]);
    let recognition = Recognition::with_grammar(Arc::new(transcriber), Arc::new(grammar));
    let daemon = Daemon::start_redacting(recognition).await;
    daemon
        .asterisk
        .offer("1700.1", "phone", APP, &["device", "phone", "*55"]);
    let mut caller = daemon.asterisk.next_media().await;
    hears_the_end(&mut caller).await;
    says_a_name(&caller).await;
    // The story is the owner's call log, which has the number that he calls.
    daemon
        .office
        .told("assistant: to caller: Appeler le 5 1 4, 5 5 5, 0 1 4 2?")
        .await;
    hears_the_end(&mut caller).await;
    daemon.asterisk.presses("1700.1", '2');
    daemon.office.told("caller: key 2").await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let (_, left) = daemon.left().await;
    let folder = folder(&left);
    let transcript = lines(&folder.join("transcript.jsonl"));
    let told = |who: &str, text: &str| {
        let mut of_who = transcript.iter().filter(|line| line["who"] == who);
        of_who.any(|line| line["text"].as_str().is_some_and(|told| told.contains(text)))
    };
    assert!(
        told("caller", "[…]") && told("assistant", "Appeler le […]?"),
        "{transcript:#?}"
    );
    let events = lines(&folder.join("events.jsonl"));
    let recognised = events
        .iter()
        .find(|event| event["event"] == "recognised")
        .unwrap();
    assert_eq!(
        (&recognised["phones"], &recognised["words"]),
        (&"".into(), &"".into())
    );
    let keyed = events.iter().find(|event| event["event"] == "keyed").unwrap();
    assert!(keyed["key"].is_null(), "{keyed}");
    for file in ["transcript.jsonl", "events.jsonl"] {
        let kept = fs::read_to_string(folder.join(file)).unwrap();
        let digits: String = kept.chars().filter(|c| !matches!(c, ' ' | ',')).collect();
        assert!(!digits.contains("5145550142"), "{file}: {kept}");
    }
}

#[tokio::test]
async fn a_call_that_is_not_recorded_leaves_no_sound() {
    let (_, left) = call(false).await;
    let folder = folder(&left);
    assert!(folder.join("transcript.jsonl").exists());
    let events = lines(&folder.join("events.jsonl"));
    assert!(!names(&events).contains(&"recording-started"));
    assert!(!folder.join("caller.wav").exists());
}
