//! Instants as people write them.

use evatel_core::schedule::{TimeOfDay, Zone};
use jiff::{Timestamp, civil::DateTime};

/// An instant with its offset (RFC 3339).
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.trim().parse().map_err(|_| {
        format!(
            "`{}` is no instant: write it as `2026-12-24T10:00:00-05:00` or `2026-12-24T15:00:00Z`",
            text.chars()
                .take(40)
                .flat_map(char::escape_debug)
                .collect::<String>()
        )
    })
}

/// An instant, or a time on the clocks of a zone: a whole one, or the next time that they show an hour and minute.
pub(super) fn until(text: &str, zone: &Zone, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let refuse = || {
        format!(
            "`{}` is no time: write `17:00`, `2026-12-24T17:00` or an instant such as `2026-12-24T22:00:00Z`",
            text.chars()
                .take(40)
                .flat_map(char::escape_debug)
                .collect::<String>()
        )
    };
    if let Ok(local) = text.parse::<DateTime>() {
        return zone.instant(local).map_err(|_| refuse());
    }
    let time: TimeOfDay = text.parse().map_err(|_| refuse())?;
    let today = zone.local(now).date();
    let (hour, minute) = (time.minutes() / 60, time.minutes() % 60);
    let on = |day: jiff::civil::Date| {
        // 24:00 is the start of the next day.
        let (day, hour) = if hour == 24 {
            (day.tomorrow()?, 0)
        } else {
            (day, hour)
        };
        let [hour, minute] = [hour, minute].map(|value| i8::try_from(value).unwrap_or_default());
        zone.instant(day.at(hour, minute, 0, 0))
    };
    let mut at = on(today);
    if at.as_ref().is_ok_and(|at| *at <= now) {
        at = today.tomorrow().and_then(on);
    }
    at.map_err(|_| refuse())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_the_next_time_that_the_clock_shows_it() {
        let zone: Zone = "America/Toronto".parse().unwrap();
        let at = |text: &str, now: &str| until(text, &zone, now.parse().unwrap()).unwrap().to_string();
        assert_eq!(at("17:00", "2026-11-23T15:00:00Z"), "2026-11-23T22:00:00Z");
        assert_eq!(at("17:00", "2026-11-23T22:00:00Z"), "2026-11-24T22:00:00Z");
        assert_eq!(at("24:00", "2026-11-23T15:00:00Z"), "2026-11-24T05:00:00Z");
        // What the clock skips comes when it skips, what it shows twice the first time.
        assert_eq!(at("02:15", "2027-03-14T06:00:00Z"), "2027-03-14T07:00:00Z");
        assert_eq!(
            at("2026-11-01T01:30", "2026-10-31T12:00:00Z"),
            "2026-11-01T05:30:00Z"
        );
        assert_eq!(
            at("2026-12-24T15:00:00Z", "2026-10-31T12:00:00Z"),
            "2026-12-24T15:00:00Z"
        );
        assert!(
            until("25:00", &zone, Timestamp::UNIX_EPOCH)
                .unwrap_err()
                .contains("`25:00`")
        );
    }
}
