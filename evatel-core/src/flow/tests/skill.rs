//! Skills that an owner orders, and that a number's dialogue runs.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::bench::Bench;
use crate::{
    dialogue::{Bit, Value},
    flow::*,
    intent::Intent,
    money::Money,
    policy::Authoriser,
    skill::{Argument, Errand, Order, Outcome, Saying, SkillId, Skills},
};

/// A taxi that costs something, a table that costs nothing, and a call to the owner's colleague.
fn skills() -> Arc<Skills> {
    let document = json!({ "skills": [
        { "skill": "taxi", "price": "2.50 CAD", "takes": { "time": "time", "size": "choice" }, "fr": {
            "help": "Dites : un taxi.", "phrases": ["un taxi", "un taxi à {time}"], "steps": [
                { "step": "time", "ask": "time", "text": "À quelle heure?" },
                { "step": "size", "ask": "choice", "text": "Petit ou grand?", "options": [
                    { "option": "small", "phrases": ["petit"] },
                    { "option": "large", "phrases": ["grand"] },
                ] },
                { "step": "go", "run": "taxi" },
            ],
        } },
        { "skill": "table", "takes": { "people": "digits" }, "fr": {
            "help": "Dites : une table.", "phrases": ["une table"], "steps": [
                { "step": "people", "ask": "digits", "digits": 1, "text": "Pour combien de personnes?" },
                { "step": "go", "run": "table", "otherwise": "people", "then": "end" },
            ],
        } },
    ] });
    Arc::new(serde_json::from_value(document).unwrap())
}

fn setting() -> Setting {
    Setting {
        skills: skills(),
        ..Bench::setting(false)
    }
}

fn assistant() -> Bench {
    Bench::new(Flow::assistant("phone".parse().unwrap(), setting()))
}

const TAXI: SkillId = SkillId(0);
const TABLE: SkillId = SkillId(1);

fn ordered(skill: SkillId, told: Vec<(usize, Vec<Value>)>) -> Intent {
    Intent::Run(Order { skill, told })
}

fn at(text: &str) -> Value {
    Value::Time(text.parse().unwrap())
}

fn errands(call: &Bench) -> Vec<(ActionId, Errand)> {
    let runs = call.done.iter().filter_map(|action| match action {
        Action::Run { id, errand } => Some((*id, errand.clone())),
        _ => None,
    });
    runs.collect()
}

fn done(call: &mut Bench, outcome: Outcome) {
    let (id, _) = errands(call).pop().expect("something is being done");
    call.tell(Input::Ran { id, outcome });
}

/// What was said last in words that are none of ours.
fn sentence(call: &Bench) -> Vec<Bit> {
    call.last(|action| match action {
        Action::Say { pieces, .. } => pieces.iter().find_map(|piece| match piece {
            Piece::Sentence(bits) => Some(bits.clone()),
            _ => None,
        }),
        _ => None,
    })
}

#[test]
fn what_was_said_with_the_order_is_not_asked_for_and_nothing_is_done_before_its_price_is_agreed_to() {
    let mut call = assistant();
    call.hear(ordered(TAXI, vec![(0, vec![at("15:30")])]));
    assert_eq!(sentence(&call), [Bit::Text("Petit ou grand?".into())]);
    call.key(Party::Caller, "2");
    assert_eq!(call.said(), ["skill-price", "(sentence)", "skill-agree"]);
    let price: Money = "2.50 CAD".parse().unwrap();
    assert_eq!(sentence(&call)[0], Bit::Value(Value::Amount(price)));
    assert_eq!(errands(&call), []);
    call.finish_saying();
    call.hear(Intent::Yes);
    let (_, errand) = errands(&call).pop().unwrap();
    assert_eq!((errand.skill(), errand.price()), ("taxi", Some(price)));
    let large = Argument::Choice("large".into());
    let told: Vec<(&str, Option<Argument>)> = errand
        .arguments()
        .map(|(name, value)| (name, value.cloned()))
        .collect();
    assert_eq!(
        told,
        [
            ("size", Some(large)),
            ("time", Some(Argument::Value(at("15:30"))))
        ]
    );
    let agreed = |action: &Action| matches!(action, Action::Note(Fact::Agreed(agreed)) if *agreed == price);
    assert_eq!(call.count(agreed), 1);
    done(
        &mut call,
        Outcome::Done(Some(Saying::new("Le taxi vient.").unwrap())),
    );
    assert_eq!(call.said(), ["(sentence)", "ask-command"]);
    assert_eq!(sentence(&call), [Bit::Text("Le taxi vient.".into())]);
}

#[test]
fn a_price_is_said_without_being_interrupted_and_a_no_or_silence_or_nonsense_does_nothing() {
    let refusals: [fn(&mut Bench); 5] = [
        |call| call.hear(Intent::No),
        |call| call.key(Party::Caller, "2"),
        |call| call.key(Party::Caller, "*"),
        |call| {
            for _ in 0..3 {
                call.finish_saying();
                call.wait();
            }
        },
        |call| {
            for _ in 0..3 {
                call.finish_saying();
                call.hear(Intent::NotUnderstood);
            }
        },
    ];
    for refuses in refusals {
        let mut call = assistant();
        let choice = Value::Choice(crate::dialogue::OptionId(0));
        call.hear(ordered(TAXI, vec![(0, vec![at("15:30")]), (1, vec![choice])]));
        let interruptible = call.last(|action| match action {
            Action::Say { interruptible, .. } => Some(*interruptible),
            _ => None,
        });
        assert!(!interruptible);
        call.finish_saying();
        refuses(&mut call);
        assert_eq!(errands(&call), []);
        assert_eq!(call.said().last(), Some(&"ask-command"));
    }
}

#[test]
fn nobody_agrees_to_a_price_that_he_did_not_hear_whatever_he_has_keyed_ahead() {
    let mut call = assistant();
    call.key(Party::Caller, "3");
    call.key(Party::Caller, "1");
    call.key(Party::Caller, "153021");
    assert_eq!(call.said(), ["skill-price", "(sentence)", "skill-agree"]);
    assert_eq!(errands(&call), []);
    call.finish_saying();
    call.key(Party::Caller, "1");
    assert_eq!(errands(&call).len(), 1);
}

#[test]
fn an_option_that_is_none_of_the_question_is_no_answer_whoever_thought_of_it() {
    let option = |id| Value::Choice(crate::dialogue::OptionId(id));
    for values in [vec![option(999)], vec![option(999), option(998)]] {
        let mut call = assistant();
        call.hear(ordered(TAXI, vec![(0, vec![at("15:30")]), (1, values.clone())]));
        assert_eq!(sentence(&call), [Bit::Text("Petit ou grand?".into())]);
        call.hear(Intent::Told(values));
        assert_eq!(call.said()[0], "not-understood");
    }
}

#[test]
fn what_may_be_two_times_is_asked_and_what_does_not_fit_is_asked_for() {
    let mut call = assistant();
    call.hear(ordered(TAXI, vec![(0, vec![at("09:00"), at("21:00")])]));
    assert_eq!(call.said(), ["did-you-mean", "(sentence)"]);
    call.hear(Intent::No);
    call.hear(Intent::Yes);
    call.hear(Intent::Told(vec![Value::Choice(crate::dialogue::OptionId(0))]));
    call.finish_saying();
    call.hear(Intent::Yes);
    let (_, errand) = errands(&call).pop().unwrap();
    let time = errand.arguments().find(|(name, _)| *name == "time").unwrap().1;
    assert_eq!(time, Some(&Argument::Value(at("21:00"))));

    // Whoever thought of it: a time is no count of people, and neither are two digits.
    for told in [at("09:00"), Value::Digits("12".into())] {
        let mut call = assistant();
        call.hear(ordered(TABLE, vec![(0, vec![told])]));
        assert_eq!(sentence(&call), [Bit::Text("Pour combien de personnes?".into())]);
    }
}

#[test]
fn what_cannot_be_done_leads_where_the_step_says_and_what_fails_too() {
    let mut call = assistant();
    call.hear(ordered(TABLE, vec![(0, vec![Value::Digits("4".into())])]));
    done(
        &mut call,
        Outcome::Refused(Some(Saying::new("C'est complet.").unwrap())),
    );
    assert_eq!(call.said(), ["(sentence)", "(sentence)"]);
    call.key(Party::Caller, "2");
    done(&mut call, Outcome::Failed("it is away".into()));
    assert_eq!(call.said(), ["skill-failed", "(sentence)"]);
    call.key(Party::Caller, "2");
    done(&mut call, Outcome::Done(None));
    assert_eq!(call.said(), ["skill-done", "ask-command"]);
    assert_eq!(errands(&call).len(), 3);
}

#[test]
fn keys_order_as_words_do_and_help_tells_of_skills() {
    let mut call = assistant();
    call.key(Party::Caller, "3");
    assert_eq!(call.said(), ["keypad-pick", "keypad-pick"]);
    call.key(Party::Caller, "2");
    assert_eq!(sentence(&call), [Bit::Text("Pour combien de personnes?".into())]);
    call.key(Party::Caller, "*");
    assert_eq!(call.said(), ["ask-command"]);
    call.hear(Intent::Help);
    assert_eq!(call.said(), ["help", "(sentence)", "(sentence)", "ask-command"]);

    let mut without = Bench::assistant();
    without.key(Party::Caller, "3");
    assert_eq!(without.said(), ["help", "ask-command"]);
}

#[test]
fn a_skill_that_is_not_there_is_not_understood_and_what_comes_late_changes_nothing() {
    let mut call = assistant();
    call.hear(ordered(SkillId(7), Vec::new()));
    assert_eq!(call.said(), ["not-understood", "ask-command"]);
    call.hear(ordered(TABLE, vec![(0, vec![Value::Digits("4".into())])]));
    let (id, _) = errands(&call).pop().unwrap();
    done(&mut call, Outcome::Done(None));
    let before = call.done.len();
    call.tell(Input::Ran {
        id,
        outcome: Outcome::Done(None),
    });
    assert_eq!(call.done.len(), before);
}

/// A call to a number whose dialogue runs a skill.
fn number(skill: &str) -> Bench {
    let steps: Json = json!([
        { "step": "people", "ask": "digits", "text": "Combien?" },
        { "step": "go", "run": skill, "otherwise": "sorry" },
        { "step": "bye", "say": "Au revoir.", "then": "end" },
        { "step": "sorry", "say": "Désolé." },
    ]);
    let document = json!({ "language": "fr", "steps": steps });
    let dialogue = serde_json::from_value(document).unwrap();
    Bench::new(Flow::dialogue(Arc::new(dialogue), setting()))
}

#[test]
fn a_numbers_dialogue_runs_what_costs_nothing_and_nothing_that_costs() {
    let mut call = number("table");
    call.hear(Intent::Told(vec![Value::Digits("4".into())]));
    done(&mut call, Outcome::Done(None));
    assert_eq!(call.said(), ["skill-done", "(sentence)"]);
    call.finish_saying();
    assert!(call.hung_up());

    let mut call = number("taxi");
    call.hear(Intent::Told(vec![Value::Digits("4".into())]));
    assert_eq!(errands(&call), []);
    assert_eq!(call.said(), ["skill-refused", "(sentence)"]);
}

#[test]
fn a_leg_that_a_skill_rings_is_the_owners_own_and_passes_the_gate() {
    let document = json!({ "skills": [{ "skill": "marie", "takes": {}, "fr": {
        "help": "Dites : appelle Marie.", "phrases": ["ma collègue"], "steps": [
            { "step": "a", "call": "+19005550123", "otherwise": "b" },
            { "step": "b", "run": "marie" },
        ],
    } }] });
    let setting = Setting {
        skills: Arc::new(serde_json::from_value(document).unwrap()),
        ..Bench::setting(false)
    };
    let mut call = Bench::new(Flow::assistant("phone".parse().unwrap(), setting));
    call.hear(ordered(SkillId(0), Vec::new()));
    let by_device = |action: &Action| {
        matches!(action, Action::Decide { authoriser: Authoriser::Device { .. }, cause, .. }
            if *cause == crate::calls::LegCause::VoiceAssistant)
    };
    assert_eq!(call.count(by_device), 1);
    // A premium number is refused to him, ordered by a skill or not.
    assert_eq!(call.rang(), 0);
    assert_eq!(errands(&call).len(), 1);
}
