//! The world's numbering plans as data: which prefix is which class and country.
//!
//! The table is `data/classes.txt`, part of the code and versioned with it: [`version`] says which one is in force.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::{
    class::{ClassSet, NumberClass},
    country::Country,
    prefix::{Prefix, PrefixMap},
};

/// What a prefix says about the numbers that begin with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbering {
    /// Their class.
    pub class: NumberClass,
    /// Where they are; networks of no country have none.
    pub country: Option<Country>,
    /// Most digits of such a number, its country code counted. A carrier ignores what is dialled beyond.
    pub most_digits: usize,
}

/// Which table is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableVersion {
    /// Counts up with each change.
    pub number: u32,
    /// When its sources were read.
    pub date: Date,
}

/// Finds what the longest known prefix of these digits says; [`UNKNOWN`] where none is known.
///
/// `digits` are those of an E.164 number without `+`; over-dialled ones have the class that their beginning has.
pub fn of_digits(digits: &str) -> Numbering {
    TABLE.prefixes.longest(digits).copied().unwrap_or(UNKNOWN)
}

/// Gives the classes that numbers may have which begin with these digits.
pub(crate) fn classes_within(prefix: &Prefix) -> ClassSet {
    let below = TABLE.prefixes.within(prefix.as_str()).iter();
    let own = of_digits(prefix.as_str()).class;
    ClassSet::of(below.map(|numbering| numbering.class).chain([own]))
}

/// Gives the classes that numbers of a country may have.
pub(crate) fn classes_in(country: Country) -> ClassSet {
    let all = TABLE.prefixes.values().iter();
    let there = all.filter(|numbering| numbering.country == Some(country));
    ClassSet::of(there.map(|numbering| numbering.class))
}

/// Gives the version of the table.
pub fn version() -> TableVersion {
    TABLE.version
}

/// Lists the countries that the table knows, by code.
pub fn countries() -> &'static [Country] {
    &TABLE.countries
}

/// Refuses a country that no number is in: a rule about it would never hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{country}` is no country of the numbering plans{}", .meant.map_or_else(String::new, |meant| format!(": `{meant}` is meant")))]
pub struct UnknownCountry {
    /// What was given.
    pub country: Country,
    /// What people mean who write so.
    pub meant: Option<Country>,
}

/// Makes sure that numbers can be in a country. Whoever sets a rule about one asks this first.
///
/// # Errors
/// [`UnknownCountry`] for two letters that ISO 3166-1 does not have, or that have no numbers of their own.
pub fn check_country(country: Country) -> Result<(), UnknownCountry> {
    if TABLE.countries.binary_search(&country).is_ok() {
        return Ok(());
    }
    let meant = match country.as_str() {
        "UK" => Some("GB"),
        "EL" => Some("GR"),
        _ => None,
    };
    let meant = meant.and_then(|code| code.parse().ok());
    Err(UnknownCountry { country, meant })
}

/// What holds for digits that no prefix is known of.
pub const UNKNOWN: Numbering = Numbering {
    class: NumberClass::Unknown,
    country: None,
    most_digits: crate::prefix::MAX_PREFIX_DIGITS,
};

struct Table {
    version: TableVersion,
    prefixes: PrefixMap<Numbering>,
    countries: Vec<Country>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test reads the same file, so a table that cannot be read never leaves the workshop.
    read(include_str!("../data/classes.txt")).expect("the table is checked by a test")
});

/// Reads the table's file.
///
/// # Errors
/// The line that cannot be read and why.
fn read(text: &str) -> Result<Table, String> {
    let mut number = None;
    let mut date = None;
    let mut exchanges: Vec<(String, NumberClass)> = Vec::new();
    let mut entries: Vec<(Prefix, Numbering)> = Vec::new();
    for (line, at) in text.lines().zip(1..) {
        let because = |why: &dyn std::fmt::Display| format!("line {at}: {why}");
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            ["version", given] => number = Some(given.parse().map_err(|error| because(&error))?),
            ["date", given] => date = Some(given.parse().map_err(|error| because(&error))?),
            ["exchange", exchange, class] => {
                exchanges.push((
                    (*exchange).to_owned(),
                    class.parse().map_err(|error| because(&error))?,
                ));
            }
            [prefix, class, country, most] => {
                let country = match *country {
                    "-" => None,
                    code => Some(code.parse().map_err(|error| because(&error))?),
                };
                let most_digits = match *most {
                    "-" => UNKNOWN.most_digits,
                    count => count.parse().map_err(|error| because(&error))?,
                };
                let numbering = Numbering {
                    class: class.parse().map_err(|error| because(&error))?,
                    country,
                    most_digits,
                };
                entries.push((prefix.parse().map_err(|error| because(&error))?, numbering));
            }
            _ => return Err(because(&"neither a setting nor `PREFIX CLASS COUNTRY MOST`")),
        }
    }
    let areas = entries.clone();
    for (exchange, class) in exchanges {
        for (area, numbering) in areas.iter().filter(|(area, at)| is_home_area(area, at.class)) {
            let prefix = format!("{}{exchange}", area.as_str());
            let prefix = prefix
                .parse()
                .map_err(|error| format!("exchange `{exchange}`: {error}"))?;
            entries.push((prefix, Numbering { class, ..*numbering }));
        }
    }
    let mut countries: Vec<Country> = entries
        .iter()
        .filter_map(|(_, numbering)| numbering.country)
        .collect();
    countries.sort_unstable();
    countries.dedup();
    let version = TableVersion {
        number: number.ok_or("`version` is missing")?,
        date: date.ok_or("`date` is missing")?,
    };
    Ok(Table {
        version,
        prefixes: PrefixMap::new(entries),
        countries,
    })
}

fn is_home_area(area: &Prefix, class: NumberClass) -> bool {
    area.as_str().len() == 4
        && matches!(
            class,
            NumberClass::AlaskaHawaii | NumberClass::Canada | NumberClass::Us48
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_says_its_version_and_date() {
        let table = read(include_str!("../data/classes.txt")).unwrap();
        assert!(table.version.number >= 1);
        assert!(table.version.date >= jiff::civil::date(2026, 11, 26));
        assert!(table.countries.len() > 240, "{}", table.countries.len());
    }

    #[test]
    fn a_country_without_numbers_is_refused_with_the_one_that_is_meant() {
        let refused =
            |code: &str| check_country(code.parse().unwrap()).map_err(|unknown| unknown.to_string());
        assert_eq!(refused("GB"), Ok(()));
        assert_eq!(
            refused("UK").unwrap_err(),
            "`UK` is no country of the numbering plans: `GB` is meant"
        );
        assert_eq!(
            refused("ZZ").unwrap_err(),
            "`ZZ` is no country of the numbering plans"
        );
        assert!(countries().iter().all(|country| check_country(*country).is_ok()));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let reason = |line: &str| {
            read(&format!("version 1\ndate 2026-11-26\n{line}\n"))
                .err()
                .unwrap()
        };
        assert!(reason("33 abroad FR 11").starts_with("line 3: `abroad` is no number class"));
        assert!(reason("33 international fr 11").contains("`fr` is no country"));
        assert!(reason("33 international").contains("neither a setting"));
        assert!(reason("x international FR 11").contains("`x` is no prefix"));
        assert_eq!(read("date 2026-11-26").err().unwrap(), "`version` is missing");
    }

    #[test]
    fn classes_and_countries_follow_the_longest_prefix() {
        let expected = [
            ("15145550199", NumberClass::Canada, "CA"),
            ("12125551234", NumberClass::Us48, "US"),
            ("19075551234", NumberClass::AlaskaHawaii, "US"),
            ("17875550123", NumberClass::UsTerritory, "PR"),
            ("18765550123", NumberClass::NanpInternational, "JM"),
            ("16585550123", NumberClass::NanpInternational, "JM"),
            ("18095550123", NumberClass::NanpInternational, "DO"),
            ("19005551234", NumberClass::Premium, "-"),
            ("15149761234", NumberClass::Premium, "CA"),
            ("12129761234", NumberClass::Premium, "US"),
            ("18769761234", NumberClass::NanpInternational, "JM"),
            ("18005551234", NumberClass::TollFree, "-"),
            ("15005551234", NumberClass::Personal, "-"),
            ("16005551234", NumberClass::Special, "-"),
            ("17005551234", NumberClass::Special, "-"),
            ("13105551234", NumberClass::Us48, "US"),
            ("11115551234", NumberClass::Unknown, "-"),
            ("33142764978", NumberClass::International, "FR"),
            ("33899123456", NumberClass::Premium, "FR"),
            ("331427649781234567", NumberClass::International, "FR"),
            ("441534123456", NumberClass::International, "JE"),
            ("441514960000", NumberClass::International, "GB"),
            ("77012345678", NumberClass::International, "KZ"),
            ("74951234567", NumberClass::International, "RU"),
            ("37167123456", NumberClass::HighRisk, "LV"),
            ("88213123456", NumberClass::Satellite, "-"),
            ("87012345678", NumberClass::Satellite, "-"),
            ("99912345678", NumberClass::Unknown, "-"),
        ];
        for (digits, class, country) in expected {
            let found = of_digits(digits);
            let at = found
                .country
                .map_or("-".to_owned(), |country| country.to_string());
            assert_eq!((found.class, at.as_str()), (class, country), "{digits}");
        }
    }
}
