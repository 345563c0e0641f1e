//! Lists of callers.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable,
    Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ScreeningId, UserId},
    screening::{CallerMatch, ScreeningEntry, ScreeningList, ScreeningOwner},
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_backend},
    column::AsText,
    mint,
    schema::{screening, users},
    scope::Only,
    store::bump_revision,
    users::check_user,
};

/// An entry to be added to a list of callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScreening {
    /// Which callers it is about.
    pub caller: CallerMatch,
    /// On which list it goes.
    pub list: ScreeningList,
    /// For whose calls it holds.
    pub owner: ScreeningOwner,
}

impl Store {
    /// Adds an entry to a list of callers.
    ///
    /// # Errors
    /// [`Error::Missing`] for an owner that is not there or not within the scope.
    pub async fn add_screening(&self, new: NewScreening, scope: &Scope) -> Result<ScreeningEntry, Error> {
        let entry = ScreeningEntry {
            id: mint::id("scr")?,
            owner: new.owner,
            list: new.list,
            caller: new.caller,
        };
        let (row, owner, only) = (ScreeningRow::from(&entry), entry.owner.clone(), scope.only());
        in_transaction!(self, link => {
            check_owner(&owner, only.as_ref(), link).await?;
            diesel::insert_into(screening::table).values(row).execute(link).await?;
            bump_revision!(link);
            Ok(())
        })?;
        Ok(entry)
    }

    /// Lists the entries that were set within the scope, oldest first.
    pub async fn screening(&self, scope: &Scope) -> Result<Vec<ScreeningEntry>, Error> {
        let only = scope.only();
        let rows: Vec<ScreeningRow> = on_backend!(self, link => {
            let mut query =
                screening::table.select(ScreeningRow::as_select()).order(screening::id).into_boxed();
            if let Some(only) = &only {
                let own_users = users::table.select(users::id).filter(users::account_id.eq_any(only));
                let of_user = screening::user_id.assume_not_null().eq_any(own_users);
                query = query.filter(screening::account_id.assume_not_null().eq_any(only).or(of_user));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// [`Error::Missing`]; one that an upper owner set is missing for an account.
    pub async fn remove_screening(&self, entry: &ScreeningId, scope: &Scope) -> Result<(), Error> {
        let (id, only) = (entry.clone(), scope.only());
        in_transaction!(self, link => {
            let one = screening::table.filter(screening::id.eq(id.as_str()));
            let rows: Vec<ScreeningRow> = one.select(ScreeningRow::as_select()).load(link).await?;
            let Some(row) = rows.into_iter().next() else { return Err(Error::missing("screening entry", &id)) };
            let owner = ScreeningEntry::from(row).owner;
            check_owner(&owner, only.as_ref(), link).await.map_err(|_| Error::missing("screening entry", &id))?;
            diesel::delete(one).execute(link).await?;
            bump_revision!(link);
            Ok(())
        })
    }
}

async fn check_owner(
    owner: &ScreeningOwner,
    only: Option<&Only>,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    match owner {
        ScreeningOwner::System if only.is_none() => Ok(()),
        ScreeningOwner::System => Err(Error::missing("owner", "system")),
        ScreeningOwner::Account(id) => check_account(id, only, link).await,
        ScreeningOwner::User(id) => check_user(id, only, link).await.map(drop),
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = screening)]
pub(crate) struct ScreeningRow {
    id: AsText<ScreeningId>,
    account_id: Option<AsText<AccountId>>,
    user_id: Option<AsText<UserId>>,
    list: AsText<ScreeningList>,
    caller: AsText<CallerMatch>,
}

impl From<&ScreeningEntry> for ScreeningRow {
    fn from(entry: &ScreeningEntry) -> Self {
        let (account_id, user_id) = match &entry.owner {
            ScreeningOwner::System => (None, None),
            ScreeningOwner::Account(id) => (Some(AsText(id.clone())), None),
            ScreeningOwner::User(id) => (None, Some(AsText(id.clone()))),
        };
        Self {
            id: AsText(entry.id.clone()),
            account_id,
            user_id,
            list: AsText(entry.list),
            caller: AsText(entry.caller.clone()),
        }
    }
}

impl From<ScreeningRow> for ScreeningEntry {
    fn from(row: ScreeningRow) -> Self {
        let owner = match (row.account_id, row.user_id) {
            (Some(account), _) => ScreeningOwner::Account(account.0),
            (None, Some(user)) => ScreeningOwner::User(user.0),
            (None, None) => ScreeningOwner::System,
        };
        Self {
            id: row.id.0,
            owner,
            list: row.list.0,
            caller: row.caller.0,
        }
    }
}
