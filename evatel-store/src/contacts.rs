//! Contacts, users' own and shared ones.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable,
    Selectable, SelectableHelper,
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
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{AnyLink, in_transaction, on_backend, on_link},
    column::{AsJson, AsText},
    mint,
    schema::{contacts, users},
    scope::Only,
    store::bump_revision,
    users::check_user,
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

/// Whether an import only says what it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// It changes nothing.
    DryRun,
    /// It adds what it can, all or nothing.
    Real,
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

impl Store {
    /// Adds a contact.
    ///
    /// # Errors
    /// [`Error::ContactTaken`], [`Error::Missing`] where there is no such owner within the scope.
    pub async fn add_contact(&self, new: NewContact, scope: &Scope) -> Result<Contact, Error> {
        let contact = new.with_id(mint::id("con")?);
        let (row, owner, only) = (ContactRow::from(&contact), contact.owner.clone(), scope.only());
        let added = in_transaction!(self, link => {
            check_owner(&owner, only.as_ref(), link).await?;
            diesel::insert_into(contacts::table).values(row).execute(link).await?;
            bump_revision!(link);
            Ok(())
        });
        added.map_err(|error| {
            error.or_taken(|| Error::ContactTaken {
                name: contact.name.clone(),
            })
        })?;
        Ok(contact)
    }

    /// Adds the contacts of a file in one transaction: all or nothing. What is there already is left as it is, so the
    /// same file may be taken in again.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such owner within the scope.
    pub async fn import_contacts(
        &self,
        entries: Vec<Entry>,
        owner: &ContactOwner,
        mode: ImportMode,
        scope: &Scope,
    ) -> Result<ImportedContacts, Error> {
        let (owner, only) = (owner.clone(), scope.only());
        in_transaction!(self, link => {
            check_owner(&owner, only.as_ref(), link).await?;
            let known: HashMap<String, E164> = names_of(&owner, link).await?.into_iter().collect();
            let mut imported = ImportedContacts::default();
            let mut rows = Vec::new();
            for entry in entries {
                match known.get(entry.name.as_str()) {
                    None => {
                        let contact = NewContact::of_entry(entry, owner.clone()).with_id(mint::id("con")?);
                        rows.push(ContactRow::from(&contact));
                    }
                    Some(number) if *number == entry.number => imported.known += 1,
                    Some(number) => imported.refused.push(Refused {
                        line: entry.line,
                        field: Field::Name,
                        problem: format!("`{}` is a contact already, with {number}", entry.name),
                        remedy: Remedy::RemoveDuplicate,
                    }),
                }
            }
            if imported.refused.is_empty() {
                imported.added = rows.len();
                if mode == ImportMode::Real && !rows.is_empty() {
                    for row in rows {
                        diesel::insert_into(contacts::table).values(row).execute(link).await?;
                    }
                    bump_revision!(link);
                }
            }
            Ok(imported)
        })
    }

    /// Lists the contacts within the scope, by name.
    pub async fn contacts(&self, scope: &Scope) -> Result<Vec<Contact>, Error> {
        let only = scope.only();
        let rows: Vec<ContactRow> = on_backend!(self, link => {
            let mut query = contacts::table
                .select(ContactRow::as_select())
                .order((contacts::name, contacts::id))
                .into_boxed();
            if let Some(only) = &only {
                let own_users = users::table.select(users::id).filter(users::account_id.eq_any(only));
                let of_user = contacts::user_id.assume_not_null().eq_any(own_users);
                query = query.filter(contacts::account_id.assume_not_null().eq_any(only).or(of_user));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a contact.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn remove_contact(&self, contact: &ContactId, scope: &Scope) -> Result<(), Error> {
        let (id, only) = (contact.clone(), scope.only());
        in_transaction!(self, link => {
            let one = contacts::table.filter(contacts::id.eq(id.as_str()));
            let rows: Vec<ContactRow> = one.select(ContactRow::as_select()).load(link).await?;
            let Some(row) = rows.into_iter().next() else { return Err(Error::missing("contact", &id)) };
            let owner = Contact::from(row).owner;
            check_owner(&owner, only.as_ref(), link).await.map_err(|_| Error::missing("contact", &id))?;
            diesel::delete(one).execute(link).await?;
            bump_revision!(link);
            Ok(())
        })
    }
}

async fn check_owner(
    owner: &ContactOwner,
    only: Option<&Only>,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    match owner {
        ContactOwner::Account(id) => check_account(id, only, link).await,
        ContactOwner::User(id) => check_user(id, only, link).await.map(drop),
    }
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

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = contacts)]
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
