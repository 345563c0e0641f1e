//! When a holiday is, as a rule that gives its day in each year.

use std::{fmt, str::FromStr};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const ORDINALS: [(&str, i8); 5] = [("1st", 1), ("2nd", 2), ("3rd", 3), ("4th", 4), ("last", -1)];
/// Farthest from Easter, in days: Pentecost Monday is 50 after, Ash Wednesday 46 before.
const MAX_FROM_EASTER: i8 = 60;

/// When a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum HolidayRule {
    /// `mon before 05-25`: the last such day that is earlier than a date.
    Before {
        /// Which day of the week.
        weekday: Weekday,
        /// 1 to 12.
        month: i8,
        /// Day of the month, 1 to 31.
        day: i8,
    },
    /// `easter-2`: days after Western Easter Sunday, or before it.
    Easter(i8),
    /// `06-24`: the same date each year.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// Day of the month, 1 to 31.
        day: i8,
    },
    /// `07-01 sunday-to-monday`: the same date each year, but the day after where that is a Sunday.
    FixedNotSunday {
        /// 1 to 12.
        month: i8,
        /// Day of the month, 1 to 31.
        day: i8,
    },
    /// `1st mon sep`, `last fri nov`: such a day of the week in a month.
    Nth {
        /// 1 to 4, or -1 for the last.
        nth: i8,
        /// Which day of the week.
        weekday: Weekday,
        /// 1 to 12.
        month: i8,
    },
    /// `2026-12-24`: one day of one year.
    On(Date),
}

/// Refuses what is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no rule for a holiday: write a date `2026-12-24`, each year `06-24` or `07-01 sunday-to-monday`, \
     `1st mon sep` (1st to 4th, last), `mon before 05-25` or `easter-2` (up to {MAX_FROM_EASTER} days)"
)]
pub struct InvalidRule {
    given: String,
}

impl HolidayRule {
    /// Gives the day of a year; none where that year has no such day.
    pub fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Before { weekday, month, day } => {
                Date::new(year, month, day).ok()?.nth_weekday(-1, weekday).ok()
            }
            Self::Easter(days) => easter(year)?.checked_add(days.days()).ok(),
            Self::Fixed { month, day } => Date::new(year, month, day).ok(),
            Self::FixedNotSunday { month, day } => {
                let date = Date::new(year, month, day).ok()?;
                if date.weekday() == Weekday::Sunday {
                    date.tomorrow().ok()
                } else {
                    Some(date)
                }
            }
            Self::Nth { nth, weekday, month } => Date::new(year, month, 1)
                .ok()?
                .nth_weekday_of_month(nth, weekday)
                .ok(),
            Self::On(date) => (date.year() == year).then_some(date),
        }
    }

    /// Says whether a day is this holiday.
    pub fn falls_on(self, day: Date) -> bool {
        // A Sunday that is 31 December moves into the next year.
        [day.year(), day.year() - 1]
            .into_iter()
            .any(|year| self.in_year(year) == Some(day))
    }
}

/// Computes Western Easter Sunday (the anonymous Gregorian algorithm; J. Meeus, Astronomical Algorithms, ch. 8).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    if y < 1583 {
        return None;
    }
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl FromStr for HolidayRule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        parse(text).ok_or_else(|| InvalidRule {
            given: text.chars().take(40).flat_map(char::escape_debug).collect(),
        })
    }
}

fn parse(text: &str) -> Option<HolidayRule> {
    let words: Vec<&str> = text.split_ascii_whitespace().take(4).collect();
    match *words.as_slice() {
        [one] if one.starts_with("easter") => {
            let days = match &one["easter".len()..] {
                "" => 0,
                signed if signed.starts_with(['+', '-']) => signed.parse::<i8>().ok()?,
                _ => return None,
            };
            (days.abs() <= MAX_FROM_EASTER).then_some(HolidayRule::Easter(days))
        }
        [one] if one.len() == 5 => {
            let (month, day) = month_and_day(one)?;
            Some(HolidayRule::Fixed { month, day })
        }
        [one] if one.len() == 10 => one.parse().ok().map(HolidayRule::On),
        [date, "sunday-to-monday"] => {
            let (month, day) = month_and_day(date)?;
            Some(HolidayRule::FixedNotSunday { month, day })
        }
        [day_of_week, "before", date] => {
            let (month, day) = month_and_day(date)?;
            let weekday = weekday(day_of_week)?;
            Some(HolidayRule::Before { weekday, month, day })
        }
        [ordinal, day_of_week, month] => {
            let (_, nth) = *ORDINALS.iter().find(|(word, _)| *word == ordinal)?;
            let month = MONTHS.iter().position(|name| *name == month)?;
            let weekday = weekday(day_of_week)?;
            let month = i8::try_from(month).ok()? + 1;
            Some(HolidayRule::Nth { nth, weekday, month })
        }
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    let at = DAYS.iter().position(|name| *name == word)?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

/// Reads `05-25`; any date that some year has.
fn month_and_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(month) || !two_digits(day) {
        return None;
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2024, month, day).is_ok().then_some((month, day))
}

impl TryFrom<String> for HolidayRule {
    type Error = InvalidRule;
    fn try_from(text: String) -> Result<Self, InvalidRule> {
        text.parse()
    }
}

impl From<HolidayRule> for String {
    fn from(rule: HolidayRule) -> String {
        rule.to_string()
    }
}

impl fmt::Display for HolidayRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day_word = |weekday: Weekday| DAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs())];
        match *self {
            Self::Before { weekday, month, day } => {
                write!(f, "{} before {month:02}-{day:02}", day_word(weekday))
            }
            Self::Easter(0) => f.write_str("easter"),
            Self::Easter(days) => write!(f, "easter{days:+}"),
            Self::Fixed { month, day } => write!(f, "{month:02}-{day:02}"),
            Self::FixedNotSunday { month, day } => write!(f, "{month:02}-{day:02} sunday-to-monday"),
            Self::Nth { nth, weekday, month } => {
                let ordinal = ORDINALS
                    .iter()
                    .find(|(_, value)| *value == nth)
                    .map_or("last", |(word, _)| word);
                let month = MONTHS[usize::from(month.unsigned_abs()) - 1];
                write!(f, "{ordinal} {} {month}", day_word(weekday))
            }
            Self::On(date) => write!(f, "{date}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn in_year(rule: &str, year: i16) -> Option<String> {
        rule.parse::<HolidayRule>()
            .unwrap()
            .in_year(year)
            .map(|date| date.to_string())
    }

    #[test]
    fn easter_is_when_the_church_says() {
        for (year, day) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2028, "2028-04-16"),
            (2038, "2038-04-25"),
            (1818, "1818-03-22"),
        ] {
            assert_eq!(in_year("easter", year).as_deref(), Some(day));
        }
        assert_eq!(in_year("easter-2", 2026).as_deref(), Some("2026-04-03"));
        assert_eq!(in_year("easter+1", 2028).as_deref(), Some("2028-04-17"));
    }

    #[test]
    fn the_monday_before_a_monday_is_a_week_earlier() {
        assert_eq!(in_year("mon before 05-25", 2026).as_deref(), Some("2026-05-18"));
        assert_eq!(in_year("mon before 05-25", 2027).as_deref(), Some("2027-05-24"));
    }

    #[test]
    fn a_sunday_moves_to_monday_even_into_the_next_year_and_a_leap_day_is_there_in_leap_years() {
        assert_eq!(
            in_year("07-01 sunday-to-monday", 2029).as_deref(),
            Some("2029-07-02")
        );
        assert_eq!(
            in_year("07-01 sunday-to-monday", 2028).as_deref(),
            Some("2028-07-01")
        );
        let new_years_eve: HolidayRule = "12-31 sunday-to-monday".parse().unwrap();
        assert!(new_years_eve.falls_on("2024-01-01".parse().unwrap()));
        assert_eq!(in_year("02-29", 2028).as_deref(), Some("2028-02-29"));
        assert_eq!(in_year("02-29", 2027), None);
    }

    #[test]
    fn what_is_no_rule_is_refused_with_what_was_given() {
        for bad in [
            "5th mon may",
            "1st may",
            "mon before 05-32",
            "02-30",
            "easter-61",
            "easter1",
            "2026-13-01",
            "1-1",
            "07-01 saturday-to-monday",
            "",
            "noël",
        ] {
            let error = bad.parse::<HolidayRule>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{bad}`")), "{error}");
        }
    }

    proptest! {
        /// Compared with a walk over every day of the year.
        #[test]
        fn such_a_day_of_a_month_is_the_one_that_counting_finds(year in 1900i16..2200, month in 1i8..=12, weekday in 0i8..7, nth in 0usize..5) {
            let weekday = Weekday::from_monday_zero_offset(weekday).unwrap();
            let (_, nth) = ORDINALS[nth];
            let all: Vec<Date> = Date::new(year, 1, 1).unwrap().series(1.day())
                .take_while(|day| day.year() == year)
                .filter(|day| day.month() == month && day.weekday() == weekday)
                .collect();
            let counted = if nth == -1 { all.last() } else { all.get(usize::from(nth.unsigned_abs()) - 1) };
            let rule = HolidayRule::Nth { nth, weekday, month };
            prop_assert_eq!(rule.in_year(year), counted.copied());
            prop_assert_eq!(rule.to_string().parse::<HolidayRule>().unwrap(), rule);
        }

        #[test]
        fn what_anybody_writes_is_read_or_refused(text in "\\PC{0,30}") {
            if let Ok(rule) = text.parse::<HolidayRule>() {
                prop_assert_eq!(rule.to_string().parse::<HolidayRule>().unwrap(), rule);
            }
        }
    }
}
