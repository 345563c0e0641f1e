//! Lists of callers.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{AccountId, ScreeningId, UserId},
    permission::{Action, Matter},
    screening::{CallerMatch, ScreeningEntry, ScreeningList, ScreeningOwner},
};

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command},
    backend::{at_one_moment, on_backend},
    column::AsText,
    feed::bump_revision,
    mint,
    schema::{screening, users},
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
    /// Finds an entry of a list of callers, whoever's it is: to be removed, he has to be allowed to.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn screening_entry(&self, entry: &ScreeningId) -> Result<ScreeningEntry, Error> {
        let row: Result<ScreeningRow, _> = on_backend!(self, link => screening::table
            .select(ScreeningRow::as_select())
            .filter(screening::id.eq(entry.as_str()))
            .first(link));
        row.optional()?
            .map(Into::into)
            .ok_or_else(|| Error::missing("screening entry", entry))
    }
}

impl Acting {
    /// Adds an entry to a list of callers.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`] for an owner that is not there or not within reach.
    pub async fn add_screening(&self, new: NewScreening) -> Result<ScreeningEntry, Error> {
        let entry = ScreeningEntry {
            id: mint::id("scr")?,
            owner: new.owner,
            list: new.list,
            caller: new.caller,
        };
        let (matter, target) = place_of(&entry.owner);
        command!(self, Action::Write, matter, target, |_permit, link| {
            diesel::insert_into(screening::table)
                .values(ScreeningRow::from(&entry))
                .execute(link)
                .await?;
            bump_revision!(link, "screening" => &entry.owner.to_string());
            let id = entry.id.clone();
            Ok(Done::made(entry, id))
        })
    }

    /// Lists the entries of a user, of an account and its users, or of the system; oldest first.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`] for an owner that is not there or not within reach.
    pub async fn screening(&self, owner: &ScreeningOwner) -> Result<Vec<ScreeningEntry>, Error> {
        let (matter, target) = place_of(owner);
        let rows: Vec<ScreeningRow> = at_one_moment!(self.store(), link => {
            self.permit(Action::Read, matter, &target, &mut *link).await?;
            let query = screening::table
                .select(ScreeningRow::as_select())
                .order(screening::id)
                .into_boxed();
            let query = match owner {
                ScreeningOwner::System => query
                    .filter(screening::account_id.is_null())
                    .filter(screening::user_id.is_null()),
                ScreeningOwner::Account(id) => {
                    let users = users::table.select(users::id).filter(users::account_id.eq(id.as_str()));
                    let of_user = screening::user_id.assume_not_null().eq_any(users);
                    query.filter(screening::account_id.assume_not_null().eq(id.as_str()).or(of_user))
                }
                ScreeningOwner::User(id) => query.filter(screening::user_id.eq(id.as_str())),
            };
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn remove_screening(&self, entry: &ScreeningId) -> Result<(), Error> {
        let found = self.store().screening_entry(entry).await.map(Some);
        let found = found.or_else(|error| {
            if let Error::Missing { .. } = error {
                Ok(None)
            } else {
                Err(error)
            }
        })?;
        let place = found.as_ref().map(|found| place_of(&found.owner));
        let (matter, target) = place.unwrap_or_else(|| (Matter::Forwarding, Target::nobody()));
        let id = entry.clone();
        let removed = command!(self, Action::Write, matter, target, |_permit, link| {
            let found = found.ok_or_else(|| Error::missing("screening entry", &id))?;
            let one = screening::table.filter(screening::id.eq(id.as_str()));
            if diesel::delete(one).execute(link).await? == 0 {
                return Err(Error::missing("screening entry", &id));
            }
            bump_revision!(link, "screening" => &found.owner.to_string());
            Ok(Done::removed((), &found.id, &found))
        });
        removed.map_err(|error: Error| match error {
            // The same as for one that does not exist.
            Error::Missing { .. } => Error::missing("screening entry", entry),
            error => error,
        })
    }
}

/// Says which right an owner's entries need, and where.
fn place_of(owner: &ScreeningOwner) -> (Matter, Target) {
    match owner {
        ScreeningOwner::System => (Matter::System, Target::System),
        ScreeningOwner::Account(id) => (Matter::Forwarding, Target::Account(id.clone())),
        ScreeningOwner::User(id) => (Matter::Forwarding, Target::User(id.clone())),
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
