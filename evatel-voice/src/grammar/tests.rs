mod aside;
mod outlook;
mod skilled;

use super::*;
use crate::lexicon::tests::lexicon;

struct Room {
    grammar: Grammar,
    contacts: Contacts,
    language: Language,
}

impl Room {
    async fn new(language: Language) -> Self {
        let grammar = Grammar::load(Arc::new(lexicon())).await.unwrap();
        let names = [
            ("marie", "Marie Tremblay"),
            ("martin", "Martin Tremblay"),
            ("zoe", "Zoé Beauchemin"),
        ];
        let names = names.map(|(id, name)| (id.parse().unwrap(), name.to_owned()));
        let contacts = grammar.lexicon().contacts(&names, language).await.unwrap();
        Self {
            grammar,
            contacts,
            language,
        }
    }

    /// Hears a text exactly as the lexicon says it sounds.
    async fn hear(&self, text: &str, expect: Expect) -> Understood {
        self.hear_phones(&self.sound(text).await, expect)
    }

    /// The phones of a text.
    async fn sound(&self, text: &str) -> String {
        let lexicon = self.grammar.lexicon();
        let found = lexicon.pronounce(text, self.language).await.unwrap();
        lexicon.phones().spelled(found.phones().unwrap())
    }

    fn hear_phones(&self, tokens: &str, expect: Expect) -> Understood {
        let tokens: Vec<_> = tokens
            .split_whitespace()
            .map(|phone| PhoneToken::new(phone, 0))
            .collect();
        self.grammar
            .interpret(&tokens, self.language, expect, &self.contacts)
    }
}

fn call(id: &str) -> Intent {
    Intent::CallContact(id.parse().unwrap())
}

#[tokio::test]
async fn french_orders_answers_and_choices_become_their_intents() {
    let room = Room::new(Language::Fr).await;
    for (text, expect, intent) in [
        ("appelle Marie Tremblay", Expect::Command, call("marie")),
        (
            "je voudrais parler à Zoé Beauchemin",
            Expect::Command,
            call("zoe"),
        ),
        ("Martin Tremblay", Expect::Command, call("martin")),
        ("neuf un un", Expect::Command, Intent::CallEmergency),
        ("oui, c'est ça", Expect::YesNo, Intent::Yes),
        ("non", Expect::YesNo, Intent::No),
        ("oui", Expect::Slot(SlotKind::YesNo), Intent::Yes),
        ("non", Expect::Slot(SlotKind::YesNo), Intent::No),
        (
            "non, Zoé Beauchemin",
            Expect::YesNo,
            Intent::NotThatBut("zoe".parse().unwrap()),
        ),
        ("accepte", Expect::AcceptRefuse, Intent::Accept),
        ("refuse", Expect::AcceptRefuse, Intent::Refuse),
        ("laisser un message", Expect::AfterFailure, Intent::Message),
        ("réessaie", Expect::AfterFailure, Intent::TryAgain),
        ("au revoir", Expect::AfterFailure, Intent::End),
    ] {
        let understood = room.hear(text, expect).await;
        assert_eq!(understood.intent, intent, "`{text}`: {understood:?}");
        assert!(expect.takes(&intent), "core does not take `{text}` here");
    }
}

#[tokio::test]
async fn a_number_near_911_calls_no_ambulance() {
    for (language, emergency, others) in [
        (
            Language::En,
            ["nine one one", "call nine one one"],
            [
                "four one one",
                "nine four one",
                "call four one one",
                "eight one one",
            ],
        ),
        (
            Language::Fr,
            ["neuf un un", "appelle le neuf un un"],
            [
                "huit un un",
                "appelle le huit un un",
                "appelle le quatre un un",
                "neuf dix un",
            ],
        ),
    ] {
        let room = Room::new(language).await;
        for text in emergency {
            let understood = room.hear(text, Expect::Command).await;
            assert_eq!(
                understood.intent,
                Intent::CallEmergency,
                "`{text}`: {understood:?}"
            );
        }
        for text in others {
            let understood = room.hear(text, Expect::Command).await;
            assert_eq!(
                understood.intent,
                Intent::NotUnderstood,
                "`{text}`: {understood:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_number_is_read_digit_by_digit_or_in_groups_and_what_is_near_it_is_none() {
    for (language, all) in [
        (
            Language::Fr,
            [
                (
                    "appelle le cinq un quatre, cinq cinq cinq, zéro un neuf neuf",
                    "5145550199",
                ),
                (
                    "compose le cinq cent quatorze, cinq cinq cinq, zéro un quatre-vingt-dix-neuf",
                    "5145550199",
                ),
                (
                    "appelle le un huit cent, cinq cinq cinq, zéro un quatre deux",
                    "18005550142",
                ),
                (
                    "quatre cinq zéro, cinq cinq cinq, zéro un trois sept",
                    "4505550137",
                ),
            ],
        ),
        (
            Language::En,
            [
                (
                    "call five one four, five five five, oh one nine nine",
                    "5145550199",
                ),
                (
                    "dial five one four, five five five, zero one forty two",
                    "5145550142",
                ),
                (
                    "call one eight hundred, five five five, zero one four two",
                    "18005550142",
                ),
                (
                    "four five zero, five five five, zero one three seven",
                    "4505550137",
                ),
            ],
        ),
    ] {
        let room = Room::new(language).await;
        for (text, digits) in all {
            let understood = room.hear(text, Expect::Command).await;
            assert_eq!(
                understood.intent,
                Intent::Digits(digits.to_owned()),
                "`{text}`: {understood:?}"
            );
            assert!(Expect::Command.takes(&understood.intent));
            // Who was asked yes or no, or who he is, has told a number at most.
            let elsewhere = room.hear(text, Expect::YesNo).await;
            assert_eq!(elsewhere.intent, Intent::NotUnderstood, "`{text}`: {elsewhere:?}");
        }
        let told = room.hear(all[3].0, Expect::Name).await;
        assert_eq!(told.intent, Intent::NotUnderstood, "{told:?}");
        let ordered = room.hear(all[0].0, Expect::Name).await;
        assert_eq!(ordered.intent, Intent::Digits(all[0].1.to_owned()), "{ordered:?}");
    }
}

#[tokio::test]
async fn what_is_understood_has_its_words_in_their_times() {
    let room = Room::new(Language::Fr).await;
    let phones = room.sound("téléphone à Zoé Beauchemin").await;
    // A sound of his own before it, then a phone each 50 ms.
    let said = ["oe"].into_iter().chain(phones.split_whitespace());
    let tokens: Vec<PhoneToken> = said
        .zip(0..)
        .map(|(phone, place)| PhoneToken::new(phone, 1000 + 50 * place))
        .collect();
    let understood = room
        .grammar
        .interpret(&tokens, Language::Fr, Expect::Command, &room.contacts);
    assert_eq!(understood.intent, call("zoe"), "{understood:?}");
    let words: Vec<_> = understood.words.iter().map(|word| &*word.text).collect();
    assert_eq!(words, ["téléphone", "à", "Zoé Beauchemin"]);
    assert_eq!(understood.words[0].from_ms, 1050);
    for pair in understood.words.windows(2) {
        assert_eq!(pair[1].from_ms, pair[0].to_ms + 50, "{understood:?}");
    }
    let last = tokens.last().unwrap().at_ms;
    assert_eq!(understood.words[2].to_ms, last);
    // What is not understood has no words.
    assert!(room.hear_phones("S S S S", Expect::Command).words.is_empty());
}

#[tokio::test]
async fn english_orders_answers_and_choices_become_their_intents() {
    let room = Room::new(Language::En).await;
    for (text, expect, intent) in [
        ("call Marie Tremblay", Expect::Command, call("marie")),
        (
            "no, Martin Tremblay",
            Expect::YesNo,
            Intent::NotThatBut("martin".parse().unwrap()),
        ),
        ("yes", Expect::YesNo, Intent::Yes),
        ("try again", Expect::AfterFailure, Intent::TryAgain),
        ("help", Expect::Command, Intent::Help),
    ] {
        let understood = room.hear(text, expect).await;
        assert_eq!(understood.intent, intent, "`{text}`: {understood:?}");
        assert!(expect.takes(&intent), "core does not take `{text}` here");
    }
}

#[tokio::test]
async fn a_caller_who_tells_his_name_orders_nothing_even_if_it_is_a_contacts_name() {
    let room = Room::new(Language::Fr).await;
    for text in [
        "Marie Tremblay",
        "c'est Marie Tremblay",
        "je m'appelle Marie Tremblay",
        "Jean Bouchard",
    ] {
        let understood = room.hear(text, Expect::Name).await;
        assert_eq!(
            understood.intent,
            Intent::NotUnderstood,
            "`{text}`: {understood:?}"
        );
    }
    assert_eq!(
        room.hear("appelle Marie Tremblay", Expect::Name).await.intent,
        call("marie")
    );
}

#[tokio::test]
async fn what_nobody_expects_is_not_understood_and_says_how_far_it_was() {
    let room = Room::new(Language::Fr).await;
    let understood = room
        .hear("quelle belle journée pour aller au parc", Expect::Command)
        .await;
    assert_eq!(understood.intent, Intent::NotUnderstood);
    assert!(understood.score.unwrap().distance > 0.3, "{understood:?}");
    assert_eq!(room.hear_phones("", Expect::Command).score, None);
    assert_eq!(
        room.hear("oui", Expect::AfterFailure).await.intent,
        Intent::NotUnderstood
    );
}

#[tokio::test]
async fn a_few_wrong_phones_do_not_change_who_is_called() {
    let room = Room::new(Language::Fr).await;
    let understood = room.hear_phones("a b E l m a R i t R an p l e", Expect::Command);
    assert_eq!(understood.intent, call("marie"), "{understood:?}");
    let score = understood.score.unwrap();
    assert!(score.distance > 0.0 && score.margin > 0.0, "{score:?}");
}

#[tokio::test]
async fn two_contacts_of_one_name_are_asked_about_and_not_guessed() {
    let mut room = Room::new(Language::Fr).await;
    let mut twin = room.contacts.spoken[0].clone();
    twin.id = "twin".parse().unwrap();
    room.contacts.spoken.push(twin);
    let understood = room.hear("appelle Marie Tremblay", Expect::Command).await;
    let both = ["marie", "twin"].map(|id| id.parse().unwrap());
    assert_eq!(understood.intent, Intent::CallOneOf(both.into()));
    assert_eq!(understood.score.unwrap().margin, 0.0);
    // A stranger who gives that name has told it, and ordered nothing.
    let told = room.hear("appelle Marie Tremblay", Expect::Name).await;
    assert_eq!(told.intent, Intent::NotUnderstood);

    for id in ["third", "fourth"] {
        let mut another = room.contacts.spoken[0].clone();
        another.id = id.parse().unwrap();
        room.contacts.spoken.push(another);
    }
    let understood = room.hear("appelle Marie Tremblay", Expect::Command).await;
    assert_eq!(understood.intent.contacts().len(), 4, "{understood:?}");
}

/// What a French caller hears himself say who says an English name the English way, and the other way round.
#[tokio::test]
async fn a_name_is_understood_by_the_rules_of_the_other_language_too() {
    for (language, other, order, name) in [
        (Language::Fr, Language::En, "appelle", "Steve Johnson"),
        (Language::En, Language::Fr, "call", "Geneviève Lévesque"),
    ] {
        let mut room = Room::new(language).await;
        let names = [("one", name), ("two", "Zoé Beauchemin")];
        let names = names.map(|(id, name)| (id.parse().unwrap(), name.to_owned()));
        let lexicon = room.grammar.lexicon().clone();
        room.contacts = lexicon.contacts(&names, language).await.unwrap();
        let foreign = lexicon.pronounce(name, other).await.unwrap();
        let foreign = lexicon.phones().spelled(foreign.phones().unwrap());
        let order = room.sound(order).await;
        let understood = room.hear_phones(&format!("{order} {foreign}"), Expect::Command);
        assert_eq!(understood.intent, call("one"), "{understood:?}");
        // The margin is to whoever else could be meant, not to the same name by the other rules.
        let score = understood.score.unwrap();
        assert!(score.distance == 0.0 && score.margin > 0.2, "{score:?}");
        assert_eq!(&*understood.words.last().unwrap().text, name);
    }
}

#[tokio::test]
async fn a_name_by_the_rules_of_the_other_language_must_be_nearer_than_one_by_the_calls_own() {
    let mut room = Room::new(Language::Fr).await;
    let names = [
        ("one".parse().unwrap(), "Oswald Kipling".to_owned()),
        ("two".parse().unwrap(), "Zoé Beauchemin".to_owned()),
    ];
    let lexicon = room.grammar.lexicon().clone();
    room.contacts = lexicon.contacts(&names, Language::Fr).await.unwrap();
    let english = room.contacts.spoken[0].sounds[1].clone();
    let far = lexicon.phones().parse_tokens("S S S S S S S S S S S S");
    let said = lexicon.phones().spelled(&english);
    let said: Vec<&str> = said.split_whitespace().collect();
    // With some phones left out: as the other language's name and, were it so, as that of the call's own.
    let mut taken = Vec::new();
    for from in 0..said.len() {
        for to in from..said.len() {
            let heard = format!("a p E l {} {}", said[..from].join(" "), said[to..].join(" "));
            taken.push(
                [vec![far.clone(), english.clone()], vec![english.clone()]].map(|sounds| {
                    room.contacts.spoken[0].sounds = sounds;
                    room.hear_phones(&heard, Expect::Command).intent == call("one")
                }),
            );
        }
    }
    assert_eq!(taken[0], [true, true]);
    assert!(
        taken.contains(&[false, true]) && !taken.contains(&[true, false]),
        "{taken:?}"
    );
}

#[tokio::test]
async fn a_name_that_several_contacts_share_is_asked_about_among_them() {
    let mut room = Room::new(Language::Fr).await;
    let among = |ids: &[&str]| Intent::CallOneOf(ids.iter().map(|id| id.parse().unwrap()).collect());
    let understood = room.hear("appelle Tremblay", Expect::Command).await;
    assert_eq!(understood.intent, among(&["marie", "martin"]), "{understood:?}");
    let names = [
        ("t", "Marie Tremblay"),
        ("g", "Marie Gagnon"),
        ("c", "Marc Roy"),
        ("k", "Mark Roy"),
        ("z", "Zoé Beauchemin"),
    ];
    let names = names.map(|(id, name)| (id.parse().unwrap(), name.to_owned()));
    let lexicon = room.grammar.lexicon().clone();
    room.contacts = lexicon.contacts(&names, Language::Fr).await.unwrap();
    for (text, expect, intent) in [
        ("appelle Marie", Expect::Command, among(&["t", "g"])),
        ("Marie", Expect::Command, among(&["t", "g"])),
        ("non, Marie", Expect::YesNo, among(&["t", "g"])),
        // The rest of the name decides.
        ("appelle Marie Gagnon", Expect::Command, call("g")),
        ("appelle Marc", Expect::Command, among(&["c", "k"])),
        // In French espeak-ng says them otherwise, and a caller may not.
        ("appelle Marc Roy", Expect::Command, among(&["c", "k"])),
        ("appelle Mark Roy", Expect::Command, among(&["k", "c"])),
        ("appelle Roy", Expect::Command, among(&["c", "k"])),
        // A stranger who gives a name has told it, and ordered nothing.
        ("c'est Marie", Expect::Name, Intent::NotUnderstood),
    ] {
        let understood = room.hear(text, expect).await;
        assert_eq!(understood.intent, intent, "`{text}`: {understood:?}");
    }
}

async fn with_phrases(text: &str) -> Result<Grammar, Error> {
    let file = PhraseFile::parse("phrases.toml", text).unwrap();
    Grammar::with(Arc::new(lexicon()), Limits::default(), vec![file]).await
}

#[tokio::test]
async fn an_operators_phrases_add_to_ours() {
    let mut room = Room::new(Language::Fr).await;
    let heard = ["passe-moi donc Zoé Beauchemin", "à la revoyure", "au revoir"];
    let before = room.hear(heard[1], Expect::Command).await;
    assert_eq!(before.intent, Intent::NotUnderstood, "{before:?}");
    room.grammar = with_phrases(
        "[fr]\ncall-contact = [\"passe-moi [donc] {contact}\"]\nend = [\"à la (prochaine|revoyure)\"]",
    )
    .await
    .unwrap();
    for (text, intent) in heard.into_iter().zip([call("zoe"), Intent::End, Intent::End]) {
        let understood = room.hear(text, Expect::Command).await;
        assert_eq!(understood.intent, intent, "`{text}`: {understood:?}");
    }
}

#[tokio::test]
async fn a_phrase_without_a_sound_is_told_with_its_line() {
    let error = with_phrases("[fr]\nyes = [\"oui\",\n\"!?\"]").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`phrases.toml` line 3: `!?` cannot be pronounced"),
        "{error}"
    );
}

#[tokio::test]
async fn none_of_our_phrases_sounds_like_one_of_another_intent_and_an_operators_that_do_are_told() {
    let ours = Grammar::load(Arc::new(lexicon())).await.unwrap().alike();
    assert!(ours.iter().all(|alike| !alike.never_understood), "{ours:#?}");
    let room = with_phrases("[fr]\nhelp = [\n\"j'ai faim\", \"faim\"]")
        .await
        .unwrap();
    let told: Vec<Alike> = room.alike();
    let alike = told.iter().find(|alike| alike.never_understood).unwrap();
    assert_eq!((alike.distance, alike.expect), (0.0, Expect::Command));
    let mut both = [&alike.one, &alike.other];
    both.sort_by_key(|place| place.intent);
    assert_eq!(both.map(|place| place.phrase.as_str()), ["fin", "faim"]);
    assert_eq!((both[1].file.as_str(), both[1].line), ("phrases.toml", 3));
}
