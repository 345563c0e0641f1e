//! Money: whole millionths of a currency's unit, never a float, never without its currency.
//!
//! A minute costs fractions of a cent, so amounts are kept in micro-units (1 CAD is 1,000,000) and rounded to what a
//! person can pay only where a line of a quote or an invoice is made, half to even.

mod text;

pub use iso_currency::Currency;
pub use text::{InvalidMoney, currency};

use serde::{Deserialize, Serialize};

/// Micro-units in one unit of any currency.
pub const MICROS_PER_UNIT: i64 = 1_000_000;

/// An amount in one currency. Its `Display` is `12.50 CAD`, its `FromStr` takes the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    micros: i64,
    currency: Currency,
}

/// Why two amounts make no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies; nothing is ever converted here.
    #[error("{} and {} are two currencies: quote and bill each by itself", left.code(), right.code())]
    Currencies {
        /// The one.
        left: Currency,
        /// The other.
        right: Currency,
    },
    /// More than about 9 million million units.
    #[error("the amount is larger than can be kept: lower the price or the quantity")]
    Overflow,
}

impl Money {
    /// Makes an amount of whole micro-units.
    pub fn from_micros(micros: i64, currency: Currency) -> Self {
        Self { micros, currency }
    }

    /// Makes nothing of a currency.
    pub fn zero(currency: Currency) -> Self {
        Self::from_micros(0, currency)
    }

    /// Gives the amount in micro-units.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// Gives the currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Says whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.micros == 0
    }

    /// Says whether it is less than nothing.
    pub fn is_negative(self) -> bool {
        self.micros < 0
    }

    /// Adds an amount of the same currency.
    ///
    /// # Errors
    /// [`MoneyError`] for another currency, or a sum that cannot be kept.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.micros.checked_add(other.micros))
    }

    /// Takes an amount of the same currency away.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.micros.checked_sub(other.micros))
    }

    /// Multiplies by a count of things.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        self.with(self.micros.checked_mul(i64::from(count)))
    }

    /// Gives `part` of `whole` equal parts, rounded half to even to a micro-unit; `whole` is at least 1.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], also for no parts at all.
    pub fn share(self, part: u32, whole: u32) -> Result<Self, MoneyError> {
        if whole == 0 {
            return Err(MoneyError::Overflow);
        }
        let scaled = i128::from(self.micros) * i128::from(part);
        self.with(i64::try_from(divide_half_even(scaled, i128::from(whole))).ok())
    }

    /// Rounds half to even to what can be paid: cents for CAD, whole yen for JPY.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn payable(self) -> Result<Self, MoneyError> {
        let step = i128::from(10_i64.pow(6 - text::decimals(self.currency)));
        let micros = divide_half_even(i128::from(self.micros), step) * step;
        self.with(i64::try_from(micros).ok())
    }

    /// Adds up amounts of one currency.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// Compares with an amount of the same currency.
    ///
    /// # Errors
    /// [`MoneyError::Currencies`].
    pub fn is_below(self, other: Self) -> Result<bool, MoneyError> {
        self.same_currency(other)?;
        Ok(self.micros < other.micros)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Currencies {
                left: self.currency,
                right: other.currency,
            })
        }
    }

    fn with(self, micros: Option<i64>) -> Result<Self, MoneyError> {
        let micros = micros.ok_or(MoneyError::Overflow)?;
        Ok(Self { micros, ..self })
    }
}

/// Divides and rounds what lies half-way to the even neighbour, so that many roundings do not drift.
fn divide_half_even(value: i128, by: i128) -> i128 {
    let (floor, rest) = (value.div_euclid(by), value.rem_euclid(by));
    match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cad(micros: i64) -> Money {
        Money::from_micros(micros, Currency::CAD)
    }

    #[test]
    fn currencies_never_mix() {
        let mixed = cad(1).plus(Money::from_micros(1, Currency::USD)).unwrap_err();
        assert_eq!(
            mixed.to_string(),
            "CAD and USD are two currencies: quote and bill each by itself"
        );
    }

    #[test]
    fn what_cannot_be_kept_is_an_error_not_a_wrapped_amount() {
        assert_eq!(cad(i64::MAX).plus(cad(1)), Err(MoneyError::Overflow));
        assert_eq!(cad(i64::MIN).minus(cad(1)), Err(MoneyError::Overflow));
        assert_eq!(cad(i64::MAX).times(2), Err(MoneyError::Overflow));
        assert_eq!(cad(i64::MAX).share(3, 2), Err(MoneyError::Overflow));
        assert_eq!(cad(1).share(1, 0), Err(MoneyError::Overflow));
    }

    #[test]
    fn half_a_cent_goes_to_the_even_cent() {
        for (micros, cents) in [
            (5_000, 0),
            (15_000, 20_000),
            (25_000, 20_000),
            (25_001, 30_000),
            (-5_000, 0),
            (-15_000, -20_000),
        ] {
            assert_eq!(cad(micros).payable(), Ok(cad(cents)), "{micros}");
        }
        let yen = Money::from_micros(1_500_000, Currency::JPY).payable().unwrap();
        assert_eq!(yen.micros(), 2_000_000);
    }

    proptest! {
        #[test]
        fn a_share_is_never_further_off_than_half_a_micro(
            micros in any::<i32>(), part in 0_u32..10_000, whole in 1_u32..10_000,
        ) {
            let share = i128::from(cad(i64::from(micros)).share(part, whole).unwrap().micros());
            let exact_times_whole = i128::from(micros) * i128::from(part);
            let off = (share * i128::from(whole) - exact_times_whole).abs();
            prop_assert!(off * 2 <= i128::from(whole));
        }

        #[test]
        fn parts_that_make_a_whole_make_the_whole_amount_within_their_roundings(
            micros in 0_i64..1_000_000_000_000, days in 28_u32..=31, first in 0_u32..28,
        ) {
            let (one, rest) = (cad(micros).share(first, days).unwrap(), cad(micros).share(days - first, days).unwrap());
            prop_assert!((one.plus(rest).unwrap().micros() - micros).abs() <= 1);
        }
    }
}
