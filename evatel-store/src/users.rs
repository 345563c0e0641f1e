//! Users and their roles.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, Selectable, SelectableHelper, dsl::max,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{Account, AccountKind, Language, Role, Roles, User, UserNo, rules},
    id::{AccountId, UserId},
    name::Name,
    number::Extension,
    offer::Seat,
    permission::{Action, Matter},
    schedule::Zone,
};
use jiff::Timestamp;

use crate::{
    Acting, Error, Scope, Store, Target,
    accounts::account_within,
    acting::{Done, administrators, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    feed::bump_revision,
    mint,
    schema::{pins, users},
    shop::Shop,
    subscription_rows::end_for_user,
};

/// A user to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// His account.
    pub account: AccountId,
    /// His extension, unique in the account.
    pub extension: Extension,
    /// His name.
    pub name: Name,
}

/// What to change of a user; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// His extension.
    pub extension: Option<Extension>,
    /// His language; `Some(None)` is his account's.
    pub language: Option<Option<Language>>,
    /// His name.
    pub name: Option<Name>,
    /// Where he is; `Some(None)` is his account's zone.
    pub zone: Option<Option<Zone>>,
}

impl Store {
    /// Lists the users within the scope, oldest first.
    pub async fn users(&self, scope: &Scope) -> Result<Vec<User>, Error> {
        let only = scope.only();
        let rows: Vec<(UserRow, Option<AsText<UserId>>)> = on_backend!(self, link => {
            let mut query = users::table
                .left_join(pins::table.on(pins::user_id.eq(users::id)))
                .select((UserRow::as_select(), pins::user_id.nullable()))
                .order(users::id)
                .into_boxed();
            if let Some(only) = &only {
                query = query.filter(users::account_id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows
            .into_iter()
            .map(|(row, pin)| row.into_user(pin.is_some()))
            .collect())
    }

    /// Gives the user that `evatel init` made: the oldest of the default account.
    pub async fn default_user(&self) -> Result<User, Error> {
        let account = self.default_account().await?;
        let users = self.users(&Scope::account(account.id)).await?;
        users
            .into_iter()
            .next()
            .ok_or_else(|| Error::missing("user", "default"))
    }
}

impl Acting {
    /// Adds an employee to a company, or a person to a professional account. The first employee of a company becomes its
    /// administrator.
    ///
    /// # Errors
    /// [`Error::ExtensionTaken`]; [`Error::Unpaid`] where a person costs and no seat is free that the account pays for;
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn add_user(&self, new: NewUser) -> Result<User, Error> {
        let id: UserId = mint::id("usr")?;
        let target = Target::Account(new.account.clone());
        let extension = new.extension.clone();
        let added = command!(self, Action::Add, Matter::Users, target, |permit, link| {
            let seat = Shop::of(&permit, &mut *link)
                .await?
                .terms()
                .seat(Timestamp::now())?;
            let account = account_within(&new.account, &mut *link).await?;
            let person = Newcomer {
                extension: new.extension,
                name: new.name,
                language: None,
                zone: None,
            };
            let user = join(id, person, &account, seat, &mut *link).await?;
            bump_revision!(link, "users" => user.id.as_str());
            let id = user.id.clone();
            Ok(Done::made(user, id))
        });
        added.map_err(|error: Error| error.or_taken(|| Error::ExtensionTaken { extension }))
    }

    /// Changes a user and gives him as he is now.
    ///
    /// # Errors
    /// [`Error::ExtensionTaken`], [`Error::Refused`], [`Error::Missing`].
    pub async fn change_user(&self, user: &UserId, change: UserChange) -> Result<User, Error> {
        let id = user.clone();
        let extension = change.extension.clone();
        let target = Target::User(user.clone());
        let changed = command!(self, Action::Write, Matter::Users, target, |_permit, link| {
            let before = user_within(&id, &mut *link).await?;
            let mut after = before.clone();
            after.extension = change.extension.unwrap_or_else(|| before.extension.clone());
            after.language = change.language.unwrap_or(before.language);
            after.name = change.name.unwrap_or_else(|| before.name.clone());
            after.zone = change.zone.unwrap_or_else(|| before.zone.clone());
            if after != before {
                let one = users::table.filter(users::id.eq(id.as_str()));
                diesel::update(one)
                    .set(UserRow::from(&after))
                    .execute(link)
                    .await?;
                bump_revision!(link, "users" => id.as_str());
            }
            Ok(Done::changed(after.clone(), &id, &before, &after))
        });
        changed.map_err(|error: Error| {
            error.or_taken(|| match extension {
                Some(extension) => Error::ExtensionTaken { extension },
                None => Error::Repeated {
                    what: "user",
                    id: user.to_string(),
                },
            })
        })
    }

    /// Gives an employee other roles.
    ///
    /// # Errors
    /// [`Error::Broken`] where the company would lose its last administrator; [`Error::Refused`], [`Error::Missing`].
    pub async fn set_roles(&self, user: &UserId, roles: Roles) -> Result<User, Error> {
        let id = user.clone();
        let target = Target::User(user.clone());
        let (asker, also) = (self.clone(), target.clone());
        // Whoever may read them may learn that nothing changes; what changes decides which right is needed.
        let now = {
            let found = at_one_moment!(self.store(), link => {
                self.permit(Action::Read, Matter::Roles, &target, &mut *link).await?;
                user_within(user, link).await
            });
            found?.roles
        };
        let administrator = Role::Administrator;
        let action = if now.contains(administrator) == roles.contains(administrator) {
            Action::GrantRole
        } else {
            Action::GrantAdministrator
        };
        command!(self, action, Matter::Roles, target, |_permit, link| {
            let before = user_within(&id, &mut *link).await?;
            // He may have got or lost a role since.
            if before.roles.contains(administrator) != roles.contains(administrator) {
                asker
                    .permit(Action::GrantAdministrator, Matter::Roles, &also, &mut *link)
                    .await?;
            }
            if before.roles.without(administrator) != roles.without(administrator) {
                asker
                    .permit(Action::GrantRole, Matter::Roles, &also, &mut *link)
                    .await?;
            }
            let kind = account_within(&before.account, &mut *link).await?.kind;
            let others = administrators(&before.account, Some(&id), &mut *link).await?;
            rules::check_roles(kind, before.roles, Some(roles), others)?;
            let after = User {
                roles,
                ..before.clone()
            };
            if after != before {
                let one = users::table.filter(users::id.eq(id.as_str()));
                diesel::update(one)
                    .set(users::roles.eq(AsText(roles)))
                    .execute(link)
                    .await?;
                bump_revision!(link, "users" => id.as_str());
            }
            Ok(Done::changed(after.clone(), &id, &before, &after))
        })
    }

    /// Removes a user who has neither device nor DID; his contacts, restrictions, logins and PIN go with him, and what the
    /// account pays for him ends with the month.
    ///
    /// # Errors
    /// [`Error::Broken`] for a company's last administrator; [`Error::InUse`], [`Error::Refused`], [`Error::Missing`].
    pub async fn remove_user(&self, user: &UserId) -> Result<(), Error> {
        let id = user.clone();
        let target = Target::User(user.clone());
        let removed = command!(self, Action::Remove, Matter::Users, target, |_permit, link| {
            let before = user_within(&id, &mut *link).await?;
            let kind = account_within(&before.account, &mut *link).await?.kind;
            let others = administrators(&before.account, Some(&id), &mut *link).await?;
            rules::check_roles(kind, before.roles, None, others)?;
            end_for_user(&id, &before.account, Timestamp::now(), &mut *link).await?;
            diesel::delete(users::table.filter(users::id.eq(id.as_str())))
                .execute(link)
                .await?;
            bump_revision!(link, "users" => id.as_str());
            Ok(Done::removed((), &id, &before))
        });
        removed.map_err(|error: Error| error.or_in_use("user", user, "a device or a DID"))
    }
}

/// Somebody who joins an account.
pub(crate) struct Newcomer {
    pub(crate) extension: Extension,
    pub(crate) name: Name,
    pub(crate) language: Option<Language>,
    pub(crate) zone: Option<Zone>,
}

/// Adds a person to an account, within somebody's transaction; the first employee of a company is its administrator.
pub(crate) async fn join(
    id: UserId,
    person: Newcomer,
    account: &Account,
    _paid: Seat,
    link: &mut impl AnyLink,
) -> Result<User, Error> {
    let many: i64 = on_link!(link, link => users::table
        .filter(users::account_id.eq(account.id.as_str()))
        .count()
        .get_result(link))?;
    let last: Option<i32> = on_link!(link, link => users::table.select(max(users::number)).first(link))?;
    let number = match last.and_then(|last| UserNo::new(last.unsigned_abs()).ok()) {
        None => UserNo::FIRST,
        Some(last) => last.next().ok_or(Error::NoMoreUserNumbers)?,
    };
    let first = account.kind == AccountKind::Company && many == 0;
    let user = User {
        id,
        account: account.id.clone(),
        name: person.name,
        extension: person.extension,
        number,
        roles: if first {
            Role::Administrator.into()
        } else {
            Roles::NONE
        },
        language: person.language,
        zone: person.zone,
        has_pin: false,
    };
    let row = UserRow::from(&user);
    on_link!(link, link => diesel::insert_into(users::table).values(&row).execute(link))?;
    Ok(user)
}

/// Finds a user within somebody's transaction.
pub(crate) async fn user_within(user: &UserId, link: &mut impl AnyLink) -> Result<User, Error> {
    let row: Result<(UserRow, Option<AsText<UserId>>), _> = on_link!(link, link => users::table
        .left_join(pins::table.on(pins::user_id.eq(users::id)))
        .select((UserRow::as_select(), pins::user_id.nullable()))
        .filter(users::id.eq(user.as_str()))
        .first(link));
    row.optional()?
        .map(|(row, pin)| row.into_user(pin.is_some()))
        .ok_or_else(|| Error::missing("user", user))
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(crate) struct UserRow {
    id: AsText<UserId>,
    account_id: AsText<AccountId>,
    name: AsText<Name>,
    extension: AsText<ExtensionText>,
    number: i32,
    roles: AsText<Roles>,
    language: Option<AsText<Language>>,
    zone: Option<AsText<Zone>>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: AsText(user.id.clone()),
            account_id: AsText(user.account.clone()),
            name: AsText(user.name.clone()),
            extension: AsText(ExtensionText(user.extension.clone())),
            number: i32::try_from(user.number.value()).unwrap_or(i32::MAX),
            roles: AsText(user.roles),
            language: user.language.map(AsText),
            zone: user.zone.clone().map(AsText),
        }
    }
}

impl UserRow {
    pub(crate) fn into_user(self, has_pin: bool) -> User {
        User {
            id: self.id.0,
            account: self.account_id.0,
            name: self.name.0,
            extension: self.extension.0.0,
            // The table's CHECK admits what is one only.
            number: UserNo::new(self.number.unsigned_abs()).unwrap_or(UserNo::FIRST),
            roles: self.roles.0,
            language: self.language.map(|language| language.0),
            zone: self.zone.map(|zone| zone.0),
            has_pin,
        }
    }
}

/// An extension is not made to be shown as it is, so it has no `Display` of its own.
#[derive(Debug, Clone)]
pub(crate) struct ExtensionText(Extension);

impl std::fmt::Display for ExtensionText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl std::str::FromStr for ExtensionText {
    type Err = <Extension as std::str::FromStr>::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}
