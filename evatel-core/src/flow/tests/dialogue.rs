//! An operator's dialogue in a call.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::bench::Bench;
use crate::{
    calls::HangupCause,
    dialogue::{Bit, SlotKind, Value},
    flow::*,
    intent::Intent,
    policy::{Authoriser, Destination},
};

fn call(steps: Json) -> Bench {
    let document = json!({ "language": "fr", "operator": "owner", "steps": steps });
    let dialogue = Arc::new(serde_json::from_value(document).unwrap());
    Bench::new(Flow::dialogue(dialogue, Bench::setting(false)))
}

/// Asks for a moment, has it confirmed, and notes it.
fn appointment() -> Json {
    json!([
        { "step": "quand", "ask": "moment", "text": "Quand?", "help": "Dites un jour et une heure." },
        { "step": "sur", "confirm": ["quand"], "text": "{quand}?" },
        { "step": "noter", "note": "Venir {quand}" },
    ])
}

fn moment(text: &str) -> Value {
    Value::Moment(format!("{text}[America/Toronto]").parse().unwrap())
}

fn noted(call: &Bench) -> Vec<Bit> {
    let mut notes = call.done.iter().filter_map(|action| match action {
        Action::Note(Fact::Noted(bits)) => Some(bits.clone()),
        _ => None,
    });
    notes.next_back().expect("something was noted")
}

#[test]
fn of_a_moment_the_day_alone_or_the_time_alone_is_corrected() {
    let mut call = call(appointment());
    call.hear(Intent::Told(vec![moment("2026-11-27T15:00")]));
    call.hear(Intent::Told(vec![Value::Date("2026-12-01".parse().unwrap())]));
    call.hear(Intent::Told(vec![Value::Time("09:30".parse().unwrap())]));
    call.hear(Intent::Yes);
    assert_eq!(
        noted(&call),
        [Bit::Text("Venir ".into()), Bit::Value(moment("2026-12-01T09:30"))]
    );
    assert_eq!(call.said(), ["goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_keyed_day_that_has_passed_is_of_next_year_and_no_day_is_asked_again() {
    let mut call = call(appointment());
    call.key(Party::Caller, "31021500");
    assert_eq!(call.said()[0], "not-understood");
    call.key(Party::Caller, "03031500");
    call.key(Party::Caller, "1");
    assert_eq!(noted(&call)[1], Bit::Value(moment("2027-03-03T15:00")));
}

#[test]
fn what_may_be_two_is_asked_one_by_one_and_refused_both_it_is_asked_anew() {
    let mut call = call(appointment());
    let both = vec![moment("2026-11-27T09:00"), moment("2026-11-27T21:00")];
    call.hear(Intent::Told(both.clone()));
    assert_eq!(call.said(), ["did-you-mean", "(sentence)"]);
    call.hear(Intent::No);
    assert_eq!(call.said(), ["did-you-mean", "(sentence)"]);
    call.hear(Intent::No);
    assert_eq!(call.said(), ["(sentence)"]);
    call.hear(Intent::Told(both));
    call.hear(Intent::Yes);
    call.hear(Intent::Yes);
    assert_eq!(noted(&call)[1], Bit::Value(moment("2026-11-27T09:00")));
}

#[test]
fn help_and_repeat_are_no_failed_tries_and_three_failed_ones_lead_to_the_operator() {
    let mut call = call(appointment());
    for _ in 0..5 {
        call.hear(Intent::Repeat);
        call.hear(Intent::Help);
    }
    call.hear(Intent::NotUnderstood);
    // The second time with keys and help.
    assert_eq!(
        call.said(),
        ["not-understood", "(sentence)", "keys-moment", "(sentence)"]
    );
    call.finish_saying();
    call.wait();
    assert_eq!(call.rang(), 0);
    call.hear(Intent::NotUnderstood);
    assert_eq!(call.rang(), 1);
}

#[test]
fn a_call_of_a_dialogue_is_by_the_rule_of_the_numbers_owner_and_is_joined_to_who_answers() {
    let mut call = call(json!([{ "step": "a", "call": "owner" }]));
    let by_rule = |action: &Action| {
        matches!(action, Action::Decide {
            authoriser: Authoriser::Rule { user },
            destination: Destination::User(whom),
            ..
        } if user == whom)
    };
    assert_eq!(call.count(by_rule), 1);
    call.callee_answers();
    assert!(call.bridged());
}

#[test]
fn a_number_that_the_owner_may_not_call_is_refused_at_the_gate_and_the_dialogue_goes_on() {
    let mut call = call(json!([
        { "step": "a", "call": "+19005550123", "otherwise": "b" },
        { "step": "b", "say": "Personne n'est là." },
    ]));
    assert_eq!(call.rang(), 0);
    assert_eq!(call.said().last(), Some(&"(sentence)"));
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_dialogue_that_goes_round_in_a_circle_ends() {
    let mut call = call(json!([
        { "step": "a", "note": "encore" },
        { "step": "b", "branch": "c", "when": { "yes": "d" }, "otherwise": "a" },
        { "step": "c", "ask": "yes-no", "text": "?" },
        { "step": "d", "say": "x" },
    ]));
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_call_that_leads_back_to_itself_ends() {
    let mut refused = call(json!([{ "step": "a", "call": "+19005550123", "otherwise": "a" }]));
    refused.finish_saying();
    assert!(refused.hung_up());

    let mut unanswered = call(json!([{ "step": "a", "call": "owner", "otherwise": "a" }]));
    for _ in 0..10 {
        assert!(!unanswered.hung_up());
        unanswered.wait();
    }
    unanswered.finish_saying();
    assert!(unanswered.hung_up());
    assert_eq!(unanswered.rang(), 10);
}

#[test]
fn a_message_is_recorded_after_its_question_and_a_silent_one_is_asked_again() {
    let mut call = call(json!([
        { "step": "m", "ask": "message", "text": "Parlez.", "otherwise": "end" },
        { "step": "z", "say": "Gardé." },
    ]));
    assert_eq!(call.said(), ["(sentence)", "(beep)"]);
    let records = |call: &Bench| {
        call.count(|action| {
            matches!(
                action,
                Action::Record {
                    keep: Keep::Message,
                    ..
                }
            )
        })
    };
    assert_eq!(records(&call), 0);
    call.finish_saying();
    call.record(0);
    assert_eq!(call.said()[0], "nothing-heard");
    call.finish_saying();
    assert_eq!(records(&call), 2);
    call.record(4);
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_message_that_its_caller_throws_away_is_not_kept() {
    let mut call = call(json!([
        { "step": "a", "ask": "yes-no", "text": "?" },
        { "step": "m", "ask": "message", "text": "Parlez." },
    ]));
    call.hear(Intent::Yes);
    call.finish_saying();
    let records = |action: &Action| match action {
        Action::Record { id, .. } => Some(*id),
        _ => None,
    };
    let recording = call.last(records);
    call.key(Party::Caller, "*");
    let thrown = |action: &Action| matches!(action, Action::Discard { id } if *id == recording);
    assert_eq!(call.count(thrown), 1);
}

#[test]
fn a_callee_who_is_busy_is_told_and_leads_back_to_what_was_asked() {
    let mut call = call(appointment());
    call.hear(Intent::Operator);
    call.callee_ends(HangupCause::Busy);
    assert_eq!(call.said(), ["outcome-busy", "(sentence)"]);
    let listens = |action: &Action| {
        matches!(
            action,
            Action::Listen {
                expect: Expect::Slot(SlotKind::Moment),
                ..
            }
        )
    };
    assert_eq!(call.count(listens), 2);
}

/// Each `Say` so far: its id, and whether it may be interrupted.
fn sayings(call: &Bench) -> Vec<(ActionId, bool)> {
    let says = call.done.iter().filter_map(|action| match action {
        Action::Say {
            id, interruptible, ..
        } => Some((*id, *interruptible)),
        _ => None,
    });
    says.collect()
}

fn stopped(call: &Bench) -> Vec<ActionId> {
    let stops = call.done.iter().filter_map(|action| match action {
        Action::StopSaying { id } => Some(*id),
        _ => None,
    });
    stops.collect()
}

fn listens(call: &Bench) -> usize {
    call.count(|action| matches!(action, Action::Listen { .. }))
}

#[test]
fn a_step_that_may_not_be_interrupted_is_said_apart_and_a_key_stops_what_stands_around_it() {
    let mut call = call(json!([
        { "step": "a", "say": "Bonjour." },
        { "step": "b", "say": "Voici les conditions.", "interruptible": false },
        { "step": "c", "ask": "yes-no", "text": "D'accord?" },
        { "step": "d", "say": "Merci." },
    ]));
    let said = sayings(&call);
    let interruptible: Vec<bool> = said.iter().map(|(_, interruptible)| *interruptible).collect();
    assert_eq!(interruptible, [true, false, true]);
    assert_eq!(listens(&call), 1);
    call.key(Party::Caller, "1");
    assert_eq!(stopped(&call), [said[0].0, said[2].0]);
    assert_eq!(call.said(), ["(sentence)"]);
}

#[test]
fn what_was_said_before_it_is_not_stopped_once_it_is_over() {
    let mut call = call(json!([
        { "step": "a", "say": "Bonjour." },
        { "step": "b", "say": "Voici les conditions.", "interruptible": false },
        { "step": "c", "ask": "yes-no", "text": "D'accord?" },
    ]));
    let said = sayings(&call);
    call.tell(Input::Spoken {
        id: said[0].0,
        interrupted: false,
    });
    call.key(Party::Caller, "1");
    assert_eq!(stopped(&call), [said[2].0]);
}

#[test]
fn a_question_that_may_not_be_interrupted_is_listened_to_after_it_and_takes_keys_at_once() {
    let steps = json!([
        { "step": "a", "ask": "yes-no", "text": "Acceptez-vous?", "interruptible": false },
        { "step": "b", "note": "{a}" },
    ]);
    let mut said = call(steps.clone());
    assert_eq!(listens(&said), 0);
    said.tell(Input::SpeechStarted { party: Party::Caller });
    said.finish_saying();
    assert_eq!(listens(&said), 1);
    said.hear(Intent::Yes);
    assert_eq!(noted(&said), [Bit::Value(Value::YesNo(true))]);

    let mut keyed = call(steps);
    keyed.key(Party::Caller, "1");
    assert_eq!(noted(&keyed), [Bit::Value(Value::YesNo(true))]);
    assert_eq!(stopped(&keyed), []);
}

#[test]
fn last_words_that_may_not_be_interrupted_need_no_goodbye() {
    let mut call = call(json!([{ "step": "a", "say": "Bonne journée.", "interruptible": false }]));
    assert_eq!(call.said(), ["(sentence)"]);
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_sound_file_is_played_in_the_place_of_its_step() {
    let call = call(json!([
        { "step": "a", "play": "hello.wav" },
        { "step": "b", "say": "Bonjour." },
        { "step": "c", "play": "sounds/rules.wav", "interruptible": false },
        { "step": "d", "ask": "yes-no", "text": "D'accord?" },
        { "step": "e", "play": "hello.wav" },
    ]));
    let interruptible: Vec<bool> = sayings(&call).iter().map(|(_, may)| *may).collect();
    assert_eq!(interruptible, [true, false, true]);
    let played = call.done.iter().filter_map(|action| match action {
        Action::Say { pieces, .. } => Some(pieces),
        _ => None,
    });
    let played = played.flatten().filter_map(|piece| match piece {
        Piece::Sound(sound) => Some(sound.name()),
        _ => None,
    });
    assert_eq!(played.collect::<Vec<_>>(), ["hello.wav", "sounds/rules.wav"]);
}

#[test]
fn marks_are_kept_apart_from_answers() {
    let mut call = call(json!([
        { "step": "a", "ask": "choice", "text": "Quoi?", "options": [{ "option": "x", "phrases": ["<break/>"] }] },
        { "step": "b", "say": "<speak>Vous dites {a}.</speak>", "then": "a" },
    ]));
    call.key(Party::Caller, "1");
    let said = call.last(|action| match action {
        Action::Say { pieces, .. } => Some(pieces.clone()),
        _ => None,
    });
    let bits = vec![
        Bit::Text("<speak>Vous dites ".into()),
        Bit::Option("<break/>".into()),
        Bit::Text(".</speak>".into()),
    ];
    assert_eq!(said[0], Piece::Marked(bits));
}
