//! Months on the wall clock of whoever is billed.

use jiff::{Timestamp, tz::TimeZone};

/// Gives the first moment of the next month in a zone: when what was cancelled stops.
pub fn month_end(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = now.to_zoned(zone.clone()).date();
    let next = today.last_of_month().tomorrow().unwrap_or(today);
    // Midnight may be skipped by a change of the clock; the month then begins when the clock goes on.
    next.to_zoned(zone.clone()).map_or(now, |zoned| zoned.timestamp())
}

/// Gives how many days of the month are left, today included, and how many it has.
pub fn rest_of_month(now: Timestamp, zone: &TimeZone) -> (u32, u32) {
    let today = now.to_zoned(zone.clone()).date();
    let (day, days) = (today.day().unsigned_abs(), today.days_in_month().unsigned_abs());
    (u32::from(days - day) + 1, u32::from(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_at_midnight_where_the_customer_lives() {
        let toronto = TimeZone::get("America/Toronto").unwrap();
        let evening: Timestamp = "2026-12-01T03:30:00Z".parse().unwrap();
        // 22:30 on 30 November in Toronto.
        assert_eq!(
            month_end(evening, &toronto),
            "2026-12-01T05:00:00Z".parse().unwrap()
        );
        assert_eq!(rest_of_month(evening, &toronto), (1, 30));
        assert_eq!(rest_of_month(evening, &TimeZone::UTC), (31, 31));
        let leap: Timestamp = "2028-02-10T12:00:00Z".parse().unwrap();
        assert_eq!(rest_of_month(leap, &toronto), (20, 29));
    }
}
