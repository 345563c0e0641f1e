//! Sessions: the stay of somebody who has logged in.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::Roles,
    audit::Origin,
    id::{AccountId, LoginId, ResellerId, SessionId, UserId},
    login::LoginName,
    permission::{Actor, Place},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::{
    Acting, Error, Login, Owner, Store, Target,
    acting::place_of,
    backend::{AnyLink, at_one_moment, in_transaction, on_link},
    column::{AsText, Micros},
    mint,
    password::Token,
    schema::{logins, sessions, users},
};

/// How long a session lasts, whatever is done in it.
pub const SESSION_LENGTH: SignedDuration = SignedDuration::from_hours(12);

impl Store {
    /// Begins a session; gives the token that its holder keeps, shown this once, and when it ends.
    pub async fn open_session(
        &self,
        login: &Login,
        now: Timestamp,
    ) -> Result<(SecretString, Timestamp), Error> {
        let id: SessionId = mint::id("ses")?;
        let (token, digest) = Token::mint(id.as_str())?;
        let until = now + SESSION_LENGTH;
        let row = SessionRow {
            id: AsText(id),
            login_id: AsText(login.id.clone()),
            digest,
            expires_at_us: Micros(until),
            entered_reseller_id: None,
            entered_account_id: None,
        };
        in_transaction!(self, link => {
            diesel::delete(sessions::table.filter(sessions::expires_at_us.le(now.as_microsecond())))
                .execute(link)
                .await?;
            diesel::insert_into(sessions::table).values(row).execute(link).await?;
            Ok(())
        })?;
        Ok((token, until))
    }

    /// Puts the store in the hands of whoever holds a session's token, with his rights as they are now and inside what he
    /// has entered. None where the session is over, or nobody's.
    pub async fn in_session(
        &self,
        token: &SecretString,
        origin: Origin,
        now: Timestamp,
    ) -> Result<Option<Acting>, Error> {
        let Some(token) = Token::read(token) else {
            return Ok(None);
        };
        let found: Option<(SessionRow, Actor, Option<Place>)> = at_one_moment!(self, link => {
            let Some(session) = session(&token, now, &mut *link).await? else {
                return Ok(None);
            };
            let Some(actor) = actor_of_login(&session.login_id.0, &mut *link).await? else {
                return Ok(None);
            };
            let entered = match session.entered() {
                None => None,
                Some(target) => Some(place_of(&target, &mut *link).await?),
            };
            Ok(Some((session, actor, entered)))
        })?;
        let Some((_, actor, entered)) = found else {
            return Ok(None);
        };
        let actor = match entered {
            None => actor,
            // Whoever may enter it no more is out of it.
            Some(place) => match actor.enter(&place) {
                Ok(entered) => entered,
                Err(_) => actor,
            },
        };
        Ok(Some(self.acting_as(actor, origin)))
    }

    /// Enters a reseller or an account for the rest of a session, and tells it; none where the session is over.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn enter_in_session(
        &self,
        token: &SecretString,
        target: &Target,
        origin: Origin,
        now: Timestamp,
    ) -> Result<Option<Acting>, Error> {
        let (reseller, account) = match target {
            Target::Reseller(id) => (Some(id.to_string()), None),
            Target::Account(id) => (None, Some(id.to_string())),
            Target::System | Target::User(_) => return Err(Error::missing("account", target.id())),
        };
        self.leave_in_session(token, now).await?;
        let Some(acting) = self.in_session(token, origin, now).await? else {
            return Ok(None);
        };
        let entered = acting.enter(target).await?;
        self.set_entered(token, reseller, account, now).await?;
        Ok(Some(entered))
    }

    /// Leaves what a session has entered.
    pub async fn leave_in_session(&self, token: &SecretString, now: Timestamp) -> Result<(), Error> {
        self.set_entered(token, None, None, now).await
    }

    /// Ends a session.
    pub async fn close_session(&self, token: &SecretString, now: Timestamp) -> Result<(), Error> {
        let Some(token) = Token::read(token) else {
            return Ok(());
        };
        in_transaction!(self, link => {
            if let Some(session) = session(&token, now, &mut *link).await? {
                diesel::delete(sessions::table.filter(sessions::id.eq(session.id.0.as_str()))).execute(link).await?;
            }
            Ok(())
        })
    }

    async fn set_entered(
        &self,
        token: &SecretString,
        reseller: Option<String>,
        account: Option<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(token) = Token::read(token) else {
            return Ok(());
        };
        in_transaction!(self, link => {
            if let Some(session) = session(&token, now, &mut *link).await? {
                diesel::update(sessions::table.filter(sessions::id.eq(session.id.0.as_str())))
                    .set((sessions::entered_reseller_id.eq(reseller), sessions::entered_account_id.eq(account)))
                    .execute(link)
                    .await?;
            }
            Ok(())
        })
    }
}

async fn session(
    token: &Token,
    now: Timestamp,
    link: &mut impl AnyLink,
) -> Result<Option<SessionRow>, Error> {
    let row: Result<SessionRow, _> = on_link!(link, link => sessions::table
        .select(SessionRow::as_select())
        .filter(sessions::id.eq(token.id.as_str()))
        .filter(sessions::expires_at_us.gt(now.as_microsecond()))
        .first(link));
    Ok(row.optional()?.filter(|row| token.matches(&row.digest)))
}

/// Gives who acts with a login, with his rights as they are now.
async fn actor_of_login(login: &LoginId, link: &mut impl AnyLink) -> Result<Option<Actor>, Error> {
    type Found = (
        AsText<LoginName>,
        Option<AsText<ResellerId>>,
        Option<AsText<UserId>>,
    );
    let found: Result<Found, _> = on_link!(link, link => logins::table
        .select((logins::name, logins::reseller_id, logins::user_id))
        .filter(logins::id.eq(login.as_str()))
        .first(link));
    let Some((name, reseller, user)) = found.optional()? else {
        return Ok(None);
    };
    match Owner::of(reseller, user) {
        Owner::Reseller(reseller) => Ok(Some(Actor::reseller(reseller, login.clone()))),
        Owner::System => Ok(Some(system(&name.0))),
        Owner::User(user) => actor_of_user(&user, link).await,
    }
}

/// Gives a user as somebody who acts, with his roles as they are now.
pub(crate) async fn actor_of_user(user: &UserId, link: &mut impl AnyLink) -> Result<Option<Actor>, Error> {
    let roles: Result<AsText<Roles>, _> = on_link!(link, link => users::table
        .select(users::roles)
        .filter(users::id.eq(user.as_str()))
        .first(link));
    let Some(roles) = roles.optional()? else {
        return Ok(None);
    };
    let place = place_of(&Target::User(user.clone()), link).await?;
    Ok(place
        .account()
        .map(|account| Actor::user(user.clone(), account, roles.0)))
}

/// Every login name is a name, too: it is shorter and has no control character.
fn system(name: &LoginName) -> Actor {
    let name = name
        .as_str()
        .chars()
        .take(evatel_core::name::MAX_NAME_CHARS)
        .collect::<String>();
    Actor::system(
        name.parse()
            .unwrap_or_else(|_| unreachable!("a login name is one line of 3 characters or more")),
    )
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: AsText<SessionId>,
    login_id: AsText<LoginId>,
    digest: String,
    expires_at_us: Micros,
    entered_reseller_id: Option<AsText<ResellerId>>,
    entered_account_id: Option<AsText<AccountId>>,
}

impl SessionRow {
    fn entered(&self) -> Option<Target> {
        let reseller = self.entered_reseller_id.clone().map(|id| Target::Reseller(id.0));
        reseller.or_else(|| self.entered_account_id.clone().map(|id| Target::Account(id.0)))
    }
}
