//! The ledger: how many legs each account has at once, and what its limits count, exactly.

mod counts;
mod lines;

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ReservationId, TrunkId},
    limit::Limits,
    policy::{Ledger, LedgerError, LegPlan},
};
use jiff::Timestamp;

use crate::{
    Error, Store,
    backend::{AnyLink, in_ledger, on_backend, on_link},
    mint,
    schema::{accounts, reservation_counts, reservations},
};

/// The ledger as one daemon uses it.
#[derive(Debug, Clone)]
pub struct StoreLedger {
    holder: String,
    store: Store,
}

impl Store {
    /// Gives the ledger for a daemon that calls itself `holder`, 1 to 64 characters that no other living daemon uses.
    pub fn ledger(&self, holder: impl Into<String>) -> StoreLedger {
        StoreLedger {
            holder: holder.into(),
            store: self.clone(),
        }
    }
}

impl Ledger for StoreLedger {
    async fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        self.claim_over(
            plan.trunk(),
            plan.account(),
            plan.limits(),
            plan.price_micros(),
            Timestamp::now(),
        )
        .await
    }

    async fn release(&self, reservation: &ReservationId) {
        // What stays behind here is swept at the next start.
        let _ = self.give_back(reservation).await;
    }
}

impl StoreLedger {
    /// Takes a place for one leg of an account that is on no limit but the account's count of legs.
    ///
    /// # Errors
    /// [`LedgerError::Full`] when the account has as many as it may, [`LedgerError::Away`] when the store failed.
    pub async fn take(&self, account: &AccountId) -> Result<ReservationId, LedgerError> {
        self.claim(account, &[], 0, Timestamp::now()).await
    }

    /// Takes a place for one leg of an account and one towards each limit, all or none, as of `now`.
    ///
    /// # Errors
    /// As [`StoreLedger::take`], and [`LedgerError::Limit`] with the limit that is reached.
    pub async fn claim(
        &self,
        account: &AccountId,
        limits: &[Limits],
        price_micros: i64,
        now: Timestamp,
    ) -> Result<ReservationId, LedgerError> {
        self.claim_over(None, account, limits, price_micros, now).await
    }

    /// As [`StoreLedger::claim`], with a place on a trunk.
    ///
    /// # Errors
    /// As [`StoreLedger::claim`], and [`LedgerError::TrunkFull`].
    pub async fn claim_over(
        &self,
        trunk: Option<&TrunkId>,
        account: &AccountId,
        limits: &[Limits],
        price_micros: i64,
        now: Timestamp,
    ) -> Result<ReservationId, LedgerError> {
        let away = |error: Error| LedgerError::Away(error.to_string());
        let id: ReservationId = mint::id("rsv").map_err(away)?;
        let (holder, account, made) = (self.holder.clone(), account.clone(), id.clone());
        let trunk = trunk.cloned();
        let mut limits: Vec<Limits> = limits
            .iter()
            .filter(|limits| limits.are_counted())
            .cloned()
            .collect();
        // In one order, so that two who count for the same owners do not wait for each other.
        limits.sort_by_cached_key(|limits| limits.owner.to_string());
        let taken: Result<(), Error> = in_ledger!(self.store, (holder, account, made, limits, trunk), link => {
            for limits in &limits {
                counts::count(limits, price_micros, now, link).await?;
            }
            // One conditional UPDATE decides; nothing is read before.
            let one = accounts::table.filter(accounts::id.eq(account.as_str()));
            let counted = diesel::update(one.filter(accounts::active_legs.lt(accounts::max_legs)))
                .set(accounts::active_legs.eq(accounts::active_legs + 1))
                .execute(link)
                .await?;
            if counted == 0 {
                let max: i32 = one.select(accounts::max_legs).first(link).await?;
                let max = u32::try_from(max).unwrap_or(0);
                // As an error, so that what was counted above is taken back.
                return Err(Error::LimitReached(LedgerError::Full { max }));
            }
            if let Some(trunk) = &trunk {
                lines::count(trunk, now, link).await?;
            }
            diesel::insert_into(reservations::table)
                .values((
                    reservations::id.eq(made.as_str()),
                    reservations::account_id.eq(account.as_str()),
                    reservations::holder.eq(holder),
                    reservations::made_at_us.eq(now.as_microsecond()),
                    reservations::price_micros.eq(price_micros),
                    reservations::trunk_id.eq(trunk.as_ref().map(TrunkId::as_str)),
                ))
                .execute(link)
                .await?;
            for limits in &limits {
                diesel::insert_into(reservation_counts::table)
                    .values((
                        reservation_counts::reservation_id.eq(made.as_str()),
                        reservation_counts::owner.eq(limits.owner.to_string()),
                    ))
                    .execute(link)
                    .await?;
            }
            Ok(())
        });
        match taken {
            Ok(()) => Ok(id),
            Err(Error::LimitReached(reached)) => Err(reached),
            Err(error) => Err(away(error)),
        }
    }

    /// Gives a place back; one that is not there any more is no error.
    pub async fn give_back(&self, reservation: &ReservationId) -> Result<(), Error> {
        let id = reservation.clone();
        in_ledger!(self.store, (id), link => {
            free(vec![id.as_str().to_owned()], Timestamp::now(), link).await?;
            Ok(())
        })
    }

    /// Gives back every place that a daemon left behind: those of this holder from an earlier life, and those of
    /// any holder that were made before `older_than`; but not those in `kept`, whose legs go on. Gives how many.
    ///
    /// To be called when this daemon starts, before its first leg.
    pub async fn sweep(&self, older_than: Timestamp, kept: &[ReservationId]) -> Result<usize, Error> {
        let holder = self.holder.clone();
        let kept: Vec<String> = kept.iter().map(|id| id.as_str().to_owned()).collect();
        in_ledger!(self.store, (holder, kept), link => {
            let left: Vec<String> = reservations::table
                .select(reservations::id)
                .filter(reservations::holder.eq(holder).or(reservations::made_at_us.lt(older_than.as_microsecond())))
                .filter(reservations::id.ne_all(kept))
                .load(link)
                .await?;
            free(left, Timestamp::now(), link).await
        })
    }

    /// Gives how many legs an account has at present.
    pub async fn active_legs(&self, account: &AccountId) -> Result<u32, Error> {
        let store = &self.store;
        let active: i32 = on_backend!(store, link =>
            accounts::table.select(accounts::active_legs).filter(accounts::id.eq(account.as_str())).first(link))?;
        Ok(u32::try_from(active).unwrap_or(0))
    }
}

/// Deletes reservations and counts down what they counted for, as many as were really there.
async fn free(ids: Vec<String>, now: Timestamp, link: &mut impl AnyLink) -> Result<usize, Error> {
    // Read before the rows go. Only the UPDATE below decides: a reservation that another frees meanwhile is not among
    // those that the DELETE returns.
    let of = ids.clone();
    let mut counted: Vec<(String, String)> = on_link!(link, link => reservation_counts::table
        .select((reservation_counts::owner, reservation_counts::reservation_id))
        .filter(reservation_counts::reservation_id.eq_any(of))
        .load(link))?;
    let gone: Vec<(String, String, i64, i64, Option<String>)> = on_link!(link, link =>
        diesel::delete(reservations::table.filter(reservations::id.eq_any(ids)))
            .returning((
                reservations::id,
                reservations::account_id,
                reservations::made_at_us,
                reservations::price_micros,
                reservations::trunk_id,
            ))
            .get_results(link))?;
    // In one order, so that two who free the same owners and accounts do not wait for each other.
    counted.sort();
    for (owner, reservation) in &counted {
        let Some((_, _, made_at_us, price_micros, _)) = gone.iter().find(|(id, ..)| id == reservation) else {
            continue;
        };
        counts::uncount(owner, *price_micros, *made_at_us, now, link).await?;
    }
    let mut accounts: Vec<&String> = gone.iter().map(|(_, account, ..)| account).collect();
    accounts.sort();
    for account in accounts {
        on_link!(link, link => diesel::update(accounts::table.filter(accounts::id.eq(account)))
            .set(accounts::active_legs.eq(accounts::active_legs - 1))
            .execute(link))?;
    }
    let mut trunks: Vec<&String> = gone.iter().filter_map(|(.., trunk)| trunk.as_ref()).collect();
    trunks.sort();
    for trunk in trunks {
        lines::uncount(trunk, link).await?;
    }
    Ok(gone.len())
}
