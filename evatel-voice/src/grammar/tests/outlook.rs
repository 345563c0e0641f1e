//! What may follow what was heard so far.

use std::sync::Arc;

use rstest::rstest;
use tokio::sync::OnceCell;

use super::*;

async fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceCell<Grammar> = OnceCell::const_new();
    GRAMMAR
        .get_or_init(|| async { Grammar::load(Arc::new(lexicon())).await.unwrap() })
        .await
}

/// What follows a text of which each word takes 400 ms, as far as it is written.
async fn outlook(language: Language, expect: Expect, text: &str) -> Outlook {
    let grammar = grammar().await;
    let names = [("marie", "Marie Tremblay"), ("luc", "Luc")];
    let names = names.map(|(id, name)| (id.parse().unwrap(), name.to_owned()));
    let contacts = grammar.lexicon().contacts(&names, language).await.unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = grammar.lexicon().pronounce_all(&words, language).await.unwrap();
    let mut heard = Vec::new();
    for (word, number) in found.iter().zip(0..) {
        let spelled = grammar.lexicon().phones().spelled(word.phones().unwrap());
        heard.extend(
            spelled
                .split_whitespace()
                .zip(0..)
                .map(|(phone, index)| PhoneToken {
                    phone: phone.to_owned(),
                    at_ms: number * 400 + index * 60,
                }),
        );
    }
    grammar.outlook(&heard, language, expect, &contacts)
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
