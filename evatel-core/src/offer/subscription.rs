//! What an account has bought.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{CatalogueVersion, Price, month_end};
use crate::{
    id::{AccountId, ItemId, ResellerId, SubscriptionId, UserId},
    number::E164,
};

/// One thing that an account pays for, at the price that it confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Who pays.
    pub account: AccountId,
    /// Who sold it and bills it.
    pub reseller: ResellerId,
    /// For whom, where it is one user's.
    pub user: Option<UserId>,
    /// For which number, where it is paid for one; it ends when the number is released.
    pub number: Option<E164>,
    /// What.
    pub item: ItemId,
    /// The catalogue that it was confirmed with.
    pub catalogue: CatalogueVersion,
    /// What one costs.
    pub price: Price,
    /// How many now.
    pub quantity: u32,
    /// How many from a later moment; none of them means that it ends.
    pub upcoming: Option<Upcoming>,
    /// Since when.
    pub started_at: Timestamp,
}

/// A quantity that holds from the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upcoming {
    /// From when.
    pub from: Timestamp,
    /// How many.
    pub quantity: u32,
}

/// What an account paid one reseller for until an instant, and another one from it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// With the one, ended at the instant.
    pub ended: Subscription,
    /// With the other, begun at it.
    pub begun: Subscription,
}

impl Subscription {
    /// Gives how many are paid for at a moment.
    pub fn quantity_at(&self, at: Timestamp) -> u32 {
        if at < self.started_at {
            return 0;
        }
        match self.upcoming {
            Some(upcoming) if upcoming.from <= at => upcoming.quantity,
            _ => self.quantity,
        }
    }

    /// Gives how many there will be once what is decided has taken place.
    pub fn quantity_in_the_end(&self) -> u32 {
        self.upcoming.map_or(self.quantity, |upcoming| upcoming.quantity)
    }

    /// Gives when it ends, where that is decided.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.upcoming
            .filter(|upcoming| upcoming.quantity == 0)
            .map(|upcoming| upcoming.from)
    }

    /// Ends what is paid for a number that was released or for a user who left at `now`: with the month, in the zone of
    /// the account.
    #[must_use]
    pub fn ended(&self, now: Timestamp, zone: &TimeZone) -> Self {
        self.resized(0, now, zone)
    }

    /// Ends it at an instant, from which on `next` takes its place: as many, and with what is decided for later.
    pub fn split(&self, next: Self, at: Timestamp) -> Split {
        let quantity = self.quantity_at(at);
        Split {
            ended: Self {
                quantity,
                upcoming: Some(Upcoming {
                    from: at,
                    quantity: 0,
                }),
                ..self.clone()
            },
            begun: Self {
                quantity,
                upcoming: self.upcoming.filter(|upcoming| upcoming.from > at),
                started_at: at,
                ..next
            },
        }
    }

    /// Changes how many there are: more hold at once, fewer from the end of the month on.
    pub(super) fn resized(&self, quantity: u32, now: Timestamp, zone: &TimeZone) -> Self {
        let mut next = self.clone();
        let present = self.quantity_at(now);
        next.quantity = present.max(quantity);
        next.upcoming = (quantity < present).then(|| Upcoming {
            from: month_end(now, zone),
            quantity,
        });
        next
    }
}
