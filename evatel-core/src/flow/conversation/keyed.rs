//! Answers on the keypad.

use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::{
    dialogue::{SlotKind, Value},
    money::{Currency, MICROS_PER_UNIT, Money},
    number::{DialPlan, Dialled},
};

/// How many digits complete an answer of a kind; the most where there is no such number.
pub(super) fn complete(kind: SlotKind, digits: Option<u8>) -> usize {
    match kind {
        SlotKind::Date | SlotKind::Time => 4,
        SlotKind::Moment => 8,
        SlotKind::Duration => 5,
        SlotKind::Amount => 9,
        SlotKind::Number => 15,
        _ => digits.map_or(20, usize::from),
    }
}

/// What keyed digits are, with the day on which they are keyed.
pub(super) struct Pad {
    pub(super) today: Date,
    pub(super) zone: TimeZone,
    pub(super) plan: DialPlan,
    pub(super) currency: Currency,
}

impl Pad {
    /// Reads digits as an answer of a kind; `DDMM`, `HHMM`, cents, minutes. A day that has passed this year is of the next.
    pub(super) fn read(&self, keyed: &str, kind: SlotKind, digits: Option<u8>) -> Option<Value> {
        let number = || keyed.parse::<i64>().ok();
        match kind {
            SlotKind::Amount => {
                let micros = number()?.checked_mul(MICROS_PER_UNIT / 100)?;
                Some(Value::Amount(Money::from_micros(micros, self.currency)))
            }
            SlotKind::Date => self.day(keyed).map(Value::Date),
            SlotKind::Digits => {
                let fits = digits.is_none_or(|digits| keyed.len() == usize::from(digits));
                fits.then(|| Value::Digits(keyed.to_owned()))
            }
            SlotKind::Duration => {
                let minutes = number().filter(|minutes| *minutes > 0)?;
                Some(Value::Duration(SignedDuration::from_mins(minutes)))
            }
            SlotKind::Moment => {
                let (day, time) = keyed.split_at_checked(4)?;
                let then = DateTime::from_parts(self.day(day)?, clock(time)?);
                then.to_zoned(self.zone.clone()).ok().map(Value::Moment)
            }
            SlotKind::Number => match self.plan.read(keyed) {
                Ok(Dialled::Number(number)) => Some(Value::Number(number)),
                _ => None,
            },
            SlotKind::Time => clock(keyed).map(Value::Time),
            SlotKind::Choice | SlotKind::Message | SlotKind::Name | SlotKind::YesNo => None,
        }
    }

    fn day(&self, keyed: &str) -> Option<Date> {
        let (day, month) = pair(keyed)?;
        // 29 February is at most eight years away.
        (0..=8)
            .filter_map(|years| Date::new(self.today.year() + years, month, day).ok())
            .find(|date| *date >= self.today)
    }
}

fn clock(keyed: &str) -> Option<Time> {
    let (hour, minute) = pair(keyed)?;
    Time::new(hour, minute, 0, 0).ok()
}

/// Four digits as two numbers.
fn pair(keyed: &str) -> Option<(i8, i8)> {
    let (first, second) = keyed.split_at_checked(2)?;
    (second.len() == 2).then_some((first.parse().ok()?, second.parse().ok()?))
}
