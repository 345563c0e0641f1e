//! The phrases of files as phones.

use std::{collections::HashMap, sync::Arc};

use evatel_core::account::Language;

use super::{
    Error,
    file::{Fault, FileError, Phrase, PhraseFile},
    kind::{Kind, Skilled},
};
use crate::lexicon::{Lexicon, Phone, Pronunciation};

/// A way of saying something, as phones.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) kind: Kind,
    /// The skill that it orders, where it does.
    pub(super) skilled: Option<Skilled>,
    pub(super) sound: Sound,
    /// Its words before and after what stands in braces, or all of them before; each with its number of phones.
    pub(super) words: [Vec<(Arc<str>, usize)>; 2],
    /// As it is written, and in which file and line.
    pub(super) text: String,
    pub(super) file: String,
    pub(super) line: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Sound {
    /// With a contact's name or a number in the middle.
    Around { before: Vec<Phone>, after: Vec<Phone> },
    /// As it stands.
    Words(Vec<Phone>),
}

/// All phrases of one language.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    templates: Vec<Template>,
}

impl Phrases {
    /// Looks up how the phrases of this language sound, in one run.
    pub(super) async fn load(
        language: Language,
        files: &[PhraseFile],
        lexicon: &Lexicon,
    ) -> Result<Self, Error> {
        let spoken = files.iter().flat_map(|file| {
            let of_language = file
                .phrases
                .iter()
                .filter(move |phrase| phrase.language == language);
            of_language.flat_map(move |phrase| phrase.ways.iter().map(move |way| (file, phrase, way)))
        });
        let spoken: Vec<(&PhraseFile, &Phrase, &String)> = spoken.collect();
        let parts: Vec<&str> = spoken
            .iter()
            .flat_map(|(_, _, way)| halves(way))
            .filter(|part| !part.is_empty())
            .collect();
        let singles: Vec<&str> = parts.iter().flat_map(|part| part.split(' ')).collect();
        let singles = singles
            .iter()
            .copied()
            .zip(lexicon.pronounce_all(&singles, language).await?);
        let singles: HashMap<&str, Pronunciation> = singles.collect();
        let mut found = lexicon.pronounce_all(&parts, language).await?.into_iter();
        let mut templates = Vec::new();
        for (file, phrase, way) in spoken {
            let mut sound = |part: &str| {
                if part.is_empty() {
                    return Ok(Vec::new());
                }
                match found.next().expect("each part was looked up") {
                    Pronunciation::Phones(phones) => Ok(phones),
                    Pronunciation::Unpronounceable { reason } => Err(FileError {
                        file: file.name.clone(),
                        line: phrase.line,
                        fault: Fault::Unpronounceable {
                            phrase: part.to_owned(),
                            reason,
                        },
                    }),
                }
            };
            let mut sounds = halves(way).map(&mut sound);
            let before = sounds.next().transpose()?.unwrap_or_default();
            let after = sounds.next().transpose()?;
            let mut texts = halves(way);
            let mut counted = |phones: &[Phone]| counted(texts.next().unwrap_or_default(), phones, &singles);
            templates.push(Template {
                kind: phrase.kind,
                skilled: phrase.skilled,
                words: [counted(&before), counted(after.as_deref().unwrap_or_default())],
                sound: match after {
                    Some(after) => Sound::Around { before, after },
                    None => Sound::Words(before),
                },
                text: way.clone(),
                file: file.name.clone(),
                line: phrase.line,
            });
        }
        Ok(Self { templates })
    }

    /// The phrases of these kinds.
    pub(super) fn of(&self, kinds: &'static [Kind]) -> impl Iterator<Item = &Template> {
        self.templates
            .iter()
            .filter(move |template| kinds.contains(&template.kind))
    }
}

/// Gives each word of a text with its number of phones; the whole as one where its words sound otherwise together than each alone.
fn counted(text: &str, phones: &[Phone], singles: &HashMap<&str, Pronunciation>) -> Vec<(Arc<str>, usize)> {
    if text.is_empty() {
        return Vec::new();
    }
    let count = |word| {
        singles
            .get(word)
            .and_then(Pronunciation::phones)
            .map_or(0, <[Phone]>::len)
    };
    let words: Vec<(Arc<str>, usize)> = text.split(' ').map(|word| (word.into(), count(word))).collect();
    match words.iter().map(|(_, count)| count).sum::<usize>() == phones.len() {
        true => words,
        false => vec![(text.into(), phones.len())],
    }
}

/// One part, or the two parts around what stands in braces.
fn halves(phrase: &str) -> impl Iterator<Item = &str> {
    let (before, after) = match phrase.split_once('{') {
        Some((before, rest)) => (before, rest.split_once('}').map(|(_, after)| after)),
        None => (phrase, None),
    };
    std::iter::once(before).chain(after).map(str::trim)
}
