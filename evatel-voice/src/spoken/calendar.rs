//! The days that a rule for dates means.

use jiff::{
    Span, ToSpan,
    civil::{Date, Weekday},
};

use super::{
    pattern::Found,
    rules::{DateRule, Fit},
};

/// Gives the days that were said, the likelier first; none if no such day exists. They are today or later unless a year was said.
pub(super) fn days(fit: &Fit<DateRule>, today: Date) -> Vec<Date> {
    let rule = &fit.rule;
    let number = fit.found.number.unwrap_or(1) as i64;
    let shifted = |from: Date| {
        let months = Span::new().try_months(rule.months.checked_mul(number)?);
        let days = Span::new().try_days(rule.days.checked_mul(number)?);
        from.checked_add(months.ok()?).ok()?.checked_add(days.ok()?).ok()
    };
    let days = begin(rule, &fit.found, today).into_iter().filter_map(shifted);
    let is_coming = |day: &Date| fit.found.year.is_some() || *day >= today;
    days.filter(is_coming).collect()
}

/// The days from which a rule counts.
fn begin(rule: &DateRule, found: &Found, today: Date) -> Vec<Date> {
    let weekday = found.weekday;
    let weekday = weekday.and_then(|number| Weekday::from_monday_one_offset(number as i8).ok());
    let Some(day) = rule.day.or(found.day.map(|day| day as i8)) else {
        return match (weekday, rule.week) {
            (Some(weekday), Some(weeks)) => of_week(weekday, weeks, today),
            (Some(weekday), None) => coming(weekday, rule.next, today),
            (None, _) => vec![today],
        };
    };
    let month = rule.month.or(found.month.map(|month| month as i8));
    let Some(by_number) = by_number(day, month, found.year, rule.month_after, today) else {
        return Vec::new();
    };
    match weekday {
        Some(weekday) if by_number.weekday() != weekday => {
            [vec![by_number], coming(weekday, false, today)].concat()
        }
        _ => vec![by_number],
    }
}

/// The coming weekday; who says "next Tuesday" on a Monday may mean tomorrow or the week after.
fn coming(weekday: Weekday, next: bool, today: Date) -> Vec<Date> {
    let days = i64::from(today.weekday().until(weekday));
    let in_this_week = i64::from(today.weekday().to_monday_zero_offset()) + days < 7;
    let days = match (days, next) {
        (0, true) => vec![7],
        (0, false) => vec![0, 7],
        (days, true) if in_this_week => vec![days + 7, days],
        (days, _) => vec![days],
    };
    after(today, days)
}

/// The weekday of so many weeks after this one. For some a week begins with its Sunday.
fn of_week(weekday: Weekday, weeks: i64, today: Date) -> Vec<Date> {
    let monday = -i64::from(today.weekday().to_monday_zero_offset());
    let day = monday + 7 * weeks + i64::from(weekday.to_monday_zero_offset());
    let days = match weekday {
        Weekday::Sunday => vec![day, day - 7],
        _ => vec![day],
    };
    after(today, days)
}

fn after(today: Date, days: Vec<i64>) -> Vec<Date> {
    let days = days
        .into_iter()
        .filter_map(|days| today.checked_add(days.days()).ok());
    days.collect()
}

/// The day of this month and year, or of so many months after this one; without them the first such day from today on.
fn by_number(
    day: i8,
    month: Option<i8>,
    year: Option<u64>,
    month_after: Option<i64>,
    today: Date,
) -> Option<Date> {
    if let (Some(month), Some(year)) = (month, year) {
        return Date::new(year as i16, month, day).ok();
    }
    let of_month = |months: i64| {
        let first = today.first_of_month().checked_add(months.months()).ok()?;
        Date::new(first.year(), first.month(), day).ok()
    };
    if let Some(months) = month_after {
        return of_month(months);
    }
    // A leap day comes within eight years.
    (0..=8 * 12).find_map(|months| {
        let date = of_month(months)?;
        let fits = date >= today && month.is_none_or(|month| month == date.month());
        fits.then_some(date)
    })
}
