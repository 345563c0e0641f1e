//! Users.

use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::User,
    id::{AccountId, UserId},
    name::Name,
    number::Extension,
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::AsText,
    mint,
    schema::{pins, users},
    scope::Only,
    store::bump_revision,
};

/// A user to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// His account.
    pub account: AccountId,
    /// His extension, unique in the account.
    pub extension: Extension,
    /// His name.
    pub name: Name,
}

impl Store {
    /// Adds a user.
    ///
    /// # Errors
    /// [`Error::ExtensionTaken`], [`Error::Missing`] where there is no such account within the scope.
    pub async fn add_user(&self, new: NewUser, scope: &Scope) -> Result<User, Error> {
        let user = User {
            id: mint::id("usr")?,
            account: new.account,
            name: new.name,
            extension: new.extension,
            has_pin: false,
        };
        let row = UserRow::from(&user);
        let account = user.account.clone();
        let only = scope.only();
        let added = in_transaction!(self, link => {
            check_account(&account, only.as_ref(), link).await?;
            diesel::insert_into(users::table).values(row).execute(link).await?;
            bump_revision!(link);
            Ok(())
        });
        added.map_err(|error| {
            error.or_taken(|| Error::ExtensionTaken {
                extension: user.extension.clone(),
            })
        })?;
        Ok(user)
    }

    /// Lists the users within the scope, oldest first.
    pub async fn users(&self, scope: &Scope) -> Result<Vec<User>, Error> {
        let only = scope.only();
        let rows: Vec<(UserRow, Option<AsText<UserId>>)> = on_backend!(self, link => {
            let mut query = users::table
                .left_join(pins::table.on(pins::user_id.eq(users::id)))
                .select((UserRow::as_select(), pins::user_id.nullable()))
                .order(users::id)
                .into_boxed();
            if let Some(only) = &only {
                query = query.filter(users::account_id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows
            .into_iter()
            .map(|(row, pin)| row.into_user(pin.is_some()))
            .collect())
    }

    /// Gives the user that `evatel init` made: the oldest of the default account.
    pub async fn default_user(&self) -> Result<User, Error> {
        let account = self.default_account().await?;
        let users = self.users(&Scope::account(account.id)).await?;
        users
            .into_iter()
            .next()
            .ok_or_else(|| Error::missing("user", "default"))
    }

    /// Removes a user who has neither device nor DID; his contacts, restrictions and PIN go with him.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::Missing`].
    pub async fn remove_user(&self, user: &UserId, scope: &Scope) -> Result<(), Error> {
        let id = user.clone();
        let only = scope.only();
        let removed = in_transaction!(self, link => {
            check_user(&id, only.as_ref(), link).await?;
            diesel::delete(users::table.filter(users::id.eq(id.as_str()))).execute(link).await?;
            bump_revision!(link);
            Ok(())
        });
        removed.map_err(|error| error.or_in_use("user", user, "a device or a DID"))
    }
}

/// Gives the account of a user within the scope, inside somebody's transaction.
pub(crate) async fn check_user(
    user: &UserId,
    only: Option<&Only>,
    link: &mut impl AnyLink,
) -> Result<AccountId, Error> {
    let account: Result<AsText<AccountId>, _> = on_link!(link, link => {
        let mut query =
            users::table.select(users::account_id).filter(users::id.eq(user.as_str())).into_boxed();
        if let Some(only) = only {
            query = query.filter(users::account_id.eq_any(only));
        }
        query.first(link)
    });
    let account = account.optional()?;
    account
        .map(|account| account.0)
        .ok_or_else(|| Error::missing("user", user))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    id: AsText<UserId>,
    account_id: AsText<AccountId>,
    name: AsText<Name>,
    extension: AsText<ExtensionText>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: AsText(user.id.clone()),
            account_id: AsText(user.account.clone()),
            name: AsText(user.name.clone()),
            extension: AsText(ExtensionText(user.extension.clone())),
        }
    }
}

impl UserRow {
    pub(crate) fn into_user(self, has_pin: bool) -> User {
        User {
            id: self.id.0,
            account: self.account_id.0,
            name: self.name.0,
            extension: self.extension.0.0,
            has_pin,
        }
    }
}

/// An extension is not made to be shown as it is, so it has no `Display` of its own.
#[derive(Debug, Clone)]
pub(crate) struct ExtensionText(Extension);

impl std::fmt::Display for ExtensionText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl std::str::FromStr for ExtensionText {
    type Err = <Extension as std::str::FromStr>::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}
