//! Moments: a day and a time, or so much later than now.

use evatel_core::account::Language;
use jiff::{Zoned, civil::Date};

use super::{
    Meaning, calendar, clock, quantity,
    tables::Tables,
    words::{self, Word},
};

/// Gives the moment that was said, in the time zone of `now`. A time without a day is the next such time. What has passed is left out where something
/// else may be meant. A time that does not exist, or exists twice, because clocks are changed is both.
pub fn moment(utterance: &str, language: Language, now: &Zoned) -> Option<Meaning<Zoned>> {
    let (mut words, tables) = (words::of(utterance, language), Tables::of(language));
    if let Some(later) = later(&words, tables, now) {
        return Some(Meaning::Certain(later));
    }
    let (times, said) = clock::find(&words, tables)?;
    // What was said of the time says nothing of the day: in "mardi 15 heures" there is no fifteenth.
    words.splice(said, [Word::Text(",".into())]);
    let days = calendar::find(&words, tables, now.date());
    let mut all = Vec::new();
    for time in times {
        match &days {
            Some(days) => all.extend(days.iter().flat_map(|day| on(*day, time, now))),
            None => {
                let days = [now.date(), now.date().tomorrow().ok()?];
                let next = days.into_iter().find_map(|day| {
                    let then: Vec<_> = on(day, time, now).into_iter().filter(|then| then > now).collect();
                    (!then.is_empty()).then_some(then)
                });
                all.extend(next.into_iter().flatten());
            }
        }
    }
    if all.iter().any(|then| then > now) {
        all.retain(|then| then > now);
    }
    Meaning::of(all)
}

/// "In an hour and a half". A delay of whole days is a date, and says no time.
fn later(words: &[Word], tables: &Tables, now: &Zoned) -> Option<Zoned> {
    let delay = (0..words.len()).find_map(|at| {
        let fitting = tables.delay.iter().filter(|delay| words[at..].starts_with(delay));
        fitting
            .filter_map(|delay| quantity::duration_at(at + delay.len(), words, tables))
            .next()
    })?;
    (delay.as_secs() % (24 * 3600) != 0).then(|| now.checked_add(delay).ok())?
}

fn on(day: Date, time: jiff::civil::Time, now: &Zoned) -> Vec<Zoned> {
    let then = now.time_zone().to_ambiguous_zoned(day.to_datetime(time));
    if then.is_ambiguous() {
        [then.clone().earlier(), then.later()]
            .into_iter()
            .flatten()
            .collect()
    } else {
        then.unambiguous().into_iter().collect()
    }
}
