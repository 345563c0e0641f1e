//! From text to the phones of the model, by espeak-ng: the one step that models/phones/README.md fixes.

mod contacts;
pub(crate) mod ipa;
mod phones;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use evatel_core::account::Language;
use unicode_normalization::UnicodeNormalization;

pub use contacts::{Contacts, SpokenContact, Unpronounceable};
pub use phones::{Phone, PhoneSet};

/// What looking words up may fail with. That one text has no pronunciation is no error: see [`Pronunciation`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the model is not there.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file of the model is not of its form.
    #[error("`{file}` line {line}: {reason}")]
    Malformed {
        /// The file's name.
        file: &'static str,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// espeak-ng is not there.
    #[error("cannot start `{program}`: install the package espeak-ng")]
    NotInstalled {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// espeak-ng did not do its work.
    #[error("`{program}` could not pronounce a list of {texts} texts: {reason}")]
    Failed {
        /// The program.
        program: String,
        /// How many texts it was given.
        texts: usize,
        /// What happened.
        reason: String,
    },
}

/// How a text sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pronunciation {
    /// As these phones, in order.
    Phones(Vec<Phone>),
    /// Not at all: nothing speakable in it, another script, or a sound that the model does not know.
    Unpronounceable {
        /// Why, for `evatel doctor`.
        reason: String,
    },
}

impl Pronunciation {
    /// The phones, if it has any.
    #[must_use]
    pub fn phones(&self) -> Option<&[Phone]> {
        match self {
            Pronunciation::Phones(phones) => Some(phones),
            Pronunciation::Unpronounceable { .. } => None,
        }
    }
}

/// Looks words up, and remembers what it found.
#[derive(Debug)]
pub struct Lexicon {
    program: PathBuf,
    phones: PhoneSet,
    known: Mutex<HashMap<(Language, String), Pronunciation>>,
    /// How many answers are kept.
    most_known: usize,
}

impl Lexicon {
    /// Makes a lexicon for the phones of a model, with the `espeak-ng` of the path.
    #[must_use]
    pub fn new(phones: PhoneSet) -> Self {
        Self::with_program(phones, "espeak-ng".into())
    }

    /// The same with a program of this path.
    #[must_use]
    pub fn with_program(phones: PhoneSet, program: PathBuf) -> Self {
        Self {
            program,
            phones,
            known: Mutex::new(HashMap::new()),
            most_known: MOST_KNOWN,
        }
    }

    /// The model's phones and what they cost when they are confused.
    #[must_use]
    pub fn phones(&self) -> &PhoneSet {
        &self.phones
    }

    /// Looks one text up.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work.
    pub async fn pronounce(&self, text: &str, language: Language) -> Result<Pronunciation, Error> {
        let mut found = self.pronounce_all(&[text], language).await?;
        Ok(found.pop().expect("one text gives one answer"))
    }

    /// Looks many texts up in one run of espeak-ng and gives an answer for each, in order.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work.
    pub async fn pronounce_all(
        &self,
        texts: &[&str],
        language: Language,
    ) -> Result<Vec<Pronunciation>, Error> {
        let normalised: Vec<_> = texts.iter().map(|text| normalise(text)).collect();
        let mut found = HashMap::new();
        let mut wanted = Vec::new();
        for text in normalised.iter().flatten() {
            match self.known().get(&(language, text.clone())) {
                Some(known) => _ = found.insert(text.clone(), known.clone()),
                None => wanted.push(text.clone()),
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        for batch in wanted.chunks(BATCH) {
            let ipa = ipa::of(&self.program, batch, ipa::voice(language), Some('_')).await?;
            let ipa = ipa.iter().map(|ipa| self.phones.pronounce_ipa(ipa));
            let answers: Vec<_> = batch.iter().cloned().zip(ipa).collect();
            self.remember(language, &answers);
            found.extend(answers);
        }
        let answer = |text: Result<String, String>| {
            let told = text.and_then(|text| {
                let answer = found.get(&text).cloned();
                answer.ok_or_else(|| "espeak-ng gave no answer".to_owned())
            });
            told.unwrap_or_else(|reason| Pronunciation::Unpronounceable { reason })
        };
        Ok(normalised.into_iter().map(answer).collect())
    }

    /// Keeps answers for those who ask later; where there are too many, all that was kept is forgotten first.
    fn remember(&self, language: Language, answers: &[(String, Pronunciation)]) {
        let mut known = self.known();
        if known.len() + answers.len() > self.most_known {
            known.clear();
        }
        let keyed = answers.iter().cloned();
        known.extend(keyed.map(|(text, answer)| ((language, text), answer)));
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(Language, String), Pronunciation>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const BATCH: usize = 200;
const MOST_KNOWN: usize = 50_000;

/// Step 1 of the recipe: NFC, lower case, Latin letters, digits, `'` and `-` only.
fn normalise(text: &str) -> Result<String, String> {
    let lower = text
        .nfc()
        .collect::<String>()
        .to_lowercase()
        .nfc()
        .collect::<String>()
        .replace('’', "'");
    if let Some(foreign) = lower
        .chars()
        .find(|&letter| letter.is_alphanumeric() && is_foreign(letter))
    {
        return Err(format!("`{foreign}` is not of the Latin script"));
    }
    let kept = |letter: char| {
        if letter.is_alphanumeric() || matches!(letter, '\'' | '-') {
            letter
        } else {
            ' '
        }
    };
    let spaced: String = lower.chars().map(kept).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        Err("it has no letter and no digit".to_owned())
    } else {
        Ok(words)
    }
}

fn is_foreign(letter: char) -> bool {
    letter >= '\u{250}' && !('\u{1e00}'..='\u{1eff}').contains(&letter)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn model_folder() -> PathBuf {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").into()
    }

    pub(crate) fn lexicon() -> Lexicon {
        Lexicon::new(PhoneSet::load(&model_folder()).unwrap())
    }

    #[tokio::test]
    async fn each_test_vector_of_the_model_comes_out_as_its_trainer_wrote_it() {
        let lexicon = lexicon();
        let vectors = std::fs::read_to_string(model_folder().join("lexicon-vectors.tsv")).unwrap();
        let rows: Vec<Vec<&str>> = vectors
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').collect())
            .collect();
        assert!(rows.len() > 50);
        for language in [Language::Fr, Language::En] {
            let rows: Vec<_> = rows.iter().filter(|row| row[0] == language.to_string()).collect();
            let texts: Vec<_> = rows.iter().map(|row| row[1]).collect();
            let found = lexicon.pronounce_all(&texts, language).await.unwrap();
            for (row, found) in rows.iter().zip(found) {
                let spelled = found
                    .phones()
                    .map_or("-".to_owned(), |phones| lexicon.phones().spelled(phones));
                assert_eq!(spelled, row[2], "{language} `{}`", row[1]);
            }
        }
    }

    #[tokio::test]
    async fn answers_are_whole_although_there_is_no_room_to_keep_them() {
        let lexicon = Lexicon {
            most_known: 1,
            ..lexicon()
        };
        for texts in [["oui", "non"], ["non", "aide"]] {
            let found = lexicon.pronounce_all(&texts, Language::Fr).await.unwrap();
            assert!(found.iter().all(|found| found.phones().is_some()), "{found:?}");
        }
    }

    #[tokio::test]
    async fn a_missing_espeak_is_named() {
        let lexicon =
            Lexicon::with_program(PhoneSet::load(&model_folder()).unwrap(), "espeak-nowhere".into());
        let error = lexicon.pronounce("oui", Language::Fr).await.unwrap_err();
        assert!(error.to_string().contains("espeak-nowhere"));
    }
}
