//! The words of each language, read once.

use std::{collections::HashSet, sync::LazyLock};

use evatel_core::account::Language;
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    pattern::Names,
    rules::{AmountRule, ClockRule, DateRule, DurationRule, RuleFile, Rules},
    words::{self, Word},
};

/// What can be said in a language.
pub(super) struct Tables {
    pub(super) yes: Vec<Vec<Word>>,
    pub(super) no: Vec<Vec<Word>>,
    pub(super) names: Names,
    /// The same as they are written.
    pub(super) spoken: Written,
    pub(super) parts: Vec<PartPhrase>,
    pub(super) clock: Rules<ClockRule>,
    pub(super) date: Rules<DateRule>,
    pub(super) duration: Rules<DurationRule>,
    pub(super) amount: Rules<AmountRule>,
    pub(super) delay: Vec<Delay>,
    /// What joins two parts of a duration.
    pub(super) join: Vec<Vec<Word>>,
    pub(super) digits: Digits,
    /// Every word of patterns and names.
    pub(super) known: HashSet<Word>,
    /// What may be left over although it is known.
    pub(super) light: Vec<Vec<Word>>,
    /// What may not be left over although it is in no pattern.
    pub(super) heavy: Vec<Vec<Word>>,
    /// Numbers that are articles before a word of which nothing is known.
    pub(super) articles: Vec<Vec<Word>>,
}

/// What stands before and behind a duration where it is a moment.
pub(super) struct Delay {
    pub(super) before: Vec<Word>,
    pub(super) behind: Vec<Word>,
}

/// Names as they are written.
pub(super) struct Written {
    pub(super) months: Vec<String>,
    pub(super) weekdays: Vec<String>,
}

/// Words in and around digits.
pub(super) struct Digits {
    pub(super) zero: Vec<Vec<Word>>,
    pub(super) plus: Vec<Vec<Word>>,
    /// What may stand between groups.
    pub(super) between: Vec<Vec<Word>>,
    /// What says the next digit several times, and how many.
    pub(super) repeat: Vec<(Vec<Word>, usize)>,
    /// The word that makes hundreds of a digit.
    pub(super) hundreds: Vec<String>,
    /// The word behind which hundreds belong to the same number.
    pub(super) thousands: Vec<String>,
    /// One to nine.
    pub(super) units: Vec<String>,
}

/// What says a part of the day.
pub(super) struct PartPhrase {
    pub(super) part: PartOfDay,
    pub(super) words: Vec<Word>,
    /// It is one behind a time only: "am".
    pub(super) after_time: bool,
}

/// A part of the day that tells nine in the morning from nine in the evening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartOfDay {
    Morning,
    Afternoon,
    Evening,
    /// Six in the evening to five.
    Night,
    /// The night that begins on a day: one o'clock is of the next.
    Tonight,
    /// Midnight to noon.
    BeforeNoon,
    /// Noon to midnight.
    AfterNoon,
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
        let parts = parts(&file.parts);
        let delay = delays(&file.delay)?;
        let names = Names {
            months: phrases(&file.months),
            weekdays: phrases(&file.weekdays),
        };
        let (clock, date) = (Rules::read(file.clock)?, Rules::read(file.date)?);
        let (duration, amount) = (Rules::read(file.duration)?, Rules::read(file.amount)?);
        let of_rules = clock.words().chain(date.words());
        let of_rules = of_rules.chain(duration.words()).chain(amount.words());
        let of_names = names.months.iter().chain(&names.weekdays).flatten();
        let of_parts = parts.iter().flat_map(|part| &part.words);
        let known = of_rules.chain(of_names).chain(of_parts);
        let known = known.filter(|word| !word.is_mark()).cloned().collect();
        let light = [file.light, file.around].concat();
        Ok(Self {
            yes: phrases(&file.yes),
            no: phrases(&file.no),
            names,
            spoken: Written {
                months: file.months,
                weekdays: file.weekdays,
            },
            parts,
            clock,
            date,
            duration,
            amount,
            delay,
            join: phrases(&file.join.words),
            digits: Digits {
                zero: phrases(&file.digits.zero),
                plus: phrases(&file.digits.plus),
                between: phrases(&file.digits.between),
                repeat: repeats(&file.digits.repeat),
                hundreds: file.digits.hundreds,
                thousands: file.digits.thousands,
                units: file.digits.units,
            },
            known,
            light: phrases(&light),
            heavy: phrases(&file.heavy),
            articles: phrases(&file.articles),
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
    /// Said around an answer, without a meaning of its own.
    around: Vec<String>,
    light: Vec<String>,
    heavy: Vec<String>,
    articles: Vec<String>,
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
    tonight: Vec<String>,
    #[serde(default)]
    before_noon: Vec<String>,
    #[serde(default)]
    after_noon: Vec<String>,
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
    plus: Vec<String>,
    between: Vec<String>,
    hundreds: Vec<String>,
    thousands: Vec<String>,
    units: Vec<String>,
    repeat: Vec<RepeatFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepeatFile {
    say: Vec<String>,
    times: usize,
}

fn phrases(said: &[String]) -> Vec<Vec<Word>> {
    said.iter().map(|phrase| words::split(phrase)).collect()
}

fn parts(file: &PartsFile) -> Vec<PartPhrase> {
    let mut all = Vec::new();
    for (part, said, after_time) in [
        (PartOfDay::Morning, &file.morning, false),
        (PartOfDay::Afternoon, &file.afternoon, false),
        (PartOfDay::Evening, &file.evening, false),
        (PartOfDay::Night, &file.night, false),
        (PartOfDay::Tonight, &file.tonight, false),
        (PartOfDay::BeforeNoon, &file.before_noon, true),
        (PartOfDay::AfterNoon, &file.after_noon, true),
    ] {
        all.extend(phrases(said).into_iter().map(|words| PartPhrase {
            part,
            words,
            after_time,
        }));
    }
    all
}

fn delays(file: &[DelayFile]) -> Result<Vec<Delay>, String> {
    let said = file.iter().flat_map(|delay| &delay.say);
    let delays = said.map(|say| {
        let around = say.split_once("{duration}");
        let (before, behind) = around.ok_or_else(|| format!("`{say}` has no duration"))?;
        Ok(Delay {
            before: words::split(before),
            behind: words::split(behind),
        })
    });
    delays.collect()
}

fn repeats(file: &[RepeatFile]) -> Vec<(Vec<Word>, usize)> {
    let all = file.iter().flat_map(|repeat| {
        let said = phrases(&repeat.say).into_iter();
        said.map(|words| (words, repeat.times))
    });
    all.collect()
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
        let broken = FR.replace("{h} et quart", "{hour} et quart");
        let error = Tables::parse(&broken).err().unwrap();
        assert!(error.contains("`hour` is none of"), "{error}");
    }
}
