//! Accounts.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{Account, AccountKind, AccountStatus, Language},
    id::{AccountId, ResellerId},
    name::Name,
};

use crate::{
    Error, Scope, Store,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    schema::accounts,
    scope::Only,
    store::bump_revision,
};

/// What to change of an account; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The assistant's language on its numbers.
    pub language: Option<Language>,
    /// How many legs it may have towards the outside and inside at once.
    pub max_legs: Option<u16>,
    /// Its name.
    pub name: Option<Name>,
    /// Whether its calls are recorded.
    pub records_calls: Option<bool>,
    /// Whether it may call.
    pub status: Option<AccountStatus>,
}

impl Store {
    /// Lists the accounts within the scope, oldest first.
    pub async fn accounts(&self, scope: &Scope) -> Result<Vec<Account>, Error> {
        let only = scope.only();
        let rows: Vec<AccountRow> = on_backend!(self, link => {
            let mut query = accounts::table.select(AccountRow::as_select()).order(accounts::id).into_boxed();
            if let Some(only) = &only {
                query = query.filter(accounts::id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Gives the account that `evatel init` made.
    pub async fn default_account(&self) -> Result<Account, Error> {
        let row: Option<AccountRow> = on_backend!(self, link =>
            accounts::table.select(AccountRow::as_select()).filter(accounts::is_default.eq(true)).first(link))
        .optional()?;
        row.map(Into::into)
            .ok_or_else(|| Error::missing("account", "default"))
    }

    /// Changes an account and gives it as it is now.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none within the scope.
    pub async fn change_account(
        &self,
        account: &AccountId,
        change: AccountChange,
        scope: &Scope,
    ) -> Result<Account, Error> {
        let id = account.clone();
        let changes = AccountChanges {
            language: change.language.map(AsText),
            max_legs: change.max_legs.map(i32::from),
            name: change.name.map(AsText),
            records_calls: change.records_calls,
            status: change.status.map(AsText),
        };
        let only = scope.only();
        let row: AccountRow = in_transaction!(self, link => {
            check_account(&id, only.as_ref(), link).await?;
            let one = accounts::table.filter(accounts::id.eq(id.as_str()));
            if !changes.is_empty() {
                diesel::update(one).set(&changes).execute(link).await?;
                bump_revision!(link);
            }
            let row = one.select(AccountRow::as_select()).first(link).await.optional()?;
            row.ok_or_else(|| Error::missing("account", &id))
        })?;
        Ok(row.into())
    }
}

/// Makes sure of an account within the scope, inside somebody's transaction.
pub(crate) async fn check_account(
    account: &AccountId,
    only: Option<&Only>,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let known: i64 = on_link!(link, link => {
        let mut query = accounts::table.filter(accounts::id.eq(account.as_str())).count().into_boxed();
        if let Some(only) = only {
            query = query.filter(accounts::id.eq_any(only));
        }
        query.get_result(link)
    })?;
    if known == 0 {
        return Err(Error::missing("account", account));
    }
    Ok(())
}

#[derive(AsChangeset)]
#[diesel(table_name = accounts)]
struct AccountChanges {
    language: Option<AsText<Language>>,
    max_legs: Option<i32>,
    name: Option<AsText<Name>>,
    records_calls: Option<bool>,
    status: Option<AsText<AccountStatus>>,
}

impl AccountChanges {
    fn is_empty(&self) -> bool {
        let Self {
            language,
            max_legs,
            name,
            records_calls,
            status,
        } = self;
        language.is_none()
            && max_legs.is_none()
            && name.is_none()
            && records_calls.is_none()
            && status.is_none()
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub(crate) struct AccountRow {
    id: AsText<AccountId>,
    reseller_id: AsText<ResellerId>,
    name: AsText<Name>,
    kind: AsText<AccountKind>,
    status: AsText<AccountStatus>,
    language: AsText<Language>,
    records_calls: bool,
    is_default: bool,
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        Self {
            id: AsText(account.id.clone()),
            reseller_id: AsText(account.reseller.clone()),
            name: AsText(account.name.clone()),
            kind: AsText(account.kind),
            status: AsText(account.status),
            language: AsText(account.language),
            records_calls: account.records_calls,
            is_default: account.is_default,
        }
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id.0,
            reseller: row.reseller_id.0,
            name: row.name.0,
            kind: row.kind.0,
            status: row.status.0,
            language: row.language.0,
            records_calls: row.records_calls,
            is_default: row.is_default,
        }
    }
}
