//! Limits on toll, and the countries that accounts had approved.

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    country::Country,
    id::{AccountId, ResellerId, UserId},
    limit::{ApprovedCountry, LimitOwner, Limits},
    numbering::check_country,
    permission::{Action, Matter},
};

use crate::{
    Acting, Error, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    feed::bump_revision,
    schema::{approved_countries, limits, users},
    scope::Only,
};

/// What to change of an owner's limits; `None` leaves it as it is, `Some(None)` lifts it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// Whether countries need approval.
    pub approves_countries: Option<bool>,
    /// Whether a party outside may be joined to another one outside.
    pub joins_outside: Option<Option<bool>>,
    /// Most new toll legs in one minute of the clock.
    pub legs_a_minute: Option<Option<u32>>,
    /// Longest leg in seconds.
    pub max_length_s: Option<Option<u32>>,
    /// Most that toll legs may cost in one day, in micro-units.
    pub spend_a_day_micros: Option<Option<i64>>,
    /// Most toll legs at once.
    pub toll_legs: Option<Option<u32>>,
}

impl LimitsChange {
    fn apply(self, before: &Limits) -> Limits {
        Limits {
            owner: before.owner.clone(),
            toll_legs: self.toll_legs.unwrap_or(before.toll_legs),
            legs_a_minute: self.legs_a_minute.unwrap_or(before.legs_a_minute),
            spend_a_day_micros: self.spend_a_day_micros.unwrap_or(before.spend_a_day_micros),
            max_length_s: self.max_length_s.unwrap_or(before.max_length_s),
            approves_countries: self.approves_countries.unwrap_or(before.approves_countries),
            joins_outside: self.joins_outside.unwrap_or(before.joins_outside),
        }
    }
}

impl Acting {
    /// Changes the limits of an owner and gives them as they are now.
    ///
    /// The system limits itself and its resellers, whoever sells an account limits that, and an account its users: nobody
    /// loosens what holds for himself.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner that is not there or not within reach; [`Error::Refused`], also for an account that
    /// would let a user's callers be joined to toll: that is its reseller's to allow.
    pub async fn change_limits(&self, owner: &LimitOwner, change: LimitsChange) -> Result<Limits, Error> {
        let (owner, asker) = (owner.clone(), self.clone());
        let (matter, target) = right_for(&owner);
        command!(self, Action::Write, matter, target, |permit, link| {
            let before = limits_within(&owner, &mut *link).await?;
            let known = before.clone().unwrap_or_else(|| Limits::none(owner.clone()));
            let after = change.apply(&known);
            if let (LimitOwner::User(_), Some(true), Some(place)) =
                (&owner, after.joins_outside, permit.place.account())
                && known.joins_outside != after.joins_outside
            {
                let account = Target::Account(place.account.clone());
                let above = asker.permit(Action::Write, Matter::Accounts, &account, &mut *link);
                above.await?;
            }
            if before.as_ref() == Some(&after) {
                return Ok(Done::nothing(after));
            }
            let row = LimitsRow::from(&after);
            diesel::insert_into(limits::table)
                .values(&row)
                .on_conflict(limits::owner)
                .do_update()
                .set(&row)
                .execute(link)
                .await?;
            bump_revision!(link, "limits" => &owner.to_string());
            Ok(Done::replaced(after.clone(), &owner, before.as_ref(), &after))
        })
    }

    /// Lists the limits of an owner and of all below him, by owner.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Missing`] for an owner that is not there or not within reach.
    pub async fn limits(&self, owner: &LimitOwner) -> Result<Vec<Limits>, Error> {
        let (matter, target) = right_for(owner);
        let rows: Vec<LimitsRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, matter, &target, &mut *link).await?;
            let mut query = limits::table.select(LimitsRow::as_select()).order(limits::owner).into_boxed();
            if let Some(user) = permit.place.user() {
                query = query.filter(limits::user_id.eq(user.to_string()));
            } else if let Some(only) = permit.accounts().only() {
                let own_users = users::table
                    .select(users::id)
                    .filter(users::account_id.eq_any(&only));
                let of_user = limits::user_id.assume_not_null().eq_any(own_users);
                query = query.filter(limits::account_id.assume_not_null().eq_any(&only).or(of_user));
                if let Only::Reseller(reseller) = &only {
                    query = query.or_filter(limits::reseller_id.eq(reseller.to_string()));
                }
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes the limits of an owner: those above him still hold.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner that is not there or not within reach, and for one without limits;
    /// [`Error::Refused`].
    pub async fn remove_limits(&self, owner: &LimitOwner) -> Result<(), Error> {
        let owner = owner.clone();
        let (matter, target) = right_for(&owner);
        command!(self, Action::Write, matter, target, |_permit, link| {
            let before = limits_within(&owner, &mut *link).await?;
            let before = before.ok_or_else(|| Error::missing("limit of", &owner))?;
            diesel::delete(limits::table.filter(limits::owner.eq(owner.to_string())))
                .execute(link)
                .await?;
            bump_revision!(link, "limits" => &owner.to_string());
            Ok(Done::removed((), &owner, &before))
        })
    }

    /// Lets an account call a country where its limits ask for that. Not for the account itself to do.
    ///
    /// # Errors
    /// [`Error::Missing`] for an account that is not there or not within reach, [`Error::UnknownCountry`], [`Error::Refused`].
    pub async fn approve_country(&self, new: ApprovedCountry) -> Result<(), Error> {
        check_country(new.country)?;
        let target = Target::Account(new.account.clone());
        command!(self, Action::Write, Matter::Accounts, target, |_permit, link| {
            let row = ApprovedRow {
                account_id: AsText(new.account.clone()),
                country: AsText(new.country),
            };
            let added = diesel::insert_into(approved_countries::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(link)
                .await?;
            if added == 0 {
                return Ok(Done::nothing(()));
            }
            bump_revision!(link, "approved_countries" => new.account.as_str());
            Ok(Done::came((), &new.account, &new))
        })
    }

    /// Takes such an approval back.
    ///
    /// # Errors
    /// [`Error::Missing`], also for a country that was not approved; [`Error::Refused`].
    pub async fn withdraw_country(&self, approved: ApprovedCountry) -> Result<(), Error> {
        let target = Target::Account(approved.account.clone());
        command!(self, Action::Write, Matter::Accounts, target, |_permit, link| {
            let one = approved_countries::table
                .filter(approved_countries::account_id.eq(approved.account.as_str()))
                .filter(approved_countries::country.eq(AsText(approved.country)));
            if diesel::delete(one).execute(link).await? == 0 {
                return Err(Error::missing("approved country", approved.country));
            }
            bump_revision!(link, "approved_countries" => approved.account.as_str());
            Ok(Done::removed((), &approved.account, &approved))
        })
    }

    /// Lists the countries that an account had approved.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn approved_countries(&self, account: &AccountId) -> Result<Vec<ApprovedCountry>, Error> {
        let target = Target::Account(account.clone());
        let rows: Vec<ApprovedRow> = at_one_moment!(self.store(), link => {
            self.permit(Action::Read, Matter::Accounts, &target, &mut *link).await?;
            Ok(approved_countries::table
                .select(ApprovedRow::as_select())
                .filter(approved_countries::account_id.eq(account.as_str()))
                .order(approved_countries::country)
                .load(link)
                .await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// Says which right an owner's limits need, and where.
fn right_for(owner: &LimitOwner) -> (Matter, Target) {
    match owner {
        LimitOwner::System => (Matter::System, Target::System),
        LimitOwner::Reseller(id) => (Matter::Resellers, Target::Reseller(id.clone())),
        LimitOwner::Account(id) => (Matter::Accounts, Target::Account(id.clone())),
        LimitOwner::User(id) => (Matter::Restrictions, Target::User(id.clone())),
    }
}

/// Writes what a new account is limited to, in the transaction that makes it; gives the row's key for the change feed.
pub(crate) async fn limit_new_account(account: &AccountId, link: &mut impl AnyLink) -> Result<String, Error> {
    let limits = Limits::of_new_account(account.clone());
    let row = LimitsRow::from(&limits);
    on_link!(link, link => diesel::insert_into(limits::table).values(row).execute(link))?;
    Ok(limits.owner.to_string())
}

async fn limits_within(owner: &LimitOwner, link: &mut impl AnyLink) -> Result<Option<Limits>, Error> {
    let row: Result<LimitsRow, _> = on_link!(link, link => limits::table
        .select(LimitsRow::as_select())
        .filter(limits::owner.eq(owner.to_string()))
        .first(link));
    Ok(row.optional()?.map(Into::into))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = approved_countries)]
pub(crate) struct ApprovedRow {
    account_id: AsText<AccountId>,
    country: AsText<Country>,
}

impl From<ApprovedRow> for ApprovedCountry {
    fn from(row: ApprovedRow) -> Self {
        Self {
            account: row.account_id.0,
            country: row.country.0,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = limits)]
#[diesel(primary_key(owner))]
#[diesel(treat_none_as_null = true)]
pub(crate) struct LimitsRow {
    owner: String,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    user_id: Option<AsText<UserId>>,
    toll_legs: Option<i32>,
    legs_a_minute: Option<i32>,
    spend_a_day_micros: Option<i64>,
    max_length_s: Option<i32>,
    approves_countries: bool,
    joins_outside: Option<bool>,
}

impl From<&Limits> for LimitsRow {
    fn from(limits: &Limits) -> Self {
        // More legs than a column holds are no limit that any system reaches.
        let count = |limit: Option<u32>| limit.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
        let (mut reseller_id, mut account_id, mut user_id) = (None, None, None);
        match &limits.owner {
            LimitOwner::System => {}
            LimitOwner::Reseller(id) => reseller_id = Some(AsText(id.clone())),
            LimitOwner::Account(id) => account_id = Some(AsText(id.clone())),
            LimitOwner::User(id) => user_id = Some(AsText(id.clone())),
        }
        Self {
            owner: limits.owner.to_string(),
            reseller_id,
            account_id,
            user_id,
            toll_legs: count(limits.toll_legs),
            legs_a_minute: count(limits.legs_a_minute),
            spend_a_day_micros: limits.spend_a_day_micros,
            max_length_s: count(limits.max_length_s),
            approves_countries: limits.approves_countries,
            joins_outside: limits.joins_outside,
        }
    }
}

impl From<LimitsRow> for Limits {
    fn from(row: LimitsRow) -> Self {
        // The table's CHECKs admit one owner at most and nothing below zero.
        let count = |limit: Option<i32>| limit.and_then(|most| u32::try_from(most).ok());
        let reseller = row.reseller_id.map(|id| LimitOwner::Reseller(id.0));
        let account = row.account_id.map(|id| LimitOwner::Account(id.0));
        let user = row.user_id.map(|id| LimitOwner::User(id.0));
        Self {
            owner: reseller.or(account).or(user).unwrap_or(LimitOwner::System),
            toll_legs: count(row.toll_legs),
            legs_a_minute: count(row.legs_a_minute),
            spend_a_day_micros: row.spend_a_day_micros,
            max_length_s: count(row.max_length_s),
            approves_countries: row.approves_countries,
            joins_outside: row.joins_outside,
        }
    }
}
