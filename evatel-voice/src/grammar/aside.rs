//! What a listener says to show that he listens, and nothing else: the phrases of `backchannel`, in any number and order.

use evatel_core::account::Language;

use super::{
    Grammar,
    kind::Kind,
    phrases::Sound,
    pieces::{in_words, so_far_in_words},
};
use crate::{brain::Aside, lexicon::Phone, transcribe::PhoneToken};

/// What is this near to such words is taken for them: the part of its phones that it may cost.
const NEAR: f32 = 0.2;

/// More phones than this are more than a listener says.
const MOST_PHONES: usize = 30;

impl Grammar {
    /// Says whether what was heard is only what a listener says, such as "ok, d'accord". It takes a fraction of a millisecond.
    #[must_use]
    pub fn aside(&self, heard: &[PhoneToken], language: Language) -> Aside {
        let set = self.lexicon.phones();
        let phones = set.known(heard);
        if phones.is_empty() {
            return Aside::Begun;
        }
        if phones.len() > MOST_PHONES {
            return Aside::No;
        }
        let backchannels = self.phrases.of(language).of(&[Kind::Backchannel]);
        let words = backchannels.filter_map(|template| match &template.sound {
            Sound::Words(phones) => Some(phones.as_slice()),
            Sound::Around { .. } => None,
        });
        let words: Vec<&[Phone]> = words.collect();
        let length = phones.len() as f32;
        let whole = in_words(&phones, &words, set).first().copied().flatten();
        if let Some(said) = whole.filter(|said| said.cost <= NEAR * length) {
            return Aside::Only {
                distance: said.cost / length,
            };
        }
        let so_far = so_far_in_words(&phones, &words, set).first().copied().flatten();
        match so_far {
            Some(said) if said.cost <= NEAR * length => Aside::Begun,
            _ => Aside::No,
        }
    }
}
