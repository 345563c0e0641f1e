//! What a voice reads: words of its own lexicon, or the phonemes of espeak-ng.

use std::{fs, path::Path};

use evatel_core::account::Language;
use unicode_normalization::UnicodeNormalization;

use crate::{lexicon::ipa, synth, worker::engine::Text};

/// What a voice takes.
#[derive(Debug)]
pub(super) enum Reads {
    /// Words of its own lexicon.
    Words,
    /// Phonemes, as this voice of espeak-ng says them.
    Phonemes { voice: String },
}

impl Reads {
    pub(super) async fn text(&self, clean: &str) -> Result<Text, synth::Error> {
        let Self::Phonemes { voice } = self else {
            return Ok(Text::Words(clean.to_owned()));
        };
        let (clauses, ends): (Vec<String>, Vec<char>) = clauses(clean).into_iter().unzip();
        let said = ipa::of(ESPEAK.as_ref(), &clauses, voice, None).await;
        let said = said.map_err(|error| synth::Error::Failed {
            program: ESPEAK.to_owned(),
            status: "no phonemes".to_owned(),
            message: error.to_string(),
        })?;
        Ok(Text::Phonemes(phonemes(&said, &ends)))
    }
}

const ESPEAK: &str = "espeak-ng";

/// Joins what clauses sound like, as Piper's own phonemiser does: decomposed (NFD), the mark of each clause behind it.
fn phonemes(said: &[String], ends: &[char]) -> String {
    let mut joined = String::new();
    for (clause, end) in said.iter().zip(ends) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.extend(ipa::without_switches(clause.trim(), "").nfd());
        joined.push(*end);
    }
    joined
}

/// Cuts a sentence where it has a mark, which a voice lets hear; each clause has a letter or a digit.
fn clauses(sentence: &str) -> Vec<(String, char)> {
    let mut found: Vec<(String, char)> = Vec::new();
    let mut current = String::new();
    let mut letters = sentence.chars().peekable();
    while let Some(letter) = letters.next() {
        let at_gap = letters.peek().is_none_or(|next| *next == ' ');
        if matches!(letter, '.' | ',' | ';' | ':' | '!' | '?') && at_gap {
            push(&mut found, &mut current, letter);
        } else {
            current.push(letter);
        }
    }
    push(&mut found, &mut current, '.');
    found
}

fn push(found: &mut Vec<(String, char)>, current: &mut String, end: char) {
    let clause = std::mem::take(current);
    if clause.chars().any(char::is_alphanumeric) {
        found.push((clause.trim().to_owned(), end));
    }
}

/// The voice of espeak-ng that a Piper model was trained with: its `*.onnx.json` names it; else the language's own.
pub(super) fn phonemiser(graph: &Path, language: Language) -> String {
    #[derive(serde::Deserialize)]
    struct Settings {
        espeak: Espeak,
    }
    #[derive(serde::Deserialize)]
    struct Espeak {
        voice: String,
    }
    let mut path = graph.as_os_str().to_owned();
    path.push(".json");
    let named = fs::read_to_string(path)
        .ok()
        .and_then(|text| serde_json::from_str::<Settings>(&text).ok())
        .map(|settings| settings.espeak.voice)
        .filter(|voice| !voice.is_empty() && voice.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    named.unwrap_or_else(|| ipa::voice(language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_cut_where_it_has_a_mark_and_not_in_a_number() {
        let told = clauses("Bonjour, il est 10.30: merci!");
        let clauses: Vec<_> = told.iter().map(|(clause, end)| (clause.as_str(), *end)).collect();
        assert_eq!(clauses, [("Bonjour", ','), ("il est 10.30", ':'), ("merci", '!')]);
        assert_eq!(super::clauses("Oui"), [("Oui".to_owned(), '.')]);
        assert!(super::clauses("... !").is_empty());
    }

    #[test]
    fn phonemes_are_decomposed_and_bear_the_marks_of_their_clauses() {
        let said = ["bɔ̃ʒˈuʁ".to_owned(), "(en)hɛlˈəʊ(fr) ç".to_owned()];
        assert_eq!(phonemes(&said, &[',', '.']), "bɔ̃ʒˈuʁ, hɛlˈəʊ c\u{327}.");
    }

    #[test]
    fn a_piper_model_names_its_own_phonemiser() {
        let folder = tempfile::tempdir().unwrap();
        let graph = folder.path().join("en_GB-x.onnx");
        assert_eq!(phonemiser(&graph, Language::En), "en-us");
        let settings = folder.path().join("en_GB-x.onnx.json");
        fs::write(&settings, r#"{"audio":{},"espeak":{"voice":"en-gb"}}"#).unwrap();
        assert_eq!(phonemiser(&graph, Language::En), "en-gb");
        fs::write(&settings, r#"{"espeak":{"voice":"--path=/tmp"}}"#).unwrap();
        assert_eq!(phonemiser(&graph, Language::Fr), "fr");
    }
}
