//! Limits on toll, and the countries that accounts had approved.

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    country::Country,
    id::{AccountId, ResellerId, UserId},
    limit::{ApprovedCountry, LimitOwner, Limits},
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    schema::{approved_countries, limits, resellers, users},
    scope::Only,
    store::bump_revision,
    users::check_user,
};

impl Store {
    /// Sets the limits of an owner, in place of those that he has.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner that is not there or not within the scope. An account may limit itself and its
    /// users, and let nobody outside be joined to toll: `joins_outside` is the reseller's and the system's to allow.
    pub async fn set_limits(&self, new: Limits, scope: &Scope) -> Result<(), Error> {
        if matches!(scope.only(), Some(Only::Account(_))) && new.joins_outside == Some(true) {
            return Err(Error::missing("level", "reseller"));
        }
        let row = LimitsRow::from(&new);
        let (owner, scope) = (new.owner, scope.clone());
        in_transaction!(self, link => {
            check_owner(&owner, &scope, link).await?;
            diesel::insert_into(limits::table)
                .values(&row)
                .on_conflict(limits::owner)
                .do_update()
                .set(&row)
                .execute(link)
                .await?;
            bump_revision!(link, "limits" => &owner.to_string());
            Ok(())
        })
    }

    /// Lists the limits of the owners within the scope, by owner.
    pub async fn limits(&self, scope: &Scope) -> Result<Vec<Limits>, Error> {
        let only = scope.only();
        let rows: Vec<LimitsRow> = on_backend!(self, link => {
            let mut query = limits::table.select(LimitsRow::as_select()).order(limits::owner).into_boxed();
            if let Some(only) = &only {
                let own_users = users::table
                    .select(users::id)
                    .filter(users::account_id.eq_any(only));
                let of_user = limits::user_id.assume_not_null().eq_any(own_users);
                query = query.filter(limits::account_id.assume_not_null().eq_any(only).or(of_user));
                if let Only::Reseller(reseller) = only {
                    query = query.or_filter(limits::reseller_id.eq(reseller.as_str()));
                }
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Lets an account call a country where its limits ask for that. Not for the account itself to do.
    ///
    /// # Errors
    /// [`Error::Missing`] for an account that is not there, and for one that would approve its own.
    pub async fn approve_country(&self, new: ApprovedCountry, scope: &Scope) -> Result<(), Error> {
        if matches!(scope.only(), Some(Only::Account(_))) {
            return Err(Error::missing("account", &new.account));
        }
        let owner = LimitOwner::Account(new.account.clone());
        let scope = scope.clone();
        in_transaction!(self, link => {
            check_owner(&owner, &scope, link).await?;
            diesel::insert_into(approved_countries::table)
                .values(ApprovedRow { account_id: AsText(new.account.clone()), country: AsText(new.country) })
                .on_conflict_do_nothing()
                .execute(link)
                .await?;
            bump_revision!(link, "approved_countries" => new.account.as_str());
            Ok(())
        })
    }
}

/// Makes sure that the owner is there and within the scope.
async fn check_owner(owner: &LimitOwner, scope: &Scope, link: &mut impl AnyLink) -> Result<(), Error> {
    let only = scope.only();
    let known: i64 = match owner {
        LimitOwner::System if only.is_none() => return Ok(()),
        LimitOwner::System => return Err(Error::missing("owner", "system")),
        LimitOwner::Reseller(id) if scope.covers_reseller(id) => {
            let one = resellers::table.filter(resellers::id.eq(id.as_str()));
            on_link!(link, link => one.count().get_result(link))?
        }
        LimitOwner::Reseller(_) => 0,
        LimitOwner::Account(id) => return check_account(id, only.as_ref(), link).await,
        LimitOwner::User(id) => return check_user(id, only.as_ref(), link).await.map(drop),
    };
    match (known, owner) {
        (0, LimitOwner::Reseller(id)) => Err(Error::missing("reseller", id)),
        _ => Ok(()),
    }
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
