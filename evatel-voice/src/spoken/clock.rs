//! Times of day.

use std::ops::Range;

use evatel_core::account::Language;
use jiff::civil::Time;

use super::{
    Meaning,
    tables::{ClockRule, Fit, PartOfDay, Tables},
    words::{self, Word},
};

/// Gives the time of day that was said. An hour up to twelve may be before noon or after it, unless a part of the day was said, too.
pub fn time(utterance: &str, language: Language) -> Option<Meaning<Time>> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let (times, _) = find(&words, tables)?;
    Meaning::of(times)
}

/// Finds a time, the likelier of two first, and the words that say it.
pub(super) fn find(words: &[Word], tables: &Tables) -> Option<(Vec<Time>, Range<usize>)> {
    let part = part(words, tables);
    let mut best: Option<(usize, Fit<ClockRule>)> = None;
    for at in 0..words.len() {
        let Some(fit) = tables.clock.at(at, words, &tables.names) else {
            continue;
        };
        // The noon of "afternoon" is none, in French.
        let is_inside = part
            .as_ref()
            .is_some_and(|(_, part)| part.start <= at && fit.end <= part.end);
        let follows = || {
            tables
                .parts
                .iter()
                .any(|(_, part)| words[fit.end..].starts_with(part))
        };
        if !is_inside
            && (!fit.rule.before_part || follows())
            && best
                .as_ref()
                .is_none_or(|(begin, best)| fit.end - at > best.end - begin)
        {
            best = Some((at, fit));
        }
    }
    let (begin, fit) = best?;
    let said = fit.found.minute.unwrap_or(0) as i64;
    let minutes = fit.rule.minutes + if fit.rule.before { -said } else { said };
    let hours = match fit.rule.hour {
        Some(hour) => vec![hour],
        None => hours(fit.found.hour? as i64, part.map(|(part, _)| part)),
    };
    let time = |hour: i64| {
        let minute = (hour * 60 + minutes).rem_euclid(24 * 60);
        Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok()
    };
    Some((hours.into_iter().filter_map(time).collect(), begin..fit.end))
}

/// The part of the day that was said, and where.
fn part(words: &[Word], tables: &Tables) -> Option<(PartOfDay, Range<usize>)> {
    tables.parts.iter().find_map(|(part, phrase)| {
        let at = (0..words.len()).find(|at| words[*at..].starts_with(phrase))?;
        Some((*part, at..at + phrase.len()))
    })
}

/// The hours of the day that an hour may be, the likelier first.
fn hours(hour: i64, part: Option<PartOfDay>) -> Vec<i64> {
    // Noon and midnight are both twelve.
    let (before_noon, after_noon) = (hour % 12, hour % 12 + 12);
    match (hour, part) {
        (0 | 13.., _) => vec![hour % 24],
        (_, Some(PartOfDay::Morning)) => vec![before_noon],
        (12, Some(PartOfDay::Night)) | (1..=5, Some(PartOfDay::Night)) => vec![before_noon],
        (_, Some(_)) => vec![after_noon],
        (7..=11, None) => vec![before_noon, after_noon],
        (_, None) => vec![after_noon, before_noon],
    }
}
