//! The voice agent without a switch: what is said into a file is heard in it.

use std::fs;

use evatel_voice::{frame::Clip, synth::tone};

use crate::home::Home;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones");

#[test]
fn what_is_said_into_a_file_is_heard_in_it_with_intent_slot_and_scores() {
    let home = Home::empty();
    for (lang, text, name) in [
        ("fr", "Appelle Marie Tremblay.", "Marie Tremblay"),
        ("en", "Call John Smith.", "John Smith"),
    ] {
        let said = home.json(&["agent", "say", "--lang", lang, text, "-o", "said.wav"]);
        let seconds = said["seconds"].as_f64().unwrap();
        assert!((0.5..4.0).contains(&seconds), "{said:#}");
        let heard = home.json(&[
            "agent",
            "hear",
            "--lang",
            lang,
            "--model",
            MODEL,
            "--contact",
            name,
            "--contact",
            "Zoé Nguyen",
            "--partials",
            "--answered",
            "said.wav",
        ]);
        assert_eq!(heard[0]["synthetic_voices_only"], true, "{heard:#}");
        let turn = &heard[0]["turns"][0];
        assert_eq!(turn["intent"], "call-contact", "{heard:#}");
        assert_eq!(turn["slots"]["contact"], name, "{heard:#}");
        assert!(
            ["answered", "pause"].contains(&turn["end"].as_str().unwrap()),
            "{heard:#}"
        );
        let words = turn["words"].as_array().unwrap();
        assert_eq!(words.last().unwrap()["word"], name, "{heard:#}");
        assert!(turn["distance"].as_f64().unwrap() < 0.35, "{heard:#}");
        assert!(
            turn["to"].as_f64().unwrap() > turn["from"].as_f64().unwrap() + 0.5,
            "{heard:#}"
        );
        assert_eq!(heard[0]["progress"][0]["who"], "human", "{heard:#}");
        // It grew while it was said, and each phone has its time in the file.
        let phones = turn["phones"].as_array().unwrap();
        let at = |phone: &serde_json::Value| phone["at"].as_f64().unwrap();
        assert!(phones.is_sorted_by_key(at), "{heard:#}");
        assert!(at(&phones[0]) >= turn["from"].as_f64().unwrap(), "{heard:#}");
        assert!(
            at(phones.last().unwrap()) <= turn["to"].as_f64().unwrap(),
            "{heard:#}"
        );
        let partials = turn["partials"].as_array().unwrap();
        assert!(partials.len() > 2, "{heard:#}");
        for partial in partials {
            assert!(
                phones.starts_with(partial["stable"].as_array().unwrap()),
                "{heard:#}"
            );
        }
    }
}

#[test]
fn answers_to_a_dialogue_are_heard_as_typed_slots() {
    let home = Home::empty();
    let at = "2026-11-26T10:00[America/Toronto]";
    for (lang, text, expect, slot, value) in [
        ("fr", "vingt-cinq dollars", "amount", "amount", "25.00 CAD"),
        ("fr", "une heure et demie", "duration", "duration", "PT1H30M"),
        ("fr", "demain", "date", "date", "2026-11-27"),
        ("en", "Tuesday", "date", "date", "2026-12-01"),
        ("en", "fifteen thirty", "time", "time", "15:30:00"),
    ] {
        home.json(&["agent", "say", "--lang", lang, text, "-o", "said.wav"]);
        let heard = home.json(&[
            "agent", "hear", "--lang", lang, "--model", MODEL, "--expect", expect, "--at", at, "said.wav",
        ]);
        let turn = &heard[0]["turns"][0];
        assert_eq!(turn["intent"], "told", "{text}: {heard:#}");
        assert_eq!(turn["slots"][slot], value, "{text}: {heard:#}");
        assert!(turn["distance"].is_f64() && turn["margin"].is_f64(), "{heard:#}");
    }
    // Nine in the morning, or in the evening: a dialogue would ask.
    home.json(&["agent", "say", "--lang", "fr", "neuf heures", "-o", "said.wav"]);
    let hear = [
        "agent", "hear", "--lang", "fr", "--model", MODEL, "said.wav", "--expect",
    ];
    let heard = home.json(&[&hear[..], &["time"]].concat());
    assert_eq!(
        heard[0]["turns"][0]["slots"]["time_one_of"],
        serde_json::json!(["09:00:00", "21:00:00"]),
        "{heard:#}"
    );
    home.json(&[
        "agent",
        "say",
        "--lang",
        "fr",
        "le service des ventes",
        "-o",
        "said.wav",
    ]);
    let options = [
        "--option",
        "ventes | le service des ventes",
        "--option",
        "soutien",
    ];
    let heard = home.json(&[&hear[..], &["choice"], &options].concat());
    assert_eq!(heard[0]["turns"][0]["slots"]["choice"], "ventes", "{heard:#}");
    let shown = home.run(&[&hear[..], &["choice"], &options].concat());
    assert!(shown.text().contains("ventes"), "{}", shown.text());
    let said = home.refused(&[&hear[..], &["date"], &options].concat());
    assert!(said.contains("`--expect choice`"), "{said}");
    home.refused(&[&hear[..], &["choice"]].concat());
}

#[test]
fn a_file_of_any_size_is_read_up_to_its_limit_only() {
    let home = Home::empty();
    std::fs::write(home.path("large.yaml"), "x".repeat(65 * 1024)).unwrap();
    let said = home.refused(&["agent", "test", "large.yaml", "--model", MODEL]);
    assert!(
        said.contains("`large.yaml`") && said.contains("65536 bytes"),
        "{said}"
    );
}

/// The smallest models of the forms that people publish, in the tests of evatel-voice.
const PUBLIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../evatel-voice/tests/models");

#[test]
fn a_model_of_words_hears_words_with_their_times_and_what_they_sound_like_is_compared() {
    let home = Home::empty();
    // The tones in which that model hears the pieces of "appelle Marie Tremblay".
    let pieces = [400.0, 560.0, 780.0, 1080.0, 2450.0, 3100.0];
    let mut sound = Clip::silence(std::time::Duration::from_millis(500))
        .samples()
        .to_vec();
    for hertz in pieces {
        let frames: Vec<_> = tone::sine(hertz, -14.0).take(10).collect();
        sound.extend_from_slice(Clip::from_frames(&frames).samples());
    }
    fs::write(home.path("tones.wav"), Clip::new(sound).to_wav()).unwrap();
    let words = format!("{PUBLIC}/transducer");
    let hear = |more: &[&str]| {
        let hear = [
            "agent",
            "hear",
            "--lang",
            "fr",
            "--contact",
            "Marie Tremblay",
            "tones.wav",
        ];
        home.json(&[&hear, more].concat())
    };
    let heard = hear(&["--model", MODEL, "--words", &words]);
    let turn = &heard[0]["turns"][0];
    assert_eq!(turn["heard"], "APPELLE MARIE TREMBLAY", "{heard:#}");
    assert_eq!(heard[0]["synthetic_voices_only"], false, "{heard:#}");
    assert_eq!(turn["slots"]["contact"], "Marie Tremblay", "{heard:#}");
    let said = turn["words"].as_array().unwrap();
    let at = |word: &serde_json::Value| word["from"].as_f64().unwrap();
    assert_eq!(said.len(), 3, "{heard:#}");
    assert!(said.is_sorted_by_key(at) && at(&said[0]) >= 0.5, "{heard:#}");
    // By the settings it is the same.
    let settings = format!("[speech]\nmodel_dir = {MODEL:?}\n[speech.words]\nfr = {words:?}\n");
    fs::write(home.path("evatel.toml"), settings).unwrap();
    assert_eq!(hear(&[])[0]["turns"][0]["heard"], "APPELLE MARIE TREMBLAY");
    // Words are compared by phones, which some model has to have.
    fs::write(
        home.path("evatel.toml"),
        format!("[speech.words]\nfr = {words:?}\n"),
    )
    .unwrap();
    let refused = home.refused(&["agent", "hear", "tones.wav"]);
    assert!(
        refused.contains("speech.words") && refused.contains("speech.model_dir"),
        "{refused}"
    );
}

#[test]
fn a_voice_of_the_settings_speaks_and_one_that_does_not_load_is_refused() {
    let home = Home::empty();
    let say = ["agent", "say", "--lang", "en", "hello", "-o", "said.wav"];
    let seconds = || home.json(&say)["seconds"].as_f64().unwrap();
    let espeaks = seconds();
    let voice = format!("{PUBLIC}/lexicon-voice");
    fs::write(
        home.path("evatel.toml"),
        format!("[speech.voices]\nen = {voice:?}\n"),
    )
    .unwrap();
    // It beeps once for each of its few tokens.
    assert!(seconds() < espeaks / 2.0, "{} {espeaks}", seconds());
    let refused = home.run(&[&say[..], &["--voice", MODEL]].concat());
    assert_eq!(refused.code(), 1, "{}", refused.errors());
    for told in ["models/phones", "sample_rate", "hint: ", "speech.voices"] {
        assert!(refused.errors().contains(told), "{}", refused.errors());
    }
}

#[test]
fn a_file_that_is_no_sound_and_a_missing_model_are_refused_with_the_remedy() {
    let home = Home::empty();
    std::fs::write(home.path("note.wav"), "not a sound").unwrap();
    home.json(&["agent", "say", "--lang", "en", "Hello.", "-o", "hello.wav"]);
    for (arguments, told) in [
        (
            &["agent", "hear", "--model", MODEL, "note.wav"][..],
            ["`note.wav`", "no WAV file", "ffmpeg"],
        ),
        (
            &["agent", "hear", "--model", MODEL, "gone.wav"],
            ["`gone.wav`", "No such file", "hint: "],
        ),
        (&["agent", "hear", "hello.wav"], ["no model", "hint: ", "--model"]),
        (
            &["agent", "say", " … ", "-o", "nothing.wav"],
            ["nothing to say", "hint: ", "words"],
        ),
    ] {
        let said = home.refused(arguments);
        assert!(
            told.iter().all(|told| said.contains(told)),
            "{arguments:?}: {said}"
        );
    }
    assert!(!home.path("nothing.wav").exists());
}

#[test]
fn what_is_in_an_utterance_is_told_by_type_and_what_may_be_two_is_both() {
    let home = Home::empty();
    let at = "2026-11-26T10:00[America/Toronto]";
    let read = home.json(&[
        "agent",
        "parse",
        "--lang",
        "fr",
        "demain à quinze heures trente",
        "--at",
        at,
    ]);
    assert_eq!(
        read["moments"],
        serde_json::json!(["2026-11-27T15:30:00-05:00[America/Toronto]"])
    );
    assert_eq!(read["dates"], serde_json::json!(["2026-11-27"]));
    let lines = home.run_with_input(
        &["agent", "parse", "--lang", "en", "--at", at, "-"],
        "yes please\nfive one four five five five oh one double nine\nnext Tuesday at half past nine\ntwelve fifty\nyesterday at noon\n",
    );
    let lines: Vec<serde_json::Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["yes"], true);
    assert_eq!(lines[1]["numbers"], serde_json::json!(["+15145550199"]));
    assert_eq!(lines[2]["moments"].as_array().unwrap().len(), 2, "{:#}", lines[2]);
    assert_eq!(
        lines[3]["amounts"],
        serde_json::json!(["12.50 CAD", "1250.00 CAD"])
    );
    assert_eq!(lines[4].get("moments"), None, "{:#}", lines[4]);
    // With a model, each line is compared with what can be said, too.
    let lines = home.run_with_input(
        &[
            "agent", "parse", "--lang", "fr", "--at", at, "--model", MODEL, "-",
        ],
        "au revoir\nmardi en huit\n",
    );
    let lines: Vec<serde_json::Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["intents"][0]["intent"], "end", "{:#}", lines[0]);
    assert_eq!(lines[1]["dates"], serde_json::json!(["2026-12-08"]));
    let said = home.refused(&["agent", "parse", "demain", "--at", "tomorrow"]);
    assert!(
        said.contains("--at") && said.contains("2026-11-26T10:00[America/Toronto]"),
        "{said}"
    );
}

#[test]
fn a_call_is_held_without_a_switch_and_its_sound_is_kept() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    home.json(&["contact", "add", "Marie Tremblay", "5145550142"]);
    let talked = home.run_with_input(
        &["agent", "talk", "--model", MODEL, "--json", "-o", "call.wav"],
        "appelle Marie Tremblay\noui\n",
    );
    assert_eq!(talked.code(), 0, "{}", talked.errors());
    let talked: serde_json::Value = serde_json::from_str(&talked.text()).unwrap();
    assert_eq!(talked["synthetic_voices_only"], true, "{talked:#}");
    let story = talked["story"].as_array().unwrap();
    let told = |who: &str, part: &str| {
        story
            .iter()
            .position(|line| line["who"] == who && line["text"].as_str().unwrap().contains(part))
            .unwrap_or_else(|| panic!("{who}: {part} is not in {talked:#}"))
    };
    let (greets, heard) = (told("assistant", "Bonjour"), told("caller", "Marie Tremblay"));
    let (allowed, joined) = (told("system", "allow +15145550142"), told("system", "bridged"));
    assert!(
        greets < heard && heard < allowed && allowed < joined,
        "{talked:#}"
    );
    // Both sides are in the file; nothing is in the log.
    let heard = home.json(&["agent", "hear", "--lang", "fr", "--model", MODEL, "call.wav"]);
    assert!(heard[0]["seconds"].as_f64().unwrap() > 5.0, "{heard:#}");
    assert!(heard[0]["turns"].as_array().unwrap().len() > 1, "{heard:#}");
    assert_eq!(home.json(&["call", "list"]), serde_json::json!([]));
}

/// The scenarios of this repository.
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");

#[test]
fn every_scenario_passes_in_both_languages_on_the_virtual_clock() {
    let home = Home::empty();
    let report = home.json(&["agent", "test", SCENARIOS, "--model", MODEL]);
    let scenarios = report["scenarios"].as_array().unwrap();
    let failed: Vec<_> = scenarios.iter().filter(|one| one["passed"] != true).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for language in ["fr", "en"] {
        let folder = format!("/{language}/");
        let of_language = scenarios
            .iter()
            .filter(|one| one["file"].as_str().unwrap().contains(&folder));
        assert!(of_language.count() >= 30, "{language}");
    }
}

#[test]
fn a_scenario_that_fails_is_told_with_its_story_and_code_1() {
    let home = Home::empty();
    let late = "title: Too quick
language: en
steps:
  - hears: ask-command
  - says: help
  - hears: {prompt: help, within-ms: 100}
";
    std::fs::write(home.path("late.yaml"), late).unwrap();
    let failed = home.run(&["agent", "test", "late.yaml", "--model", MODEL]);
    assert_eq!(failed.code(), 1);
    let told = failed.text();
    for wanted in ["FAILED", "step 3", "more than 100 ms", "[help]"] {
        assert!(told.contains(wanted), "{told}");
    }
}

#[test]
fn over_asterisk_the_harness_plays_what_is_named_and_without_it_the_remedy_is_told() {
    let home = Home::empty();
    // A program that has no harness beside it, whatever was built beside the one under test.
    let own = home.path("evatel");
    let built = env!("CARGO_BIN_EXE_evatel");
    fs::hard_link(built, &own)
        .or_else(|_| fs::copy(built, &own).map(drop))
        .unwrap();
    let run = |arguments: &[&str]| {
        let mut program = std::process::Command::new(&own);
        program.current_dir(home.path("")).env("PATH", "").args(arguments);
        program.output().unwrap()
    };
    let named = ["agent", "test", "a.yaml", "--asterisk", "--only", "order"];
    let absent = run(&named);
    assert_eq!(absent.status.code(), Some(2));
    let told = String::from_utf8_lossy(&absent.stderr).into_owned();
    for wanted in ["`evatel-scenarios`", "cargo xtask scenarios"] {
        assert!(told.contains(wanted), "{told}");
    }

    let harness = "#!/bin/sh\necho \"{\\\"ok\\\":false,\\\"asked\\\":\\\"$*\\\"}\"\nexit 1\n";
    let program = home.path("evatel-scenarios");
    fs::write(&program, harness).unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let failed = run(&[&named[..], &["--json"]].concat());
    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    let report: serde_json::Value = serde_json::from_slice(&failed.stdout).unwrap();
    assert_eq!(report["asked"], "--only order --json -- a.yaml");
}
