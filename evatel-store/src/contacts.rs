//! Contacts.

use diesel::{ExpressionMethods, Insertable, JoinOnDsl, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    contact::{Contact, ContactOwner},
    id::{ContactId, UserId},
    name::Name,
    number::E164,
};

use crate::{
    Error, Scope, Store,
    backend::{in_transaction, on_backend},
    column::AsText,
    mint,
    schema::{contacts, users},
    store::bump_revision,
    users::check_user,
};

/// A contact to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// The name as it is said; unique among the user's contacts.
    pub name: Name,
    /// Where to reach him.
    pub number: E164,
    /// Whose contact it becomes.
    pub user: UserId,
}

impl Store {
    /// Adds a contact.
    ///
    /// # Errors
    /// [`Error::ContactTaken`], [`Error::Missing`] where there is no such user within the scope.
    pub async fn add_contact(&self, new: NewContact, scope: &Scope) -> Result<Contact, Error> {
        let row = ContactRow {
            id: AsText(mint::id("con")?),
            user_id: AsText(new.user),
            name: AsText(new.name),
            number: AsText(new.number),
        };
        let contact = Contact::from(row.clone());
        let only = scope.only();
        let added = in_transaction!(self, link => {
            check_user(&row.user_id.0, only.as_ref(), link).await?;
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

    /// Lists the contacts within the scope, by name.
    pub async fn contacts(&self, scope: &Scope) -> Result<Vec<Contact>, Error> {
        let only = scope.only();
        let rows: Vec<ContactRow> = on_backend!(self, link => {
            let mut query = contacts::table
                .inner_join(users::table.on(users::id.eq(contacts::user_id)))
                .select(ContactRow::as_select())
                .order((contacts::name, contacts::id))
                .into_boxed();
            if let Some(only) = &only {
                query = query.filter(users::account_id.eq_any(only));
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
        let id = contact.clone();
        let only = scope.only();
        in_transaction!(self, link => {
            let owner: Vec<AsText<UserId>> =
                contacts::table.select(contacts::user_id).filter(contacts::id.eq(id.as_str())).load(link).await?;
            let Some(owner) = owner.into_iter().next() else { return Err(Error::missing("contact", &id)) };
            check_user(&owner.0, only.as_ref(), link).await.map_err(|_| Error::missing("contact", &id))?;
            diesel::delete(contacts::table.filter(contacts::id.eq(id.as_str()))).execute(link).await?;
            bump_revision!(link);
            Ok(())
        })
    }
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = contacts)]
pub(crate) struct ContactRow {
    id: AsText<ContactId>,
    user_id: AsText<UserId>,
    name: AsText<Name>,
    number: AsText<E164>,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self::new(
            row.id.0,
            ContactOwner::User(row.user_id.0),
            row.name.0,
            row.number.0,
        )
    }
}
