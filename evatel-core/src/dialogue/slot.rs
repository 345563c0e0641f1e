//! Kinds of answers, and answers.

use jiff::{
    SignedDuration, Zoned,
    civil::{Date, Time},
};

use crate::{money::Money, number::E164, word::word_enum};

word_enum! {
    /// What is asked for.
    SlotKind ("kind of answer") {
        /// An amount of money.
        Amount = "amount",
        /// One of several options.
        Choice = "choice",
        /// A day.
        Date = "date",
        /// Digits.
        Digits = "digits",
        /// A length of time.
        Duration = "duration",
        /// A message, recorded and kept.
        Message = "message",
        /// A day and a time.
        Moment = "moment",
        /// A name, recorded; it is kept as long as the call lasts.
        Name = "name",
        /// A telephone number.
        Number = "number",
        /// A time of the day.
        Time = "time",
        /// Yes or no.
        YesNo = "yes-no",
    }
}

impl SlotKind {
    /// Says whether the answer is recorded as sound and not understood.
    pub fn is_recorded(self) -> bool {
        matches!(self, Self::Message | Self::Name)
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SlotKinds(u16);

impl SlotKinds {
    /// The same with this kind.
    #[must_use]
    pub fn with(self, kind: SlotKind) -> Self {
        Self(self.0 | 1 << kind as u16)
    }

    /// Says whether a kind is in it.
    pub fn has(self, kind: SlotKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }
}

impl FromIterator<SlotKind> for SlotKinds {
    fn from_iter<I: IntoIterator<Item = SlotKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::default(), Self::with)
    }
}

/// An option of a dialogue, by its place among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OptionId(pub u16);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// An amount of money, not negative.
    Amount(Money),
    /// This option.
    Choice(OptionId),
    /// A day.
    Date(Date),
    /// Digits, at least one.
    Digits(String),
    /// A length of time, longer than none.
    Duration(SignedDuration),
    /// A day and a time, with the zone of whoever said it.
    Moment(Zoned),
    /// A telephone number.
    Number(E164),
    /// A time of the day.
    Time(Time),
    /// Yes or no.
    YesNo(bool),
}

impl Value {
    /// The answer as a program reads it: dates and times by ISO 8601 (a moment with its zone, RFC 9557), a length of time as `PT1H15M`, an
    /// amount as `12.50 CAD`, a number by E.164, `yes` or `no`. An option has no words here: they are its dialogue's.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Amount(amount) => amount.to_string(),
            Self::Choice(_) => String::new(),
            Self::Date(date) => date.to_string(),
            Self::Digits(digits) => digits.clone(),
            Self::Duration(length) => length.to_string(),
            Self::Moment(then) => then.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Time(time) => time.to_string(),
            Self::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        }
    }

    /// What it is an answer to.
    pub fn kind(&self) -> SlotKind {
        match self {
            Self::Amount(_) => SlotKind::Amount,
            Self::Choice(_) => SlotKind::Choice,
            Self::Date(_) => SlotKind::Date,
            Self::Digits(_) => SlotKind::Digits,
            Self::Duration(_) => SlotKind::Duration,
            Self::Moment(_) => SlotKind::Moment,
            Self::Number(_) => SlotKind::Number,
            Self::Time(_) => SlotKind::Time,
            Self::YesNo(_) => SlotKind::YesNo,
        }
    }
}
