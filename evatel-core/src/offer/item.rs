//! Things that are sold, and for how much.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::CatalogueVersion;
use crate::{
    class::NumberClass,
    id::ItemId,
    money::{Currency, Money, MoneyError},
    name::Name,
    word::word_enum,
};

/// One thing of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// What sort of thing it is.
    pub kind: ItemKind,
    /// What customers read.
    pub name: Name,
    /// What it costs unless a reseller asks for more.
    pub price: Price,
    /// What a reseller may ask for it.
    pub resale: Resale,
    /// The version of the catalogue that changed it last.
    pub revised_in: CatalogueVersion,
    /// Nobody can buy it any more; who has it keeps it.
    pub is_retired: bool,
}

word_enum! {
    /// What sort of thing an item is.
    ItemKind ("item kind") {
        /// A telephone: the place that each of an account's takes.
        Device = "device",
        /// Work that is paid once, such as a port.
        Fee = "fee",
        /// A telephone number, for as long as an account has it: what each of them costs.
        Number = "number",
        /// Something beside a plan, such as voicemail by mail.
        Option = "option",
        /// A bundle of services with its minutes.
        Plan = "plan",
        /// The place that each person of an account takes.
        Seat = "seat",
    }
}

word_enum! {
    /// What a reseller may ask for an item.
    Resale ("resale rule") {
        /// The catalogue's price or more.
        AtLeastList = "at-least-list",
        /// The catalogue's price.
        Fixed = "fixed",
        /// Whatever it likes, nothing included.
        Free = "free",
    }
}

/// What an item costs, all in one currency, nothing below zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Price {
    one_off: Money,
    monthly: Money,
    per_minute: BTreeMap<NumberClass, Money>,
    included: IncludedMinutes,
}

/// Minutes of a month that cost nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncludedMinutes {
    /// How many.
    pub minutes: u32,
    /// To which numbers.
    pub classes: BTreeSet<NumberClass>,
}

/// Why amounts make no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrice {
    /// Minutes without a class that they are for, or the other way round.
    #[error("included minutes need the classes that they are for, and the classes need minutes")]
    Included,
    /// Two currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Less than nothing.
    #[error("a price is not below zero: `{0}`")]
    Negative(Money),
}

impl Price {
    /// Takes amounts together.
    ///
    /// # Errors
    /// [`InvalidPrice`].
    pub fn new(
        one_off: Money,
        monthly: Money,
        per_minute: BTreeMap<NumberClass, Money>,
        included: IncludedMinutes,
    ) -> Result<Self, InvalidPrice> {
        for amount in [&one_off, &monthly].into_iter().chain(per_minute.values()) {
            one_off.is_below(*amount)?;
            if amount.is_negative() {
                return Err(InvalidPrice::Negative(*amount));
            }
        }
        if (included.minutes == 0) != included.classes.is_empty() {
            return Err(InvalidPrice::Included);
        }
        Ok(Self {
            one_off,
            monthly,
            per_minute,
            included,
        })
    }

    /// Makes the price of something that is paid once.
    ///
    /// # Errors
    /// [`InvalidPrice::Negative`].
    pub fn once(amount: Money) -> Result<Self, InvalidPrice> {
        let nothing = Money::zero(amount.currency());
        Self::new(amount, nothing, BTreeMap::new(), IncludedMinutes::default())
    }

    /// Makes the price of something that is paid every month.
    ///
    /// # Errors
    /// [`InvalidPrice::Negative`].
    pub fn each_month(amount: Money) -> Result<Self, InvalidPrice> {
        let nothing = Money::zero(amount.currency());
        Self::new(nothing, amount, BTreeMap::new(), IncludedMinutes::default())
    }

    /// Gives what is paid once for each, when it is added.
    pub fn one_off(&self) -> Money {
        self.one_off
    }

    /// Gives what is paid each month for each.
    pub fn monthly(&self) -> Money {
        self.monthly
    }

    /// Gives what a minute costs, by class of number.
    pub fn per_minute(&self) -> &BTreeMap<NumberClass, Money> {
        &self.per_minute
    }

    /// Gives the minutes that cost nothing more.
    pub fn included(&self) -> &IncludedMinutes {
        &self.included
    }

    /// Gives the currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.one_off.currency()
    }
}

/// A price as it is written down.
#[derive(Serialize, Deserialize)]
struct Parts {
    one_off: Money,
    monthly: Money,
    /// Pairs: a class is no name of a field in every format.
    #[serde(default)]
    per_minute: Vec<(NumberClass, Money)>,
    #[serde(default)]
    included: IncludedMinutes,
}

impl TryFrom<Parts> for Price {
    type Error = InvalidPrice;
    fn try_from(parts: Parts) -> Result<Self, InvalidPrice> {
        Self::new(
            parts.one_off,
            parts.monthly,
            parts.per_minute.into_iter().collect(),
            parts.included,
        )
    }
}

impl From<Price> for Parts {
    fn from(price: Price) -> Self {
        Self {
            one_off: price.one_off,
            monthly: price.monthly,
            per_minute: price.per_minute.into_iter().collect(),
            included: price.included,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_one_currency_and_is_not_below_zero() {
        let cad = |micros| Money::from_micros(micros, Currency::CAD);
        let usd = Money::from_micros(1, Currency::USD);
        let new =
            |one_off, monthly| Price::new(one_off, monthly, BTreeMap::new(), IncludedMinutes::default());
        assert!(matches!(
            new(cad(1), usd),
            Err(InvalidPrice::Money(MoneyError::Currencies { .. }))
        ));
        assert_eq!(new(cad(1), cad(-1)), Err(InvalidPrice::Negative(cad(-1))));
        let minute = BTreeMap::from([(NumberClass::Canada, cad(-1))]);
        assert!(Price::new(cad(1), cad(1), minute, IncludedMinutes::default()).is_err());
        let included = IncludedMinutes {
            minutes: 100,
            classes: BTreeSet::new(),
        };
        assert_eq!(
            Price::new(cad(1), cad(1), BTreeMap::new(), included),
            Err(InvalidPrice::Included)
        );
    }
}
