//! Contacts, users' own and shared ones.

use std::collections::HashMap;

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    contact::{
        Contact, ContactOwner,
        import::{Entry, Field, Refused, Remedy},
    },
    id::{AccountId, ContactId, UserId},
    name::Name,
    number::E164,
    permission::{Action, Matter},
};
use serde::Serialize;

use crate::{
    Acting, Error, Scope, Store, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::{AsJson, AsText},
    feed::bump_revision,
    mint,
    schema::{contacts, users},
};

/// A contact to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// The name as it is written; unique among the owner's contacts.
    pub name: Name,
    /// How the name is said, if not as it is written.
    pub pronunciation: Option<Name>,
    /// Other names by which one may ask for him.
    pub nicknames: Vec<Name>,
    /// Where he is called.
    pub number: E164,
    /// From where he may call, too.
    pub other_numbers: Vec<E164>,
    /// Whose contact it becomes.
    pub owner: ContactOwner,
}

impl NewContact {
    /// Makes one with one name and one number.
    pub fn new(name: Name, number: E164, owner: ContactOwner) -> Self {
        Self {
            name,
            pronunciation: None,
            nicknames: Vec::new(),
            number,
            other_numbers: Vec::new(),
            owner,
        }
    }

    fn of_entry(entry: Entry, owner: ContactOwner) -> Self {
        Self {
            name: entry.name,
            pronunciation: entry.pronunciation,
            nicknames: entry.nicknames,
            number: entry.number,
            other_numbers: entry.other_numbers,
            owner,
        }
    }

    fn with_id(self, id: ContactId) -> Contact {
        Contact {
            id,
            owner: self.owner,
            name: self.name,
            pronunciation: self.pronunciation,
            nicknames: self.nicknames,
            number: self.number,
            other_numbers: self.other_numbers,
        }
    }
}

/// What to change of a contact; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactChange {
    /// The name as it is written.
    pub name: Option<Name>,
    /// How the name is said; `Some(None)` is as it is written.
    pub pronunciation: Option<Option<Name>>,
    /// Other names by which one may ask for him, all of them.
    pub nicknames: Option<Vec<Name>>,
    /// Where he is called.
    pub number: Option<E164>,
    /// From where he may call, too, all of them.
    pub other_numbers: Option<Vec<E164>>,
}

/// What an import of contacts did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedContacts {
    /// How many contacts are new.
    pub added: usize,
    /// How many were there before with the same name and number; they are left as they are.
    pub known: usize,
    /// The entries whose name is another contact's already; where there is one, nothing was added.
    pub refused: Vec<Refused>,
}

/// Asks for contacts within a scope.
macro_rules! within {
    ($only:expr) => {{
        let query = contacts::table.select(ContactRow::as_select()).into_boxed();
        match $only {
            None => query,
            Some(only) => {
                let own_users = users::table
                    .select(users::id)
                    .filter(users::account_id.eq_any(only));
                let of_user = contacts::user_id.assume_not_null().eq_any(own_users);
                query.filter(contacts::account_id.assume_not_null().eq_any(only).or(of_user))
            }
        }
    }};
}

impl Store {
    /// Finds a contact.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such contact within the scope.
    pub async fn contact(&self, contact: &ContactId, scope: &Scope) -> Result<Contact, Error> {
        let only = scope.only();
        let row: Result<ContactRow, _> = on_backend!(self, link =>
            within!(&only).filter(contacts::id.eq(contact.as_str())).first(link));
        row.optional()?
            .map(Into::into)
            .ok_or_else(|| Error::missing("contact", contact))
    }

    /// Lists the contacts within the scope, by name.
    pub async fn contacts(&self, scope: &Scope) -> Result<Vec<Contact>, Error> {
        let only = scope.only();
        let rows: Vec<ContactRow> = on_backend!(self, link =>
            within!(&only).order((contacts::name, contacts::id)).load(link))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl Acting {
    /// Adds a contact.
    ///
    /// # Errors
    /// [`Error::ContactTaken`], [`Error::Refused`], [`Error::Missing`] where there is no such owner within reach.
    pub async fn add_contact(&self, new: NewContact) -> Result<Contact, Error> {
        let contact = new.with_id(mint::id("con")?);
        let name = contact.name.clone();
        let (matter, target) = place_of(&contact.owner);
        let added = command!(self, Action::Write, matter, target, |_permit, link| {
            diesel::insert_into(contacts::table)
                .values(ContactRow::from(&contact))
                .execute(link)
                .await?;
            bump_revision!(link, "contacts" => &contact.owner.to_string());
            let id = contact.id.clone();
            Ok(Done::made(contact, id))
        });
        added.map_err(|error: Error| error.or_taken(|| Error::ContactTaken { name }))
    }

    /// Changes a contact and gives it as it is now; whose it is stays.
    ///
    /// # Errors
    /// [`Error::ContactTaken`], [`Error::Refused`], [`Error::Missing`].
    pub async fn change_contact(&self, contact: &ContactId, change: ContactChange) -> Result<Contact, Error> {
        let (id, name) = (contact.clone(), change.name.clone());
        let (matter, target) = self.place_of_contact(contact).await?;
        let changed = command!(self, Action::Write, matter, target, |_permit, link| {
            let before = contact_within(&id, &mut *link).await?;
            let after = Contact {
                id: before.id.clone(),
                owner: before.owner.clone(),
                name: change.name.unwrap_or_else(|| before.name.clone()),
                pronunciation: change
                    .pronunciation
                    .unwrap_or_else(|| before.pronunciation.clone()),
                nicknames: change.nicknames.unwrap_or_else(|| before.nicknames.clone()),
                number: change.number.unwrap_or_else(|| before.number.clone()),
                other_numbers: change
                    .other_numbers
                    .unwrap_or_else(|| before.other_numbers.clone()),
            };
            if after != before {
                diesel::update(contacts::table.filter(contacts::id.eq(after.id.as_str())))
                    .set(ContactRow::from(&after))
                    .execute(link)
                    .await?;
                bump_revision!(link, "contacts" => &after.owner.to_string());
            }
            Ok(Done::changed(after.clone(), &after.id, &before, &after))
        });
        changed.map_err(|error: Error| match (error, name) {
            // The same as for one that does not exist.
            (Error::Missing { .. }, _) => Error::missing("contact", contact),
            (error, Some(name)) => error.or_taken(|| Error::ContactTaken { name }),
            (error, None) => error,
        })
    }

    /// Adds the contacts of a file in one transaction: all or nothing. What is there already is left as it is, so the
    /// same file may be taken in again. A rehearsal says what it would do.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`] where there is no such owner within reach.
    pub async fn import_contacts(
        &self,
        entries: Vec<Entry>,
        owner: &ContactOwner,
    ) -> Result<ImportedContacts, Error> {
        let owner = owner.clone();
        let (matter, target) = place_of(&owner);
        command!(self, Action::Write, matter, target, |_permit, link| {
            let known: HashMap<String, E164> = names_of(&owner, &mut *link).await?.into_iter().collect();
            let mut imported = ImportedContacts::default();
            let mut fresh = Vec::new();
            for entry in entries {
                match known.get(entry.name.as_str()) {
                    None => fresh.push(NewContact::of_entry(entry, owner.clone()).with_id(mint::id("con")?)),
                    Some(number) if *number == entry.number => imported.known += 1,
                    Some(number) => imported.refused.push(Refused {
                        line: entry.line,
                        field: Field::Name,
                        problem: format!("`{}` is a contact already, with {number}", entry.name),
                        remedy: Remedy::RemoveDuplicate,
                    }),
                }
            }
            if fresh.is_empty() || !imported.refused.is_empty() {
                return Ok(Done::nothing(imported));
            }
            imported.added = fresh.len();
            for contact in &fresh {
                diesel::insert_into(contacts::table)
                    .values(ContactRow::from(contact))
                    .execute(link)
                    .await?;
            }
            bump_revision!(link, "contacts" => &owner.to_string());
            let told = Imported {
                added: fresh.iter().map(|contact| &contact.id).collect(),
            };
            Ok(Done::replaced(imported, place_of(&owner).1.id(), None, &told))
        })
    }

    /// Lists what somebody may read of the contacts of a user, those that he shares with his account included, or of an
    /// account and its users; by name.
    ///
    /// # Errors
    /// [`Error::Refused`] where he may read neither own nor shared ones, [`Error::Missing`].
    pub async fn contacts(&self, target: &Target) -> Result<Vec<Contact>, Error> {
        let own = self.may(Action::Read, Matter::Contacts, target).await;
        let shared = self.may(Action::Read, Matter::SharedContacts, target).await;
        let (own, shared) = match (own, shared) {
            (Err(error), Err(_)) => return Err(error),
            (own, shared) => (own.is_ok(), shared.is_ok()),
        };
        let readable = if own {
            Matter::Contacts
        } else {
            Matter::SharedContacts
        };
        let scope = at_one_moment!(self.store(), link => {
            Ok(self.permit(Action::Read, readable, target, link).await?.accounts())
        })?;
        let mut contacts = self.store().contacts(&scope).await?;
        contacts.retain(|contact| match (&contact.owner, target) {
            (ContactOwner::Account(_), _) => shared,
            (ContactOwner::User(user), Target::User(wanted)) => own && user == wanted,
            (ContactOwner::User(_), _) => own,
        });
        Ok(contacts)
    }

    /// Removes a contact.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn remove_contact(&self, contact: &ContactId) -> Result<(), Error> {
        let id = contact.clone();
        let (matter, target) = self.place_of_contact(contact).await?;
        let removed = command!(self, Action::Write, matter, target, |_permit, link| {
            let found = contact_within(&id, &mut *link).await?;
            let one = contacts::table.filter(contacts::id.eq(id.as_str()));
            diesel::delete(one).execute(link).await?;
            bump_revision!(link, "contacts" => &found.owner.to_string());
            Ok(Done::removed((), &id, &found))
        });
        removed.map_err(|error: Error| match error {
            // The same as for one that does not exist.
            Error::Missing { .. } => Error::missing("contact", contact),
            error => error,
        })
    }

    /// Says which right a contact needs, and where; nobody's where there is none.
    async fn place_of_contact(&self, contact: &ContactId) -> Result<(Matter, Target), Error> {
        match self.store().contact(contact, &Scope::system()).await {
            Ok(found) => Ok(place_of(&found.owner)),
            Err(Error::Missing { .. }) => Ok((Matter::Contacts, Target::nobody())),
            Err(error) => Err(error),
        }
    }
}

/// What the audit tells of an import.
#[derive(Serialize)]
struct Imported<'a> {
    added: Vec<&'a ContactId>,
}

/// Says which right an owner's contacts need, and where.
fn place_of(owner: &ContactOwner) -> (Matter, Target) {
    match owner {
        ContactOwner::Account(id) => (Matter::SharedContacts, Target::Account(id.clone())),
        ContactOwner::User(id) => (Matter::Contacts, Target::User(id.clone())),
    }
}

async fn contact_within(contact: &ContactId, link: &mut impl AnyLink) -> Result<Contact, Error> {
    let row: Result<ContactRow, _> = on_link!(link, link => contacts::table
        .select(ContactRow::as_select())
        .filter(contacts::id.eq(contact.as_str()))
        .first(link));
    row.optional()?
        .map(Into::into)
        .ok_or_else(|| Error::missing("contact", contact))
}

async fn names_of(owner: &ContactOwner, link: &mut impl AnyLink) -> Result<Vec<(String, E164)>, Error> {
    let rows: Vec<(AsText<Name>, AsText<E164>)> = on_link!(link, link => {
        let mut query = contacts::table.select((contacts::name, contacts::number)).into_boxed();
        query = match owner {
            ContactOwner::Account(id) => query.filter(contacts::account_id.eq(id.as_str())),
            ContactOwner::User(id) => query.filter(contacts::user_id.eq(id.as_str())),
        };
        query.load(link)
    })?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(name, number)| (name.0.to_string(), number.0))
        .collect())
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = contacts, treat_none_as_null = true)]
pub(crate) struct ContactRow {
    id: AsText<ContactId>,
    account_id: Option<AsText<AccountId>>,
    user_id: Option<AsText<UserId>>,
    name: AsText<Name>,
    pronunciation: Option<AsText<Name>>,
    nicknames: AsJson<Vec<Name>>,
    number: AsText<E164>,
    other_numbers: AsJson<Vec<E164>>,
}

impl From<&Contact> for ContactRow {
    fn from(contact: &Contact) -> Self {
        let (account_id, user_id) = match &contact.owner {
            ContactOwner::Account(id) => (Some(AsText(id.clone())), None),
            ContactOwner::User(id) => (None, Some(AsText(id.clone()))),
        };
        Self {
            id: AsText(contact.id.clone()),
            account_id,
            user_id,
            name: AsText(contact.name.clone()),
            pronunciation: contact.pronunciation.clone().map(AsText),
            nicknames: AsJson(contact.nicknames.clone()),
            number: AsText(contact.number.clone()),
            other_numbers: AsJson(contact.other_numbers.clone()),
        }
    }
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        let owner = match (row.account_id, row.user_id) {
            (Some(account), _) => ContactOwner::Account(account.0),
            (None, Some(user)) => ContactOwner::User(user.0),
            (None, None) => unreachable!("the table's CHECK admits one owner"),
        };
        Self {
            id: row.id.0,
            owner,
            name: row.name.0,
            pronunciation: row.pronunciation.map(|name| name.0),
            nicknames: row.nicknames.0,
            number: row.number.0,
            other_numbers: row.other_numbers.0,
        }
    }
}
