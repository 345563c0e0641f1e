//! An utterance as words and numbers: spelling, accents and the form of numbers do not matter any more.

use evatel_core::account::Language;
use text2num::replace_numbers_in_text;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::LONGEST;

/// A word of an utterance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Word {
    /// Digits, as they were said: `05` is not `5`.
    Number(String),
    /// A first, a third.
    Ordinal(u64),
    /// Letters without accents, or one of `$ : . ,`.
    Text(String),
}

impl Word {
    /// Says whether it is a punctuation mark, which nobody says.
    pub(super) fn is_mark(&self) -> bool {
        matches!(self, Self::Text(text) if [":", ".", ","].contains(&text.as_str()))
    }

    /// Gives the value of a number; nothing for one that is longer than any that means something here.
    pub(super) fn value(&self) -> Option<u64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            Self::Ordinal(value) => Some(*value),
            Self::Text(_) => None,
        }
    }
}

/// Reads an utterance, numbers in words included.
pub(super) fn of(utterance: &str, language: Language) -> Vec<Word> {
    let end = utterance.floor_char_boundary(LONGEST);
    let lower = utterance[..end].to_lowercase().replace('’', "'");
    let spoken = match language {
        Language::En => text2num::Language::english(),
        Language::Fr => text2num::Language::french(),
    };
    let mut words = split(&replace_numbers_in_text(&lower, &spoken, 0.0));
    if language == Language::Fr {
        // `text2num` takes some for the adjective: in "le quinze à neuf heures". A new telephone is rarer, and asked about.
        let nines = words
            .iter_mut()
            .filter(|word| **word == Word::Text("neuf".into()));
        nines.for_each(|nine| *nine = Word::Number("9".into()));
    }
    words
}

/// Reads the words of a pattern, in which numbers are digits.
pub(super) fn split(text: &str) -> Vec<Word> {
    let plain: Vec<char> = text
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = plain.get(at) {
        let run = |kind: fn(&char) -> bool| plain[at..].iter().take_while(|letter| kind(letter)).count();
        if first.is_ascii_digit() {
            let length = run(char::is_ascii_digit);
            let digits: String = plain[at..at + length].iter().collect();
            at += length;
            let letters = plain[at..]
                .iter()
                .take_while(|letter| letter.is_alphabetic())
                .count();
            let suffix: String = plain[at..at + letters].iter().collect();
            if ORDINALS.contains(&suffix.as_str()) {
                at += letters;
                words.extend(digits.parse().ok().map(Word::Ordinal));
            } else {
                words.push(Word::Number(digits));
            }
        } else if first.is_alphabetic() {
            let length = run(|letter| letter.is_alphabetic());
            words.push(Word::Text(plain[at..at + length].iter().collect()));
            at += length;
        } else {
            if "$:.,".contains(*first) {
                words.push(Word::Text(first.to_string()));
            }
            at += 1;
        }
    }
    words
}

/// How many words the longest of these phrases takes that the words begin with; 0 if none.
pub(super) fn longest(phrases: &[Vec<Word>], words: &[Word]) -> usize {
    let fitting = phrases.iter().filter(|phrase| words.starts_with(phrase));
    fitting.map(Vec::len).max().unwrap_or(0)
}

/// What follows the digits of an ordinal, without accents.
const ORDINALS: [&str; 11] = [
    "er", "ere", "e", "eme", "emes", "ers", "eres", "st", "nd", "rd", "th",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(utterance: &str, language: Language) -> String {
        let words = of(utterance, language).into_iter().map(|word| match word {
            Word::Number(digits) => digits,
            Word::Ordinal(value) => format!("{value}."),
            Word::Text(text) => text,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_in_words_become_digits_and_accents_and_marks_do_not_count() {
        for (utterance, language, words) in [
            (
                "Demain à quinze heures trente",
                Language::Fr,
                "demain a 15 heures 30",
            ),
            (
                "le premier août deux mille vingt-sept",
                Language::Fr,
                "le 1. aout 2027",
            ),
            ("aujourd’hui, à 9h05", Language::Fr, "aujourd hui , a 9 h 05"),
            ("quatre-vingt-dix-neuf dollars", Language::Fr, "99 dollars"),
            ("cinq un quatre", Language::Fr, "5 1 4"),
            ("le quinze à neuf heures", Language::Fr, "le 15 a 9 heures"),
            ("the twenty-third of March", Language::En, "the 23. of march"),
            ("Half past nine, the 3rd", Language::En, "half past 9 , the 3."),
        ] {
            assert_eq!(shown(utterance, language), words, "{utterance}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_between_letters() {
        assert!(of(&"é".repeat(LONGEST), Language::Fr).len() <= 1);
    }
}
