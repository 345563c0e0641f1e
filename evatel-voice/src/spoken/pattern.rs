//! Patterns of words with numbers and names in them.

use super::words::{self, Word};

/// What one way of saying something looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Slot(Slot),
    Word(Word),
}

/// What stands for a number or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// Cents, 0 to 99.
    Cents,
    /// Cents of two digits, without a word that says so: 10 to 99, or `05`.
    CentsAlone,
    /// A day of the month, 1 to 31, as a number or an ordinal.
    Day,
    /// Cents behind a decimal mark: `5` is fifty.
    Decimals,
    /// The hour and the minute as one number: 1530.
    HourAndMinute,
    /// Cents read as hundreds: 500 is "cinq cents".
    Hundreds,
    /// 0 to 24.
    Hour,
    /// 0 to 59.
    Minute,
    /// Minutes of two digits, without a word that says so: 10 to 59, or `05`.
    MinuteAlone,
    Month,
    /// Any number up to a million.
    Number,
    /// The last three digits of thousands.
    Thousands,
    Weekday,
    /// 2000 to 2199, or two numbers such as 20 27.
    Year,
}

/// What the slots of a pattern stood for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) cents: Option<u64>,
    pub(super) day: Option<u64>,
    pub(super) hour: Option<u64>,
    pub(super) minute: Option<u64>,
    /// January is 1.
    pub(super) month: Option<u64>,
    pub(super) number: Option<u64>,
    /// Monday is 1.
    pub(super) weekday: Option<u64>,
    pub(super) year: Option<u64>,
}

/// The names that slots look up.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) months: Vec<Vec<Word>>,
    pub(super) weekdays: Vec<Vec<Word>>,
}

impl Pattern {
    /// Reads a pattern such as `{h} heures {m}`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after
                .split_once('}')
                .ok_or_else(|| format!("`{text}`: a brace is not closed"))?;
            parts.extend(words::split(before).into_iter().map(Part::Word));
            parts.push(Part::Slot(Slot::named(name).ok_or_else(|| {
                format!("`{text}`: `{name}` is none of c, cc, d, dec, h, hhmm, hundreds, k, m, mm, month, n, weekday, y")
            })?));
            rest = behind;
        }
        parts.extend(words::split(rest).into_iter().map(Part::Word));
        if parts.is_empty() {
            return Err(format!("`{text}` has no word"));
        }
        Ok(Self(parts))
    }

    /// Gives the word that it begins with; nothing where that is a slot.
    pub(super) fn first_word(&self) -> Option<&Word> {
        match self.0.first() {
            Some(Part::Word(word)) => Some(word),
            Some(Part::Slot(_)) | None => None,
        }
    }

    /// Gives its words.
    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.0.iter().filter_map(|part| match part {
            Part::Word(word) => Some(word),
            Part::Slot(_) => None,
        })
    }

    /// Gives what the slots stand for and how many words the pattern takes, if the words begin with it.
    pub(super) fn fits(&self, words: &[Word], names: &Names) -> Option<(Found, usize)> {
        let mut found = Found::default();
        let mut at = 0;
        for part in &self.0 {
            let rest = &words[at..];
            at += match part {
                Part::Word(word) if rest.first() == Some(word) => 1,
                Part::Word(_) => return None,
                Part::Slot(slot) => slot.take(rest, names, &mut found)?,
            };
        }
        Some((found, at))
    }
}

impl Slot {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "c" => Self::Cents,
            "cc" => Self::CentsAlone,
            "d" => Self::Day,
            "dec" => Self::Decimals,
            "h" => Self::Hour,
            "hhmm" => Self::HourAndMinute,
            "hundreds" => Self::Hundreds,
            "k" => Self::Thousands,
            "m" => Self::Minute,
            "mm" => Self::MinuteAlone,
            "month" => Self::Month,
            "n" => Self::Number,
            "weekday" => Self::Weekday,
            "y" => Self::Year,
            _ => return None,
        })
    }

    /// Takes the words that the slot stands for; gives how many.
    fn take(self, words: &[Word], names: &Names, found: &mut Found) -> Option<usize> {
        let first = words.first()?;
        let number = || match first {
            Word::Number(_) => first.value(),
            Word::Ordinal(_) | Word::Text(_) => None,
        };
        let of_length = |length: usize| match first {
            Word::Number(digits) if digits.len() == length => first.value(),
            _ => None,
        };
        let (slot, value, taken) = match self {
            Self::Cents => (&mut found.cents, number().filter(|cents| *cents < 100)?, 1),
            Self::CentsAlone => (&mut found.cents, of_length(2)?, 1),
            Self::Decimals => {
                let tenths = of_length(1).map(|tenths| tenths * 10);
                (&mut found.cents, tenths.or(of_length(2))?, 1)
            }
            Self::Hundreds => {
                let cents = number().filter(|said| said % 100 == 0)? / 100;
                (
                    &mut found.cents,
                    Some(cents).filter(|cents| (1..10).contains(cents))?,
                    1,
                )
            }
            Self::HourAndMinute => {
                let said = of_length(4).or(of_length(3))?;
                found.minute = Some(said % 100).filter(|minute| *minute < 60);
                found.minute?;
                (&mut found.hour, Some(said / 100).filter(|hour| *hour <= 24)?, 1)
            }
            Self::Thousands => {
                let thousands = found.number.filter(|thousands| *thousands < 1000)?;
                (&mut found.number, thousands * 1000 + of_length(3)?, 1)
            }
            Self::MinuteAlone => (&mut found.minute, of_length(2).filter(|minute| *minute < 60)?, 1),
            Self::Day => (
                &mut found.day,
                first.value().filter(|day| (1..=31).contains(day))?,
                1,
            ),
            Self::Hour => (&mut found.hour, number().filter(|hour| *hour <= 24)?, 1),
            Self::Minute => (&mut found.minute, number().filter(|minute| *minute < 60)?, 1),
            Self::Number => (
                &mut found.number,
                number().filter(|number| *number <= 1_000_000)?,
                1,
            ),
            Self::Month => {
                let (index, taken) = named(words, &names.months)?;
                (&mut found.month, index, taken)
            }
            Self::Weekday => {
                let (index, taken) = named(words, &names.weekdays)?;
                (&mut found.weekday, index, taken)
            }
            Self::Year => {
                let first = number()?;
                let second = words.get(1).and_then(Word::value);
                match (first, second) {
                    (2000..=2199, _) => (&mut found.year, first, 1),
                    (20 | 21, Some(second @ 0..=99)) => (&mut found.year, first * 100 + second, 2),
                    _ => return None,
                }
            }
        };
        *slot = Some(value);
        Some(taken)
    }
}

/// Gives which name the words begin with, counted from 1, and how many words it has.
fn named(words: &[Word], names: &[Vec<Word>]) -> Option<(u64, usize)> {
    let index = names.iter().position(|name| words.starts_with(name))?;
    Some((index as u64 + 1, names[index].len()))
}
