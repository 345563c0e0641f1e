//! A schedule: what holds at an instant, and by which of its rules.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};

use super::{
    clock::Zone,
    hours::{InvalidHours, Window, check_apart},
};
use crate::{
    holiday::{HolidayCalendar, HolidayName},
    name::Name,
    word::word_enum,
};

/// Most special periods of one schedule.
pub const MAX_SPECIAL_PERIODS: usize = 64;

/// What a person writes down of a [`Schedule`] over states `S`: open or closed, or a user's statuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleForm<S> {
    /// Where the clock hangs that all of it is read on.
    pub zone: Zone,
    /// A state set by hand; it goes before everything else while it lasts.
    #[serde(
        default = "Option::default",
        rename = "override",
        skip_serializing_if = "Option::is_none"
    )]
    pub manual: Option<Override<S>>,
    /// What holds on holidays.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub holidays: Option<OnHolidays<S>>,
    /// Stretches of days with hours of their own, such as a summer.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub special: Vec<SpecialPeriod<S>>,
    /// What holds in the hours of each week.
    #[serde(default = "Vec::new")]
    pub weekly: Vec<Slot<S>>,
    /// What holds the rest of the time.
    pub otherwise: S,
}

/// A state that holds in a window of each week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot<S> {
    /// When.
    pub when: Window,
    /// What.
    pub state: S,
}

/// The state of all holidays of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnHolidays<S> {
    /// Which days are holidays.
    pub calendar: HolidayCalendar,
    /// What holds on them, from midnight to midnight.
    pub state: S,
}

/// Days, the first and the last included, on which other hours take the place of the weekly ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialPeriod<S> {
    /// What it is called.
    pub name: Name,
    /// Its first local day.
    pub first: Date,
    /// Its last local day; what starts on it in the evening still ends after midnight.
    pub last: Date,
    /// Its hours.
    #[serde(default = "Vec::new")]
    pub weekly: Vec<Slot<S>>,
    /// What holds outside them.
    pub otherwise: S,
}

/// A state that somebody set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override<S> {
    /// What holds.
    pub state: S,
    /// From when on; without it, since ever.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until just before when; without it, until somebody takes it back.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl<S> Override<S> {
    /// Says whether it holds at an instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// A checked schedule.
///
/// The order in which its rules are tried is that of [`Step`]: override, holiday, special period, weekly hours, otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "ScheduleForm<S>",
    into = "ScheduleForm<S>",
    bound(serialize = "S: Clone + Serialize", deserialize = "S: Deserialize<'de>")
)]
pub struct Schedule<S>(ScheduleForm<S>);

/// Why something is no schedule; windows and periods are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// An override that ends before it begins.
    #[error("the override ends at {until}, which is not after {since}, where it begins")]
    Override {
        /// Where it begins.
        since: Timestamp,
        /// Where it ends.
        until: Timestamp,
    },
    /// Two special periods have a day in common.
    #[error("special periods {first} and {second} both have {day}: end one before the other begins")]
    PeriodsOverlap {
        /// The number of one.
        first: usize,
        /// The number of the other.
        second: usize,
        /// The first common day.
        day: Date,
    },
    /// A special period is wrong in itself.
    #[error("special period {number}: {reason}")]
    Period {
        /// Which.
        number: usize,
        /// Why.
        reason: InvalidHours,
    },
    /// A special period that ends before it begins.
    #[error("special period {number} ends on {last}, before {first}, where it begins")]
    PeriodReversed {
        /// Which.
        number: usize,
        /// Its first day.
        first: Date,
        /// Its last day.
        last: Date,
    },
    /// More than [`MAX_SPECIAL_PERIODS`].
    #[error("{given} special periods are too many: {MAX_SPECIAL_PERIODS} at most")]
    TooManyPeriods {
        /// How many there are.
        given: usize,
    },
    /// The weekly hours are wrong.
    #[error("weekly hours: {0}")]
    Weekly(InvalidHours),
}

word_enum! {
    /// A rule of a schedule, in the order in which they are tried.
    Step ("step of a schedule") {
        /// Somebody set it by hand.
        Override = "override",
        /// The local day is a holiday.
        Holiday = "holiday",
        /// The local day is in a special period.
        SpecialPeriod = "special-period",
        /// A window of the week holds.
        WeeklyHours = "weekly-hours",
        /// Nothing else holds.
        Otherwise = "otherwise",
    }
}

/// What holds, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict<'a, S> {
    /// What holds.
    pub state: &'a S,
    /// The rule that says so.
    pub reason: Reason<'a>,
}

/// The rule of a schedule that decided, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason<'a> {
    /// Somebody set it by hand, until then.
    Override(Option<Timestamp>),
    /// The local day is this holiday.
    Holiday(HolidayName),
    /// The local day is in this period, and perhaps in a window of it.
    SpecialPeriod(&'a Name, Option<Window>),
    /// This window holds.
    WeeklyHours(Window),
    /// Nothing else.
    Otherwise,
}

impl Reason<'_> {
    /// Gives the rule without what it is about.
    pub fn step(&self) -> Step {
        match self {
            Self::Override(_) => Step::Override,
            Self::Holiday(_) => Step::Holiday,
            Self::SpecialPeriod(..) => Step::SpecialPeriod,
            Self::WeeklyHours(_) => Step::WeeklyHours,
            Self::Otherwise => Step::Otherwise,
        }
    }
}

impl fmt::Display for Reason<'_> {
    /// Writes what the rule is about: the instant, the holiday's name, the window.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Override(Some(until)) => until.fmt(f),
            Self::Override(None) | Self::Otherwise => Ok(()),
            Self::Holiday(name) => name.fmt(f),
            Self::SpecialPeriod(name, None) => name.fmt(f),
            Self::SpecialPeriod(name, Some(window)) => write!(f, "{name}: {window}"),
            Self::WeeklyHours(window) => window.fmt(f),
        }
    }
}

impl<S> Schedule<S> {
    /// Checks what a person wrote.
    ///
    /// # Errors
    /// [`InvalidSchedule`] with the place of what is wrong.
    pub fn new(form: ScheduleForm<S>) -> Result<Self, InvalidSchedule> {
        if let Some(Override {
            since: Some(since),
            until: Some(until),
            ..
        }) = form.manual
            && until <= since
        {
            return Err(InvalidSchedule::Override { since, until });
        }
        check_slots(&form.weekly).map_err(InvalidSchedule::Weekly)?;
        check_periods(&form.special)?;
        Ok(Self(form))
    }

    /// Borrows what it was made from.
    pub fn form(&self) -> &ScheduleForm<S> {
        &self.0
    }

    /// Takes out what it was made from, to change it.
    pub fn into_form(self) -> ScheduleForm<S> {
        self.0
    }

    /// Gives the zone that it is read in.
    pub fn zone(&self) -> &Zone {
        &self.0.zone
    }

    /// Lists every state that it names.
    pub fn states(&self) -> impl Iterator<Item = &S> {
        let form = &self.0;
        let manual = form.manual.iter().map(|manual| &manual.state);
        let holidays = form.holidays.iter().map(|holidays| &holidays.state);
        let special = form.special.iter().flat_map(|period| {
            let slots = period.weekly.iter().map(|slot| &slot.state);
            slots.chain([&period.otherwise])
        });
        let weekly = form.weekly.iter().map(|slot| &slot.state);
        manual
            .chain(holidays)
            .chain(special)
            .chain(weekly)
            .chain([&form.otherwise])
    }

    /// Says what holds at an instant, and by which rule.
    pub fn at(&self, at: Timestamp) -> Verdict<'_, S> {
        let form = &self.0;
        let local = form.zone.local(at);
        if let Some(manual) = form.manual.as_ref().filter(|manual| manual.holds(at)) {
            return Verdict {
                state: &manual.state,
                reason: Reason::Override(manual.until),
            };
        }
        if let Some(holidays) = &form.holidays
            && let Some(name) = holidays.calendar.on(local.date())
        {
            return Verdict {
                state: &holidays.state,
                reason: Reason::Holiday(name),
            };
        }
        if let Some(verdict) = form.special.iter().find_map(|period| period.at(local)) {
            return verdict;
        }
        match form.weekly.iter().find(|slot| slot.when.contains(local)) {
            Some(slot) => Verdict {
                state: &slot.state,
                reason: Reason::WeeklyHours(slot.when),
            },
            None => Verdict {
                state: &form.otherwise,
                reason: Reason::Otherwise,
            },
        }
    }
}

impl<S> SpecialPeriod<S> {
    /// Says what holds at a local time of one of its days, or in a window that began on its last.
    fn at(&self, local: DateTime) -> Option<Verdict<'_, S>> {
        let among = |day: Date| (self.first..=self.last).contains(&day);
        let (today, yesterday) = (among(local.date()), local.date().yesterday().is_ok_and(among));
        let slot = self.weekly.iter().find(|slot| {
            (today && slot.when.on_its_own_day(local)) || (yesterday && slot.when.after_midnight(local))
        });
        match slot {
            Some(slot) => Some(Verdict {
                state: &slot.state,
                reason: Reason::SpecialPeriod(&self.name, Some(slot.when)),
            }),
            None if today => Some(Verdict {
                state: &self.otherwise,
                reason: Reason::SpecialPeriod(&self.name, None),
            }),
            None => None,
        }
    }
}

fn check_slots<S>(slots: &[Slot<S>]) -> Result<(), InvalidHours> {
    let windows: Vec<Window> = slots.iter().map(|slot| slot.when).collect();
    check_apart(&windows)
}

fn check_periods<S>(periods: &[SpecialPeriod<S>]) -> Result<(), InvalidSchedule> {
    if periods.len() > MAX_SPECIAL_PERIODS {
        return Err(InvalidSchedule::TooManyPeriods { given: periods.len() });
    }
    for (at, period) in periods.iter().enumerate() {
        let (first, last, number) = (period.first, period.last, at + 1);
        if last < first {
            return Err(InvalidSchedule::PeriodReversed { number, first, last });
        }
        check_slots(&period.weekly).map_err(|reason| InvalidSchedule::Period { number, reason })?;
        for (earlier, other) in periods[..at].iter().enumerate() {
            if first <= other.last && other.first <= last {
                return Err(InvalidSchedule::PeriodsOverlap {
                    first: earlier + 1,
                    second: number,
                    day: first.max(other.first),
                });
            }
        }
    }
    Ok(())
}

impl<S> TryFrom<ScheduleForm<S>> for Schedule<S> {
    type Error = InvalidSchedule;
    fn try_from(form: ScheduleForm<S>) -> Result<Self, InvalidSchedule> {
        Self::new(form)
    }
}

impl<S> From<Schedule<S>> for ScheduleForm<S> {
    fn from(schedule: Schedule<S>) -> ScheduleForm<S> {
        schedule.0
    }
}
