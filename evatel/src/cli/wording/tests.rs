//! Both catalogues of errors have the same sentences, and every `#[error]` of the code is one of them.

use std::{collections::BTreeMap, fs, path::Path};

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
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, errors);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            visit_file(errors, &syn::parse_file(&text).unwrap());
        }
    }
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
        ("nobody has written this one", "nobody has written this one"),
    ] {
        assert_eq!(wording.in_french(english), french);
    }
}
