//! Whom an order is about, where it may be about several.

use std::collections::HashSet;

use evatel_core::{id::ContactId, intent::Intent};

use super::{
    Grammar,
    entry::{Entry, Meaning},
};
use crate::{
    lexicon::{Contacts, Phone, SpokenContact},
    matcher::{Best, Matcher},
};

impl Grammar {
    /// Says what is meant by the best entry, of which `nearest` is the nearest way of saying it.
    pub(super) fn meant(
        &self,
        best: &Best<Meaning<'_>>,
        nearest: &Entry<'_>,
        phones: &[Phone],
        entries: &[Entry<'_>],
        contacts: &Contacts,
    ) -> Intent {
        match self.limits.hold(best) {
            true => with_namesakes(nearest, contacts),
            false => self.one_of(best, phones, entries, contacts),
        }
    }

    /// Whether an entry counts: one with a name as the other language says it must be nearer than others, lest strangers are taken for
    /// contacts.
    pub(super) fn may_be(&self, entry: &Entry<'_>, heard: &[Phone], matcher: &mut Matcher<'_>) -> bool {
        let by_other_language = entry.named.is_some_and(|named| named.by_other_language);
        !by_other_language || matcher.is_within(heard, &entry.phones, self.limits.other_language)
    }

    /// Finds the contacts who sound alike, or share what was said of their names, where the same is wanted of one of them and no margin
    /// tells which: the nearest first.
    fn one_of(
        &self,
        best: &Best<Meaning<'_>>,
        phones: &[Phone],
        entries: &[Entry<'_>],
        contacts: &Contacts,
    ) -> Intent {
        let mut matcher = Matcher::new(self.lexicon.phones());
        if best.distance > self.limits.distance {
            return Intent::NotUnderstood;
        }
        let mut near: Vec<(&SpokenContact, f32)> = Vec::new();
        let farthest = self.limits.distance.min(best.distance + self.limits.margin);
        for entry in entries {
            // Most are farther, which is soon found.
            if !matcher.is_within(phones, &entry.phones, farthest) {
                continue;
            }
            let distance = matcher.distance(phones, &entry.phones);
            if distance - best.distance >= self.limits.margin || distance > self.limits.distance {
                continue;
            }
            let Some(named) = entry.named.filter(|_| entry.meaning.kind == best.meaning.kind) else {
                return Intent::NotUnderstood;
            };
            near.push((named.contact, distance));
        }
        near.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        let near: Vec<&SpokenContact> = near.into_iter().map(|(contact, _)| contact).collect();
        let each = each_once(&near, contacts);
        match each.len() {
            0 | 1 => Intent::NotUnderstood,
            _ => Intent::CallOneOf(each),
        }
    }
}

/// What an entry means; where somebody else is called so too, one of them is meant.
fn with_namesakes(entry: &Entry<'_>, contacts: &Contacts) -> Intent {
    let intent = entry.meaning.intent();
    let Some(named) = entry.named.filter(|_| !intent.contacts().is_empty()) else {
        return intent;
    };
    let each = each_once(&[named.contact], contacts);
    match each.len() {
        1 => intent,
        _ => Intent::CallOneOf(each),
    }
}

/// These contacts, then whoever else is called so, each once.
fn each_once(near: &[&SpokenContact], contacts: &Contacts) -> Vec<ContactId> {
    let own = near.iter().map(|contact| &contact.id);
    let namesakes = near.iter().flat_map(|contact| contacts.namesakes(contact));
    let mut known = HashSet::new();
    let each = own.chain(namesakes).filter(|id| known.insert(*id));
    each.cloned().collect()
}
