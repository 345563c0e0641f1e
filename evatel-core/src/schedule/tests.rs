//! Schedules as a whole: the order of their rules, and a naive oracle minute by minute.

use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::{prelude::*, sample::select};

use super::*;

const OFFICE: &str = r#"{
    "zone": "America/Toronto",
    "holidays": {"calendar": {"province": "qc"}, "state": "closed-holiday"},
    "special": [
        {"name": "Noël", "first": "2026-12-23", "last": "2026-12-24", "otherwise": "closed-special",
         "weekly": [{"when": "wed-thu 09:00-12:00", "state": "open-special"}, {"when": "thu 22:00-02:00", "state": "night"}]}
    ],
    "weekly": [{"when": "mon-fri 09:00-17:00", "state": "open"}, {"when": "sat 22:00-06:00", "state": "watch"}],
    "otherwise": "closed"
}"#;

fn office() -> Schedule<String> {
    serde_json::from_str(OFFICE).unwrap()
}

fn said(schedule: &Schedule<String>, local: &str) -> (String, Step, String) {
    let at = schedule.zone().instant(local.parse().unwrap()).unwrap();
    let verdict = schedule.at(at);
    (
        verdict.state.clone(),
        verdict.reason.step(),
        verdict.reason.to_string(),
    )
}

#[test]
fn rules_are_tried_from_holiday_to_otherwise() {
    let expect = |local: &str, state: &str, step: Step, about: &str| {
        assert_eq!(
            said(&office(), local),
            (state.to_owned(), step, about.to_owned()),
            "{local}"
        );
    };
    expect(
        "2026-11-25T10:00:00",
        "open",
        Step::WeeklyHours,
        "mon-fri 09:00-17:00",
    );
    expect("2026-11-25T17:00:00", "closed", Step::Otherwise, "");
    expect(
        "2026-12-25T10:00:00",
        "closed-holiday",
        Step::Holiday,
        "christmas",
    );
    expect(
        "2026-12-23T10:00:00",
        "open-special",
        Step::SpecialPeriod,
        "Noël: wed-thu 09:00-12:00",
    );
    expect(
        "2026-12-23T13:00:00",
        "closed-special",
        Step::SpecialPeriod,
        "Noël",
    );
    expect(
        "2026-12-24T23:00:00",
        "night",
        Step::SpecialPeriod,
        "Noël: thu 22:00-02:00",
    );
    // Christmas comes before the end of that night.
    expect(
        "2026-12-25T01:00:00",
        "closed-holiday",
        Step::Holiday,
        "christmas",
    );
    expect(
        "2026-11-01T05:59:59",
        "watch",
        Step::WeeklyHours,
        "sat 22:00-06:00",
    );
}

#[test]
fn the_night_of_a_periods_last_day_goes_on_into_an_ordinary_morning() {
    let mut form = office().into_form();
    form.holidays = None;
    let schedule = Schedule::new(form).unwrap();
    assert_eq!(said(&schedule, "2026-12-25T01:59:00").0, "night");
    assert_eq!(said(&schedule, "2026-12-25T02:00:00").0, "closed");
    assert_eq!(said(&schedule, "2026-12-23T01:00:00").0, "closed-special");
}

#[test]
fn an_override_goes_before_a_holiday_until_just_before_its_end() {
    let mut form = office().into_form();
    form.manual = Some(Override {
        state: "here".into(),
        since: Some("2026-12-25T15:00:00Z".parse().unwrap()),
        until: Some("2026-12-25T17:00:00Z".parse().unwrap()),
    });
    let schedule = Schedule::new(form).unwrap();
    let step = |local: &str| said(&schedule, local).1;
    assert_eq!(step("2026-12-25T09:59:59"), Step::Holiday);
    assert_eq!(step("2026-12-25T10:00:00"), Step::Override);
    assert_eq!(step("2026-12-25T11:59:59"), Step::Override);
    assert_eq!(step("2026-12-25T12:00:00"), Step::Holiday);
}

#[test]
fn what_is_no_schedule_is_refused_with_the_place() {
    let with = |from: &str, to: &str| {
        let text = OFFICE.replace(from, to);
        assert_ne!(text, OFFICE, "{from}");
        serde_json::from_str::<Schedule<String>>(&text)
            .unwrap_err()
            .to_string()
    };
    for (from, to, place) in [
        ("mon-fri 09:00-17:00", "mon-fri 09:00-25:00", "`25:00`"),
        (
            "sat 22:00-06:00",
            "fri 16:00-18:00",
            "weekly hours: windows 1 and 2 overlap on fri at 16:00",
        ),
        (
            "thu 22:00-02:00",
            "thu 11:00-12:00",
            "special period 1: windows 1 and 2 overlap on thu at 11:00",
        ),
        ("2026-12-24", "2026-12-22", "special period 1 ends on 2026-12-22"),
        ("America/Toronto", "America/Tornto", "`America/Tornto`"),
        (
            "\"otherwise\": \"closed\"",
            "\"otherwise\": \"closed\", \"overide\": 1",
            "overide",
        ),
        ("2026-12-23", "2026-02-30", "line 5"),
    ] {
        let error = with(from, to);
        assert!(error.contains(place), "{error}");
    }
    let twice = with(
        r#""special": ["#,
        r#""special": [{"name": "x", "first": "2026-12-24", "last": "2027-01-02", "otherwise": "y"},"#,
    );
    assert!(
        twice.contains("special periods 1 and 2 both have 2026-12-24"),
        "{twice}"
    );
    let reversed = with(
        r#""weekly": [{"when": "mon"#,
        r#""override": {"state": "x", "since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "weekly": [{"when": "mon"#,
    );
    assert!(reversed.contains("override ends at 2026-01-01"), "{reversed}");
}

#[test]
fn a_schedule_is_written_as_it_is_read() {
    let written = serde_json::to_string(&office()).unwrap();
    assert_eq!(
        serde_json::from_str::<Schedule<String>>(&written).unwrap(),
        office()
    );
}

/// Zones with the UTC seconds of their changes in 2027 and their offsets in minutes before, between and after.
const ZONES: [(&str, &[&str], &[i64]); 5] = [
    (
        "America/Toronto",
        &["2027-03-14T07:00:00Z", "2027-11-07T06:00:00Z"],
        &[-300, -240, -300],
    ),
    (
        "America/St_Johns",
        &["2027-03-14T05:30:00Z", "2027-11-07T04:30:00Z"],
        &[-210, -150, -210],
    ),
    ("America/Regina", &[], &[-360]),
    ("America/Whitehorse", &[], &[-420]),
    (
        "Europe/Paris",
        &["2027-03-28T01:00:00Z", "2027-10-31T01:00:00Z"],
        &[60, 120, 60],
    ),
];

/// A window as an oracle sees it: days, start and end in minutes; an end at or before the start is the next day's.
type Plain = (Vec<usize>, i64, i64);

/// Marks every minute of civil time, as if there were no zones, that a list of windows names, from a first day on.
fn marks(windows: &[Plain], first: i64, days: i64) -> Vec<Option<usize>> {
    let mut marked = vec![None; usize::try_from(days * 1440).unwrap()];
    for day in -1..days {
        // 1 January 1970 was a Thursday.
        let weekday = usize::try_from((first + day + 3).rem_euclid(7)).unwrap();
        for (number, (on, start, end)) in windows.iter().enumerate() {
            if on.contains(&weekday) {
                let length = if end > start {
                    end - start
                } else {
                    end + 1440 - start
                };
                for minute in 0..length {
                    let at = usize::try_from(day * 1440 + start + minute);
                    if let Some(mark) = at.ok().and_then(|at| marked.get_mut(at)) {
                        *mark = Some(number);
                    }
                }
            }
        }
    }
    marked
}

fn marked_minutes(windows: &[Plain]) -> usize {
    // Eight days, of which the first only fills the second: a week as it is in the middle of others.
    marks(windows, 4, 8)[1440..].iter().flatten().count()
}

fn written((days, start, end): &Plain) -> String {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let days: Vec<&str> = days.iter().map(|day| names[*day]).collect();
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("{} {}-{}", days.join(","), clock(*start), clock(*end))
}

fn plain_window() -> impl Strategy<Value = Plain> {
    // Near the clock changes more often than elsewhere.
    let minute = || prop_oneof![0i64..1440, 0i64..240, (0i64..24).prop_map(|hour| hour * 60)];
    (
        proptest::sample::subsequence((0..7usize).collect::<Vec<_>>(), 1..=7),
        minute(),
        prop_oneof![minute(), Just(1440i64)],
    )
        .prop_filter("not empty", |(_, start, end)| start != end)
}

proptest! {
    // One case is every minute of five years: 2.6 million comparisons.
    #![proptest_config(ProptestConfig { cases: 1, ..ProptestConfig::default() })]

    /// Each minute of a whole year, in each zone: what the clock shows by adding the offset, what is marked there.
    #[test]
    fn every_minute_of_a_year_is_as_the_naive_oracle_says(sets in prop::collection::vec(prop::collection::vec(plain_window(), 1..4), 5)) {
        for ((name, changes, offsets), mut windows) in ZONES.iter().zip(sets) {
            let hours = loop {
                match windows.iter().map(written).collect::<Vec<_>>().join(";").parse::<Hours>() {
                    Ok(hours) => break hours,
                    Err(_) => windows.pop(),
                };
            };
            let zone: Zone = name.parse().unwrap();
            let changes: Vec<i64> = changes.iter().map(|at| at.parse::<Timestamp>().unwrap().as_second()).collect();
            let first = "2027-01-01T00:00:00Z".parse::<Timestamp>().unwrap().as_second() / 60;
            let start = first - 1440;
            let marked = marks(&windows, start / 1440, 367);
            for minute in first..first + 365 * 1440 {
                let passed = changes.iter().filter(|change| **change <= minute * 60).count();
                let mark = marked[usize::try_from(minute + offsets[passed] - start).unwrap()];
                let expected = mark.map(|number| &hours.windows()[number]);
                let at = Timestamp::from_second(minute * 60).unwrap();
                prop_assert_eq!(hours.window_at(zone.local(at)), expected, "{} {}", name, at);
            }
        }
    }
}

proptest! {
    #[test]
    fn hours_are_refused_exactly_where_two_windows_name_the_same_minute(windows in prop::collection::vec(plain_window(), 1..5)) {
        let texts: Vec<String> = windows.iter().map(written).collect();
        let apart: usize = windows.iter().map(|window| {
            // A window that runs into its own next day names no minute twice; only different days of it can.
            window.0.iter().map(|day| marked_minutes(&[(vec![*day], window.1, window.2)])).sum::<usize>()
        }).sum();
        prop_assert_eq!(texts.join(";").parse::<Hours>().is_ok(), marked_minutes(&windows) == apart);
    }
}

proptest! {
    /// An alert for a local time: the first minute of the year at which the clock shows it or something later.
    #[test]
    fn an_alert_fires_once_at_the_gaps_end_or_in_the_folds_first_pass(around in 0usize..2, minutes in -240i64..240, zone in select(&ZONES[..])) {
        let (name, changes, offsets) = zone;
        let Some(change) = changes.get(around) else { return Ok(()) };
        let zone: Zone = name.parse().unwrap();
        let change: Timestamp = change.parse().unwrap();
        let wanted = zone.local(change) + SignedDuration::from_mins(minutes);
        let fired = zone.instant(wanted).unwrap();
        // The oracle walks along the minutes and takes the first at which the clock has come to the time.
        let day = SignedDuration::from_hours(24);
        let mut at = change - day;
        let shown = |at: Timestamp| {
            let offset = if at < change { offsets[around] } else { offsets[around + 1] };
            Timestamp::from_second(at.as_second() + offset * 60).unwrap()
        };
        let wanted: Timestamp = format!("{wanted}Z").parse().unwrap();
        while shown(at) < wanted {
            at += SignedDuration::from_mins(1);
        }
        prop_assert_eq!(fired, at);
    }
}

#[test]
fn tomorrow_is_the_next_date_not_a_day_of_hours_later() {
    let zone: Zone = "America/Toronto".parse().unwrap();
    let midnight = |day: Date| zone.instant(day.at(0, 0, 0, 0)).unwrap();
    let spring: Date = "2027-03-14".parse().unwrap();
    let autumn: Date = "2027-11-07".parse().unwrap();
    let length = |day: Date| {
        midnight(day.tomorrow().unwrap())
            .duration_since(midnight(day))
            .as_hours()
    };
    assert_eq!((length(spring), length(autumn)), (23, 25));
}
