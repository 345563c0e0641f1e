//! Orders of skills.

use std::path::Path;

use evatel_core::{
    dialogue::{OptionId, Value},
    number::DialPlan,
    skill::{Order, Skills},
};

use super::*;
use crate::{dialogue::read_skills, sound_files::SoundFiles};

const EXAMPLE: &str = include_str!("../../../../examples/skills/skills.yaml");

fn skills(text: &str) -> Result<Skills, crate::dialogue::DialogueError> {
    read_skills(Path::new("."), "skills.yaml", text, &mut SoundFiles::default())
}

async fn grammar() -> Arc<Grammar> {
    let grammar = Grammar::load(Arc::new(lexicon())).await.unwrap();
    let skills = Arc::new(skills(EXAMPLE).unwrap());
    Arc::new(grammar.with_skills(skills).await.unwrap())
}

/// Hears a text exactly as the lexicon says it sounds, on 26 November 2026 in Montréal.
async fn heard(grammar: &Arc<Grammar>, text: &str, language: Language, expect: Expect) -> Intent {
    let lexicon = grammar.lexicon();
    let found = lexicon.pronounce(text, language).await.unwrap();
    let tokens = lexicon.phones().spelled(found.phones().unwrap());
    let heard = tokens.split_whitespace().map(|phone| PhoneToken::new(phone, 0));
    let scene = Scene {
        options: Vec::new(),
        now: "2026-11-26T10:00[America/Toronto]".parse().unwrap(),
        plan: DialPlan::default(),
        currency: evatel_core::money::Currency::CAD,
    };
    let turn = Turn {
        heard: heard.collect(),
        language,
        expect,
        contacts: Arc::default(),
        asked: String::new(),
        spent: Arc::default(),
        scene: Some(Arc::new(scene)),
    };
    grammar.clone().think(turn).await.unwrap().intent
}

#[tokio::test]
async fn a_skill_is_ordered_in_both_languages_with_and_without_an_answer_in_the_order() {
    let grammar = grammar().await;
    let of = |name: &str| {
        let all = grammar.skills().in_language(Language::Fr);
        let mut named = all.filter(|(_, skill, _)| skill.name == name);
        named.next().unwrap().0
    };
    let (table, taxi) = (of("book-table"), of("taxi"));
    let tomorrow = Value::Date("2026-11-27".parse().unwrap());
    let at = |time: &str| Value::Time(time.parse().unwrap());
    for (language, text, skill, told) in [
        (Language::En, "book a table", table, None),
        (Language::En, "reserve me a table at the restaurant", table, None),
        (
            Language::En,
            "book a table for tomorrow",
            table,
            Some((0, vec![tomorrow.clone()])),
        ),
        (
            Language::En,
            "order a taxi at three thirty p.m.",
            taxi,
            Some((0, vec![at("15:30")])),
        ),
        (Language::Fr, "réserve une table", table, None),
        (
            Language::Fr,
            "réserve une table pour demain",
            table,
            Some((0, vec![tomorrow])),
        ),
        (
            Language::Fr,
            "réserve une table à quinze heures trente",
            table,
            Some((1, vec![at("15:30")])),
        ),
        (
            Language::Fr,
            "commande-moi un taxi à neuf heures et quart",
            taxi,
            Some((0, vec![at("09:15"), at("21:15")])),
        ),
    ] {
        let told = told.into_iter().collect();
        let order = Intent::Run(Order { skill, told });
        assert_eq!(
            heard(&grammar, text, language, Expect::Command).await,
            order,
            "`{text}`"
        );
    }
}

#[tokio::test]
async fn an_option_is_chosen_in_the_order() {
    let text = "
skills:
  - skill: pizza
    takes: {size: choice}
    en:
      help: Say order a pizza.
      phrases: [order a pizza, \"order a {size} pizza\"]
      steps:
        - step: size
          ask: choice
          text: Which size?
          options:
            - {option: s, phrases: [small]}
            - {option: l, phrases: [large, very big]}
        - {step: go, run: pizza}
";
    let grammar = Grammar::load(Arc::new(lexicon())).await.unwrap();
    let grammar = grammar
        .with_skills(Arc::new(skills(text).unwrap()))
        .await
        .unwrap();
    let grammar = Arc::new(grammar);
    let skill = evatel_core::skill::SkillId(0);
    for (said, told) in [
        ("order a pizza", vec![]),
        ("order a small pizza", vec![(0, vec![Value::Choice(OptionId(0))])]),
        (
            "order a very big pizza",
            vec![(0, vec![Value::Choice(OptionId(1))])],
        ),
    ] {
        let order = Intent::Run(Order { skill, told });
        assert_eq!(
            heard(&grammar, said, Language::En, Expect::Command).await,
            order,
            "`{said}`"
        );
    }
}

#[tokio::test]
async fn what_is_no_order_of_a_skill_and_what_is_ordered_elsewhere_is_none() {
    let grammar = grammar().await;
    for (text, expect, intent) in [
        ("goodbye", Expect::Command, Intent::End),
        ("help", Expect::Command, Intent::Help),
        (
            "the table is made of wood",
            Expect::Command,
            Intent::NotUnderstood,
        ),
        ("order a taxi", Expect::AfterFailure, Intent::NotUnderstood),
    ] {
        assert_eq!(
            heard(&grammar, text, Language::En, expect).await,
            intent,
            "`{text}`"
        );
    }
    let without = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
    let nothing = heard(&without, "order a taxi", Language::En, Expect::Command).await;
    assert_eq!(nothing, Intent::NotUnderstood);
}

#[test]
fn what_is_wrong_with_a_file_of_skills_is_told_with_its_line() {
    for (from, to, place, told) in [
        (
            "takes: {hour: time}",
            "takes: {hour: date}",
            "    en:",
            "skill `taxi`: `en` has no step that asks for `hour` as date",
        ),
        (
            "price: 2.50 CAD",
            "price: much",
            "  - skill: taxi",
            "skill `taxi`: `price`: `much` is no amount",
        ),
        (
            "order [me] a taxi at {hour}",
            "order [me a taxi",
            "        - order [me a taxi",
            "skill `taxi`: `en` `order [me a taxi`: `[` has no other half",
        ),
        (
            "commande[-moi] un taxi à {hour}",
            "un {day} à {hour}",
            "        - un {day} à {hour}",
            "`{day}` is none of what can be said here",
        ),
        (
            "book a table at {hour}",
            "a table {day} at {hour}",
            "        - a table {day} at {hour}",
            "has several answers in braces",
        ),
        (
            "text: For how many people?",
            "texte: For how many people?",
            "          texte: For how many people?",
            "unknown field `texte`",
        ),
        (
            "text: \"Une table pour {people}, {day} à {hour}?\"",
            "text: \"Une table pour {who}?\"",
            "        - step: check",
            "`fr` step `check`: nothing asks for `who`",
        ),
        (
            "text: \"Une table pour {people}, {day} à {hour}?\"",
            "text: \"<speak>Une <loud>table</loud></speak>\"",
            "          text: \"<speak>Une <loud>table</loud></speak>\"",
            "`loud`",
        ),
    ] {
        assert!(EXAMPLE.contains(from), "{from}");
        let text = EXAMPLE.replacen(from, to, 1);
        let error = skills(&text).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(text.lines().nth(error.line - 1), Some(place), "{error}");
    }
}
