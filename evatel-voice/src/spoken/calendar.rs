//! Days.

use evatel_core::account::Language;
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    Meaning,
    pattern::Found,
    tables::Tables,
    words::{self, Word},
};

/// Gives the day that was said, today or later unless a year was said. A weekday is the coming one; who says "next Tuesday" on a Monday may mean
/// tomorrow or the week after; a date whose weekday is another one may be wrong in either.
pub fn date(utterance: &str, language: Language, today: Date) -> Option<Meaning<Date>> {
    let words = words::of(utterance, language);
    Meaning::of(find(&words, Tables::of(language), today)?)
}

/// Finds a day, the likelier of two first; none if no such day exists.
pub(super) fn find(words: &[Word], tables: &Tables, today: Date) -> Option<Vec<Date>> {
    let (_, fit) = tables.date.anywhere(words, &tables.names)?;
    if let Some(days) = fit.rule.days {
        let days = days.checked_mul(fit.found.number.unwrap_or(1) as i64)?;
        return Some(vec![today.checked_add(days.days()).ok()?]);
    }
    let Found {
        day,
        month,
        weekday,
        year,
        ..
    } = fit.found;
    let weekday = weekday.and_then(|number| Weekday::from_monday_one_offset(number as i8).ok());
    let coming = weekday.map(|weekday| coming(weekday, fit.rule.next, today));
    let Some(day) = day else {
        return coming;
    };
    let by_number = by_number(day as i8, month.map(|month| month as i8), year, today)?;
    Some(match (weekday, coming) {
        (Some(weekday), Some(coming)) if by_number.weekday() != weekday => [vec![by_number], coming].concat(),
        _ => vec![by_number],
    })
}

fn coming(weekday: Weekday, next: bool, today: Date) -> Vec<Date> {
    let days = i64::from(today.weekday().until(weekday));
    let after = |days: i64| today.checked_add(days.days()).ok();
    let in_this_week = i64::from(today.weekday().to_monday_zero_offset()) + days < 7;
    let days = match (days, next) {
        (0, true) => vec![7],
        (0, false) => vec![0, 7],
        (days, true) if in_this_week => vec![days + 7, days],
        (days, _) => vec![days],
    };
    days.into_iter().filter_map(after).collect()
}

/// The day of this month and year; without them the first such day from today on.
fn by_number(day: i8, month: Option<i8>, year: Option<u64>, today: Date) -> Option<Date> {
    if let (Some(month), Some(year)) = (month, year) {
        return Date::new(year as i16, month, day).ok();
    }
    // A leap day comes within eight years.
    (0..=8 * 12).find_map(|months| {
        let first = today.first_of_month().checked_add(months.months()).ok()?;
        let date = Date::new(first.year(), first.month(), day).ok()?;
        let fits = date >= today && month.is_none_or(|month| month == date.month());
        fits.then_some(date)
    })
}
