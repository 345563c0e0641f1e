use evatel_core::{account::Language, dialogue::Bit};

use super::*;
use crate::{
    catalogue::Catalogue,
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
        ("  - step: a\n    say: <speak>Bonjour\n", "line 4: step `a`: `say`"),
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
