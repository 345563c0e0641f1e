//! Amounts and lengths of time.

use evatel_core::{
    account::Language,
    money::{Currency, MICROS_PER_UNIT, Money},
};
use jiff::SignedDuration;

use super::{
    Meaning,
    leftover::Weight,
    tables::Tables,
    words::{self, Word, longest},
};

/// Gives the amount that was said, in dollars and cents of this currency. "Two fifty" may be two dollars and fifty cents, or two hundred and fifty.
pub fn amount(utterance: &str, language: Language, currency: Currency) -> Option<Meaning<Money>> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let weight = Weight::of(&words, tables);
    let mut fits = tables.amount.anywhere(&words, &tables.names);
    fits.retain(|fit| weight.is_within(&(fit.begin..fit.end)));
    let most = fits.iter().map(|fit| fit.end - fit.begin).max()?;
    fits.retain(|fit| fit.end - fit.begin == most);
    Meaning::of(fits.iter().map(|fit| {
        let (rule, found) = (fit.rule, fit.found);
        let said = found.number.unwrap_or(1) as i64 * rule.each + found.cents.unwrap_or(0) as i64;
        let cents = (said + rule.more) * rule.times;
        Money::from_micros(cents * (MICROS_PER_UNIT / 100), currency)
    }))
}

/// Gives the length of time that was said, such as an hour and a half, longer than none; a day is 24 hours. "Quinze jours" may be two weeks.
pub fn duration(utterance: &str, language: Language) -> Option<Meaning<SignedDuration>> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let weight = Weight::of(&words, tables);
    let all = (0..words.len()).flat_map(|at| lengths(at, i64::MAX, &words, tables));
    let mut all: Vec<Length> = all
        .filter(|length| length.seconds > 0 && weight.is_within(&(length.begin..length.end)))
        .collect();
    keep_best(&mut all);
    Meaning::of(all.iter().map(|length| SignedDuration::from_secs(length.seconds)))
}

/// A length of time in an utterance.
#[derive(Clone, Copy)]
pub(super) struct Length {
    pub(super) seconds: i64,
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) parts: usize,
}

/// Keeps those of most words; of these, those of fewest parts.
pub(super) fn keep_best(all: &mut Vec<Length>) {
    let rank = |length: &Length| (length.end - length.begin, std::cmp::Reverse(length.parts));
    let best = all.iter().map(rank).max();
    all.retain(|length| Some(rank(length)) == best);
}

/// Gives the lengths of time that begin at a place: units that follow each other, each smaller than the one before and than `below` seconds, are
/// added up: an hour (and) ten minutes.
pub(super) fn lengths(at: usize, below: i64, words: &[Word], tables: &Tables) -> Vec<Length> {
    let mut all = Vec::new();
    for fit in tables.duration.at(at, words, &tables.names) {
        let (rule, found) = (fit.rule, fit.found);
        let unit = if rule.seconds > 0 { rule.seconds } else { rule.more };
        if unit >= below {
            continue;
        }
        let minutes = found.minute.unwrap_or(0) as i64;
        let seconds = found.number.unwrap_or(1) as i64 * rule.seconds + minutes * 60 + rule.more;
        all.push(Length {
            seconds,
            begin: at,
            end: fit.end,
            parts: 1,
        });
        let joined = fit.end + longest(&tables.join, &words[fit.end..]);
        let more = lengths(joined, unit, words, tables);
        all.extend(more.into_iter().map(|more| Length {
            seconds: seconds + more.seconds,
            begin: at,
            parts: more.parts + 1,
            ..more
        }));
    }
    all
}
