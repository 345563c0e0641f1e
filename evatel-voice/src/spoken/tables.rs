//! The words of each language, read once.

use std::sync::LazyLock;

use evatel_core::account::Language;
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    pattern::{Found, Names, Pattern},
    words::{self, Word},
};

/// What can be said in a language.
pub(super) struct Tables {
    pub(super) yes: Vec<Vec<Word>>,
    pub(super) no: Vec<Vec<Word>>,
    pub(super) names: Names,
    /// The same as they are written.
    pub(super) spoken: Written,
    pub(super) parts: Vec<(PartOfDay, Vec<Word>)>,
    pub(super) clock: Rules<ClockRule>,
    pub(super) date: Rules<DateRule>,
    pub(super) duration: Rules<DurationRule>,
    pub(super) amount: Rules<AmountRule>,
    /// What stands before a duration where it is a moment.
    pub(super) delay: Vec<Vec<Word>>,
    /// What joins two parts of a duration.
    pub(super) join: Vec<Vec<Word>>,
    pub(super) digits: Digits,
}

/// Names as they are written.
pub(super) struct Written {
    pub(super) months: Vec<String>,
    pub(super) weekdays: Vec<String>,
}

/// Words in and around digits.
pub(super) struct Digits {
    pub(super) zero: Vec<Vec<Word>>,
    pub(super) twice: Vec<Vec<Word>>,
    pub(super) plus: Vec<Vec<Word>>,
}

/// A part of the day that tells nine in the morning from nine in the evening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartOfDay {
    Morning,
    Afternoon,
    Evening,
    Night,
    /// Noon to midnight.
    AfterNoon,
}

/// A time: the hour that was said or this one, with minutes that were said, or these.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct ClockRule {
    pub(super) hour: Option<i64>,
    #[serde(default)]
    pub(super) minutes: i64,
    /// The minutes that were said are before the hour.
    #[serde(default)]
    pub(super) before: bool,
    /// It is a time only where a part of the day follows: "nine in the morning".
    #[serde(default)]
    pub(super) before_part: bool,
}

/// A day: from today so many days, or so many times the number that was said; else by weekday, day, month and year.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct DateRule {
    pub(super) days: Option<i64>,
    /// The weekday of next week, as some say it.
    #[serde(default)]
    pub(super) next: bool,
}

/// A length of time: the number that was said, or one, times `seconds`, and `more`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct DurationRule {
    #[serde(default)]
    pub(super) seconds: i64,
    #[serde(default)]
    pub(super) more: i64,
}

/// An amount: the number that was said, or one, and cents.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct AmountRule {}

/// Rules with the patterns of each.
pub(super) struct Rules<R>(Vec<(Pattern, R)>);

/// A rule that fits, what its slots stand for, and where it ends.
pub(super) struct Fit<R> {
    pub(super) rule: R,
    pub(super) found: Found,
    pub(super) end: usize,
}

impl<R: Copy> Rules<R> {
    /// Finds the longest fit that begins at `at`.
    pub(super) fn at(&self, at: usize, words: &[Word], names: &Names) -> Option<Fit<R>> {
        let mut best: Option<Fit<R>> = None;
        for (pattern, rule) in &self.0 {
            if let Some((found, length)) = pattern.fits(words.get(at..)?, names)
                && best.as_ref().is_none_or(|best| at + length > best.end)
            {
                let (rule, end) = (*rule, at + length);
                best = Some(Fit { rule, found, end });
            }
        }
        best
    }

    /// Finds the longest fit anywhere, the first of two of a length, and where it begins.
    pub(super) fn anywhere(&self, words: &[Word], names: &Names) -> Option<(usize, Fit<R>)> {
        let mut best: Option<(usize, Fit<R>)> = None;
        for at in 0..words.len() {
            if let Some(fit) = self.at(at, words, names)
                && best
                    .as_ref()
                    .is_none_or(|(begin, best)| fit.end - at > best.end - begin)
            {
                best = Some((at, fit));
            }
        }
        best
    }
}

impl Tables {
    pub(super) fn of(language: Language) -> &'static Self {
        static ENGLISH: LazyLock<Tables> = LazyLock::new(|| Tables::read(EN));
        static FRENCH: LazyLock<Tables> = LazyLock::new(|| Tables::read(FR));
        match language {
            Language::En => &ENGLISH,
            Language::Fr => &FRENCH,
        }
    }

    fn read(text: &str) -> Self {
        Self::parse(text).expect("our own tables are checked by a test")
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let parts = file.parts;
        let mut of_day = Vec::new();
        for (part, said) in [
            (PartOfDay::Morning, parts.morning),
            (PartOfDay::Afternoon, parts.afternoon),
            (PartOfDay::Evening, parts.evening),
            (PartOfDay::Night, parts.night),
            (PartOfDay::AfterNoon, parts.after_noon),
        ] {
            of_day.extend(phrases(&said).into_iter().map(|phrase| (part, phrase)));
        }
        // `after-midi` is not `midi`, `de l'après-midi` is not only `après-midi`: the longest first.
        of_day.sort_by_key(|(_, phrase)| std::cmp::Reverse(phrase.len()));
        let delays = file.delay.iter().flat_map(|delay| &delay.say);
        let delay = delays
            .map(|say| {
                let before = say.strip_suffix("{duration}");
                before
                    .map(words::split)
                    .ok_or_else(|| format!("`{say}` does not end with a duration"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            yes: phrases(&file.yes),
            no: phrases(&file.no),
            names: Names {
                months: phrases(&file.months),
                weekdays: phrases(&file.weekdays),
            },
            spoken: Written {
                months: file.months,
                weekdays: file.weekdays,
            },
            parts: of_day,
            clock: rules(file.clock)?,
            date: rules(file.date)?,
            duration: rules(file.duration)?,
            amount: rules(file.amount)?,
            delay,
            join: phrases(&file.join.words),
            digits: Digits {
                zero: phrases(&file.digits.zero),
                twice: phrases(&file.digits.twice),
                plus: phrases(&file.digits.plus),
            },
        })
    }
}

/// The names of a day's weekday and month, as they are said.
pub(crate) fn names(date: Date, language: Language) -> (String, String) {
    let names = &Tables::of(language).spoken;
    let weekday = date.weekday().to_monday_zero_offset();
    let (weekday, month) = (usize::try_from(weekday), usize::try_from(date.month() - 1));
    let name = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
    (
        name(&names.weekdays, weekday.unwrap_or_default()),
        name(&names.months, month.unwrap_or_default()),
    )
}

pub(super) const EN: &str = include_str!("../../data/spoken/en.toml");
pub(super) const FR: &str = include_str!("../../data/spoken/fr.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Said around an answer, without a meaning of its own; for an ear that compares sounds.
    #[serde(rename = "around")]
    _around: Vec<String>,
    yes: Vec<String>,
    no: Vec<String>,
    months: Vec<String>,
    weekdays: Vec<String>,
    parts: PartsFile,
    clock: Vec<RuleFile<ClockRule>>,
    date: Vec<RuleFile<DateRule>>,
    duration: Vec<RuleFile<DurationRule>>,
    amount: Vec<RuleFile<AmountRule>>,
    delay: Vec<DelayFile>,
    join: JoinFile,
    digits: DigitsFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartsFile {
    morning: Vec<String>,
    afternoon: Vec<String>,
    evening: Vec<String>,
    night: Vec<String>,
    #[serde(default)]
    after_noon: Vec<String>,
}

#[derive(Deserialize)]
struct RuleFile<R> {
    say: Vec<String>,
    #[serde(flatten)]
    rule: R,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DelayFile {
    say: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinFile {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DigitsFile {
    zero: Vec<String>,
    twice: Vec<String>,
    plus: Vec<String>,
}

fn phrases(said: &[String]) -> Vec<Vec<Word>> {
    said.iter().map(|phrase| words::split(phrase)).collect()
}

fn rules<R: Copy>(read: Vec<RuleFile<R>>) -> Result<Rules<R>, String> {
    let mut rules = Vec::new();
    for RuleFile { say, rule } in read {
        for say in say {
            rules.push((Pattern::parse(&say)?, rule));
        }
    }
    Ok(Rules(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_read_and_have_twelve_months_and_seven_weekdays() {
        for text in [EN, FR] {
            let tables = Tables::parse(text).unwrap();
            assert_eq!((tables.names.months.len(), tables.names.weekdays.len()), (12, 7));
        }
    }

    #[test]
    fn a_slot_that_is_none_is_named() {
        let broken = FR.replace("{h} heures et quart", "{hour} heures et quart");
        let error = Tables::parse(&broken).err().unwrap();
        assert!(error.contains("`hour` is none of"), "{error}");
    }
}
