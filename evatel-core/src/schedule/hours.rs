//! Hours of the week: windows of wall-clock time that do not overlap.

use std::{fmt, str::FromStr};

use jiff::civil::{DateTime, Weekday};
use serde::{Deserialize, Serialize};

use super::clock::{InvalidTime, TimeOfDay, shorten};

/// Most windows in one set of hours.
pub const MAX_WINDOWS: usize = 64;

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
const MINUTES_A_DAY: u16 = 24 * 60;
const MINUTES_A_WEEK: u16 = 7 * MINUTES_A_DAY;

/// Days of the week, at least one: `mon-fri`, `sat,sun`, `daily`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Days(u8);

impl Days {
    /// Every day of the week.
    pub const DAILY: Self = Self(0x7f);

    /// Says whether a day is among these.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        (0..7).filter(move |at| self.0 & (1 << at) != 0)
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

impl FromStr for Days {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let refuse = || InvalidHours::Days { given: shorten(text) };
        if text == "daily" {
            return Ok(Self::DAILY);
        }
        let position = |word: &str| WEEK.iter().position(|(name, _)| *name == word).ok_or_else(refuse);
        let mut days = 0;
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (position(first)?, position(last)?);
            // `sat-mon` runs over the end of the week.
            let count = (last + 7 - first) % 7;
            for step in 0..=count {
                let day = 1 << ((first + step) % 7);
                if days & day != 0 {
                    return Err(refuse());
                }
                days |= day;
            }
        }
        Ok(Self(days))
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::DAILY {
            return f.write_str("daily");
        }
        let mut comma = "";
        let mut at = 0;
        while at < 7 {
            let run = (at..7).take_while(|day| self.0 & (1 << day) != 0).count();
            if run > 0 {
                write!(f, "{comma}{}", WEEK[at].0)?;
                if run > 1 {
                    write!(f, "-{}", WEEK[at + run - 1].0)?;
                }
                comma = ",";
            }
            at += run.max(1);
        }
        Ok(())
    }
}

/// A stretch of wall-clock time on some days of each week, written `mon-fri 09:00-17:00`.
///
/// It holds from its start to just before its end. One that ends at or before its start goes on after midnight and belongs
/// to the day on which it starts: `sat 22:00-06:00` ends on Sunday. `00:00-24:00` is the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    days: Days,
    start: TimeOfDay,
    end: TimeOfDay,
}

impl Window {
    /// Makes a window.
    ///
    /// # Errors
    /// One that is empty, or that starts at 24:00.
    pub fn new(days: Days, start: TimeOfDay, end: TimeOfDay) -> Result<Self, InvalidHours> {
        let window = Self { days, start, end };
        if start == end || start == TimeOfDay::END_OF_DAY {
            return Err(InvalidHours::Empty {
                window: window.to_string(),
            });
        }
        Ok(window)
    }

    /// Gives the days on which it starts.
    pub fn days(self) -> Days {
        self.days
    }

    /// Says whether it holds when clocks show `local`.
    pub fn contains(self, local: DateTime) -> bool {
        self.on_its_own_day(local) || self.after_midnight(local)
    }

    /// Says whether it holds at `local`, of what started on that same day.
    pub(crate) fn on_its_own_day(self, local: DateTime) -> bool {
        let minute = minute_of_day(local);
        self.days.contains(local.weekday())
            && minute >= self.start.minutes()
            && (self.is_overnight() || minute < self.end.minutes())
    }

    /// Says whether it holds at `local`, of what started the day before.
    pub(crate) fn after_midnight(self, local: DateTime) -> bool {
        self.is_overnight()
            && self.days.contains(local.weekday().previous())
            && minute_of_day(local) < self.end.minutes()
    }

    fn is_overnight(self) -> bool {
        self.end < self.start
    }

    /// Gives its stretches as minutes of a week that begins on Monday; one may run past the week's end.
    fn stretches(self) -> impl Iterator<Item = (u16, u16)> {
        let overnight = if self.is_overnight() { MINUTES_A_DAY } else { 0 };
        let length = self.end.minutes() + overnight - self.start.minutes();
        self.days.iter().map(move |day| {
            let from =
                u16::try_from(day).expect("a week has seven days") * MINUTES_A_DAY + self.start.minutes();
            (from, from + length)
        })
    }
}

fn minute_of_day(local: DateTime) -> u16 {
    u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs())
}

impl FromStr for Window {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let form = || InvalidHours::Form { given: shorten(text) };
        let mut words = text.split_ascii_whitespace();
        let (Some(days), Some(times), None) = (words.next(), words.next(), words.next()) else {
            return Err(form());
        };
        let (start, end) = times.split_once('-').ok_or_else(form)?;
        Self::new(days.parse()?, start.parse()?, end.parse()?)
    }
}

impl TryFrom<String> for Window {
    type Error = InvalidHours;
    fn try_from(text: String) -> Result<Self, InvalidHours> {
        text.parse()
    }
}

impl From<Window> for String {
    fn from(window: Window) -> String {
        window.to_string()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}-{}", self.days, self.start, self.end)
    }
}

/// Windows that do not overlap, at most [`MAX_WINDOWS`]; written with `; ` between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Window>", into = "Vec<Window>")]
pub struct Hours(Vec<Window>);

/// Why something is no set of hours; windows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// Unknown or doubled days.
    #[error(
        "`{given}` are no days: write each once, as `mon-fri`, `sat,sun` or `daily` (mon tue wed thu fri sat sun)"
    )]
    Days {
        /// What was given.
        given: String,
    },
    /// A window that never holds.
    #[error(
        "window `{window}` is empty: it must end at another time than it starts, and start before 24:00; the whole day is 00:00-24:00"
    )]
    Empty {
        /// The window.
        window: String,
    },
    /// No window at all.
    #[error("`{given}` is no window: write days, start and end, as `mon-fri 09:00-17:00`")]
    Form {
        /// What was given.
        given: String,
    },
    /// Two windows hold at the same time.
    #[error("windows {first} and {second} overlap on {day} at {at}: end one where the other starts")]
    Overlap {
        /// The number of one.
        first: usize,
        /// The number of the other.
        second: usize,
        /// The day.
        day: &'static str,
        /// From when on.
        at: TimeOfDay,
    },
    /// No time of day.
    #[error(transparent)]
    Time(#[from] InvalidTime),
    /// More than [`MAX_WINDOWS`].
    #[error("{given} windows are too many: {MAX_WINDOWS} at most")]
    TooMany {
        /// How many there are.
        given: usize,
    },
    /// One window of several is wrong.
    #[error("window {number}: {reason}")]
    Window {
        /// Which.
        number: usize,
        /// Why.
        reason: Box<InvalidHours>,
    },
}

impl Hours {
    /// Checks that windows do not overlap.
    ///
    /// # Errors
    /// [`InvalidHours::Overlap`] and [`InvalidHours::TooMany`].
    pub fn new(windows: Vec<Window>) -> Result<Self, InvalidHours> {
        check_apart(&windows)?;
        Ok(Self(windows))
    }

    /// Says whether a window holds when clocks show `local`.
    pub fn contains(&self, local: DateTime) -> bool {
        self.window_at(local).is_some()
    }

    /// Finds the window that holds when clocks show `local`.
    pub fn window_at(&self, local: DateTime) -> Option<&Window> {
        self.0.iter().find(|window| window.contains(local))
    }

    /// Borrows the windows, in the order in which they were given.
    pub fn windows(&self) -> &[Window] {
        &self.0
    }
}

/// Refuses windows of which two hold at the same time of the week.
pub(crate) fn check_apart(windows: &[Window]) -> Result<(), InvalidHours> {
    if windows.len() > MAX_WINDOWS {
        return Err(InvalidHours::TooMany { given: windows.len() });
    }
    let mut stretches: Vec<(u16, u16, usize)> = Vec::new();
    for (at, window) in windows.iter().enumerate() {
        for (from, to) in window.stretches() {
            stretches.push((from, to.min(MINUTES_A_WEEK), at + 1));
            if to > MINUTES_A_WEEK {
                stretches.push((0, to - MINUTES_A_WEEK, at + 1));
            }
        }
    }
    stretches.sort_unstable();
    for pair in stretches.windows(2) {
        let ((_, end, one), (from, _, other)) = (pair[0], pair[1]);
        if from < end {
            return Err(InvalidHours::Overlap {
                first: one.min(other),
                second: one.max(other),
                day: WEEK[usize::from(from / MINUTES_A_DAY)].0,
                at: format!("{:02}:{:02}", from % MINUTES_A_DAY / 60, from % 60)
                    .parse()
                    .expect("a minute of a day is a time of day"),
            });
        }
    }
    Ok(())
}

impl FromStr for Hours {
    type Err = InvalidHours;

    /// Takes windows with `;` between them; an empty text is no hours at all.
    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let windows = text.split(';').enumerate().map(|(at, window)| {
            window.parse().map_err(|reason| InvalidHours::Window {
                number: at + 1,
                reason: Box::new(reason),
            })
        });
        Self::new(windows.take(MAX_WINDOWS + 1).collect::<Result<_, _>>()?)
    }
}

impl TryFrom<Vec<Window>> for Hours {
    type Error = InvalidHours;
    fn try_from(windows: Vec<Window>) -> Result<Self, InvalidHours> {
        Self::new(windows)
    }
}

impl From<Hours> for Vec<Window> {
    fn from(hours: Hours) -> Vec<Window> {
        hours.0
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, window) in self.0.iter().enumerate() {
            write!(f, "{}{window}", if at == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::schedule::Zone;

    /// Counts the minutes during which `hours` hold in Toronto within two days of UTC.
    fn minutes_open(hours: &str, from: &str) -> usize {
        let (hours, zone): (Hours, Zone) = (hours.parse().unwrap(), "America/Toronto".parse().unwrap());
        let from: Timestamp = from.parse().unwrap();
        (0..48 * 60)
            .filter(|minute| {
                let at = from + jiff::SignedDuration::from_mins(*minute);
                hours.contains(zone.local(at))
            })
            .count()
    }

    #[test]
    fn a_saturday_night_is_nine_hours_in_autumn_and_seven_in_spring() {
        assert_eq!(minutes_open("sat 22:00-06:00", "2026-10-31T04:00:00Z"), 9 * 60);
        assert_eq!(minutes_open("sat 22:00-06:00", "2027-03-13T05:00:00Z"), 7 * 60);
    }

    #[test]
    fn a_window_in_the_gap_never_opens_and_the_whole_day_always_does() {
        assert_eq!(minutes_open("sun 02:00-03:00", "2027-03-14T00:00:00Z"), 0);
        assert_eq!(minutes_open("daily 00:00-24:00", "2027-03-13T12:00:00Z"), 48 * 60);
    }

    #[test]
    fn a_window_holds_from_its_start_to_just_before_its_end() {
        let hours: Hours = "mon 09:00-17:00".parse().unwrap();
        let at = |text: &str| hours.contains(text.parse().unwrap());
        assert!(!at("2026-11-23T08:59:59"));
        assert!(at("2026-11-23T09:00:00"));
        assert!(at("2026-11-23T16:59:59"));
        assert!(!at("2026-11-23T17:00:00"));
        assert!(!at("2026-11-24T09:00:00"));
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_starts() {
        let hours: Hours = "sun 22:00-06:00".parse().unwrap();
        let at = |text: &str| hours.contains(text.parse().unwrap());
        assert!(at("2026-11-22T23:00:00"));
        assert!(at("2026-11-23T05:59:59"));
        assert!(!at("2026-11-23T06:00:00"));
        assert!(!at("2026-11-22T05:00:00"));
    }

    #[test]
    fn hours_are_written_as_they_are_read() {
        for text in [
            "mon-fri 09:00-17:00; sat 10:00-12:00",
            "daily 00:00-24:00",
            "mon,wed,fri-sun 22:00-00:00",
            "",
        ] {
            assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
        }
        assert_eq!(
            "sat-mon 08:00-09:00".parse::<Hours>().unwrap().to_string(),
            "mon,sat-sun 08:00-09:00"
        );
    }

    #[test]
    fn wrong_hours_are_refused_with_the_place() {
        for (text, place) in [
            ("mon-fri 09:00-25:00", "`25:00`"),
            ("mon 09:00-09:00", "empty"),
            ("mon 24:00-06:00", "empty"),
            ("mon 00:00-00:00", "00:00-24:00"),
            ("lundi 09:00-17:00", "`lundi`"),
            ("mon,mon 09:00-17:00", "`mon,mon`"),
            ("mon-fri 9-17", "`9`"),
            ("mon-fri", "`mon-fri`"),
            ("mon 09:00-17:00;", "window 2"),
            (
                "mon 09:00-12:00; mon-tue 11:00-13:00",
                "1 and 2 overlap on mon at 11:00",
            ),
            (
                "sun 22:00-06:00; mon 05:00-07:00",
                "1 and 2 overlap on mon at 05:00",
            ),
            ("mon-tue 22:00-23:00; mon 21:00-01:00", "overlap on mon at 22:00"),
        ] {
            let error = text.parse::<Hours>().unwrap_err().to_string();
            assert!(error.contains(place), "{text}: {error}");
        }
        let many = vec!["mon 00:00-00:01"; 65].join(";");
        assert!(matches!(
            many.parse::<Hours>(),
            Err(InvalidHours::TooMany { given: 65 })
        ));
    }
}
