//! When somebody is what: users' presences and accounts' offices.

use std::sync::Arc;

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::AccountKind,
    directory::Directory,
    evaluation::{check_office, check_presence},
    id::{AccountId, UserId},
    office::{Office, OfficeState},
    permission::{Action, Matter, Principal},
    presence::{Presence, Status},
    schedule::{Override, Schedule},
};
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::{AsJson, AsText},
    feed::bump_revision,
    schema::{offices, presences},
    users::user_within,
};

impl Acting {
    /// Sets the rules of a user in place of those he had. Where each caller may be sent is checked with `directory`,
    /// here and again at each call.
    ///
    /// # Errors
    /// [`Error::Forward`], [`Error::Refused`], [`Error::Missing`] where there is no such user within reach.
    pub async fn set_presence(
        &self,
        user: &UserId,
        presence: Presence,
        directory: &Arc<Directory>,
    ) -> Result<(), Error> {
        let (id, directory) = (user.clone(), directory.clone());
        let target = Target::User(user.clone());
        command!(
            self,
            Action::Write,
            Matter::Forwarding,
            target,
            |_permit, link| {
                let user = user_within(&id, &mut *link).await?;
                check_presence(&presence, &user, &directory)?;
                let before = presence_within(&id, &mut *link).await?;
                put_presence(id.clone(), presence.clone(), &mut *link).await?;
                bump_revision!(link, "presences" => id.as_str());
                Ok(Done::replaced((), &id, before.as_ref(), &presence))
            }
        )
    }

    /// Sets a user's status by hand, or takes the one back that was set; gives the presence that holds now.
    ///
    /// # Errors
    /// [`Error::Missing`] where the user has no rules, [`Error::Presence`] for a status that he does not have,
    /// [`Error::Schedule`] where it ends before it begins, [`Error::Refused`].
    pub async fn set_status(
        &self,
        user: &UserId,
        manual: Option<Override<Status>>,
    ) -> Result<Presence, Error> {
        let id = user.clone();
        let target = Target::User(user.clone());
        command!(
            self,
            Action::Write,
            Matter::Forwarding,
            target,
            |_permit, link| {
                let before = presence_within(&id, &mut *link).await?;
                let before = before.ok_or_else(|| Error::missing("presence of user", &id))?;
                let set = before.by_hand(manual)?;
                put_presence(id.clone(), set.value.clone(), &mut *link).await?;
                bump_revision!(link, "presences" => id.as_str());
                Ok(set.told(&id))
            }
        )
    }

    /// Removes the rules of a user: his telephone rings whenever he is called.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn remove_presence(&self, user: &UserId) -> Result<(), Error> {
        let id = user.clone();
        let target = Target::User(user.clone());
        command!(
            self,
            Action::Write,
            Matter::Forwarding,
            target,
            |_permit, link| {
                let before = presence_within(&id, &mut *link).await?;
                let before = before.ok_or_else(|| Error::missing("presence of user", &id))?;
                diesel::delete(presences::table.filter(presences::user_id.eq(id.as_str())))
                    .execute(link)
                    .await?;
                bump_revision!(link, "presences" => id.as_str());
                Ok(Done::removed((), &id, &before))
            }
        )
    }

    /// Sets the hours of an account's office in place of those it had; `operator`, one of its users, answers for its
    /// forwards.
    ///
    /// # Errors
    /// [`Error::Forward`], [`Error::Refused`], [`Error::Missing`] where there is no such user within reach.
    pub async fn set_office(
        &self,
        operator: &UserId,
        office: Office,
        directory: &Arc<Directory>,
    ) -> Result<(), Error> {
        let (operator, directory) = (operator.clone(), directory.clone());
        let target = Target::User(operator.clone());
        command!(self, Action::Write, Matter::Hours, target, |_permit, link| {
            let operator = user_within(&operator, &mut *link).await?;
            check_office(&office, &operator, &directory)?;
            let account = operator.account;
            let before = office_within(&account, &mut *link).await?;
            put_office(account.clone(), office.clone(), &mut *link).await?;
            bump_revision!(link, "offices" => account.as_str());
            Ok(Done::replaced((), &account, before.as_ref(), &office))
        })
    }

    /// Opens or closes an office by hand, or takes that back; gives the office as it is now.
    ///
    /// # Errors
    /// [`Error::Missing`] where the account has no hours, [`Error::Schedule`] where it ends before it begins,
    /// [`Error::Refused`].
    pub async fn set_office_status(
        &self,
        account: &AccountId,
        manual: Option<Override<OfficeState>>,
    ) -> Result<Office, Error> {
        let id = account.clone();
        let (matter, target) = (self.office_status(), Target::Account(account.clone()));
        command!(self, Action::Write, matter, target, |_permit, link| {
            let before = office_within(&id, &mut *link).await?;
            let before = before.ok_or_else(|| Error::missing("office of account", &id))?;
            let set = before.by_hand(manual)?;
            put_office(id.clone(), set.value.clone(), &mut *link).await?;
            bump_revision!(link, "offices" => id.as_str());
            Ok(set.told(&id))
        })
    }

    /// Removes the hours of an account's office: its operator is rung whenever it is called.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn remove_office(&self, account: &AccountId) -> Result<(), Error> {
        let id = account.clone();
        let target = Target::Account(account.clone());
        command!(self, Action::Write, Matter::Hours, target, |_permit, link| {
            let before = office_within(&id, &mut *link).await?;
            let before = before.ok_or_else(|| Error::missing("office of account", &id))?;
            diesel::delete(offices::table.filter(offices::account_id.eq(id.as_str())))
                .execute(link)
                .await?;
            bump_revision!(link, "offices" => id.as_str());
            Ok(Done::removed((), &id, &before))
        })
    }

    /// Gives a user's rules; none where he has none.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`] where there is no such user within reach.
    pub async fn presence(&self, user: &UserId) -> Result<Option<Presence>, Error> {
        let target = Target::User(user.clone());
        at_one_moment!(self.store(), link => {
            self.permit(Action::Read, Matter::Forwarding, &target, &mut *link).await?;
            presence_within(user, link).await
        })
    }

    /// Gives the hours of an account's office; none where it has none.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`] where there is no such account within reach.
    pub async fn office(&self, account: &AccountId) -> Result<Option<Office>, Error> {
        let target = Target::Account(account.clone());
        at_one_moment!(self.store(), link => {
            self.permit(Action::Read, Matter::Hours, &target, &mut *link).await?;
            office_within(account, link).await
        })
    }

    /// Gives the matter of an office's status: a company's receptionist may set it who may not set the hours; a
    /// professional's is part of his hours.
    fn office_status(&self) -> Matter {
        match self.actor().principal() {
            Principal::Account {
                kind: AccountKind::Professional,
                ..
            }
            | Principal::User {
                kind: AccountKind::Professional,
                ..
            } => Matter::Hours,
            _ => Matter::OfficeStatus,
        }
    }
}

/// What goes by a schedule that somebody may overrule by hand.
trait Scheduled: Sized {
    type State: Clone + Serialize;

    fn schedule(&self) -> &Schedule<Self::State>;
    fn with(self, schedule: Schedule<Self::State>) -> Result<Self, Error>;

    /// Overrules the schedule, or takes that back.
    fn by_hand(self, manual: Option<Override<Self::State>>) -> Result<Set<Self>, Error> {
        let mut form = self.schedule().clone().into_form();
        let before = ByHand {
            by_hand: std::mem::replace(&mut form.manual, manual.clone()),
        };
        Ok(Set {
            value: self.with(Schedule::new(form)?)?,
            before,
            after: ByHand { by_hand: manual },
        })
    }
}

impl Scheduled for Presence {
    type State = Status;

    fn schedule(&self) -> &Schedule<Status> {
        Self::schedule(self)
    }

    fn with(self, schedule: Schedule<Status>) -> Result<Self, Error> {
        let mut form = self.into_form();
        form.schedule = schedule;
        Self::new(form).map_err(Error::Presence)
    }
}

impl Scheduled for Office {
    type State = OfficeState;

    fn schedule(&self) -> &Schedule<OfficeState> {
        Self::schedule(self)
    }

    fn with(self, schedule: Schedule<OfficeState>) -> Result<Self, Error> {
        let mut form = self.into_form();
        form.schedule = schedule;
        Ok(Self::new(form).expect("its steps were checked when they came"))
    }
}

/// A schedule's owner after it was overruled.
struct Set<T: Scheduled> {
    value: T,
    before: ByHand<T::State>,
    after: ByHand<T::State>,
}

impl<T: Scheduled> Set<T> {
    fn told(self, object: impl ToString) -> Done<T> {
        Done::changed(self.value, object, &self.before, &self.after)
    }
}

/// What the audit tells of a status that was set by hand.
#[derive(Serialize)]
struct ByHand<S> {
    by_hand: Option<Override<S>>,
}

async fn presence_within(user: &UserId, link: &mut impl AnyLink) -> Result<Option<Presence>, Error> {
    let row: Result<AsJson<Presence>, _> = on_link!(link, link => presences::table
        .select(presences::form)
        .filter(presences::user_id.eq(user.as_str()))
        .first(link));
    Ok(row.optional()?.map(|row| row.0))
}

async fn office_within(account: &AccountId, link: &mut impl AnyLink) -> Result<Option<Office>, Error> {
    let row: Result<AsJson<Office>, _> = on_link!(link, link => offices::table
        .select(offices::form)
        .filter(offices::account_id.eq(account.as_str()))
        .first(link));
    Ok(row.optional()?.map(|row| row.0))
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
