//! An account that goes to another reseller, with all that hangs on it, in one transaction.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ResellerId},
    limit::Limits,
    moving::{Holdings, Move, Moving},
    permission::{Action, Matter},
    restriction::Restriction,
};
use jiff::Timestamp;

use crate::{
    Acting, Error, Target,
    accounts::account_within,
    acting::{Done, Permit, command},
    backend::{AnyLink, on_link},
    catalogue::{catalogue_within, offer_within},
    did_rows::{self, held_by},
    feed::bump_revision,
    limits::{ApprovedRow, LimitsRow},
    mint,
    number_events::done_by,
    resellers::reseller_within,
    restrictions::RestrictionRow,
    schema::{accounts, approved_countries, devices, limits, quotes, restrictions, users},
    subscription_rows::{self, subscriptions_within},
};

impl Acting {
    /// Gives an account to another reseller, with all that [`Move`] derives of that: its numbers go along, what it pays for
    /// is parted between the two at this instant, and what the old reseller opened is closed.
    ///
    /// # Errors
    /// [`Error::Broken`] for the default account or a closed reseller; [`Error::Unmovable`] where the account pays for
    /// something that the new reseller does not sell, or is his already; [`Error::Refused`], [`Error::Missing`].
    pub async fn move_account(&self, account: &AccountId, to: &ResellerId) -> Result<Move, Error> {
        let (id, to, acting) = (account.clone(), to.clone(), self.clone());
        let target = Target::Account(account.clone());
        command!(self, Action::Move, Matter::Accounts, target, |permit, link| {
            let before = account_within(&id, &mut *link).await?;
            let from = reseller_within(&before.reseller, &mut *link).await?;
            let to = reseller_within(&to, &mut *link).await?;
            let (by, now) = (done_by(&permit.actor), Timestamp::now());
            let (catalogue, offer) = (
                catalogue_within(&mut *link).await?,
                offer_within(&to.id, &mut *link).await?,
            );
            let held = holdings(&id, now, &mut *link).await?;
            let mut ids = Vec::new();
            for _ in &held.subscriptions {
                ids.push(mint::id("sub")?);
            }
            let moving = Moving {
                by: &by,
                catalogue: &catalogue,
                offer: &offer,
                from: &from,
                to: &to,
                at: now,
            };
            let moved = moving.derive(&before, held, || {
                ids.pop().expect("there is an id for each subscription")
            })?;
            let one = accounts::table.filter(accounts::id.eq(id.as_str()));
            diesel::update(one)
                .set(accounts::reseller_id.eq(moved.to.as_str()))
                .execute(link)
                .await?;
            bump_revision!(link, "accounts" => id.as_str());
            acting.carry_along(&moved, &permit, &mut *link).await?;
            let after = moved.account.clone();
            Ok(Done::changed(moved, &id, &before, &after))
        })
    }

    /// Writes what becomes of all that hangs on the account, each with its own entry in the audit.
    async fn carry_along(&self, moved: &Move, permit: &Permit, link: &mut impl AnyLink) -> Result<(), Error> {
        let account = &moved.account.id;
        for number in &moved.numbers {
            let (before, after) = (&number.before, &number.after);
            did_rows::update(before, after, &mut *link).await?;
            let told = Done::changed((), &before.number, before, &after.record);
            self.tell_done(permit, told, &mut *link).await?;
        }
        bump_revision!(link, "dids" in moved.numbers.iter().map(|number| number.before.number.as_str()));
        for split in &moved.subscriptions {
            subscription_rows::update(&split.ended, &mut *link).await?;
            subscription_rows::insert(&split.begun, &mut *link).await?;
            let told = Done::replaced((), &split.begun.id, Some(&split.ended), &split.begun);
            self.tell_done(permit, told, &mut *link).await?;
        }
        for rule in &moved.exceptions {
            let one = restrictions::table.filter(restrictions::id.eq(rule.id.as_str()));
            on_link!(link, link => diesel::delete(one).execute(link))?;
            bump_revision!(link, "restrictions" => &rule.owner.to_string());
            self.tell_done(permit, Done::removed((), &rule.id, rule), &mut *link)
                .await?;
        }
        for pin in &moved.pins {
            let row = RestrictionRow::from(&pin.after);
            let one = restrictions::table.filter(restrictions::id.eq(pin.after.id.as_str()));
            on_link!(link, link => diesel::update(one).set(&row).execute(link))?;
            bump_revision!(link, "restrictions" => &pin.after.owner.to_string());
            let told = Done::changed((), &pin.after.id, &pin.before, &pin.after);
            self.tell_done(permit, told, &mut *link).await?;
        }
        for changed in &moved.limits {
            let owner = changed.after.owner.to_string();
            let row = LimitsRow::from(&changed.after);
            let one = limits::table.filter(limits::owner.eq(&owner));
            on_link!(link, link => diesel::update(one).set(&row).execute(link))?;
            bump_revision!(link, "limits" => &owner);
            let told = Done::changed((), &owner, &changed.before, &changed.after);
            self.tell_done(permit, told, &mut *link).await?;
        }
        if !moved.approved.is_empty() {
            let all = approved_countries::table.filter(approved_countries::account_id.eq(account.as_str()));
            on_link!(link, link => diesel::delete(all).execute(link))?;
            bump_revision!(link, "approved_countries" => account.as_str());
        }
        for approved in &moved.approved {
            let told = Done::removed((), account, approved);
            self.tell_done(permit, told, &mut *link).await?;
        }
        let all = quotes::table.filter(quotes::account_id.eq(account.as_str()));
        on_link!(link, link => diesel::delete(all).execute(link))?;
        Ok(())
    }
}

/// Reads what an account has and what was set for it.
async fn holdings(account: &AccountId, now: Timestamp, link: &mut impl AnyLink) -> Result<Holdings, Error> {
    let people = || {
        users::table
            .select(users::id)
            .filter(users::account_id.eq(account.as_str()))
    };
    let rules: Vec<RestrictionRow> = on_link!(link, link => {
        let telephones = devices::table
            .select(devices::id)
            .filter(devices::user_id.eq_any(people()));
        restrictions::table
            .select(RestrictionRow::as_select())
            .filter(restrictions::account_id.assume_not_null().eq(account.as_str())
                .or(restrictions::user_id.assume_not_null().eq_any(people()))
                .or(restrictions::device_id.assume_not_null().eq_any(telephones)))
            .order(restrictions::id)
            .load(link)
    })?;
    let limited: Vec<LimitsRow> = on_link!(link, link => limits::table
        .select(LimitsRow::as_select())
        .filter(limits::account_id.assume_not_null().eq(account.as_str())
            .or(limits::user_id.assume_not_null().eq_any(people())))
        .order(limits::owner)
        .load(link))?;
    let approved: Vec<ApprovedRow> = on_link!(link, link => approved_countries::table
        .select(ApprovedRow::as_select())
        .filter(approved_countries::account_id.eq(account.as_str()))
        .order(approved_countries::country)
        .load(link))?;
    let open: i64 = on_link!(link, link => quotes::table
        .filter(quotes::account_id.eq(account.as_str()))
        .filter(quotes::expires_at_us.gt(now.as_microsecond()))
        .count()
        .get_result(link))?;
    Ok(Holdings {
        approved: approved.into_iter().map(Into::into).collect(),
        limits: limited.into_iter().map(Limits::from).collect(),
        numbers: held_by(account, &mut *link).await?,
        quotes: usize::try_from(open).unwrap_or(usize::MAX),
        restrictions: rules.into_iter().map(Restriction::from).collect(),
        subscriptions: subscriptions_within(account, link).await?,
    })
}
