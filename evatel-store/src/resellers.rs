//! Resellers, and what a new system begins with.

use diesel::{Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{Account, AccountKind, AccountStatus, Language, Reseller, User},
    id::ResellerId,
    name::Name,
    number::Extension,
};

use crate::{
    Error, Store,
    accounts::AccountRow,
    backend::{in_transaction, on_backend},
    column::AsText,
    mint,
    schema::{accounts, resellers, users},
    store::bump_revision,
    users::UserRow,
};

/// What `evatel init` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstRows {
    /// Trade name of the default reseller.
    pub reseller: Name,
    /// Name of the default professional, of the account and of its user.
    pub professional: Name,
    /// The language of the account.
    pub language: Language,
    /// The user's extension.
    pub extension: Extension,
}

impl Store {
    /// Makes the default reseller, its default professional account and that account's user.
    ///
    /// # Errors
    /// [`Error::Repeated`] when there is a default reseller already.
    pub async fn begin(&self, first: FirstRows) -> Result<(Reseller, Account, User), Error> {
        let reseller = Reseller {
            id: mint::id("res")?,
            name: first.reseller,
            is_default: true,
        };
        let account = Account {
            id: mint::id("acc")?,
            reseller: reseller.id.clone(),
            name: first.professional.clone(),
            kind: AccountKind::Professional,
            status: AccountStatus::Active,
            language: first.language,
            records_calls: false,
            is_default: true,
        };
        let user = User {
            id: mint::id("usr")?,
            account: account.id.clone(),
            name: first.professional,
            extension: first.extension,
            has_pin: false,
        };
        let rows = (
            ResellerRow::from(&reseller),
            AccountRow::from(&account),
            UserRow::from(&user),
        );
        let begun = in_transaction!(self, link => {
            diesel::insert_into(resellers::table).values(rows.0).execute(link).await?;
            diesel::insert_into(accounts::table).values(rows.1).execute(link).await?;
            diesel::insert_into(users::table).values(rows.2).execute(link).await?;
            bump_revision!(link);
            Ok(())
        });
        begun.map_err(|error| {
            error.or_taken(|| Error::Repeated {
                what: "default reseller",
                id: reseller.id.to_string(),
            })
        })?;
        Ok((reseller, account, user))
    }

    /// Lists all resellers, oldest first.
    pub async fn resellers(&self) -> Result<Vec<Reseller>, Error> {
        let rows: Vec<ResellerRow> = on_backend!(self, link =>
            resellers::table.select(ResellerRow::as_select()).order(resellers::id).load(link))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = resellers)]
pub(crate) struct ResellerRow {
    id: AsText<ResellerId>,
    name: AsText<Name>,
    is_default: bool,
}

impl From<&Reseller> for ResellerRow {
    fn from(reseller: &Reseller) -> Self {
        Self {
            id: AsText(reseller.id.clone()),
            name: AsText(reseller.name.clone()),
            is_default: reseller.is_default,
        }
    }
}

impl From<ResellerRow> for Reseller {
    fn from(row: ResellerRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name.0,
            is_default: row.is_default,
        }
    }
}
