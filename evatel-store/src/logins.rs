//! Logins: who proves with a name and a password who he is, and what happens when he fails.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{LoginId, ResellerId, UserId},
    login::{Failures, LoginName, NewPassword},
    permission::{Action, Matter, Place},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, in_transaction, on_link},
    column::{AsText, Micros},
    mint, password,
    schema::{accounts, logins, sessions, users},
};

/// Asks for the rows of a table of logins or keys whose owner is at a place of the tree or below it, oldest first.
macro_rules! owned_within {
    ($table:ident, $row:ty, $place:expr) => {{
        let query = $table::table
            .left_join(users::table.on($table::user_id.eq(users::id.nullable())))
            .left_join(accounts::table.on(users::account_id.eq(accounts::id)))
            .select(<$row>::as_select())
            .order($table::id)
            .into_boxed();
        match $place {
            Place::System => query,
            Place::Reseller { reseller, .. } => {
                let id = reseller.to_string();
                query.filter(
                    $table::reseller_id
                        .eq(id.clone())
                        .or(accounts::reseller_id.eq(id)),
                )
            }
            Place::Account(place) => query.filter(users::account_id.eq(place.account.to_string())),
            Place::User { user, .. } => query.filter($table::user_id.eq(user.to_string())),
        }
    }};
}
pub(crate) use owned_within;

/// A login, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Login {
    /// Its id.
    pub id: LoginId,
    /// What is typed.
    pub name: LoginName,
    /// Whose rights it gives.
    pub owner: Owner,
    /// Wrong passwords in a row, the last one counted.
    pub failures: u32,
    /// When the last of them was.
    pub failed_at: Option<Timestamp>,
}

/// Whose rights a login or a key gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum Owner {
    /// An administrator of a reseller.
    Reseller(ResellerId),
    /// An administrator of the system.
    System,
    /// A user.
    User(UserId),
}

/// What became of somebody who gave a name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginVerdict {
    /// Too many wrong ones: not even the right one is taken now.
    Locked {
        /// When one is taken again.
        until: Timestamp,
    },
    /// It is he.
    Right(Login),
    /// It is not, or there is no such name.
    Wrong,
}

impl Login {
    /// Says until when no password is taken.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        let failures = Failures {
            count: self.failures,
            last: self.failed_at,
        };
        failures.locked_until(now)
    }
}

impl Owner {
    /// Gives where it stands.
    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Reseller(id) => Target::Reseller(id.clone()),
            Self::System => Target::System,
            Self::User(id) => Target::User(id.clone()),
        }
    }

    pub(crate) fn reseller(&self) -> Option<AsText<ResellerId>> {
        match self {
            Self::Reseller(id) => Some(AsText(id.clone())),
            _ => None,
        }
    }

    pub(crate) fn user(&self) -> Option<AsText<UserId>> {
        match self {
            Self::User(id) => Some(AsText(id.clone())),
            _ => None,
        }
    }

    pub(crate) fn of(reseller: Option<AsText<ResellerId>>, user: Option<AsText<UserId>>) -> Self {
        match (reseller, user) {
            (Some(reseller), _) => Self::Reseller(reseller.0),
            (None, Some(user)) => Self::User(user.0),
            (None, None) => Self::System,
        }
    }
}

impl Store {
    /// Checks a name and a password.
    ///
    /// The attempt is counted before the hash is computed, so that many at once get no more than the lock allows; a name
    /// that nobody has takes as long as one that somebody has.
    pub async fn log_in(
        &self,
        name: &LoginName,
        given: SecretString,
        now: Timestamp,
    ) -> Result<LoginVerdict, Error> {
        // What nobody can type: longer than any password.
        let given_len = given.expose_secret().len();
        if given_len > evatel_core::login::MAX_PASSWORD_BYTES {
            return Ok(LoginVerdict::Wrong);
        }
        let typed = name.clone();
        let counted: Option<(LoginRow, Failures)> = in_transaction!(self, link => {
            let row: Option<LoginRow> = logins::table
                .select(LoginRow::as_select())
                .filter(logins::name.eq(typed.as_str()))
                .first(link)
                .await
                .optional()?;
            let Some(row) = row else { return Ok(None) };
            let before = row.failures();
            if before.locked_until(now).is_none() {
                count(&row.id.0, before.and_one(now), link).await?;
            }
            Ok(Some((row, before)))
        })?;
        let Some((row, before)) = counted else {
            password::hash(given).await?;
            return Ok(LoginVerdict::Wrong);
        };
        if let Some(until) = before.locked_until(now) {
            return Ok(LoginVerdict::Locked { until });
        }
        if !password::verify(given, row.hash.clone()).await? {
            return Ok(match before.and_one(now).locked_until(now) {
                Some(until) => LoginVerdict::Locked { until },
                None => LoginVerdict::Wrong,
            });
        }
        let id = row.id.0.clone();
        in_transaction!(self, link => { count(&id, Failures::default(), link).await })?;
        Ok(LoginVerdict::Right(Login {
            failures: 0,
            failed_at: None,
            ..row.into()
        }))
    }
}

impl Acting {
    /// Makes a login for somebody.
    ///
    /// # Errors
    /// [`Error::LoginTaken`], [`Error::Refused`], [`Error::Missing`].
    pub async fn add_login(
        &self,
        name: LoginName,
        owner: Owner,
        password: NewPassword,
    ) -> Result<Login, Error> {
        let hash = password::hash(password.expose_secret().into()).await?;
        let login = Login {
            id: mint::id("log")?,
            name: name.clone(),
            owner,
            failures: 0,
            failed_at: None,
        };
        let target = login.owner.target();
        let added = command!(self, Action::Write, Matter::Logins, target, |_permit, link| {
            let row = LoginRow {
                id: AsText(login.id.clone()),
                name: AsText(login.name.clone()),
                reseller_id: login.owner.reseller(),
                user_id: login.owner.user(),
                hash,
                failures: 0,
                failed_at_us: None,
            };
            diesel::insert_into(logins::table)
                .values(row)
                .execute(link)
                .await?;
            let id = login.id.clone();
            Ok(Done::made(login, id))
        });
        added.map_err(|error: Error| error.or_taken(|| Error::LoginTaken { name }))
    }

    /// Lists the logins of a target and, for an account, of its users; oldest first.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn logins(&self, target: &Target) -> Result<Vec<Login>, Error> {
        let rows: Vec<LoginRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Logins, target, &mut *link).await?;
            Ok(owned_within!(logins, LoginRow, &permit.place).load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Sets a login's password anew, opens what wrong ones have locked, and ends its sessions.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn set_password(&self, name: &LoginName, password: NewPassword) -> Result<(), Error> {
        let hash = password::hash(password.expose_secret().into()).await?;
        let login = self.login_called(name).await?;
        command!(
            self,
            Action::Reset,
            Matter::Logins,
            login.owner.target(),
            |_permit, link| {
                let one = logins::table.filter(logins::id.eq(login.id.as_str()));
                diesel::update(one)
                    .set(logins::hash.eq(hash))
                    .execute(link)
                    .await?;
                count(&login.id, Failures::default(), &mut *link).await?;
                diesel::delete(sessions::table.filter(sessions::login_id.eq(login.id.as_str())))
                    .execute(link)
                    .await?;
                Ok(Done::told((), &login.id))
            }
        )
    }

    /// Opens a login that wrong passwords have locked.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn unlock_login(&self, name: &LoginName) -> Result<(), Error> {
        let login = self.login_called(name).await?;
        command!(
            self,
            Action::Reset,
            Matter::Logins,
            login.owner.target(),
            |_permit, link| {
                count(&login.id, Failures::default(), &mut *link).await?;
                Ok(Done::told((), &login.id))
            }
        )
    }

    /// Removes a login; its sessions end.
    ///
    /// # Errors
    /// [`Error::LastLogin`] for the last one of the default account; [`Error::Refused`], [`Error::Missing`].
    pub async fn remove_login(&self, name: &LoginName) -> Result<(), Error> {
        let login = self.login_called(name).await?;
        command!(
            self,
            Action::Write,
            Matter::Logins,
            login.owner.target(),
            |_permit, link| {
                let of_default: Vec<String> = logins::table
                    .inner_join(users::table.on(logins::user_id.eq(users::id.nullable())))
                    .inner_join(accounts::table.on(users::account_id.eq(accounts::id)))
                    .filter(accounts::is_default.eq(true))
                    .select(logins::id)
                    .load(link)
                    .await?;
                if of_default == [login.id.as_str()] {
                    return Err(Error::LastLogin { name: login.name });
                }
                diesel::delete(logins::table.filter(logins::id.eq(login.id.as_str())))
                    .execute(link)
                    .await?;
                Ok(Done::removed((), &login.id, &login))
            }
        )
    }

    /// Finds a login that the actor may read; one of somebody else is the same as none.
    async fn login_called(&self, name: &LoginName) -> Result<Login, Error> {
        let row: Option<LoginRow> = at_one_moment!(self.store(), link => {
            let found = logins::table
                .select(LoginRow::as_select())
                .filter(logins::name.eq(name.as_str()))
                .first(link)
                .await;
            Ok(found.optional()?)
        })?;
        let missing = || Error::missing("login", name);
        let login = row.map(Login::from);
        let target = login.as_ref().map(|login| login.owner.target());
        let target = target.unwrap_or_else(Target::nobody);
        match self.may(Action::Read, Matter::Logins, &target).await {
            Ok(_) => login.ok_or_else(missing),
            Err(Error::Missing { .. }) => Err(missing()),
            Err(error) => Err(error),
        }
    }
}

/// Writes how many failures a login has.
async fn count(login: &LoginId, failures: Failures, link: &mut impl AnyLink) -> Result<(), Error> {
    let counted = i32::try_from(failures.count).unwrap_or(i32::MAX);
    let last = failures.last.map(Timestamp::as_microsecond);
    on_link!(link, link => diesel::update(logins::table.filter(logins::id.eq(login.as_str())))
        .set((logins::failures.eq(counted), logins::failed_at_us.eq(last)))
        .execute(link))?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = logins)]
pub(crate) struct LoginRow {
    id: AsText<LoginId>,
    name: AsText<LoginName>,
    reseller_id: Option<AsText<ResellerId>>,
    user_id: Option<AsText<UserId>>,
    hash: String,
    failures: i32,
    failed_at_us: Option<Micros>,
}

impl LoginRow {
    fn failures(&self) -> Failures {
        Failures {
            count: self.failures.unsigned_abs(),
            last: self.failed_at_us.map(|at| at.0),
        }
    }
}

impl From<LoginRow> for Login {
    fn from(row: LoginRow) -> Self {
        Self {
            failures: row.failures.unsigned_abs(),
            failed_at: row.failed_at_us.map(|at| at.0),
            id: row.id.0,
            name: row.name.0,
            owner: Owner::of(row.reseller_id, row.user_id),
        }
    }
}
