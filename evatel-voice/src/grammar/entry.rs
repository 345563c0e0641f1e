//! What what was heard is compared with: a phrase, with a contact's name where it has room for one.

use evatel_core::{
    id::ContactId,
    intent::Intent,
    skill::{Order, SkillId},
};

use super::{
    kind::Kind,
    phrases::{Sound, Template},
};
use crate::{
    lexicon::{Phone, PhoneSet, SpokenContact},
    matcher::Matcher,
    transcribe::{PhoneToken, Word},
};

/// One way of saying something.
#[derive(Debug)]
pub(super) struct Entry<'c> {
    pub(super) phones: Vec<Phone>,
    pub(super) meaning: Meaning<'c>,
    pub(super) named: Option<Named<'c>>,
    template: &'c Template,
}

/// Who is named, by one of the sounds of his name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'c> {
    pub(super) contact: &'c SpokenContact,
    pub(super) sound: &'c [Phone],
    /// It is how the other language says it, not that of the call.
    pub(super) by_other_language: bool,
}

/// What it means: ways of saying the same have the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Meaning<'c> {
    pub(super) kind: Kind,
    pub(super) contact: Option<&'c ContactId>,
    pub(super) skill: Option<SkillId>,
}

impl Meaning<'_> {
    pub(super) fn intent(self) -> Intent {
        match self.skill {
            Some(skill) => Intent::Run(Order {
                skill,
                told: Vec::new(),
            }),
            None => self.kind.intent(self.contact),
        }
    }
}

impl<'c> Entry<'c> {
    pub(super) fn new(template: &'c Template, named: Option<Named<'c>>) -> Self {
        let name = named.map_or(&[][..], |named| named.sound);
        let phones = match &template.sound {
            Sound::Words(phones) => phones.clone(),
            Sound::Around { before, after } => [before, name, after].concat(),
        };
        let meaning = Meaning {
            kind: template.kind.merged(),
            contact: named.map(|named| &named.contact.id),
            skill: template.skilled.map(|skilled| skilled.skill),
        };
        Self {
            phones,
            meaning,
            named,
            template,
        }
    }

    /// Gives its words, each from its first phone in what was heard to its last; one that was swallowed lasts no time.
    pub(super) fn placed(&self, heard: &[PhoneToken], set: &PhoneSet) -> Vec<Word> {
        let known: Vec<&PhoneToken> = heard
            .iter()
            .filter(|token| set.phone(&token.phone).is_some())
            .collect();
        let Some(last) = known.len().checked_sub(1) else {
            return Vec::new();
        };
        let places = Matcher::new(set).places(&set.known(heard), &self.phones);
        let at = |place: usize| known[place.min(last)].at_ms;
        let mut from = 0;
        let placed = self.words().into_iter().map(|(text, phones)| {
            let (begins, ends) = (places[from], places[from + phones]);
            from += phones;
            Word {
                text: text.into(),
                from_ms: at(begins),
                to_ms: at(ends.saturating_sub(1).max(begins)),
            }
        });
        placed.collect()
    }

    /// Its words with their numbers of phones, which together are all of its phones.
    fn words(&self) -> Vec<(&str, usize)> {
        let [before, after] = self
            .template
            .words
            .each_ref()
            .map(|words| words.iter().map(|(text, phones)| (&**text, *phones)));
        let name = self
            .named
            .map(|named| (named.contact.name.as_str(), named.sound.len()));
        before.chain(name).chain(after).collect()
    }
}
