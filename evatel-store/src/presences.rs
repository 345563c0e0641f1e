//! When somebody is what: users' presences and accounts' offices.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::User,
    directory::Directory,
    evaluation::{check_office, check_presence},
    id::{AccountId, UserId},
    office::{Office, OfficeState},
    presence::{Presence, Status},
    schedule::{Override, Schedule},
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_link},
    column::{AsJson, AsText},
    schema::{offices, presences},
    store::bump_revision,
    users::check_user,
};

impl Store {
    /// Sets the rules of a user in place of those he had. Where each caller may be sent is checked with `directory`,
    /// here and again at each call.
    ///
    /// # Errors
    /// [`Error::Forward`], [`Error::Missing`] where there is no such user within the scope.
    pub async fn set_presence(
        &self,
        user: &User,
        presence: Presence,
        directory: &Directory,
        scope: &Scope,
    ) -> Result<(), Error> {
        check_presence(&presence, user, directory)?;
        let (id, only) = (user.id.clone(), scope.only());
        in_transaction!(self, link => {
            check_user(&id, only.as_ref(), link).await?;
            put_presence(id, presence, link).await?;
            bump_revision!(link);
            Ok(())
        })
    }

    /// Sets a user's status by hand, or takes the one back that was set; gives the presence that holds now.
    ///
    /// # Errors
    /// [`Error::Missing`] where the user has no rules, [`Error::Presence`] for a status that he does not have,
    /// [`Error::Schedule`] where it ends before it begins.
    pub async fn set_status(
        &self,
        user: &UserId,
        manual: Option<Override<Status>>,
        scope: &Scope,
    ) -> Result<Presence, Error> {
        let (id, only) = (user.clone(), scope.only());
        in_transaction!(self, link => {
            check_user(&id, only.as_ref(), link).await?;
            let row: Option<AsJson<Presence>> = presences::table
                .select(presences::form)
                .filter(presences::user_id.eq(id.as_str()))
                .first(link)
                .await
                .optional()?;
            let Some(AsJson(presence)) = row else { return Err(Error::missing("presence of user", &id)) };
            let mut form = presence.into_form();
            form.schedule = by_hand(form.schedule, manual)?;
            let presence = Presence::new(form).map_err(Error::Presence)?;
            put_presence(id, presence.clone(), link).await?;
            bump_revision!(link);
            Ok(presence)
        })
    }

    /// Removes the rules of a user: his telephone rings whenever he is called.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn remove_presence(&self, user: &UserId, scope: &Scope) -> Result<(), Error> {
        let (id, only) = (user.clone(), scope.only());
        in_transaction!(self, link => {
            check_user(&id, only.as_ref(), link).await?;
            let one = presences::table.filter(presences::user_id.eq(id.as_str()));
            if diesel::delete(one).execute(link).await? == 0 {
                return Err(Error::missing("presence of user", &id));
            }
            bump_revision!(link);
            Ok(())
        })
    }

    /// Sets the hours of an account's office in place of those it had; `operator` answers for its forwards.
    ///
    /// # Errors
    /// [`Error::Forward`], [`Error::Missing`] where there is no such account within the scope.
    pub async fn set_office(
        &self,
        operator: &User,
        office: Office,
        directory: &Directory,
        scope: &Scope,
    ) -> Result<(), Error> {
        check_office(&office, operator, directory)?;
        let (account, only) = (operator.account.clone(), scope.only());
        in_transaction!(self, link => {
            check_account(&account, only.as_ref(), link).await?;
            put_office(account, office, link).await?;
            bump_revision!(link);
            Ok(())
        })
    }

    /// Opens or closes an office by hand, or takes that back; gives the office as it is now.
    ///
    /// # Errors
    /// [`Error::Missing`] where the account has no hours, [`Error::Schedule`] where it ends before it begins.
    pub async fn set_office_status(
        &self,
        account: &AccountId,
        manual: Option<Override<OfficeState>>,
        scope: &Scope,
    ) -> Result<Office, Error> {
        let (id, only) = (account.clone(), scope.only());
        in_transaction!(self, link => {
            check_account(&id, only.as_ref(), link).await?;
            let row: Option<AsJson<Office>> = offices::table
                .select(offices::form)
                .filter(offices::account_id.eq(id.as_str()))
                .first(link)
                .await
                .optional()?;
            let Some(AsJson(office)) = row else { return Err(Error::missing("office of account", &id)) };
            let mut form = office.into_form();
            form.schedule = by_hand(form.schedule, manual)?;
            let office = Office::new(form).expect("its steps were checked when they came");
            put_office(id, office.clone(), link).await?;
            bump_revision!(link);
            Ok(office)
        })
    }

    /// Removes the hours of an account's office: its operator is rung whenever it is called.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn remove_office(&self, account: &AccountId, scope: &Scope) -> Result<(), Error> {
        let (id, only) = (account.clone(), scope.only());
        in_transaction!(self, link => {
            check_account(&id, only.as_ref(), link).await?;
            let one = offices::table.filter(offices::account_id.eq(id.as_str()));
            if diesel::delete(one).execute(link).await? == 0 {
                return Err(Error::missing("office of account", &id));
            }
            bump_revision!(link);
            Ok(())
        })
    }
}

fn by_hand<S>(schedule: Schedule<S>, manual: Option<Override<S>>) -> Result<Schedule<S>, Error> {
    let mut form = schedule.into_form();
    form.manual = manual;
    Ok(Schedule::new(form)?)
}

async fn put_presence(user: UserId, presence: Presence, link: &mut impl AnyLink) -> Result<(), Error> {
    let row = PresenceRow {
        user_id: AsText(user),
        form: AsJson(presence),
    };
    on_link!(link, link => diesel::insert_into(presences::table)
        .values(&row)
        .on_conflict(presences::user_id)
        .do_update()
        .set(&row)
        .execute(link))?;
    Ok(())
}

async fn put_office(account: AccountId, office: Office, link: &mut impl AnyLink) -> Result<(), Error> {
    let row = OfficeRow {
        account_id: AsText(account),
        form: AsJson(office),
    };
    on_link!(link, link => diesel::insert_into(offices::table)
        .values(&row)
        .on_conflict(offices::account_id)
        .do_update()
        .set(&row)
        .execute(link))?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = presences)]
pub(crate) struct PresenceRow {
    user_id: AsText<UserId>,
    form: AsJson<Presence>,
}

impl From<PresenceRow> for (UserId, Presence) {
    fn from(row: PresenceRow) -> Self {
        (row.user_id.0, row.form.0)
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = offices)]
pub(crate) struct OfficeRow {
    account_id: AsText<AccountId>,
    form: AsJson<Office>,
}

impl From<OfficeRow> for (AccountId, Office) {
    fn from(row: OfficeRow) -> Self {
        (row.account_id.0, row.form.0)
    }
}
