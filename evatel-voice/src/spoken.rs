//! What people say, as types: yes and no, digits, telephone numbers, amounts, durations, times, dates, in French and English.
//!
//! The words are data (`data/spoken/*.toml`); numbers in words are read with `text2num`. What may mean two things is both, so that a dialogue
//! can ask; what is not there is nothing, never a guess. A word that carries meaning and is left over makes all of it not understood: a number, a unit, a
//! half, a weekday, "ago". No function reads a clock: what "tomorrow" is depends on the moment that is given.
//!
//! ```
//! use evatel_core::account::Language;
//! use evatel_voice::spoken::{self, Meaning};
//!
//! let now = "2026-11-26T10:00[America/Toronto]".parse()?;
//! assert_eq!(
//!     spoken::moment("demain à quinze heures trente", Language::Fr, &now),
//!     Some(Meaning::Certain("2026-11-27T15:30[America/Toronto]".parse()?)),
//! );
//! // Nine in the morning or in the evening: to be asked.
//! assert!(matches!(spoken::moment("next Tuesday at half past nine", Language::En, &now), Some(Meaning::Ambiguous(_))));
//! # Ok::<(), jiff::Error>(())
//! ```

mod answer;
mod calendar;
mod clock;
mod digits;
mod leftover;
mod moment;
mod pattern;
mod quantity;
mod rules;
mod tables;
mod vocabulary;
mod ways;
mod words;

pub use answer::yes_no;
pub use digits::{digits, number};
pub use moment::{date, moment, time};
pub use quantity::{amount, duration};
pub(crate) use tables::names;
pub(crate) use vocabulary::pieces;

/// What something that was said means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning<T> {
    /// This.
    Certain(T),
    /// One of these, the likelier first: whoever said it has to be asked. There are two or more.
    Ambiguous(Vec<T>),
}

impl<T: PartialEq> Meaning<T> {
    /// Makes the meaning of what it may be; nothing where it may be nothing.
    fn of(candidates: impl IntoIterator<Item = T>) -> Option<Self> {
        let mut all: Vec<T> = Vec::new();
        for candidate in candidates {
            if !all.contains(&candidate) {
                all.push(candidate);
            }
        }
        match all.len() {
            0 | 1 => all.pop().map(Self::Certain),
            _ => Some(Self::Ambiguous(all)),
        }
    }

    /// Gives all that it may be, the likeliest first.
    pub fn candidates(&self) -> &[T] {
        match self {
            Self::Certain(one) => std::slice::from_ref(one),
            Self::Ambiguous(all) => all,
        }
    }
}

/// No utterance is longer, in bytes; what is beyond is not read.
const LONGEST: usize = 1000;

#[cfg(test)]
mod tests;
