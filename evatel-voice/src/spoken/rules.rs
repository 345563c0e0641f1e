//! Rules of a kind of value: what is said, and what it means.

use std::collections::HashMap;

use serde::Deserialize;

use super::{
    pattern::{Found, Names, Pattern},
    ways::ways,
    words::Word,
};

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

/// A day: by weekday, by day, month and year, or today; and from it so many days and months, each times the number that was said.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct DateRule {
    #[serde(default)]
    pub(super) days: i64,
    #[serde(default)]
    pub(super) months: i64,
    /// The weekday of next week, as some say it.
    #[serde(default)]
    pub(super) next: bool,
    /// The weekday of so many weeks after this one, whatever is the coming one.
    pub(super) week: Option<i64>,
    /// The day of so many months after this one.
    pub(super) month_after: Option<i64>,
    /// The day of a feast.
    pub(super) day: Option<i8>,
    /// Its month.
    pub(super) month: Option<i8>,
}

/// A length of time: the number that was said, or one, times `seconds`, and minutes that were said, and `more` seconds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct DurationRule {
    #[serde(default)]
    pub(super) seconds: i64,
    #[serde(default)]
    pub(super) more: i64,
}

/// An amount, in cents: the number that was said, or one, times `each`, and cents that were said, and `more`; all `times` as much.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct AmountRule {
    #[serde(default = "cents_of_a_dollar")]
    pub(super) each: i64,
    #[serde(default)]
    pub(super) more: i64,
    #[serde(default = "once")]
    pub(super) times: i64,
}

const fn cents_of_a_dollar() -> i64 {
    100
}

const fn once() -> i64 {
    1
}

/// A rule as it is written.
#[derive(Deserialize)]
pub(super) struct RuleFile<R> {
    say: Vec<String>,
    /// Met in texts; it adds nothing to what is heard.
    #[serde(default, rename = "written")]
    _written: bool,
    #[serde(flatten)]
    rule: R,
}

/// Rules with the patterns of each, in the order of the table.
pub(super) struct Rules<R> {
    all: Vec<(Pattern, R)>,
    /// Which begin with a word.
    by_word: HashMap<Word, Vec<usize>>,
    /// Which begin with a slot.
    by_slot: Vec<usize>,
}

/// A rule that fits, what its slots stand for, and where it begins and ends.
#[derive(Clone, Copy)]
pub(super) struct Fit<R> {
    pub(super) rule: R,
    pub(super) found: Found,
    pub(super) begin: usize,
    pub(super) end: usize,
}

impl<R> Fit<R> {
    pub(super) fn overlaps<S>(&self, other: &Fit<S>) -> bool {
        self.begin < other.end && other.begin < self.end
    }
}

impl<R: Copy> Rules<R> {
    pub(super) fn read(file: Vec<RuleFile<R>>) -> Result<Self, String> {
        let mut all = Vec::new();
        let mut by_word: HashMap<Word, Vec<usize>> = HashMap::new();
        let mut by_slot = Vec::new();
        for RuleFile { say, rule, .. } in file {
            for pattern in say {
                for way in ways(&pattern)? {
                    let pattern = Pattern::parse(&way)?;
                    match pattern.first_word() {
                        Some(word) => by_word.entry(word.clone()).or_default().push(all.len()),
                        None => by_slot.push(all.len()),
                    }
                    all.push((pattern, rule));
                }
            }
        }
        Ok(Self {
            all,
            by_word,
            by_slot,
        })
    }

    /// Finds all fits that begin at `at`, in the order of the table.
    pub(super) fn at(&self, at: usize, words: &[Word], names: &Names) -> Vec<Fit<R>> {
        let rest = &words[at..];
        let by_word = rest.first().and_then(|first| self.by_word.get(first));
        let mut fits: Vec<(usize, Fit<R>)> = Vec::new();
        for index in by_word.into_iter().chain([&self.by_slot]).flatten() {
            let (pattern, rule) = &self.all[*index];
            if let Some((found, length)) = pattern.fits(rest, names) {
                let (rule, end) = (*rule, at + length);
                let begin = at;
                fits.push((
                    *index,
                    Fit {
                        rule,
                        found,
                        begin,
                        end,
                    },
                ));
            }
        }
        fits.sort_by_key(|(index, _)| *index);
        fits.into_iter().map(|(_, fit)| fit).collect()
    }

    /// Finds all fits anywhere.
    pub(super) fn anywhere(&self, words: &[Word], names: &Names) -> Vec<Fit<R>> {
        (0..words.len())
            .flat_map(|at| self.at(at, words, names))
            .collect()
    }

    /// Gives the words of all patterns.
    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.all.iter().flat_map(|(pattern, _)| pattern.words())
    }
}
