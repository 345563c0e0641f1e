//! Both catalogues of errors have the same sentences, and every `#[error]` of the code is one of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{
    Attribute, LitStr,
    parse::ParseStream,
    visit::{Visit, visit_file},
};

use super::*;

/// The crates whose errors come to the command line as they are. Those of `evatel-ari` and `evatel-voice` are English still.
const CRATES: [&str; 4] = ["evatel", "evatel-core", "evatel-provision", "evatel-store"];

/// Gives the fixed words of a sentence, with a mark for each value.
fn skeleton(sentence: &Sentence) -> String {
    let parts = sentence.parts.iter().map(|part| match part {
        Part::Fixed(words) => words.as_str(),
        Part::Open { .. } => "\0",
    });
    parts.collect()
}

/// Gives the same of a format string.
fn skeleton_of_format(text: &str) -> String {
    let (mut said, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        said.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        match rest.strip_prefix(brace) {
            Some(after) => {
                said.push_str(brace);
                rest = after;
            }
            None => {
                said.push('\0');
                rest = rest.split_once('}').map_or("", |(_, after)| after);
            }
        }
    }
    said + rest
}

/// Collects the texts of `#[error("…")]`.
#[derive(Default)]
struct Errors(Vec<String>);

impl Visit<'_> for Errors {
    fn visit_attribute(&mut self, attribute: &Attribute) {
        if !attribute.path().is_ident("error") {
            return;
        }
        let text = attribute.parse_args_with(|input: ParseStream<'_>| {
            let text: Option<LitStr> = input.parse()?;
            input.step(|cursor| {
                let mut rest = *cursor;
                while let Some((_, after)) = rest.token_tree() {
                    rest = after;
                }
                Ok(((), rest))
            })?;
            Ok(text)
        });
        // `#[error(transparent)]` has none.
        self.0.extend(text.ok().flatten().map(|text| text.value()));
    }
}

fn read_folder(folder: &Path, errors: &mut Errors) {
    each_file(folder, &mut |text| {
        visit_file(errors, &syn::parse_file(text).unwrap())
    });
}

#[test]
fn every_error_of_the_code_is_a_sentence_of_the_catalogues() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut errors = Errors::default();
    for name in CRATES {
        read_folder(&root.join(name).join("src"), &mut errors);
    }
    assert!(errors.0.len() > 200, "{} errors were found", errors.0.len());
    let known: Vec<String> = sentences(ENGLISH).iter().map(skeleton).collect();
    let missing: Vec<&String> = errors
        .0
        .iter()
        .filter(|text| {
            let wanted = skeleton_of_format(text);
            // Where no word is fixed, what it is made of are sentences themselves.
            wanted.contains(char::is_alphabetic) && !known.contains(&wanted)
        })
        .collect();
    assert!(missing.is_empty(), "not in locales/*/errors.ftl: {missing:#?}");
}

/// The names of the values of each sentence.
fn names(source: &str) -> BTreeMap<String, Vec<String>> {
    let of = |sentence: Sentence| {
        let names = sentence.parts.into_iter().filter_map(|part| match part {
            Part::Open { name, .. } => Some(name),
            Part::Fixed(_) => None,
        });
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.dedup();
        (sentence.id, names)
    };
    sentences(source).into_iter().map(of).collect()
}

#[test]
fn both_languages_have_the_same_sentences_with_the_same_values() {
    let (english, french) = (names(ENGLISH), names(FRENCH));
    for (id, names) in &english {
        assert_eq!(french.get(id), Some(names), "{id}");
    }
    assert_eq!(english.len(), french.len());
}

#[test]
fn every_sentence_is_found_by_what_it_says() {
    let wording = Wording::read();
    for sentence in &wording.sentences {
        let said: Vec<&str> = sentence
            .parts
            .iter()
            .map(|part| match part {
                Part::Fixed(words) => words.as_str(),
                Part::Open { .. } => "⟨x⟩",
            })
            .collect();
        let names = names(ENGLISH);
        let values: Vec<(&str, &str)> = names[&sentence.id]
            .iter()
            .map(|name| (name.as_str(), "⟨x⟩"))
            .collect();
        let french = wording.french.find(&sentence.id, None, &values).unwrap();
        assert_eq!(wording.in_french(&said.concat()), french, "{}", sentence.id);
    }
}

#[test]
fn a_value_is_a_sentence_itself_unless_it_is_somebodys_own() {
    let wording = Wording::read();
    for (english, french) in [
        ("there is no device `user`", "l'appareil « user » n'existe pas"),
        (
            "`12` has 2 digits; an international number has 8 to 15 with its country code; write it as `+15145550199` or `5145550199`",
            "« 12 » a 2 chiffres ; un numéro international en a de 8 à 15 avec l'indicatif du pays ; écrivez-le comme `+15145550199` ou `5145550199`",
        ),
        (
            "`25:00` is no time of day: write hours and minutes from `00:00` to `24:00`, as `09:30` at line 3 column 5",
            "« 25:00 » n'est pas une heure : écrivez heures et minutes de `00:00` à `24:00`, comme `09:30` à la ligne 3, colonne 5",
        ),
        (
            "the export cannot be used at line 7: EOF while parsing a list",
            "l'export ne peut pas servir à la ligne 7 : la liste n'est pas finie",
        ),
        (
            "`office.json`: `X` is no time zone of the IANA database 2026a: write it as `America/Toronto` at line 1 column 14",
            "« office.json » : « X » n'est pas un fuseau de la base de l'IANA 2026a : écrivez-le comme `America/Toronto` à la ligne 1, colonne 14",
        ),
        (
            "there is no presence of user `usr-1`",
            "l'horaire des statuts de l'utilisateur « usr-1 » n'existe pas",
        ),
        (
            "`+15145550199` is quarantined: `suspend` is for numbers that are assigned or suspended",
            "« +15145550199 » est à l'état « en repos » : `suspend` est pour les numéros à l'état « attribué ou suspendu »",
        ),
        ("nobody has written this one", "nobody has written this one"),
    ] {
        assert_eq!(wording.in_french(english), french);
    }
}

/// The words that stand in tables and sentences for people, by the lists of the library.
fn words() -> BTreeSet<String> {
    use evatel_core::{
        account::{AccountKind, AccountStatus, BillingMode, ResellerStatus, Role},
        calls::{DecisionWord, Direction, LegCause},
        class::NumberClass,
        did::{DidStatus, DidVerb},
        itsp::CapKind,
        limit::LimitKind,
        offer::{ItemKind, LineKind, Resale},
        permission::{Action, Matter, Standing},
        policy::Outcome,
        restriction::{Effect, Level},
        screening::ScreeningList,
    };
    let mut words = BTreeSet::new();
    macro_rules! of {
        ($($list:ident)*) => { $(words.extend($list::ALL.iter().map(|(word, _)| (*word).to_owned()));)* };
    }
    of!(AccountKind AccountStatus Action BillingMode CapKind DecisionWord DidStatus DidVerb Direction Effect ItemKind
        LegCause Level LimitKind LineKind Matter NumberClass Outcome Resale ResellerStatus Role ScreeningList Standing);
    let core = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("evatel-core/src");
    // The rules of the gate and the ends of calls have values beside their words, and so no list.
    let rules = fs::read_to_string(core.join("policy/rule.rs")).unwrap();
    let told = rules
        .lines()
        .filter(|line| line.contains("=> f.write_str(\"") || line.contains("=> write!(f, \""));
    words.extend(told.filter_map(|line| Some(line.split('"').nth(1)?.split(':').next()?.to_owned())));
    let calls = fs::read_to_string(core.join("calls.rs")).unwrap();
    let causes = calls
        .lines()
        .filter(|line| line.starts_with("    ") && line.ends_with("\";"));
    words.extend(
        causes.filter_map(|line| Some(line.split(", \"").nth(1)?.trim_end_matches("\";").to_owned())),
    );
    words
}

/// Words that stand in no list: of weekdays, of nobody, of what a number lacks, and rules that explanations alone name.
const OTHERS: [&str; 17] = [
    "account-state",
    "accounts-emergency-address",
    "anonymous",
    "class",
    "fri",
    "mon",
    "new",
    "no-emergency-address",
    "no-number",
    "none",
    "other",
    "route",
    "sat",
    "sun",
    "thu",
    "tue",
    "wed",
];

#[test]
fn every_word_that_people_read_has_its_french_and_no_other_stands_there() {
    let of_lists = words();
    assert!(of_lists.len() > 150, "{of_lists:?}");
    let lines = WORDS.lines().filter_map(|line| line.split_once(" = "));
    let known: BTreeSet<String> = lines.map(|(word, _)| word.to_owned()).collect();
    let missing: Vec<_> = of_lists.difference(&known).collect();
    assert!(missing.is_empty(), "not in locales/fr/words.ftl: {missing:?}");
    let others: Vec<&str> = known.difference(&of_lists).map(String::as_str).collect();
    assert_eq!(others, OTHERS);
}

#[test]
fn what_a_word_is_none_of_is_said_in_french() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let wording = Wording::read();
    let mut missing = Vec::new();
    for name in ["evatel-core", "evatel-store"] {
        each_file(&root.join(name).join("src"), &mut |text| {
            // As in `DidStatus ("DID status") {`.
            let heads = text
                .lines()
                .filter_map(|line| line.trim().strip_suffix("\") {")?.split_once(" (\""));
            let of_enums = heads.filter(|(name, _)| name.chars().all(char::is_alphanumeric));
            for (_, what) in of_enums {
                if wording.in_french(what) == what {
                    missing.push(what.to_owned());
                }
            }
        });
    }
    assert!(
        missing.is_empty(),
        "no sentence of locales/*/errors.ftl: {missing:?}"
    );
}

fn each_file(folder: &Path, read: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, read);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            read(&fs::read_to_string(&path).unwrap());
        }
    }
}
