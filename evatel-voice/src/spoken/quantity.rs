//! Amounts and lengths of time.

use evatel_core::{
    account::Language,
    money::{Currency, MICROS_PER_UNIT, Money},
};
use jiff::SignedDuration;

use super::{
    tables::Tables,
    words::{self, Word},
};

/// Gives the amount that was said, in dollars and cents of this currency.
pub fn amount(utterance: &str, language: Language, currency: Currency) -> Option<Money> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let (_, fit) = tables.amount.anywhere(&words, &tables.names)?;
    let (units, cents) = match (fit.found.number, fit.found.cents) {
        (None, Some(cents)) => (0, cents),
        (units, cents) => (units.unwrap_or(1), cents.unwrap_or(0)),
    };
    let micros = units as i64 * MICROS_PER_UNIT + cents as i64 * (MICROS_PER_UNIT / 100);
    Some(Money::from_micros(micros, currency))
}

/// Gives the length of time that was said, such as an hour and a half; a day is 24 hours.
pub fn duration(utterance: &str, language: Language) -> Option<SignedDuration> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    (0..words.len()).find_map(|at| duration_at(at, &words, tables))
}

/// Adds up what follows each other: an hour (and) ten minutes.
pub(super) fn duration_at(mut at: usize, words: &[Word], tables: &Tables) -> Option<SignedDuration> {
    let mut total = None;
    while let Some(fit) = tables.duration.at(at, words, &tables.names) {
        let number = fit.found.number.unwrap_or(1) as i64;
        total = Some(total.unwrap_or(0) + number * fit.rule.seconds + fit.rule.more);
        at = fit.end;
        let joined = tables.join.iter().find(|join| words[at..].starts_with(join));
        at += joined.map_or(0, Vec::len);
    }
    total.map(SignedDuration::from_secs)
}
