//! Counting what changes cost.

use jiff::Timestamp;

use super::{Change, LineKind, MAX_QUANTITY, QuoteError, QuoteLine, Terms};
use crate::{
    id::{ItemId, SubscriptionId},
    money::{Money, MoneyError},
    offer::{ItemKind, Price, rest_of_month},
};

/// The lines of a quote while it is made.
pub(super) struct Tally<'a> {
    terms: &'a Terms<'a>,
    now: Timestamp,
    pub(super) lines: Vec<QuoteLine>,
    /// How much more each whole month costs; nothing where no change was counted.
    pub(super) monthly: Option<Money>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(terms: &'a Terms<'a>, now: Timestamp) -> Self {
        Self {
            terms,
            now,
            lines: Vec::new(),
            monthly: None,
        }
    }

    /// Adds the lines of one change.
    pub(super) fn count(&mut self, change: &Change) -> Result<(), QuoteError> {
        match change {
            Change::Subscribe { item, quantity, user } => {
                check_quantity(*quantity)?;
                let sold = self.terms.catalogue.item(item);
                if user.is_some() && sold.is_some_and(|item| item.kind == ItemKind::Seat) {
                    return Err(QuoteError::SeatForUser);
                }
                let price = self.terms.price(item)?;
                self.add(item, &price, 0, *quantity)?;
                self.each_month(price.monthly(), i64::from(*quantity))
            }
            Change::Resize {
                subscription,
                quantity,
            } => {
                check_quantity(*quantity)?;
                self.resize(subscription, *quantity)
            }
            Change::Cancel { subscription } => self.resize(subscription, 0),
            Change::TakeNumber { .. } => {
                let (item, price) = self.terms.number_price()?;
                self.add(&item, &price, 0, 1)?;
                self.each_month(price.monthly(), 1)
            }
        }
    }

    fn resize(&mut self, id: &SubscriptionId, quantity: u32) -> Result<(), QuoteError> {
        let subscription = self.terms.subscription(id, self.now)?.clone();
        if let Some(number) = subscription.number {
            return Err(QuoteError::OfNumber {
                subscription: subscription.id,
                number,
            });
        }
        let (before, in_the_end) = (
            subscription.quantity_at(self.now),
            subscription.quantity_in_the_end(),
        );
        if quantity == in_the_end {
            return Err(QuoteError::Idle);
        }
        if quantity > before {
            self.add(&subscription.item, &subscription.price, before, quantity)?;
        } else {
            // Fewer from the month's end on, or as many as now where fewer were to come: nothing is billed before.
            let nothing = Money::zero(subscription.price.currency());
            self.lines.push(QuoteLine {
                item: subscription.item.clone(),
                kind: LineKind::NextMonth,
                before: in_the_end,
                after: quantity,
                unit: subscription.price.monthly(),
                days: None,
                amount: nothing,
            });
        }
        self.each_month(
            subscription.price.monthly(),
            i64::from(quantity) - i64::from(in_the_end),
        )
    }

    /// Bills pieces that are added now: what is paid once, and the rest of the month.
    fn add(&mut self, item: &ItemId, price: &Price, before: u32, after: u32) -> Result<(), QuoteError> {
        let more = after - before;
        let mut line = |kind, unit: Money, days, amount: Money| -> Result<(), QuoteError> {
            let (item, amount) = (item.clone(), amount.payable()?);
            self.lines.push(QuoteLine {
                item,
                kind,
                before,
                after,
                unit,
                days,
                amount,
            });
            Ok(())
        };
        let (left, of) = rest_of_month(self.now, self.terms.zone);
        line(
            LineKind::OneOff,
            price.one_off(),
            None,
            price.one_off().times(more)?,
        )?;
        line(
            LineKind::Month,
            price.monthly(),
            Some((left, of)),
            price.monthly().times(more)?.share(left, of)?,
        )
    }

    fn each_month(&mut self, unit: Money, pieces: i64) -> Result<(), QuoteError> {
        let count = u32::try_from(pieces.unsigned_abs()).map_err(|_| MoneyError::Overflow)?;
        let amount = unit.times(count)?;
        let so_far = self.monthly.unwrap_or(Money::zero(unit.currency()));
        self.monthly = Some(if pieces < 0 {
            so_far.minus(amount)?
        } else {
            so_far.plus(amount)?
        });
        Ok(())
    }
}

fn check_quantity(given: u32) -> Result<(), QuoteError> {
    if (1..=MAX_QUANTITY).contains(&given) {
        Ok(())
    } else {
        Err(QuoteError::Quantity { given })
    }
}
