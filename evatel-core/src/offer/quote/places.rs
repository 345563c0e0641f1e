//! Places: what is paid for before there may be one more of something.

use jiff::Timestamp;

use super::{Change, QuoteError, Terms};
use crate::{id::ItemId, offer::ItemKind};

/// How many things an account has of those for which an offer may want a place to be paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Telephones.
    pub devices: u32,
    /// People.
    pub seats: u32,
}

/// The proof that an account may have one more telephone: its offer asks nothing for one, or it pays for a place that is
/// free. Only [`Terms::device_place`] makes one.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct DevicePlace(());

/// The proof that an account may have one more person, as [`DevicePlace`]. Only [`Terms::seat`] makes one.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Seat(());

/// The proof that a number costs whoever gets it nothing; one that does is a [`SoldNumber`](super::SoldNumber). Only
/// [`Terms::free_number`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct FreeNumber(());

/// Why an account may not have one more yet: it costs, and nobody has confirmed that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unpaid {
    /// Every place that is paid for is taken.
    #[error(
        "one more of the kind `{kind}` costs: the account has {taken} and pays for {paid}, so {} must be bought first, by a confirmed quote", missing(*taken, *paid)
    )]
    NoPlace {
        /// What sort of item is sold for it.
        kind: ItemKind,
        /// For how many the account pays, and goes on paying.
        paid: u32,
        /// How many it has.
        taken: u32,
    },
    /// A number is handed over by the quote itself.
    #[error("a number costs this account something: it is ordered, by a confirmed quote")]
    Number,
}

/// Counts the places that are to be bought before there may be one more: those that are taken count, too.
fn missing(taken: u32, paid: u32) -> u32 {
    taken.saturating_add(1).saturating_sub(paid)
}

impl Terms<'_> {
    /// Says whether there may be one more telephone.
    ///
    /// # Errors
    /// [`Unpaid::NoPlace`].
    pub fn device_place(&self, now: Timestamp) -> Result<DevicePlace, Unpaid> {
        self.free_place(ItemKind::Device, self.taken.devices, now)
            .map(DevicePlace)
    }

    /// Says whether there may be one more person.
    ///
    /// # Errors
    /// [`Unpaid::NoPlace`].
    pub fn seat(&self, now: Timestamp) -> Result<Seat, Unpaid> {
        self.free_place(ItemKind::Seat, self.taken.seats, now).map(Seat)
    }

    /// Says whether a number may be handed over without a quote.
    ///
    /// # Errors
    /// [`Unpaid::Number`].
    pub fn free_number(&self) -> Result<FreeNumber, Unpaid> {
        if self.is_priced(ItemKind::Number) {
            Err(Unpaid::Number)
        } else {
            Ok(FreeNumber(()))
        }
    }

    /// Refuses changes after which the account would pay for fewer places than it takes, where they are its own doing.
    pub(super) fn check_places(&self, changes: &[Change], now: Timestamp) -> Result<(), QuoteError> {
        for (kind, taken) in [
            (ItemKind::Device, self.taken.devices),
            (ItemKind::Seat, self.taken.seats),
        ] {
            let (before, after) = (self.paid(kind, &[], now), self.paid(kind, changes, now));
            if after < before && after < taken && self.is_priced(kind) {
                return Err(QuoteError::PlacesTaken {
                    kind,
                    paid: after,
                    taken,
                });
            }
        }
        Ok(())
    }

    fn free_place(&self, kind: ItemKind, taken: u32, now: Timestamp) -> Result<(), Unpaid> {
        let paid = self.paid(kind, &[], now);
        if taken < paid || !self.is_priced(kind) {
            Ok(())
        } else {
            Err(Unpaid::NoPlace { kind, paid, taken })
        }
    }

    /// Says whether the account's offer asks something for any item of a kind.
    fn is_priced(&self, kind: ItemKind) -> bool {
        let of_kind = self.catalogue.items().filter(|item| item.kind == kind);
        let mut prices = of_kind.filter_map(|item| self.offer.price(item));
        prices.any(|price| !price.one_off().is_zero() || !price.monthly().is_zero())
    }

    /// Counts the places of a kind that are paid for now and go on being so, were these changes made. What is cancelled
    /// already counts no more: whoever took its place would not pay next month.
    fn paid(&self, kind: ItemKind, changes: &[Change], now: Timestamp) -> u32 {
        let is_of_kind = |item: &ItemId| self.catalogue.item(item).is_some_and(|item| item.kind == kind);
        let kept = self
            .subscriptions
            .iter()
            .filter(|subscription| is_of_kind(&subscription.item))
            .map(|kept| {
                let changed = changes.iter().find_map(|change| match change {
                    Change::Cancel { subscription } if *subscription == kept.id => Some(0),
                    Change::Resize {
                        subscription,
                        quantity,
                    } if *subscription == kept.id => Some(*quantity),
                    _ => None,
                });
                changed.unwrap_or_else(|| kept.quantity_at(now).min(kept.quantity_in_the_end()))
            });
        let bought = changes.iter().filter_map(|change| match change {
            Change::Subscribe { item, quantity, .. } if is_of_kind(item) => Some(*quantity),
            _ => None,
        });
        kept.chain(bought).fold(0, u32::saturating_add)
    }
}
