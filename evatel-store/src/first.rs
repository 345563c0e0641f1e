//! What a new system begins with.

use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    name::Name,
    number::Extension,
    schedule::Zone,
};

use crate::{
    Error, Store,
    accounts::AccountRow,
    backend::in_transaction,
    feed::bump_revision,
    limits::limit_new_account,
    mint,
    resellers::ResellerRow,
    schema::{accounts, resellers, users},
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
    /// Where the account's clocks are.
    pub zone: Zone,
}

impl Store {
    /// Makes the default reseller, its default professional account on trial with its limits, and that account's user.
    ///
    /// # Errors
    /// [`Error::Repeated`] when there is a default reseller already.
    pub async fn begin(&self, first: FirstRows) -> Result<(Reseller, Account, User), Error> {
        let reseller = Reseller {
            id: mint::id("res")?,
            name: first.reseller,
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        };
        let account = Account {
            id: mint::id("acc")?,
            reseller: reseller.id.clone(),
            name: first.professional.clone(),
            kind: AccountKind::Professional,
            status: AccountStatus::Trial,
            language: first.language,
            zone: first.zone,
            records_calls: false,
            is_default: true,
        };
        let user = User {
            id: mint::id("usr")?,
            account: account.id.clone(),
            name: first.professional,
            extension: first.extension,
            number: UserNo::FIRST,
            roles: Roles::NONE,
            language: None,
            zone: None,
            has_pin: false,
        };
        let named = (reseller.id.clone(), account.id.clone(), user.id.clone());
        let rows = (
            ResellerRow::from(&reseller),
            AccountRow::from(&account),
            UserRow::from(&user),
        );
        let begun = in_transaction!(self, link => {
            diesel::insert_into(resellers::table).values(rows.0).execute(link).await?;
            diesel::insert_into(accounts::table).values(rows.1).execute(link).await?;
            diesel::insert_into(users::table).values(rows.2).execute(link).await?;
            let (reseller, account, user) = (named.0.as_str(), named.1.as_str(), named.2.as_str());
            let limits = limit_new_account(&named.1, &mut *link).await?;
            bump_revision!(link, "resellers" => reseller, "accounts" => account, "users" => user, "limits" => &limits);
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
}
