//! Keys with which programs act for somebody.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    audit::Origin,
    id::{ApiKeyId, ResellerId, UserId},
    name::Name,
    permission::{Action, Actor, KeyScope, Matter, Place, Principal},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Serialize;

use crate::{
    Acting, Error, Owner, Store, Target,
    acting::{Done, command},
    backend::{at_one_moment, in_transaction},
    column::{AsText, Micros},
    logins::owned_within,
    mint,
    password::Token,
    schema::{accounts, api_keys, users},
    sessions::actor_of_user,
};

/// The longest life of a key.
pub const LONGEST_KEY: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for, in its owner's words.
    pub name: Name,
    /// Whose rights it gives.
    pub owner: Owner,
    /// Which of them.
    pub scope: KeyScope,
    /// Since when there is.
    pub made_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is for.
    pub name: Name,
    /// Whose rights it gives.
    pub owner: Owner,
    /// Which of them.
    pub scope: KeyScope,
    /// How long it lasts, more than nothing and at most [`LONGEST_KEY`].
    pub life: SignedDuration,
}

impl Acting {
    /// Makes a key; gives it with what its holder keeps, shown this once: only its digest is kept.
    ///
    /// # Errors
    /// [`Error::KeyLife`], [`Error::Refused`], [`Error::Missing`].
    pub async fn add_key(&self, new: NewApiKey, now: Timestamp) -> Result<(ApiKey, SecretString), Error> {
        if new.life <= SignedDuration::ZERO || new.life > LONGEST_KEY {
            return Err(Error::KeyLife {
                most_days: LONGEST_KEY.as_hours() / 24,
            });
        }
        let id: ApiKeyId = mint::id("key")?;
        let (secret, digest) = Token::mint(id.as_str())?;
        let key = ApiKey {
            id,
            name: new.name,
            owner: new.owner,
            scope: new.scope,
            made_at: now,
            expires_at: now + new.life,
            used_at: None,
        };
        let made = command!(
            self,
            Action::Write,
            Matter::ApiKeys,
            key.owner.target(),
            |_permit, link| {
                let row = KeyRow {
                    id: AsText(key.id.clone()),
                    name: AsText(key.name.clone()),
                    reseller_id: key.owner.reseller(),
                    user_id: key.owner.user(),
                    digest,
                    scope: AsText(key.scope.clone()),
                    made_at_us: Micros(key.made_at),
                    expires_at_us: Micros(key.expires_at),
                    used_at_us: None,
                };
                diesel::insert_into(api_keys::table)
                    .values(row)
                    .execute(link)
                    .await?;
                let id = key.id.clone();
                Ok(Done::made(key, id))
            }
        )?;
        Ok((made, secret))
    }

    /// Lists the keys of a target and all below it, oldest first.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn keys(&self, target: &Target) -> Result<Vec<ApiKey>, Error> {
        let rows: Vec<KeyRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::ApiKeys, target, &mut *link).await?;
            Ok(owned_within!(api_keys, KeyRow, &permit.place).load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Takes a key away at once.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn revoke_key(&self, key: &ApiKeyId) -> Result<(), Error> {
        let missing = || Error::missing("API key", key);
        let row: Option<KeyRow> = at_one_moment!(self.store(), link => {
            let one = api_keys::table.select(KeyRow::as_select()).filter(api_keys::id.eq(key.as_str()));
            Ok(one.first(link).await.optional()?)
        })?;
        let (found, id) = (row.map(ApiKey::from), key.clone());
        let target = found.as_ref().map(|found| found.owner.target());
        let revoked = command!(
            self,
            Action::Write,
            Matter::ApiKeys,
            target.unwrap_or_else(Target::nobody),
            |_permit, link| {
                let found = found.ok_or_else(|| Error::missing("API key", &id))?;
                let one = api_keys::table.filter(api_keys::id.eq(found.id.as_str()));
                diesel::delete(one).execute(link).await?;
                Ok(Done::removed((), &found.id, &found))
            }
        );
        revoked.map_err(|error: Error| match error {
            Error::Missing { .. } => missing(),
            error => error,
        })
    }
}

impl Store {
    /// Puts the store in the hands of whoever holds a key, with its owner's rights as they are now, as far as the key's
    /// scope lets them through. None where it has expired, or is nobody's.
    pub async fn with_key(
        &self,
        key: &SecretString,
        origin: Origin,
        now: Timestamp,
    ) -> Result<Option<Acting>, Error> {
        let Some(token) = Token::read(key) else {
            return Ok(None);
        };
        let found: Option<(KeyRow, Actor)> = at_one_moment!(self, link => {
            let row: Option<KeyRow> = api_keys::table
                .select(KeyRow::as_select())
                .filter(api_keys::id.eq(token.id.as_str()))
                .filter(api_keys::expires_at_us.gt(now.as_microsecond()))
                .first(link)
                .await
                .optional()?;
            let Some(row) = row.filter(|row| token.matches(&row.digest)) else {
                return Ok(None);
            };
            let actor = match Owner::of(row.reseller_id.clone(), row.user_id.clone()) {
                Owner::Reseller(reseller) => Some(Actor::from(Principal::Reseller { reseller, login: None })),
                Owner::System => Some(Actor::system(row.name.0.clone())),
                Owner::User(user) => actor_of_user(&user, &mut *link).await?,
            };
            Ok(actor.map(|actor| (row, actor)))
        })?;
        let Some((row, actor)) = found else {
            return Ok(None);
        };
        if row
            .used_at_us
            .is_none_or(|at| now.duration_since(at.0) >= USED_EVERY)
        {
            let id = row.id.0.clone();
            in_transaction!(self, link => {
                diesel::update(api_keys::table.filter(api_keys::id.eq(id.as_str())))
                    .set(api_keys::used_at_us.eq(now.as_microsecond()))
                    .execute(link)
                    .await?;
                Ok(())
            })?;
        }
        let actor = actor.with_key(row.scope.0);
        Ok(Some(self.acting_as(actor, origin)))
    }
}

/// How exactly it is known when a key was used.
const USED_EVERY: SignedDuration = SignedDuration::from_mins(1);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
struct KeyRow {
    id: AsText<ApiKeyId>,
    name: AsText<Name>,
    reseller_id: Option<AsText<ResellerId>>,
    user_id: Option<AsText<UserId>>,
    digest: String,
    scope: AsText<KeyScope>,
    made_at_us: Micros,
    expires_at_us: Micros,
    used_at_us: Option<Micros>,
}

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name.0,
            owner: Owner::of(row.reseller_id, row.user_id),
            scope: row.scope.0,
            made_at: row.made_at_us.0,
            expires_at: row.expires_at_us.0,
            used_at: row.used_at_us.map(|at| at.0),
        }
    }
}
