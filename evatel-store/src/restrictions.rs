//! Restrictions.

use std::{fmt, str::FromStr};

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable,
    Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ResellerId, RestrictionId, UserId},
    name::Name,
    restriction::{Effect, NumberMatch, Restriction, RestrictionOwner},
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    mint,
    schema::{resellers, restrictions, users},
    scope::Only,
    store::bump_revision,
    users::check_user,
};

/// A restriction to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRestriction {
    /// What it says about the numbers.
    pub effect: Effect,
    /// Which numbers it is about.
    pub matches: NumberMatch,
    /// What people call it.
    pub name: Name,
    /// For whom it holds.
    pub owner: RestrictionOwner,
}

impl Store {
    /// Adds a restriction.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner that is not there or not within the scope.
    pub async fn add_restriction(&self, new: NewRestriction, scope: &Scope) -> Result<Restriction, Error> {
        let restriction = Restriction {
            id: mint::id("rst")?,
            name: new.name,
            owner: new.owner,
            matches: new.matches,
            effect: new.effect,
        };
        let row = RestrictionRow::from(&restriction);
        let owner = restriction.owner.clone();
        let scope = scope.clone();
        in_transaction!(self, link => {
            check_owner(&owner, &scope, link).await?;
            diesel::insert_into(restrictions::table).values(row).execute(link).await?;
            bump_revision!(link);
            Ok(())
        })?;
        Ok(restriction)
    }

    /// Lists the restrictions that were set within the scope, oldest first.
    pub async fn restrictions(&self, scope: &Scope) -> Result<Vec<Restriction>, Error> {
        let only = scope.only();
        let rows: Vec<RestrictionRow> = on_backend!(self, link => {
            let mut query =
                restrictions::table.select(RestrictionRow::as_select()).order(restrictions::id).into_boxed();
            if let Some(only) = &only {
                let own_users = users::table.select(users::id).filter(users::account_id.eq_any(only));
                let of_user = restrictions::user_id.assume_not_null().eq_any(own_users);
                query = query.filter(restrictions::account_id.assume_not_null().eq_any(only).or(of_user));
                if let Only::Reseller(reseller) = only {
                    query = query.or_filter(restrictions::reseller_id.eq(reseller.as_str()));
                }
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a restriction.
    ///
    /// # Errors
    /// [`Error::Missing`]; one that an upper owner set is missing for an account.
    pub async fn remove_restriction(&self, restriction: &RestrictionId, scope: &Scope) -> Result<(), Error> {
        let id = restriction.clone();
        let scope = scope.clone();
        in_transaction!(self, link => {
            let one = restrictions::table.filter(restrictions::id.eq(id.as_str()));
            let rows: Vec<RestrictionRow> = one.select(RestrictionRow::as_select()).load(link).await?;
            let Some(row) = rows.into_iter().next() else { return Err(Error::missing("restriction", &id)) };
            let owner = Restriction::from(row).owner;
            check_owner(&owner, &scope, link).await.map_err(|_| Error::missing("restriction", &id))?;
            diesel::delete(one).execute(link).await?;
            bump_revision!(link);
            Ok(())
        })
    }
}

/// Makes sure that the owner is there and within the scope.
async fn check_owner(owner: &RestrictionOwner, scope: &Scope, link: &mut impl AnyLink) -> Result<(), Error> {
    let only = scope.only();
    let known: i64 = match owner {
        RestrictionOwner::System if only.is_none() => return Ok(()),
        RestrictionOwner::System => return Err(Error::missing("owner", "system")),
        RestrictionOwner::Reseller(id) if scope.covers_reseller(id) => {
            on_link!(link, link => resellers::table.filter(resellers::id.eq(id.as_str())).count().get_result(link))?
        }
        RestrictionOwner::Reseller(id) => return Err(Error::missing("reseller", id)),
        RestrictionOwner::Account(id) => return check_account(id, only.as_ref(), link).await,
        RestrictionOwner::User(id) => return check_user(id, only.as_ref(), link).await.map(drop),
    };
    match (known, owner) {
        (0, RestrictionOwner::Reseller(id)) => Err(Error::missing("reseller", id)),
        _ => Ok(()),
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = restrictions)]
pub(crate) struct RestrictionRow {
    id: AsText<RestrictionId>,
    name: AsText<Name>,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    user_id: Option<AsText<UserId>>,
    matches: AsText<MatchText>,
    effect: AsText<Effect>,
}

impl From<&Restriction> for RestrictionRow {
    fn from(restriction: &Restriction) -> Self {
        let (mut reseller_id, mut account_id, mut user_id) = (None, None, None);
        match &restriction.owner {
            RestrictionOwner::System => {}
            RestrictionOwner::Reseller(id) => reseller_id = Some(AsText(id.clone())),
            RestrictionOwner::Account(id) => account_id = Some(AsText(id.clone())),
            RestrictionOwner::User(id) => user_id = Some(AsText(id.clone())),
        }
        Self {
            id: AsText(restriction.id.clone()),
            name: AsText(restriction.name.clone()),
            reseller_id,
            account_id,
            user_id,
            matches: AsText(MatchText(restriction.matches.clone())),
            effect: AsText(restriction.effect),
        }
    }
}

impl From<RestrictionRow> for Restriction {
    fn from(row: RestrictionRow) -> Self {
        // The table's CHECK admits one owner at most.
        let reseller = row.reseller_id.map(|id| RestrictionOwner::Reseller(id.0));
        let account = row.account_id.map(|id| RestrictionOwner::Account(id.0));
        let user = row.user_id.map(|id| RestrictionOwner::User(id.0));
        Self {
            id: row.id.0,
            name: row.name.0,
            owner: reseller.or(account).or(user).unwrap_or(RestrictionOwner::System),
            matches: row.matches.0.0,
            effect: row.effect.0,
        }
    }
}

/// What a restriction is about, in one column: `class:international`, `prefix:33`.
#[derive(Debug, Clone)]
pub(crate) struct MatchText(NumberMatch);

impl fmt::Display for MatchText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            NumberMatch::Class(class) => write!(f, "class:{class}"),
            NumberMatch::Prefix(prefix) => write!(f, "prefix:{}", prefix.as_str()),
        }
    }
}

impl FromStr for MatchText {
    type Err = Box<dyn std::error::Error + Send + Sync>;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("class", word)) => Ok(Self(NumberMatch::Class(word.parse()?))),
            Some(("prefix", digits)) => Ok(Self(NumberMatch::Prefix(digits.parse()?))),
            _ => Err(format!("`{text}` is neither class nor prefix").into()),
        }
    }
}
