//! The player itself: that it sees what is wrong, not only what is right.

use std::sync::Arc;

use super::*;
use crate::{grammar::Grammar, lexicon::tests::lexicon};

async fn play(steps: &str) -> Played {
    let grammar = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
    let scenario = Scenario::parse(&format!("title: T\nlanguage: fr\nsteps:\n{steps}")).unwrap();
    Player::new(grammar, Ears::Scripted)
        .play(&scenario)
        .await
        .unwrap()
}

fn failed(played: &Played) -> (usize, &str) {
    let failed = played.failed.as_ref().unwrap();
    (failed.number, failed.reason.as_str())
}

#[tokio::test]
async fn what_went_as_written_has_no_failed_step_and_tells_how_long_it_took() {
    let played = play(
        "
  - hears: ask-command
  - says: appelle Marie Tremblay
  - hears: {prompt: confirm-call, within-ms: 700}
  - says: oui
  - rings: Marie Tremblay
  - callee: answers
  - joined
",
    )
    .await;
    assert_eq!(played.failed, None, "{:#?}", played.moments);
    // 320 ms are the pause that ends an order to which nothing is to be added.
    let [took] = played.took[..] else {
        panic!("{:?}", played.took);
    };
    assert!((320..=370).contains(&took.ms), "{took:?}");
}

#[tokio::test]
async fn what_names_files_that_nobody_loaded_is_not_played_without_them() {
    let grammar = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
    let player = Player::new(grammar, Ears::Scripted);
    for file in ["skills: skills.yaml", "dialogue: dialogue.yaml"] {
        let text = format!("title: T\nlanguage: fr\n{file}\nsteps:\n  - hears: ask-command\n");
        let played = player.play(&Scenario::parse(&text).unwrap()).await;
        assert!(matches!(played, Err(PlayError::NotLoaded)), "{file}: {played:?}");
    }
}

#[tokio::test]
async fn a_prompt_that_does_not_come_fails_its_step_by_number() {
    let played = play("  - hears: ask-command\n  - says: aide\n  - hears: confirm-call\n").await;
    assert_eq!(failed(&played), (3, "did not hear `confirm-call` within 30s"));
}

#[tokio::test]
async fn a_prompt_that_comes_late_fails_with_both_times() {
    let played =
        play("  - hears: ask-command\n  - says: aide\n  - hears: {prompt: help, within-ms: 300}\n").await;
    let (number, reason) = failed(&played);
    assert_eq!(number, 3);
    assert!(reason.contains("more than 300 ms"), "{reason}");
}

#[tokio::test]
async fn who_is_not_rung_and_what_was_heard_after_all_are_failures() {
    let played = play("  - hears: ask-command\n  - callee: answers\n").await;
    assert_eq!(failed(&played).0, 2);
    let played = play(
        "
  - hears: ask-command
  - says: aide
  - hears: ask-command
  - not-heard: help
",
    )
    .await;
    assert_eq!(failed(&played).0, 4);
}

#[tokio::test]
async fn only_what_was_said_while_the_ear_listened_is_heard() {
    // The order is cut by the end of the call's first turn: its second half comes too late to be part of it.
    let played = play(
        "
  - hears: ask-command
  - says: les chaussettes ... ... Marie Tremblay
  - hears: not-understood
",
    )
    .await;
    assert_eq!(played.failed, None, "{:#?}", played.moments);
}

#[tokio::test]
async fn a_prompt_is_heard_frame_after_frame_and_where_a_cough_pauses_it_it_is_not_steady() {
    let head = "  - hears: ask-command\n  - says: aide\n";
    let played = play(&format!(
        "{head}  - hears: {{prompt: ask-command, steady: true}}\n"
    ))
    .await;
    assert_eq!(played.failed, None, "{:#?}", played.moments);
    let paused = format!(
        "{head}  - hears: help\n  - waits: 500\n  - noise: 300\n  - hears: {{prompt: ask-command, steady: true}}\n"
    );
    let played = play(&paused).await;
    let (number, reason) = failed(&played);
    assert_eq!(number, 6);
    assert!(reason.contains("frame after frame"), "{reason}");
}

#[tokio::test]
async fn who_waits_hears_the_ringing_and_a_limit_that_is_too_short_fails_with_both_times() {
    let head =
        "  - hears: ask-command\n  - says: appelle Marie Tremblay\n  - hears: confirm-call\n  - says: oui\n";
    let played = play(&format!(
        "{head}  - rings: Marie Tremblay\n  - hears-ringing: 1000\n"
    ))
    .await;
    assert_eq!(played.failed, None, "{:#?}", played.moments);
    assert_eq!(played.took.len(), 1);
    let played = play(&format!(
        "{head}  - rings: Marie Tremblay\n  - hears-ringing: 0\n"
    ))
    .await;
    let (number, reason) = failed(&played);
    assert_eq!(number, 6);
    assert!(reason.contains("more than 0 ms"), "{reason}");
}

#[test]
fn a_complaint_is_one_or_a_list_and_a_line_that_carries_nothing_is_refused() {
    let head = "title: T\nlanguage: fr\nsteps: [ends]\n";
    let of = |more: &str| Scenario::parse(&format!("{more}{head}"));
    assert_eq!(of("complaint: AVA#13\n").unwrap().complaints, ["AVA#13"]);
    assert_eq!(
        of("complaint: [AVA#13, livekit/sip#348]\n").unwrap().complaints,
        ["AVA#13", "livekit/sip#348"]
    );
    for (more, wanted) in [
        ("complaint: AVA\n", "pipecat#984"),
        ("line: {loses: 1}\n", "2 or more"),
        ("line: {bursts-ms: 900}\n", "500 ms"),
    ] {
        let refused = of(more).unwrap_err().to_string();
        assert!(refused.contains(wanted), "{more}: {refused}");
    }
}

#[test]
fn a_bad_file_is_refused_with_its_line_and_what_would_be_right() {
    let refused = |text: &str| Scenario::parse(text).unwrap_err().to_string();
    let head = "title: T\nlanguage: fr\nsteps:\n";
    for (text, wanted) in [
        (
            format!("{head}  - hears: ask-comand\n"),
            ["line 4", "ask-command"],
        ),
        (format!("{head}  - keys: \"12x\"\n"), ["line 4", "0 to 9"]),
        (format!("{head}  - say: oui\n"), ["line 4", "says"]),
        (
            format!("{head}  - says: {{text: oui, wo: callee}}\n"),
            ["line 4", "`who`"],
        ),
        (
            "title: T\nlanguage: de\nsteps: [joined]\n".to_owned(),
            ["line 2", "fr"],
        ),
        (
            "title: T\nlanguage: fr\nsteps: []\n".to_owned(),
            ["0 steps", "1 to 200"],
        ),
        (format!("{head}{}", " ".repeat(70_000)), ["bytes", "65536"]),
    ] {
        let refused = refused(&text);
        for wanted in wanted {
            assert!(refused.contains(wanted), "{text:.80}: {refused}");
        }
    }
}

#[tokio::test]
async fn each_scenario_of_a_dialogue_or_a_skill_goes_as_it_is_written() {
    let grammar = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
    let player = Player::new(grammar, Ears::Scripted);
    let mut failures = Vec::new();
    for folder in ["en/dialogue", "en/skill", "fr/dialogue", "fr/skill"] {
        let folder = format!("{}/../scenarios/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let mut scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            scenario.load_files(folder.as_ref()).unwrap();
            let played = player.play(&scenario).await.unwrap();
            if let Some(failed) = played.failed {
                failures.push(format!(
                    "{}: {failed}\n{:#?}",
                    path.display(),
                    played.moments.last()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
