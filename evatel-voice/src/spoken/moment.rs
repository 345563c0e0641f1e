//! Days, times of day, and moments: what was said of each is read together, since each takes words that the others may not.

use evatel_core::account::Language;
use jiff::{
    SignedDuration, Zoned,
    civil::{Date, Time},
};

use super::{
    Meaning, calendar,
    clock::{self, DAY_MINUTES, Parts},
    leftover::Weight,
    quantity::{self, Length},
    rules::{ClockRule, DateRule, Fit},
    tables::{Delay, Tables},
    words::{self, Word},
};

/// Gives the day that was said, today or later unless a year was said. A weekday is the coming one; who says "next Tuesday" on a Monday may mean
/// tomorrow or the week after; a date whose weekday is another one may be wrong in either. A time of day beside it is whole by itself and not looked at.
pub fn date(utterance: &str, language: Language, today: Date) -> Option<Meaning<Date>> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let said = Said::of(&words, tables);
    let days = said.readings.iter().filter_map(|reading| reading.day);
    Meaning::of(days.flat_map(|day| calendar::days(&day, today)))
}

/// Gives the time of day that was said. An hour up to twelve may be before noon or after it, unless a part of the day was said, too. A day beside it
/// is whole by itself and not looked at.
pub fn time(utterance: &str, language: Language) -> Option<Meaning<Time>> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let said = Said::of(&words, tables);
    let times = said.readings.iter().filter_map(|reading| reading.time);
    let minutes = times.flat_map(|time| clock::minutes(&time, &said.parts));
    Meaning::of(minutes.filter_map(of_day))
}

/// Gives the coming moment that was said, in the time zone of `now`. A time without a day is the next such time. What has passed is left out, unless a
/// year was said. A time that does not exist, or exists twice, because clocks are changed is both.
pub fn moment(utterance: &str, language: Language, now: &Zoned) -> Option<Meaning<Zoned>> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let delays = delays(&words, tables);
    if !delays.is_empty() {
        let later = delays.into_iter().filter_map(|delay| now.checked_add(delay).ok());
        return Meaning::of(later);
    }
    let said = Said::of(&words, tables);
    let mut all = Vec::new();
    for reading in &said.readings {
        let Some(time) = &reading.time else {
            continue;
        };
        let minutes = clock::minutes(time, &said.parts);
        match &reading.day {
            Some(day) => all.extend(on_day(day, &minutes, now)),
            None => all.extend(minutes.into_iter().flat_map(|minutes| next(minutes, now))),
        }
    }
    Meaning::of(all)
}

/// What was said of day and time.
struct Said {
    parts: Parts,
    /// The readings that leave nothing over, all as good.
    readings: Vec<Reading>,
}

/// One way to read an utterance.
#[derive(Clone, Copy)]
struct Reading {
    day: Option<Fit<DateRule>>,
    time: Option<Fit<ClockRule>>,
}

impl Said {
    fn of(words: &[Word], tables: &Tables) -> Self {
        let weight = Weight::of(words, tables);
        let (times, parts) = clock::find(words, tables);
        let days = tables.date.anywhere(words, &tables.names);
        let mut ranked = Vec::new();
        for day in std::iter::once(None).chain(days.iter().copied().map(Some)) {
            for time in std::iter::once(None).chain(times.iter().copied().map(Some)) {
                if let (Some(day), Some(time)) = (&day, &time)
                    && day.overlaps(time)
                {
                    continue;
                }
                let reading = Reading { day, time };
                if reading.leaves_nothing(&weight, &parts) {
                    ranked.push((reading.rank(), reading));
                }
            }
        }
        let best = ranked.iter().map(|(rank, _)| *rank).max();
        let best = ranked.into_iter().filter(|(rank, _)| Some(*rank) == best);
        Self {
            parts,
            readings: best.map(|(_, reading)| reading).collect(),
        }
    }
}

impl Reading {
    /// Says whether no word that carries meaning is outside of day, time and the parts of the day.
    fn leaves_nothing(&self, weight: &Weight, parts: &Parts) -> bool {
        let day = self.day.map(|day| day.begin..day.end);
        let time = self.time.map(|time| time.begin..time.end);
        let taken: Vec<_> = day.into_iter().chain(time).collect();
        let of_parts = parts.ranges().map(|part| {
            let inside = taken.iter().map(|taken| {
                let both = taken.start.max(part.start)..taken.end.min(part.end);
                if both.is_empty() { 0 } else { weight.within(&both) }
            });
            weight.within(part) - inside.sum::<usize>()
        });
        let of_taken = taken.iter().map(|taken| weight.within(taken));
        of_taken.sum::<usize>() + of_parts.sum::<usize>() == weight.total()
    }

    /// The more words it takes, in the fewer pieces, the better.
    fn rank(&self) -> (usize, bool) {
        let day = self.day.map_or(0, |day| day.end - day.begin);
        let time = self.time.map_or(0, |time| time.end - time.begin);
        (day + time, self.day.is_none() || self.time.is_none())
    }
}

/// "In an hour and a half". A delay of whole days is a date, and says no time.
fn delays(words: &[Word], tables: &Tables) -> Vec<SignedDuration> {
    let weight = Weight::of(words, tables);
    let mut all: Vec<Length> = Vec::new();
    for at in 0..words.len() {
        for Delay { before, behind } in &tables.delay {
            if !words[at..].starts_with(before) {
                continue;
            }
            let lengths = quantity::lengths(at + before.len(), i64::MAX, words, tables);
            let fitting = lengths
                .into_iter()
                .filter(|length| words[length.end..].starts_with(behind));
            let whole = fitting.map(|length| Length {
                begin: at,
                end: length.end + behind.len(),
                ..length
            });
            all.extend(whole.filter(|length| weight.is_within(&(length.begin..length.end))));
        }
    }
    quantity::keep_best(&mut all);
    let delays = all.iter().map(|length| SignedDuration::from_secs(length.seconds));
    delays
        .filter(|delay| delay.is_positive() && delay.as_secs() % (DAY_MINUTES * 60) != 0)
        .collect()
}

/// The moments of these times on the days that were said; of the night after a day, also of the night before.
fn on_day(day: &Fit<DateRule>, minutes: &[i64], now: &Zoned) -> Vec<Zoned> {
    let mut all = Vec::new();
    for day in calendar::days(day, now.date()) {
        for minutes in minutes {
            let night_after = (*minutes >= DAY_MINUTES).then(|| day.tomorrow().ok()).flatten();
            let days = night_after.into_iter().chain([day]);
            let time = of_day(*minutes);
            all.extend(days.flat_map(|day| time.map_or_else(Vec::new, |time| on(day, time, now))));
        }
    }
    if day.found.year.is_none() {
        all.retain(|then| then > now);
    }
    all
}

/// The next moments at this time.
fn next(minutes: i64, now: &Zoned) -> Vec<Zoned> {
    let (Some(time), Ok(tomorrow)) = (of_day(minutes), now.date().tomorrow()) else {
        return Vec::new();
    };
    let days = [now.date(), tomorrow].into_iter().map(|day| {
        let mut then = on(day, time, now);
        then.retain(|then| then > now);
        then
    });
    days.into_iter().find(|then| !then.is_empty()).unwrap_or_default()
}

fn of_day(minutes: i64) -> Option<Time> {
    let minutes = minutes.rem_euclid(DAY_MINUTES);
    Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).ok()
}

fn on(day: Date, time: Time, now: &Zoned) -> Vec<Zoned> {
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
