//! Yes and no.

use evatel_core::account::Language;

use super::{
    tables::Tables,
    words::{self, longest},
};

/// Says whether an utterance agrees or refuses; nothing if it does neither, or both.
pub fn yes_no(utterance: &str, language: Language) -> Option<bool> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let (mut agrees, mut refuses) = (false, false);
    let mut at = 0;
    while at < words.len() {
        let (yes, no) = (
            longest(&tables.yes, &words[at..]),
            longest(&tables.no, &words[at..]),
        );
        // "Pas d'accord" is no agreement.
        agrees |= yes > no;
        refuses |= no > 0 && no >= yes;
        at += yes.max(no).max(1);
    }
    (agrees != refuses).then_some(agrees)
}
