//! The times of day that a rule for times means.

use std::ops::Range;

use super::{
    rules::{ClockRule, Fit},
    tables::{PartOfDay, Tables},
    words::Word,
};

/// The parts of the day that were said, and where.
pub(super) struct Parts(Vec<(PartOfDay, Range<usize>)>);

/// A day has so many minutes.
pub(super) const DAY_MINUTES: i64 = 24 * 60;

/// Finds what may be a time, and the parts of the day beside it.
pub(super) fn find(words: &[Word], tables: &Tables) -> (Vec<Fit<ClockRule>>, Parts) {
    let mut fits = tables.clock.anywhere(words, &tables.names);
    let parts = Parts::find(words, &fits, tables);
    fits.retain(|fit| {
        // The noon of "afternoon" is none, in French.
        let is_inside = |range: &Range<usize>| range.start <= fit.begin && fit.end <= range.end;
        let follows = || parts.0.iter().any(|(_, range)| range.start == fit.end);
        !parts.0.iter().any(|(_, range)| is_inside(range)) && (!fit.rule.before_part || follows())
    });
    (fits, parts)
}

impl Parts {
    fn find(words: &[Word], times: &[Fit<ClockRule>], tables: &Tables) -> Self {
        let mut all = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let is_behind_time = times.iter().any(|time| time.end == at);
            let fitting = tables.parts.iter().filter(|phrase| {
                words[at..].starts_with(&phrase.words) && (is_behind_time || !phrase.after_time)
            });
            match fitting.max_by_key(|phrase| phrase.words.len()) {
                Some(phrase) => {
                    all.push((phrase.part, at..at + phrase.words.len()));
                    at += phrase.words.len();
                }
                None => at += 1,
            }
        }
        Self(all)
    }

    /// Where they are, in order.
    pub(super) fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.0.iter().map(|(_, range)| range)
    }

    /// The hours from a day's midnight that an hour may be, the likelier first: 25 is one in the night after it.
    fn hours(&self, hour: i64) -> Vec<i64> {
        let mut hours = hours(hour, None);
        for (nth, (part, _)) in self.0.iter().enumerate() {
            let of_part = self::hours(hour, Some(*part));
            match nth {
                0 => hours = of_part,
                _ => hours.retain(|hour| of_part.contains(hour)),
            }
        }
        hours
    }
}

/// Gives the times that a rule means, in minutes from the midnight before: those of a day and more are of the night after it.
pub(super) fn minutes(fit: &Fit<ClockRule>, parts: &Parts) -> Vec<i64> {
    let said = fit.found.minute.unwrap_or(0) as i64;
    let more = fit.rule.minutes + if fit.rule.before { -said } else { said };
    let hours = match (fit.rule.hour, fit.found.hour) {
        (Some(hour), _) => vec![hour],
        (None, Some(hour)) => parts.hours(hour as i64),
        (None, None) => Vec::new(),
    };
    let minutes = hours.into_iter().map(|hour| hour * 60 + more);
    minutes
        .map(|minutes| {
            if minutes < 0 {
                minutes + DAY_MINUTES
            } else {
                minutes
            }
        })
        .collect()
}

fn hours(hour: i64, part: Option<PartOfDay>) -> Vec<i64> {
    // Noon and midnight are both twelve.
    let (before_noon, after_noon) = (hour % 12, hour % 12 + 12);
    let night = before_noon + 24;
    match (part, hour) {
        (Some(PartOfDay::Morning | PartOfDay::BeforeNoon), 13..) => Vec::new(),
        (_, 0 | 13..) => vec![hour],
        (Some(PartOfDay::Morning | PartOfDay::BeforeNoon), _) => vec![before_noon],
        (Some(PartOfDay::AfterNoon), _) | (Some(PartOfDay::Afternoon), 1..=7 | 12) => vec![after_noon],
        (Some(PartOfDay::Afternoon), _) => Vec::new(),
        (Some(PartOfDay::Evening), 1..=3 | 12) | (Some(PartOfDay::Tonight), 1..=5 | 12) => vec![night],
        (Some(PartOfDay::Night), 1..=5) => vec![before_noon],
        (Some(PartOfDay::Night), 12) => vec![night],
        (Some(PartOfDay::Evening | PartOfDay::Night | PartOfDay::Tonight), _) => vec![after_noon],
        (None, 7..=11) => vec![before_noon, after_noon],
        (None, _) => vec![after_noon, before_noon],
    }
}
