//! The rows of what accounts have bought.

use diesel::{AsChangeset, ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ItemId, ResellerId, SubscriptionId, UserId},
    number::E164,
    offer::{CatalogueVersion, Price, Subscription, Upcoming},
    schedule::Zone,
};
use jiff::Timestamp;

use crate::{
    Error,
    backend::{AnyLink, on_link},
    column::{AsJson, AsText, Micros},
    schema::{accounts, subscriptions},
};

/// Lists the subscriptions of an account, oldest first, within somebody's transaction.
pub(crate) async fn subscriptions_within(
    account: &AccountId,
    link: &mut impl AnyLink,
) -> Result<Vec<Subscription>, Error> {
    let rows: Vec<SubscriptionRow> = on_link!(link, link => subscriptions::table
        .select(SubscriptionRow::as_select())
        .filter(subscriptions::account_id.eq(account.as_str()))
        .order(subscriptions::id)
        .load(link))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Writes a subscription that is new.
pub(crate) async fn insert(subscription: &Subscription, link: &mut impl AnyLink) -> Result<(), Error> {
    let row = SubscriptionRow::from(subscription);
    on_link!(link, link => diesel::insert_into(subscriptions::table).values(&row).execute(link))?;
    Ok(())
}

/// Writes what a subscription has become.
pub(crate) async fn update(subscription: &Subscription, link: &mut impl AnyLink) -> Result<(), Error> {
    let row = SubscriptionRow::from(subscription);
    let one = subscriptions::table.filter(subscriptions::id.eq(subscription.id.as_str()));
    on_link!(link, link => diesel::update(one).set(&row).execute(link))?;
    Ok(())
}

/// Ends what an account pays for a number that it no longer has, with the month.
pub(crate) async fn end_paid_for(
    number: &E164,
    account: &AccountId,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let rows: Vec<SubscriptionRow> = on_link!(link, link => subscriptions::table
        .select(SubscriptionRow::as_select())
        .filter(subscriptions::account_id.eq(account.as_str()))
        .filter(subscriptions::number.eq(number.as_str()))
        .load(link))?;
    end(rows, account, now, link).await
}

/// Ends what an account pays for a user who leaves, with the month.
pub(crate) async fn end_for_user(
    user: &UserId,
    account: &AccountId,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let rows: Vec<SubscriptionRow> = on_link!(link, link => subscriptions::table
        .select(SubscriptionRow::as_select())
        .filter(subscriptions::user_id.eq(user.as_str()))
        .load(link))?;
    end(rows, account, now, link).await
}

/// Ends all that an account pays for, with the month.
pub(crate) async fn end_all(
    account: &AccountId,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let rows: Vec<SubscriptionRow> = on_link!(link, link => subscriptions::table
        .select(SubscriptionRow::as_select())
        .filter(subscriptions::account_id.eq(account.as_str()))
        .load(link))?;
    end(rows, account, now, link).await
}

async fn end(
    rows: Vec<SubscriptionRow>,
    account: &AccountId,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let going_on = rows
        .into_iter()
        .map(Subscription::from)
        .filter(|subscription| subscription.quantity_in_the_end() > 0);
    let going_on: Vec<_> = going_on.collect();
    if going_on.is_empty() {
        return Ok(());
    }
    let zone = zone_within(account, &mut *link).await?;
    for subscription in going_on {
        update(&subscription.ended(now, zone.time_zone()), &mut *link).await?;
    }
    Ok(())
}

/// Reads where an account's months begin.
pub(crate) async fn zone_within(account: &AccountId, link: &mut impl AnyLink) -> Result<Zone, Error> {
    let zone: AsText<Zone> = on_link!(link, link => accounts::table
        .select(accounts::zone)
        .filter(accounts::id.eq(account.as_str()))
        .first(link))?;
    Ok(zone.0)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = subscriptions, treat_none_as_null = true)]
struct SubscriptionRow {
    id: AsText<SubscriptionId>,
    account_id: AsText<AccountId>,
    user_id: Option<AsText<UserId>>,
    number: Option<AsText<E164>>,
    item_id: AsText<ItemId>,
    catalogue: i32,
    price: AsJson<Price>,
    quantity: i32,
    upcoming_from_us: Option<Micros>,
    upcoming_quantity: Option<i32>,
    started_at_us: Micros,
    reseller_id: AsText<ResellerId>,
}

impl From<&Subscription> for SubscriptionRow {
    fn from(subscription: &Subscription) -> Self {
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            id: AsText(subscription.id.clone()),
            account_id: AsText(subscription.account.clone()),
            user_id: subscription.user.clone().map(AsText),
            number: subscription.number.clone().map(AsText),
            item_id: AsText(subscription.item.clone()),
            catalogue: count(subscription.catalogue.0),
            price: AsJson(subscription.price.clone()),
            quantity: count(subscription.quantity),
            upcoming_from_us: subscription.upcoming.map(|upcoming| Micros(upcoming.from)),
            upcoming_quantity: subscription.upcoming.map(|upcoming| count(upcoming.quantity)),
            started_at_us: Micros(subscription.started_at),
            reseller_id: AsText(subscription.reseller.clone()),
        }
    }
}

impl From<SubscriptionRow> for Subscription {
    fn from(row: SubscriptionRow) -> Self {
        let count = |count: i32| u32::try_from(count).unwrap_or(0);
        let upcoming = row.upcoming_from_us.zip(row.upcoming_quantity);
        Self {
            id: row.id.0,
            account: row.account_id.0,
            reseller: row.reseller_id.0,
            user: row.user_id.map(|user| user.0),
            number: row.number.map(|number| number.0),
            item: row.item_id.0,
            catalogue: CatalogueVersion(count(row.catalogue)),
            price: row.price.0,
            quantity: count(row.quantity),
            upcoming: upcoming.map(|(from, quantity)| Upcoming {
                from: from.0,
                quantity: count(quantity),
            }),
            started_at: row.started_at_us.0,
        }
    }
}
