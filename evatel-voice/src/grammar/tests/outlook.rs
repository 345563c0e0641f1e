//! What may follow what was heard so far.

use std::sync::Arc;

use evatel_core::{dialogue::OptionId, flow::SpokenOption, number::DialPlan};
use rstest::rstest;
use tokio::sync::OnceCell;

use super::*;
use crate::endpoint::Outlook;

async fn grammar() -> Arc<Grammar> {
    static GRAMMAR: OnceCell<Arc<Grammar>> = OnceCell::const_new();
    GRAMMAR
        .get_or_init(|| async { Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap()) })
        .await
        .clone()
}

/// What follows a text of which each word takes 400 ms, as far as it is written.
async fn outlook(language: Language, expect: Expect, text: &str) -> Outlook {
    let grammar = grammar().await;
    let names = [("marie", "Marie Tremblay"), ("luc", "Luc")];
    let names = names.map(|(id, name)| (id.parse().unwrap(), name.to_owned()));
    let contacts = grammar.lexicon().contacts(&names, language).await.unwrap();
    let heard = tokens(&grammar, language, text).await;
    grammar.outlook(&heard, language, expect, &contacts)
}

/// The same where a dialogue asks, and sales, the sales office and support may be chosen.
async fn outlook_of_answer(language: Language, expect: Expect, text: &str) -> Outlook {
    let grammar = grammar().await;
    let options = ["ventes", "ventes au détail", "soutien"];
    let options = options.iter().zip(0..).map(|(phrase, id)| SpokenOption {
        id: OptionId(id),
        phrases: vec![(*phrase).to_owned()],
    });
    let options: Vec<SpokenOption> = match expect {
        Expect::Slot(SlotKind::Choice) => options.collect(),
        _ => Vec::new(),
    };
    let now = "2026-11-26T10:00[America/Toronto]".parse().unwrap();
    let plan = DialPlan::default();
    let scene = Scene::look_up(&options, language, now, plan, grammar.lexicon())
        .await
        .unwrap();
    let turn = Turn {
        heard: tokens(&grammar, language, text).await,
        language,
        expect,
        contacts: Arc::default(),
        asked: String::new(),
        spent: Arc::default(),
        scene: None,
    };
    grammar.outlook_of_answer(turn, Arc::new(scene)).await.unwrap()
}

/// What the recogniser hears of a text.
async fn tokens(grammar: &Grammar, language: Language, text: &str) -> Vec<PhoneToken> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = grammar.lexicon().pronounce_all(&words, language).await.unwrap();
    let mut heard = Vec::new();
    for (word, number) in found.iter().zip(0..) {
        let spelled = grammar.lexicon().phones().spelled(word.phones().unwrap());
        heard.extend(
            spelled
                .split_whitespace()
                .zip(0..)
                .map(|(phone, index)| PhoneToken::new(phone, number * 400 + index * 60)),
        );
    }
    heard
}

#[rstest]
#[case::yes("oui", Outlook::Complete)]
#[case::agreed("d'accord", Outlook::Complete)]
// "non, Marie" may follow.
#[case::no("non", Outlook::Open)]
#[case::no_but("non appelle", Outlook::Unfinished)]
#[case::hesitation("euh", Outlook::Unfinished)]
#[case::nothing("", Outlook::Open)]
#[tokio::test]
async fn answers_to_yes_or_no_in_french(#[case] said: &str, #[case] expected: Outlook) {
    assert_eq!(outlook(Language::Fr, Expect::YesNo, said).await, expected);
}

#[rstest]
#[case::half("appelle", Outlook::Unfinished)]
#[case::half_a_name("appelle marie", Outlook::Unfinished)]
#[case::whole("appelle marie tremblay", Outlook::Complete)]
#[case::help("aide", Outlook::Complete)]
#[case::somebody_and("appelle zoé et", Outlook::Unfinished)]
#[case::somebody("passe-moi gontran", Outlook::Open)]
#[tokio::test]
async fn orders_in_french(#[case] said: &str, #[case] expected: Outlook) {
    assert_eq!(outlook(Language::Fr, Expect::Command, said).await, expected);
}

#[rstest]
#[case::half("call", Outlook::Unfinished)]
#[case::whole("call marie tremblay", Outlook::Complete)]
#[case::number("five one four", Outlook::Unfinished)]
#[case::number_in_words("please dial five five five oh one", Outlook::Unfinished)]
#[case::whole_number("five one four five five five oh one four two", Outlook::Open)]
#[tokio::test]
async fn orders_in_english(#[case] said: &str, #[case] expected: Outlook) {
    assert_eq!(outlook(Language::En, Expect::Command, said).await, expected);
}

#[rstest]
#[case::one_letter("t", Outlook::Unfinished)]
#[case::letters("t r e m", Outlook::Unfinished)]
#[case::a_name("jean bouchard", Outlook::Open)]
#[case::a_name_like_letters("hervé", Outlook::Open)]
#[case::with_hesitation("jean euh", Outlook::Unfinished)]
#[tokio::test]
async fn names_in_french(#[case] said: &str, #[case] expected: Outlook) {
    assert_eq!(outlook(Language::Fr, Expect::Name, said).await, expected);
}

#[rstest]
#[case::yes("oui", Outlook::Complete)]
// "non, demain" may follow.
#[case::no("non", Outlook::Open)]
#[case::repeat("répétez", Outlook::Complete)]
#[case::another_day("non demain", Outlook::Open)]
#[case::hesitation("euh", Outlook::Unfinished)]
#[tokio::test]
async fn answers_to_whether_a_day_is_right(#[case] said: &str, #[case] expected: Outlook) {
    let kinds = SlotKinds::default().with(SlotKind::Date);
    assert_eq!(
        outlook_of_answer(Language::Fr, Expect::Confirm(kinds), said).await,
        expected
    );
}

#[rstest]
#[case::one("soutien", Outlook::Complete)]
// "au détail" may follow.
#[case::beginning_of_another("ventes", Outlook::Open)]
#[case::longer("ventes au détail", Outlook::Complete)]
#[tokio::test]
async fn choices(#[case] said: &str, #[case] expected: Outlook) {
    let expect = Expect::Slot(SlotKind::Choice);
    assert_eq!(outlook_of_answer(Language::Fr, expect, said).await, expected);
}

#[rstest]
#[case::day(SlotKind::Date, "demain", Outlook::Complete)]
#[case::day_of_a_month(SlotKind::Date, "le trois décembre", Outlook::Open)]
// "trente" may follow.
#[case::hour(SlotKind::Time, "quinze heures", Outlook::Open)]
#[case::hour_and_minutes(SlotKind::Time, "quinze heures quarante cinq", Outlook::Complete)]
#[case::area_code(SlotKind::Number, "cinq un quatre", Outlook::Unfinished)]
#[case::number(
    SlotKind::Number,
    "cinq un quatre cinq cinq cinq zéro un quatre deux",
    Outlook::Complete
)]
#[case::digits(SlotKind::Digits, "cinq un quatre", Outlook::Unfinished)]
#[tokio::test]
async fn days_times_and_numbers(#[case] kind: SlotKind, #[case] said: &str, #[case] expected: Outlook) {
    assert_eq!(
        outlook_of_answer(Language::Fr, Expect::Slot(kind), said).await,
        expected
    );
}
