//! Accounts.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{Account, AccountKind, AccountStatus, Language, rules},
    did::DidState,
    id::{AccountId, ResellerId},
    name::Name,
    permission::{Action, Matter, Place},
    schedule::Zone,
};

use crate::{
    Acting, Error, Scope, Store, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    did_rows,
    feed::bump_revision,
    limits::limit_new_account,
    mint,
    resellers::reseller_within,
    schema::accounts,
};

/// An account to be opened; it begins on trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Who sells it.
    pub reseller: ResellerId,
    /// The company's or the person's name.
    pub name: Name,
    /// Many users or one.
    pub kind: AccountKind,
    /// The assistant's language on its numbers.
    pub language: Language,
    /// Where its clocks are.
    pub zone: Zone,
}

/// What to change of an account; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The assistant's language on its numbers.
    pub language: Option<Language>,
    /// How many legs it may have towards the outside and inside at once.
    pub max_legs: Option<u16>,
    /// Its name.
    pub name: Option<Name>,
    /// Whether its calls are recorded.
    pub records_calls: Option<bool>,
    /// Where it stands between trial and closed.
    pub status: Option<AccountStatus>,
    /// Where its clocks are.
    pub zone: Option<Zone>,
}

impl Store {
    /// Lists the accounts within the scope, oldest first.
    pub async fn accounts(&self, scope: &Scope) -> Result<Vec<Account>, Error> {
        let only = scope.only();
        let rows: Vec<AccountRow> = on_backend!(self, link => {
            let mut query = accounts::table.select(AccountRow::as_select()).order(accounts::id).into_boxed();
            if let Some(only) = &only {
                query = query.filter(accounts::id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Gives the account that `evatel init` made.
    pub async fn default_account(&self) -> Result<Account, Error> {
        let row: Option<AccountRow> = on_backend!(self, link =>
            accounts::table.select(AccountRow::as_select()).filter(accounts::is_default.eq(true)).first(link))
        .optional()?;
        row.map(Into::into)
            .ok_or_else(|| Error::missing("account", "default"))
    }
}

impl Acting {
    /// Opens an account, with the limits of [`Limits::of_new_account`](evatel_core::limit::Limits::of_new_account).
    ///
    /// # Errors
    /// [`Error::Broken`] where its reseller is closed; [`Error::Refused`], [`Error::Missing`].
    pub async fn add_account(&self, new: NewAccount) -> Result<Account, Error> {
        let account = Account {
            id: mint::id("acc")?,
            reseller: new.reseller.clone(),
            name: new.name,
            kind: new.kind,
            status: AccountStatus::Trial,
            language: new.language,
            zone: new.zone,
            records_calls: false,
            is_default: false,
        };
        let target = Target::Reseller(new.reseller);
        command!(self, Action::Add, Matter::Accounts, target, |_permit, link| {
            rules::check_sells(&reseller_within(&account.reseller, &mut *link).await?)?;
            let row = AccountRow::from(&account);
            diesel::insert_into(accounts::table)
                .values(row)
                .execute(link)
                .await?;
            let limits = limit_new_account(&account.id, &mut *link).await?;
            bump_revision!(link, "accounts" => account.id.as_str(), "limits" => &limits);
            let id = account.id.clone();
            Ok(Done::made(account, id))
        })
    }

    /// Lists the accounts of a reseller, or of all of them, or one, oldest first.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn accounts(&self, target: &Target) -> Result<Vec<Account>, Error> {
        let rows: Vec<AccountRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Accounts, target, &mut *link).await?;
            let mut query = accounts::table.select(AccountRow::as_select()).order(accounts::id).into_boxed();
            match &permit.place {
                Place::System => {}
                Place::Reseller { reseller, .. } => {
                    query = query.filter(accounts::reseller_id.eq(reseller.to_string()));
                }
                Place::Account(place) | Place::User { account: place, .. } => {
                    query = query.filter(accounts::id.eq(place.account.to_string()));
                }
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Changes an account and gives it as it is now. Its language, zone and recording are its own affair; its name, state
    /// and limits are its reseller's. Closing keeps its rows; its numbers rest, and what it pays for ends with the month.
    ///
    /// # Errors
    /// [`Error::Broken`] for a state that it cannot have; [`Error::Refused`], [`Error::Missing`].
    pub async fn change_account(&self, account: &AccountId, change: AccountChange) -> Result<Account, Error> {
        let id = account.clone();
        let wanted = change.rights();
        let target = Target::Account(account.clone());
        // The first right opens the command and names it in the audit; the others are asked within.
        let Some((&(action, matter), others)) = wanted.split_first() else {
            let scope = self.reading(Matter::Accounts, &target).await?;
            let found = self.store().accounts(&scope).await?;
            return found
                .into_iter()
                .next()
                .ok_or_else(|| Error::missing("account", account));
        };
        let (asker, also, others) = (self.clone(), target.clone(), others.to_vec());
        command!(self, action, matter, target, |permit, link| {
            for (action, matter) in &others {
                asker.permit(*action, *matter, &also, &mut *link).await?;
            }
            let before = account_within(&id, &mut *link).await?;
            let mut after = before.clone();
            if let Some(status) = change.status {
                let numbers = did_rows::reaching(&before, &mut *link).await?;
                after.status = rules::check_status(&before, status, numbers)?;
            }
            after.language = change.language.unwrap_or(before.language);
            after.name = change.name.unwrap_or_else(|| before.name.clone());
            after.records_calls = change.records_calls.unwrap_or(before.records_calls);
            after.zone = change.zone.unwrap_or_else(|| before.zone.clone());
            let one = accounts::table.filter(accounts::id.eq(id.as_str()));
            let mut told = Done::changed(after.clone(), &id, &before, &after);
            if before != after {
                diesel::update(one)
                    .set(AccountRow::from(&after))
                    .execute(link)
                    .await?;
                bump_revision!(link, "accounts" => id.as_str());
            }
            if after.status == AccountStatus::Closed && before.status != AccountStatus::Closed {
                asker.let_go(&id, &permit, &mut *link).await?;
            }
            if let Some(max_legs) = change.max_legs {
                let legs: i32 = one.select(accounts::max_legs).first(link).await?;
                if legs != i32::from(max_legs) {
                    diesel::update(one)
                        .set(accounts::max_legs.eq(i32::from(max_legs)))
                        .execute(link)
                        .await?;
                    bump_revision!(link, "accounts" => id.as_str());
                    let with = |account: &Account, max_legs: i32| Limited {
                        account: account.clone(),
                        max_legs,
                    };
                    let (before, after) = (with(&before, legs), with(&after, i32::from(max_legs)));
                    told = Done::changed(after.account.clone(), &id, &before, &after);
                }
            }
            Ok(told)
        })
    }
}

impl AccountChange {
    /// Lists the rights that it needs.
    fn rights(&self) -> Vec<(Action, Matter)> {
        let mut rights = Vec::new();
        match self.status {
            Some(AccountStatus::Closed) => rights.push((Action::Close, Matter::Accounts)),
            Some(_) => rights.push((Action::Write, Matter::Accounts)),
            None => {}
        }
        if self.name.is_some() || self.max_legs.is_some() {
            rights.push((Action::Write, Matter::Accounts));
        }
        if self.language.is_some() || self.records_calls.is_some() || self.zone.is_some() {
            rights.push((Action::Write, Matter::AccountSettings));
        }
        rights.dedup();
        rights
    }
}

#[derive(serde::Serialize)]
struct Limited {
    #[serde(flatten)]
    account: Account,
    max_legs: i32,
}

/// Makes sure that an account is not closed, inside somebody's transaction.
pub(crate) async fn check_open(account: &AccountId, link: &mut impl AnyLink) -> Result<(), Error> {
    Ok(rules::check_open(&account_within(account, link).await?)?)
}

/// Finds an account within somebody's transaction.
pub(crate) async fn account_within(account: &AccountId, link: &mut impl AnyLink) -> Result<Account, Error> {
    let row: Result<AccountRow, _> = on_link!(link, link => accounts::table
        .select(AccountRow::as_select())
        .filter(accounts::id.eq(account.as_str()))
        .first(link));
    row.optional()?
        .map(Into::into)
        .ok_or_else(|| Error::missing("account", account))
}

/// Makes sure that an account in service is still reached by a number, now that one of its own is no longer in the state
/// `before`.
pub(crate) async fn check_reached(
    account: &AccountId,
    before: &DidState,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let account = account_within(account, &mut *link).await?;
    if !rules::reaches(account.kind, before) {
        return Ok(());
    }
    let left = did_rows::reaching(&account, &mut *link).await?;
    Ok(rules::check_numbers(account.kind, account.status, left)?)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = accounts)]
pub(crate) struct AccountRow {
    id: AsText<AccountId>,
    reseller_id: AsText<ResellerId>,
    name: AsText<Name>,
    kind: AsText<AccountKind>,
    status: AsText<AccountStatus>,
    language: AsText<Language>,
    zone: AsText<Zone>,
    records_calls: bool,
    is_default: bool,
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        Self {
            id: AsText(account.id.clone()),
            reseller_id: AsText(account.reseller.clone()),
            name: AsText(account.name.clone()),
            kind: AsText(account.kind),
            status: AsText(account.status),
            language: AsText(account.language),
            zone: AsText(account.zone.clone()),
            records_calls: account.records_calls,
            is_default: account.is_default,
        }
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id.0,
            reseller: row.reseller_id.0,
            name: row.name.0,
            kind: row.kind.0,
            status: row.status.0,
            language: row.language.0,
            zone: row.zone.0,
            records_calls: row.records_calls,
            is_default: row.is_default,
        }
    }
}
