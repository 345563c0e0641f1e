//! What a listener says, and nothing else.

use rstest::rstest;

use super::*;
use crate::brain::Aside;

async fn aside(language: Language, text: &str) -> Aside {
    let room = Room::new(language).await;
    let tokens: Vec<PhoneToken> = room
        .sound(text)
        .await
        .split(' ')
        .map(|phone| PhoneToken::new(phone, 0))
        .collect();
    room.grammar.aside(&tokens, language)
}

#[rstest]
#[case(Language::Fr, "ok d'accord")]
#[case(Language::Fr, "oui d'accord")]
#[case(Language::Fr, "ah ok je vois")]
#[case(Language::Fr, "hum hum ok")]
#[case(Language::Fr, "oui oui c'est beau")]
#[case(Language::En, "yeah okay")]
#[case(Language::En, "right right")]
#[case(Language::En, "uh huh okay")]
#[case(Language::En, "ok got it")]
#[case(Language::En, "ah I see")]
#[tokio::test]
async fn words_of_a_listener_in_any_number_are_an_aside(#[case] language: Language, #[case] text: &str) {
    let found = aside(language, text).await;
    assert!(
        matches!(found, Aside::Only { distance } if distance <= 0.1),
        "{text}: {found:?}"
    );
}

#[rstest]
#[case(Language::Fr, "appelle Marie Tremblay")]
#[case(Language::Fr, "au revoir")]
#[case(Language::Fr, "non merci")]
#[case(Language::Fr, "ok appelle Marie Tremblay")]
#[case(Language::Fr, "parler à quelqu'un")]
#[case(Language::En, "call Marie Tremblay")]
#[case(Language::En, "stop it please")]
#[case(Language::En, "yeah but not him")]
#[case(Language::En, "ok what can I say")]
#[tokio::test]
async fn an_order_or_an_objection_is_none(#[case] language: Language, #[case] text: &str) {
    let found = aside(language, text).await;
    assert!(!matches!(found, Aside::Only { .. }), "{text}: {found:?}");
}

#[tokio::test]
async fn what_may_become_one_has_begun_and_what_cannot_is_none() {
    let room = Room::new(Language::Fr).await;
    let whole = room.sound("ah ok je vois").await;
    let whole: Vec<PhoneToken> = whole.split(' ').map(|phone| PhoneToken::new(phone, 0)).collect();
    for length in 0..=whole.len() {
        let found = room.grammar.aside(&whole[..length], Language::Fr);
        assert_ne!(found, Aside::No, "{length} phones");
    }
    let order = room.sound("appelle Marie Tremblay").await;
    let order: Vec<PhoneToken> = order.split(' ').map(|phone| PhoneToken::new(phone, 0)).collect();
    assert_eq!(room.grammar.aside(&order[..6], Language::Fr), Aside::No);
}

#[tokio::test]
async fn an_operators_file_adds_to_them() {
    let added = PhraseFile::parse("phrases.toml", "[fr]\nbackchannel = [\"(ben|bien) coudonc\"]").unwrap();
    let grammar = Grammar::with(Arc::new(lexicon()), Limits::default(), vec![added])
        .await
        .unwrap();
    let sound = grammar
        .lexicon()
        .pronounce("ah ben coudonc", Language::Fr)
        .await
        .unwrap();
    let sound = grammar.lexicon().phones().spelled(sound.phones().unwrap());
    let tokens: Vec<PhoneToken> = sound.split(' ').map(|phone| PhoneToken::new(phone, 0)).collect();
    assert!(matches!(grammar.aside(&tokens, Language::Fr), Aside::Only { .. }));
    let ours = Grammar::load(Arc::new(lexicon())).await.unwrap();
    assert!(!matches!(ours.aside(&tokens, Language::Fr), Aside::Only { .. }));
}
