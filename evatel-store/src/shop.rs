//! What an account is sold and has, within somebody's transaction: for quotes, and for what costs nothing.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::{DidTarget, Successor},
    id::{AccountId, ResellerId},
    offer::{Catalogue, FreeNumber, ResellerOffer, Subscription, Taken, Terms, Unpaid},
    schedule::Zone,
};
use jiff::tz::TimeZone;

use crate::{
    Error,
    acting::Permit,
    backend::{AnyLink, on_link},
    catalogue::{catalogue_within, offer_within},
    dids::successor,
    schema::{devices, users},
    subscription_rows::{subscriptions_within, zone_within},
};

/// What an account is sold, and has.
pub(crate) struct Shop {
    catalogue: Catalogue,
    offer: ResellerOffer,
    subscriptions: Vec<Subscription>,
    taken: Taken,
    zone: Zone,
}

impl Shop {
    /// Looks at the account that something was granted in.
    pub(crate) async fn of(permit: &Permit, link: &mut impl AnyLink) -> Result<Self, Error> {
        let Some(place) = permit.place.account() else {
            return Err(Error::missing("account", "system"));
        };
        let account = &place.account;
        Ok(Self {
            catalogue: catalogue_within(&mut *link).await?,
            offer: offer_within(&place.reseller, &mut *link).await?,
            subscriptions: subscriptions_within(account, &mut *link).await?,
            taken: taken_within(account, &mut *link).await?,
            zone: zone_within(account, link).await?,
        })
    }

    /// Counts a person who has joined since.
    pub(crate) fn seats_one(&mut self) {
        self.taken.seats = self.taken.seats.saturating_add(1);
    }

    pub(crate) fn terms(&self) -> Terms<'_> {
        Terms {
            catalogue: &self.catalogue,
            offer: &self.offer,
            subscriptions: &self.subscriptions,
            taken: self.taken,
            zone: self.zone.time_zone(),
        }
    }
}

/// Says whether a reseller's customers get a number for nothing.
pub(crate) async fn free_number(
    reseller: &ResellerId,
    link: &mut impl AnyLink,
) -> Result<Result<FreeNumber, Unpaid>, Error> {
    let catalogue = catalogue_within(&mut *link).await?;
    let offer = offer_within(reseller, link).await?;
    let terms = Terms {
        catalogue: &catalogue,
        offer: &offer,
        subscriptions: &[],
        taken: Taken::default(),
        zone: &TimeZone::UTC,
    };
    Ok(terms.free_number())
}

/// Finds whose a number becomes that a reseller hands out itself: one of its own customers, another's is the same as none,
/// and for nothing. What costs is ordered by a quote.
pub(crate) async fn free_taker(
    reseller: &ResellerId,
    target: DidTarget,
    link: &mut impl AnyLink,
) -> Result<(Successor, FreeNumber), Error> {
    let taker = successor(target, &mut *link).await?;
    if taker.owner.reseller != *reseller {
        return Err(Error::missing("user", taker.target.user()));
    }
    let free = free_number(reseller, link).await??;
    Ok((taker, free))
}

/// Counts what takes a place that may have to be paid for.
async fn taken_within(account: &AccountId, link: &mut impl AnyLink) -> Result<Taken, Error> {
    let people = users::table.filter(users::account_id.eq(account.as_str()));
    let seats: i64 = on_link!(link, link => people.count().get_result(link))?;
    let own = people.select(users::id);
    let telephones: i64 = on_link!(link, link =>
        devices::table.filter(devices::user_id.eq_any(own)).count().get_result(link))?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Taken {
        devices: count(telephones),
        seats: count(seats),
    })
}
