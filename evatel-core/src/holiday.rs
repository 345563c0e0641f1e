//! Holidays by rule: those of a Canadian province or territory, and one's own.
//!
//! A holiday is a whole local day, from midnight to midnight. Names are words that a catalogue translates
//! (`victoria-day`); one's own holidays have the name that their owner gave them.
//!
//! ```
//! use evatel_core::holiday::{HolidayCalendar, Province};
//!
//! let calendar = HolidayCalendar::of(Province::Quebec);
//! let named = |date: &str| calendar.on(date.parse().unwrap()).map(|holiday| holiday.to_string());
//! assert_eq!(named("2027-05-24").as_deref(), Some("victoria-day"));
//! assert_eq!(named("2027-05-25"), None);
//! ```

mod canada;
mod rule;

pub use canada::{Holiday, Province};
pub use rule::{HolidayRule, InvalidRule};

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::name::Name;

/// Which days are holidays: a province's, less some, plus one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HolidayCalendar {
    /// Whose public holidays count.
    pub province: Option<Province>,
    /// Public holidays on which one works all the same.
    pub except: Vec<Holiday>,
    /// Public holidays of elsewhere that count too, such as Easter Monday.
    pub also: Vec<Holiday>,
    /// One's own days.
    pub own: Vec<OwnHoliday>,
}

/// A holiday that its owner named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnHoliday {
    /// What it is called.
    pub name: Name,
    /// When it is.
    pub when: HolidayRule,
}

/// The name of the holiday that a day is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolidayName {
    /// A public holiday; its word.
    Public(Holiday),
    /// One's own.
    Own(Name),
}

impl fmt::Display for HolidayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public(holiday) => holiday.fmt(f),
            Self::Own(name) => name.fmt(f),
        }
    }
}

impl HolidayCalendar {
    /// Takes the public holidays of a province or territory as they are.
    pub fn of(province: Province) -> Self {
        Self {
            province: Some(province),
            ..Self::default()
        }
    }

    /// Finds the holiday that a local day is; one's own come first.
    pub fn on(&self, day: Date) -> Option<HolidayName> {
        if let Some(own) = self.own.iter().find(|own| own.when.falls_on(day)) {
            return Some(HolidayName::Own(own.name.clone()));
        }
        self.public()
            .find(|holiday| holiday.rule().falls_on(day))
            .map(HolidayName::Public)
    }

    /// Lists the holidays of a year, by date.
    pub fn of_year(&self, year: i16) -> Vec<(Date, HolidayName)> {
        let own = self.own.iter().filter_map(|own| {
            let day = own.when.in_year(year)?;
            Some((day, HolidayName::Own(own.name.clone())))
        });
        let public = self
            .public()
            .filter_map(|holiday| Some((holiday.rule().in_year(year)?, HolidayName::Public(holiday))));
        let mut all: Vec<_> = own.chain(public).collect();
        all.sort_by_key(|(day, _)| *day);
        all
    }

    fn public(&self) -> impl Iterator<Item = Holiday> {
        let of_province = self.province.map_or(&[][..], Province::holidays);
        of_province
            .iter()
            .filter(|holiday| !self.except.contains(holiday))
            .chain(&self.also)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_ones_own_counts_beside_the_province_and_an_exception_does_not() {
        let calendar: HolidayCalendar = serde_json::from_str(
            r#"{"province": "qc", "except": ["thanksgiving"], "also": ["easter-monday"],
                "own": [{"name": "Inventaire", "when": "last fri nov"}, {"name": "Déménagement", "when": "2026-07-02"}]}"#,
        )
        .unwrap();
        let on = |day: &str| calendar.on(day.parse().unwrap()).map(|name| name.to_string());
        assert_eq!(on("2026-10-12"), None);
        assert_eq!(on("2026-04-06").as_deref(), Some("easter-monday"));
        assert_eq!(on("2026-11-27").as_deref(), Some("Inventaire"));
        assert_eq!(on("2026-07-02").as_deref(), Some("Déménagement"));
        assert_eq!(on("2027-07-02"), None);
        let year = calendar.of_year(2026);
        assert!(year.is_sorted_by_key(|(day, _)| *day));
        assert_eq!(year.len(), 8 - 1 + 3);
    }

    #[test]
    fn an_unknown_field_or_holiday_is_refused() {
        for bad in [
            r#"{"provinces": "qc"}"#,
            r#"{"province": "pq"}"#,
            r#"{"also": ["boxing"]}"#,
            r#"{"own": [{"name": "x", "when": "5th mon may"}]}"#,
        ] {
            assert!(serde_json::from_str::<HolidayCalendar>(bad).is_err(), "{bad}");
        }
    }
}
