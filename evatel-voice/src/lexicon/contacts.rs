//! Who may be named in a call, and how their names sound: as both languages say them, since in Québec a French caller says "Steve Johnson"
//! the English way and an English caller "Geneviève Tremblay" the French way.

use std::collections::{HashMap, HashSet};

use evatel_core::{account::Language, id::ContactId};

use super::{Error, Lexicon, Phone, Pronunciation};

/// The contacts that may be named in a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Whom a caller can name: an entry for each name, so that one with nicknames has several.
    pub spoken: Vec<SpokenContact>,
    /// First and last words of names ("Marie", "Tremblay") that sound the same for several contacts and are nobody's whole name: an entry for
    /// each contact who has it. Whoever says one of these alone is asked whom he means.
    pub shared: Vec<SpokenContact>,
    /// Whom nobody can name, with the reason, for `evatel doctor`.
    pub unpronounceable: Vec<Unpronounceable>,
}

/// A contact and how its name sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenContact {
    /// Its id.
    pub id: ContactId,
    /// Its name as written.
    pub name: String,
    /// Its name as spoken: as the call's language says it, then as the other one does, where that sounds otherwise. At least one.
    pub sounds: Vec<Vec<Phone>>,
}

/// A contact whose name has no sound that the model knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpronounceable {
    /// Its id.
    pub id: ContactId,
    /// Its name as written.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Lexicon {
    /// Looks the names of contacts up, so that they can be said in a call in this language. The first name of an id is the contact's own:
    /// its first and last word may be said alone where contacts share them. Others are nicknames.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work.
    pub async fn contacts(
        &self,
        names: &[(ContactId, String)],
        language: Language,
    ) -> Result<Contacts, Error> {
        let parts = parts(names);
        let whole = names.iter().map(|(_, name)| name.as_str());
        let texts: Vec<&str> = whole.chain(parts.iter().map(|(_, part)| *part)).collect();
        let (own, other) = tokio::try_join!(
            self.pronounce_all(&texts, language),
            self.pronounce_all(&texts, other(language)),
        )?;
        let mut sounds = own.into_iter().zip(other).map(|(own, other)| either(own, other));
        let mut contacts = Contacts::default();
        for ((id, name), sounds) in names.iter().zip(&mut sounds) {
            let (id, name) = (id.clone(), name.clone());
            match sounds {
                Ok(sounds) => contacts.spoken.push(SpokenContact { id, name, sounds }),
                Err(reason) => contacts
                    .unpronounceable
                    .push(Unpronounceable { id, name, reason }),
            }
        }
        let parts = parts.into_iter().zip(sounds).filter_map(|((id, part), sounds)| {
            Some(SpokenContact {
                id: id.clone(),
                name: part.to_owned(),
                sounds: sounds.ok()?,
            })
        });
        contacts.shared = shared(parts.collect(), &contacts.spoken);
        Ok(contacts)
    }
}

impl Contacts {
    /// Whoever else is called so by the rules of either language: espeak-ng says "Marc" and "Mark" otherwise in French and alike in English,
    /// and a caller may say both one way.
    pub(crate) fn namesakes<'c>(&'c self, of: &'c SpokenContact) -> impl Iterator<Item = &'c ContactId> {
        let all = self.spoken.iter().chain(&self.shared);
        let alike = all.filter(|other| {
            let sounds = &other.sounds;
            other.id != of.id && sounds.iter().any(|sound| of.sounds.contains(sound))
        });
        alike.map(|other| &other.id)
    }
}

/// The first and the last word of each contact's own name, where it has several.
fn parts(names: &[(ContactId, String)]) -> Vec<(&ContactId, &str)> {
    let mut known = HashSet::new();
    let own = names.iter().filter(|(id, _)| known.insert(id));
    let parts = own.flat_map(|(id, name)| {
        let mut words = name.split_whitespace();
        let ends = words
            .next()
            .zip(words.next_back())
            .map(|(first, last)| [first, last]);
        ends.into_iter().flatten().map(move |part| (id, part))
    });
    parts.collect()
}

fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Fr,
        Language::Fr => Language::En,
    }
}

/// The sounds of a name, each once; the reason in the call's language where there is none.
fn either(own: Pronunciation, other: Pronunciation) -> Result<Vec<Vec<Phone>>, String> {
    match (own, other) {
        (Pronunciation::Phones(own), Pronunciation::Phones(other)) if own != other => Ok(vec![own, other]),
        (Pronunciation::Phones(one), _) | (_, Pronunciation::Phones(one)) => Ok(vec![one]),
        (Pronunciation::Unpronounceable { reason }, _) => Err(reason),
    }
}

/// Keeps the parts of names of which several contacts have a sound in common, without the sounds that are somebody's whole name.
fn shared(parts: Vec<SpokenContact>, whole: &[SpokenContact]) -> Vec<SpokenContact> {
    let mut bearers: HashMap<&[Phone], HashSet<&ContactId>> = HashMap::new();
    for part in &parts {
        for sound in &part.sounds {
            bearers.entry(sound).or_default().insert(&part.id);
        }
    }
    let whole: HashSet<&[Phone]> = whole
        .iter()
        .flat_map(|contact| contact.sounds.iter().map(Vec::as_slice))
        .collect();
    let kept = parts.iter().filter_map(|part| {
        let free = part.sounds.iter().filter(|sound| !whole.contains(&sound[..]));
        let sounds: Vec<Vec<Phone>> = free.cloned().collect();
        let is_shared = sounds.iter().any(|sound| bearers[&sound[..]].len() > 1);
        is_shared.then(|| SpokenContact {
            sounds,
            ..part.clone()
        })
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::tests::lexicon;

    async fn contacts(names: &[(&str, &str)], language: Language) -> Contacts {
        let names = names
            .iter()
            .map(|(id, name)| (id.parse().unwrap(), (*name).to_owned()));
        let names: Vec<(ContactId, String)> = names.collect();
        lexicon().contacts(&names, language).await.unwrap()
    }

    fn shared(contacts: &Contacts) -> Vec<(&str, &str)> {
        let shared = contacts.shared.iter();
        shared
            .map(|contact| (contact.id.as_str(), contact.name.as_str()))
            .collect()
    }

    #[tokio::test]
    async fn a_contact_without_a_sound_is_listed_with_the_reason() {
        let names = [("a", "Marie Tremblay"), ("b", "王小明"), ("c", "--- !")];
        let contacts = contacts(&names, Language::Fr).await;
        assert_eq!(contacts.spoken.len(), 1);
        assert_eq!(contacts.unpronounceable.len(), 2);
        assert!(contacts.unpronounceable[0].reason.contains('王'), "{contacts:?}");
    }

    #[tokio::test]
    async fn a_name_sounds_as_each_language_says_it_that_of_the_call_first() {
        let lexicon = lexicon();
        for (language, then) in [(Language::Fr, Language::En), (Language::En, Language::Fr)] {
            let contacts = contacts(&[("steve", "Steve Johnson")], language).await;
            for (sound, language) in contacts.spoken[0].sounds.iter().zip([language, then]) {
                let said = lexicon.pronounce("Steve Johnson", language).await.unwrap();
                assert_eq!(said.phones(), Some(&sound[..]), "{language}");
            }
            assert_eq!(contacts.spoken[0].sounds.len(), 2);
        }
    }

    #[tokio::test]
    async fn only_what_several_contacts_are_called_and_nobody_is_called_alone_is_shared() {
        let two = [
            ("t", "Marie Tremblay"),
            ("g", "Marie Gagnon"),
            ("m", "Mario Roy"),
            ("k", "Marc Côté"),
        ];
        assert_eq!(
            shared(&contacts(&two, Language::Fr).await),
            [("t", "Marie"), ("g", "Marie")]
        );
        // Written otherwise, and the same to the ear.
        let ears = [("c", "Marc Roy"), ("k", "Mark Tremblay")];
        assert_eq!(
            shared(&contacts(&ears, Language::Fr).await),
            [("c", "Marc"), ("k", "Mark")]
        );
        // Whoever is called by the name alone is meant by it.
        let nickname = [("t", "Marie Tremblay"), ("t", "Marie"), ("g", "Marie Gagnon")];
        assert_eq!(shared(&contacts(&nickname, Language::Fr).await), []);
        // Of nicknames no part is taken.
        let nicknames = [
            ("a", "Zoé Roy"),
            ("a", "la patronne"),
            ("b", "Luc Côté"),
            ("b", "la voisine"),
        ];
        assert_eq!(shared(&contacts(&nicknames, Language::Fr).await), []);
    }
}
