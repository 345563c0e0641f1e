//! Words that tell that more is to follow: who spells or counts is in the middle of it, and who says "and" has not finished.

use evatel_core::account::Language;
use serde::Deserialize;

use super::pieces::in_words;
use crate::{
    ByLanguage,
    lexicon::{Error, Lexicon, Phone, PhoneSet, Pronunciation},
    matcher::Matcher,
};

/// What is this near to words that are spelled or counted is taken for them.
const NEAR: f32 = 0.2;

/// Who spells makes a pause after each letter: a letter takes at least so long, in ms. A name that sounds like letters does not.
const LETTER_MS: u32 = 280;

/// A word of one phone is one only after a pause of so long, in ms.
const APART_MS: u32 = 250;

/// A number of so many words is a whole telephone number.
const WHOLE_NUMBER: usize = 10;

/// The words of `grammar/outlook.toml` in one language, by sound.
#[derive(Debug)]
struct Words {
    letters: Vec<Vec<Phone>>,
    numbers: Vec<Vec<Phone>>,
    going_on: Vec<Vec<Phone>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fr: Texts,
    en: Texts,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Texts {
    letters: Vec<String>,
    numbers: Vec<String>,
    going_on: Vec<String>,
}

/// The words that tell that more is to follow, in each language.
#[derive(Debug)]
pub(super) struct Ahead(ByLanguage<Words>);

impl Ahead {
    pub(super) async fn load(lexicon: &Lexicon) -> Result<Self, Error> {
        let file: File = toml::from_str(include_str!("../../grammar/outlook.toml"))
            .map_err(|error| malformed(error.message().to_owned()))?;
        Ok(Self(ByLanguage {
            english: Words::load(&file.en, Language::En, lexicon).await?,
            french: Words::load(&file.fr, Language::Fr, lexicon).await?,
        }))
    }

    /// Says whether more is to follow phones that were heard, each at its time in ms: they are spelled, or a number, or end in an "and".
    pub(super) fn goes_on(
        &self,
        language: Language,
        phones: &[Phone],
        at_ms: &[u32],
        set: &PhoneSet,
    ) -> bool {
        SoFar { phones, at_ms }.goes_on(self.0.of(language), set)
    }

    /// Gives where the number of two words and more begins that a phrase ends with; nothing where it ends with none.
    pub(super) fn number_at_end(
        &self,
        language: Language,
        phrase: &[Phone],
        set: &PhoneSet,
    ) -> Option<usize> {
        let ways = in_words(phrase, &self.0.of(language).numbers, set);
        let numbers = ways.iter().zip(0..).filter_map(|(said, begins)| {
            let said = (*said)?;
            let is_near = said.cost <= NEAR * (phrase.len() - begins) as f32;
            (said.words > 1 && is_near).then_some((said.cost, begins))
        });
        // The longest of those that cost as much.
        let nearest = numbers.min_by(|(one, _), (other, _)| one.total_cmp(other));
        nearest.map(|(_, begins)| begins)
    }

    /// Gives what it costs to hear some phones as whatever number is nearest, in phones; nothing where there is no way.
    pub(super) fn nearest_number(&self, language: Language, phones: &[Phone], set: &PhoneSet) -> Option<f32> {
        let ways = in_words(phones, &self.0.of(language).numbers, set);
        ways.first().copied().flatten().map(|said| said.cost)
    }
}

impl Words {
    async fn load(texts: &Texts, language: Language, lexicon: &Lexicon) -> Result<Self, Error> {
        let letters = sounds(&texts.letters, language, lexicon).await?;
        let numbers = sounds(&texts.numbers, language, lexicon).await?;
        let going_on = sounds(&texts.going_on, language, lexicon).await?;
        Ok(Self {
            letters,
            numbers,
            going_on,
        })
    }
}

async fn sounds(texts: &[String], language: Language, lexicon: &Lexicon) -> Result<Vec<Vec<Phone>>, Error> {
    let words: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = lexicon.pronounce_all(&words, language).await?;
    let sound = |(found, text): (Pronunciation, &String)| match found {
        Pronunciation::Phones(phones) => Ok(phones),
        Pronunciation::Unpronounceable { reason } => Err(malformed(format!("`{text}`: {reason}"))),
    };
    found.into_iter().zip(texts).map(sound).collect()
}

fn malformed(reason: String) -> Error {
    Error::Malformed {
        file: "grammar/outlook.toml",
        line: 1,
        reason,
    }
}

/// What was heard: phones that the model knows, each with its time in ms.
struct SoFar<'a> {
    phones: &'a [Phone],
    at_ms: &'a [u32],
}

impl SoFar<'_> {
    fn goes_on(&self, words: &Words, set: &PhoneSet) -> bool {
        self.ends_going_on(&words.going_on, set)
            || self.is_being_spelled(&words.letters, set)
            || self.is_in_a_number(&words.numbers, set)
    }

    /// Says whether it ends in a word after which more is to come.
    fn ends_going_on(&self, words: &[Vec<Phone>], set: &PhoneSet) -> bool {
        let mut matcher = Matcher::new(set);
        words.iter().any(|word| {
            let Some(begins) = self.phones.len().checked_sub(word.len()) else {
                return false;
            };
            let is_apart =
                begins == 0 || self.at_ms[begins].saturating_sub(self.at_ms[begins - 1]) >= APART_MS;
            (word.len() > 1 || is_apart) && matcher.distance(&self.phones[begins..], word) <= NEAR / 2.0
        })
    }

    /// Says whether all of it is letters, each with its pause.
    fn is_being_spelled(&self, letters: &[Vec<Phone>], set: &PhoneSet) -> bool {
        let Some(said) = in_words(self.phones, letters, set).first().copied().flatten() else {
            return false;
        };
        let took = self.at_ms[self.at_ms.len() - 1].saturating_sub(self.at_ms[0]);
        let gaps = said.words as u32 - 1;
        said.cost <= NEAR * self.phones.len() as f32 && took >= gaps * LETTER_MS
    }

    /// Says whether it ends in a number that is no whole telephone number yet: in two words of it, or it is one and nothing else.
    fn is_in_a_number(&self, numbers: &[Vec<Phone>], set: &PhoneSet) -> bool {
        let ends = in_words(self.phones, numbers, set);
        let number = ends.iter().enumerate().find_map(|(begins, said)| {
            let said = (*said)?;
            let is_near = said.cost <= NEAR * (self.phones.len() - begins) as f32;
            (is_near && (said.words > 1 || begins == 0)).then_some(said.words)
        });
        number.is_some_and(|words| words < WHOLE_NUMBER)
    }
}
