//! What accounts have bought, what changes of it cost, and what was billed.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ItemId, QuoteId, ResellerId},
    money::Money,
    name::Name,
    offer::{Change, LineKind, Outcome, Quote, Stale, Subscription},
    permission::{Action, Matter, Principal},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    acting::{Done, Permit, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::{AsJson, AsText, Micros},
    mint,
    number_events::done_by,
    number_sales::{check_on_offer, hand_over},
    numbers::ChangedNumber,
    schema::{charges, quotes, users},
    shop::Shop,
    subscription_rows::{self, subscriptions_within},
};

/// What a confirmed quote has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bought {
    /// The quote; its lines are what was billed.
    pub quote: Quote,
    /// The subscriptions that are new or have changed.
    pub subscriptions: Vec<Subscription>,
    /// The numbers that went into service with it, and what somebody should see to.
    pub numbers: Vec<ChangedNumber>,
}

/// A quote that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptQuote {
    /// The quote.
    pub quote: Quote,
    /// Why it cannot be confirmed any more.
    pub stale: Option<Stale>,
}

/// One line that was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BilledLine {
    /// By which quote.
    pub quote: QuoteId,
    /// Whom.
    pub account: AccountId,
    /// Who sold it and bills it.
    pub reseller: ResellerId,
    /// When.
    pub at: Timestamp,
    /// For what.
    pub item: ItemId,
    /// Why.
    pub kind: LineKind,
    /// How much.
    pub amount: Money,
}

impl Acting {
    /// Lists what an account has bought, oldest first; to a reseller, what it bought of him.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn subscriptions(&self, account: &AccountId) -> Result<Vec<Subscription>, Error> {
        let store = self.store();
        let target = Target::Account(account.clone());
        at_one_moment!(store, link => {
            let permit = self.permit(Action::Read, Matter::Subscriptions, &target, &mut *link).await?;
            let mut all = subscriptions_within(account, &mut *link).await?;
            all.retain(|subscription| is_told(&subscription.reseller, &permit));
            Ok(all)
        })
    }

    /// Lists what an account was billed, oldest first; to a reseller, what he billed.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn billed(&self, account: &AccountId) -> Result<Vec<BilledLine>, Error> {
        let store = self.store();
        let target = Target::Account(account.clone());
        let rows: Vec<ChargeRow> = at_one_moment!(store, link => {
            let permit = self.permit(Action::Read, Matter::Subscriptions, &target, &mut *link).await?;
            let rows: Vec<ChargeRow> = charges::table
                .select(ChargeRow::as_select())
                .filter(charges::account_id.eq(account.as_str()))
                .order((charges::at_us, charges::quote_id, charges::line))
                .load(link)
                .await?;
            Ok(rows.into_iter().filter(|row| is_told(&row.reseller_id.0, &permit)).collect())
        })?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Says what changes would cost an account, and keeps the quote until it is confirmed or its time is over.
    ///
    /// # Errors
    /// [`Error::Quote`]; as [`Acting::may`].
    pub async fn quote(&self, account: &AccountId, changes: Vec<Change>) -> Result<Quote, Error> {
        let (id, target, account): (QuoteId, _, _) = (
            mint::id("quo")?,
            Target::Account(account.clone()),
            account.clone(),
        );
        let acting = self.clone();
        command!(
            self,
            Action::Order,
            Matter::Subscriptions,
            target,
            |permit, link| {
                let now = Timestamp::now();
                check_users(&changes, &account, &mut *link).await?;
                for change in &changes {
                    if let Change::TakeNumber { number, target } = change {
                        let buyer = Target::Account(account.clone());
                        acting
                            .permit(Action::Order, Matter::Numbers, &buyer, &mut *link)
                            .await?;
                        check_on_offer(number, target, &account, now, &mut *link).await?;
                    }
                }
                let shop = Shop::of(&permit, &mut *link).await?;
                let quote = Quote::new(id, account.clone(), changes, &shop.terms(), now)?;
                // What nobody confirmed in time is forgotten.
                diesel::delete(quotes::table.filter(quotes::expires_at_us.lt(now.as_microsecond())))
                    .execute(link)
                    .await?;
                diesel::insert_into(quotes::table)
                    .values((
                        quotes::id.eq(quote.id.as_str()),
                        quotes::account_id.eq(account.as_str()),
                        quotes::quote.eq(AsJson(quote.clone())),
                        quotes::expires_at_us.eq(quote.expires_at.as_microsecond()),
                    ))
                    .execute(link)
                    .await?;
                Ok(Done::nothing(quote))
            }
        )
    }

    /// Lists the quotes of an account whose time is not over, oldest first, and says which of them are stale.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn quotes(&self, account: &AccountId) -> Result<Vec<KeptQuote>, Error> {
        let (store, now) = (self.store(), Timestamp::now());
        let target = Target::Account(account.clone());
        at_one_moment!(store, link => {
            let permit = self.permit(Action::Read, Matter::Subscriptions, &target, &mut *link).await?;
            let kept: Vec<AsJson<Quote>> = quotes::table
                .select(quotes::quote)
                .filter(quotes::account_id.eq(account.as_str()))
                .filter(quotes::expires_at_us.gt(now.as_microsecond()))
                .order(quotes::id)
                .load(link)
                .await?;
            let shop = Shop::of(&permit, &mut *link).await?;
            let weighed = kept.into_iter().map(|AsJson(quote)| {
                let stale = quote.still_holds(&shop.terms(), now).err();
                KeptQuote { quote, stale }
            });
            Ok(weighed.collect())
        })
    }

    /// Confirms a quote: bills its lines and makes its subscriptions, once.
    ///
    /// # Errors
    /// [`Error::Stale`] wherever something has changed since; [`Error::Missing`] for a quote that is not there, is
    /// another account's or was confirmed already; as [`Acting::may`].
    pub async fn confirm(&self, quote: &QuoteId) -> Result<Bought, Error> {
        let missing = || Error::missing("quote", quote);
        let store = self.store();
        let account: Option<AsText<AccountId>> = at_one_moment!(store, link => {
            let one = quotes::table.select(quotes::account_id).filter(quotes::id.eq(quote.as_str()));
            Ok(one.first(link).await.optional()?)
        })?;
        let account = account.map(|account| account.0);
        let target = account
            .clone()
            .map_or_else(Target::nobodys_account, Target::Account);
        let (id, acting) = (quote.clone(), self.clone());
        let done = command!(
            self,
            Action::Order,
            Matter::Subscriptions,
            target,
            |permit, link| {
                let one = quotes::table.filter(quotes::id.eq(id.as_str()));
                let kept: Option<AsJson<Quote>> = one.select(quotes::quote).first(link).await.optional()?;
                let (Some(AsJson(kept)), Some(account)) = (kept, account) else {
                    return Err(Error::missing("quote", &id));
                };
                // One conditional DELETE decides who of two confirms.
                if diesel::delete(one).execute(link).await? != 1 {
                    return Err(Error::missing("quote", &id));
                }
                let shop = Shop::of(&permit, &mut *link).await?;
                let now = Timestamp::now();
                let right = permit.grant.billing_right().map_err(Error::Refused)?;
                let takes = |change: &Change| matches!(change, Change::TakeNumber { .. });
                if kept.changes.iter().any(takes) {
                    let buyer = Target::Account(account.clone());
                    acting
                        .permit(Action::Order, Matter::Numbers, &buyer, &mut *link)
                        .await?;
                }
                let confirmed = kept.confirm(&right, &shop.terms(), now)?;
                let mut ids = Vec::new();
                for _ in &confirmed.quote().changes {
                    ids.push(mint::id("sub")?);
                }
                let outcome = confirmed.carry_out(|| ids.pop().expect("there is an id for each change"));
                let reseller = shop.terms().offer.reseller.clone();
                let bought = keep(outcome, &reseller, &done_by(&permit.actor), now, &mut *link).await?;
                Ok(Done::made(bought, &id))
            }
        );
        done.map_err(|error| match error {
            Error::Missing { what: "account", .. } | Error::Stale(Stale::AnotherAccount) => missing(),
            error => error,
        })
    }
}

/// Says whether a reader is told what somebody sold: one reseller nothing of another's.
fn is_told(seller: &ResellerId, permit: &Permit) -> bool {
    match permit.actor.principal() {
        Principal::Reseller { reseller, .. } => reseller == seller,
        _ => true,
    }
}

/// Writes what a confirmed quote makes.
async fn keep(
    outcome: Outcome,
    reseller: &ResellerId,
    by: &Name,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<Bought, Error> {
    for subscription in &outcome.added {
        subscription_rows::insert(subscription, &mut *link).await?;
    }
    for subscription in &outcome.changed {
        subscription_rows::update(subscription, &mut *link).await?;
    }
    let mut numbers = Vec::new();
    for sold in outcome.numbers {
        let applied = hand_over(sold, by, now, &mut *link).await?;
        numbers.push(ChangedNumber::new(applied, &mut *link).await?);
    }
    for (at, line) in (1..).zip(&outcome.quote.lines) {
        let row = ChargeRow {
            quote_id: AsText(outcome.quote.id.clone()),
            line: at,
            account_id: AsText(outcome.quote.account.clone()),
            at_us: Micros(now),
            item_id: AsText(line.item.clone()),
            kind: AsText(line.kind),
            amount_micros: line.amount.micros(),
            currency: line.amount.currency().code().to_owned(),
            reseller_id: AsText(reseller.clone()),
        };
        on_link!(link, link => diesel::insert_into(charges::table).values(&row).execute(link))?;
    }
    let mut subscriptions = outcome.added;
    subscriptions.extend(outcome.changed);
    Ok(Bought {
        quote: outcome.quote,
        subscriptions,
        numbers,
    })
}

/// Makes sure that what is bought for users is bought for the account's own.
async fn check_users(changes: &[Change], account: &AccountId, link: &mut impl AnyLink) -> Result<(), Error> {
    for change in changes {
        let Change::Subscribe { user: Some(user), .. } = change else {
            continue;
        };
        let own: i64 = on_link!(link, link => users::table
            .filter(users::id.eq(user.as_str()))
            .filter(users::account_id.eq(account.as_str()))
            .count()
            .get_result(link))?;
        if own == 0 {
            return Err(Error::missing("user", user));
        }
    }
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = charges)]
struct ChargeRow {
    quote_id: AsText<QuoteId>,
    line: i32,
    account_id: AsText<AccountId>,
    at_us: Micros,
    item_id: AsText<ItemId>,
    kind: AsText<LineKind>,
    amount_micros: i64,
    currency: String,
    reseller_id: AsText<ResellerId>,
}

impl TryFrom<ChargeRow> for BilledLine {
    type Error = Error;

    fn try_from(row: ChargeRow) -> Result<Self, Error> {
        let currency =
            evatel_core::money::currency(&row.currency).map_err(|_| Error::Overtaken { what: "currency" })?;
        Ok(Self {
            quote: row.quote_id.0,
            account: row.account_id.0,
            reseller: row.reseller_id.0,
            at: row.at_us.0,
            item: row.item_id.0,
            kind: row.kind.0,
            amount: Money::from_micros(row.amount_micros, currency),
        })
    }
}
