use std::{fs, os::unix::fs::symlink};

use evatel_core::{account::Language, dialogue::Bit};

use super::*;
use crate::{
    agent::Part,
    catalogue::Catalogue,
    frame::Clip,
    synth::ssml::{Span, Ssml},
};

const HEAD: &str = "language: fr\nsteps:\n";

fn told(steps: &str) -> String {
    read("d.yaml", &format!("{HEAD}{steps}")).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_with_marks_is_told_with_line_and_column_of_the_file() {
    for (steps, wanted) in [
        (
            "  - step: a\n    say: <speak>Un <voice name=\"x\">deux</voice></speak>\n",
            "`d.yaml` line 4: step `a`: `say`, column 20: `voice` is not spoken here",
        ),
        (
            "  - step: b\n    ask: date\n    text: Quand?\n    help: >\n      <speak>Dites\n      un jour,\n      <break time=\"99s\"/> demain.</speak>\n",
            "`d.yaml` line 9: step `b`: `help`, column 7: `99s` is no pause",
        ),
        (
            "  - step: a\n    ask: date\n    text: Jour?\n  - step: b\n    say: '<speak>Le {a}, <break/>{a} <break strength=\"much\"/></speak>'\n",
            "`d.yaml` line 7: step `b`: `say`, column 38: `much` is no strength",
        ),
        (
            "  - step: a\n    ask: digits\n    text: Code?\n  - step: b\n    say: <speak>C'est <say-as interpret-as='characters'>{a}</say-as></speak>\n",
            "`d.yaml` line 7: step `b`: `say`, column 57: an answer cannot stand here",
        ),
        (
            "  - step: a\n    say: <speak>Bonjour\n",
            "line 4: step `a`: `say`",
        ),
        (
            "  - step: a\n    ask: name\n    text: Nom?\n  - step: b\n    say: <speak>{a}</speak>\n",
            "step `b`: `a` is a recording: it cannot be played within `<speak>`",
        ),
    ] {
        let told = told(steps);
        assert!(told.contains(wanted), "{told}");
    }
}

#[test]
fn a_note_is_written_as_it_stands_and_a_text_without_speak_has_no_marks() {
    let steps = "  - step: a\n    note: <speak>\n  - step: b\n    say: Plus petit que < trois.\n";
    let dialogue = read("d.yaml", &format!("{HEAD}{steps}")).unwrap();
    assert!(dialogue.texts().all(|(_, _, text)| !text.is_marked));
}

#[test]
fn an_option_that_looks_like_marks_is_said_and_is_none() {
    let bits = [
        Bit::Text("<speak>Vous voulez <prosody rate='slow'>".into()),
        Bit::Option("<break time='10s'/>".into()),
        Bit::Text("</prosody>?</speak>".into()),
    ];
    let said: Ssml = Catalogue::new().marked(Language::Fr, &bits).unwrap();
    assert!(said.spans().iter().all(|span| matches!(span, Span::Text { .. })));
    assert!(said.text().contains("<break time='10s'/>"));
}

/// A folder with a sound of half a second in it, and one beside it.
fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("dialogues");
    fs::create_dir_all(folder.join("sounds/empty.wav")).unwrap();
    let sound = Clip::new(vec![1000; 4000]).to_wav();
    for place in [&folder.join("hello.wav"), &outer.path().join("outside.wav")] {
        fs::write(place, &sound).unwrap();
    }
    fs::write(folder.join("broken.wav"), "hello").unwrap();
    fs::write(folder.join("silent.wav"), Clip::new(Vec::new()).to_wav()).unwrap();
    fs::write(folder.join("long.wav"), Clip::new(vec![0; 8000 * 121]).to_wav()).unwrap();
    symlink("../../outside.wav", folder.join("sounds/out.wav")).unwrap();
    symlink("../hello.wav", folder.join("sounds/in.wav")).unwrap();
    symlink("..", folder.join("up")).unwrap();
    (outer, folder)
}

#[test]
fn a_sound_file_of_the_dialogues_folder_is_read() {
    let (_outer, folder) = folder();
    let text = format!("{HEAD}  - step: a\n    play: hello.wav\n  - step: b\n    play: sounds/in.wav\n");
    let mut files = SoundFiles::default();
    let dialogue = read_in(&folder, "d.yaml", &text, &mut files).unwrap();
    let lengths: Vec<usize> = dialogue
        .sounds
        .iter()
        .map(|sound| match files.part(sound) {
            Some(Part::Sound { clip, .. }) => clip.samples().len(),
            _ => 0,
        })
        .collect();
    assert_eq!(lengths, [4000, 4000]);
}

#[test]
fn a_file_elsewhere_or_of_no_sound_is_refused_with_its_step_and_what_to_do() {
    let (_outer, folder) = folder();
    for (name, wanted) in [
        ("nowhere.wav", "put it into the dialogue's folder"),
        ("sounds/out.wav", "lies outside the dialogue's folder"),
        ("up/outside.wav", "lies outside the dialogue's folder"),
        (
            "sounds/empty.wav",
            "it is no file but a folder, a pipe or a device",
        ),
        ("broken.wav", "this is no WAV file that can be read"),
        ("silent.wav", "there is no sound in it"),
        ("long.wav", "it lasts 121s, and 120s can be played: cut it"),
    ] {
        let text = format!("{HEAD}  - step: a\n    say: Bonjour.\n  - step: b\n    play: {name}\n");
        let mut files = SoundFiles::default();
        let told = read_in(&folder, "d.yaml", &text, &mut files)
            .unwrap_err()
            .to_string();
        let begins = format!("`d.yaml` line 5: step `b`: `{name}` ");
        assert!(told.starts_with(&begins) && told.contains(wanted), "{told}");
    }
}
