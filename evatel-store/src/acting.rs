//! The store in somebody's hands: every change is checked, made and told in one transaction.
//!
//! [`Store::acting_as`] gives an [`Acting`]; its methods, beside the tables that they change, are the commands. A command is
//! written with [`command!`]: it looks at who acts as he is now, asks [`can`], runs its body and adds the audit entry with
//! what was before and after, all in one write transaction; a rehearsal takes it back at the end.

use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, TextExpressionMethods};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{AccountKind, AccountStatus, BillingMode, ResellerStatus, Roles},
    audit::{AuditEntry, Facts, Origin},
    id::{AccountId, ResellerId, UserId},
    permission::{AccountPlace, Action, Actor, Grant, Matter, Place, Principal, Refusal, Resource, can},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Error, Scope, Store, audit,
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    schema::{accounts, logins, resellers, users},
};

/// The store in somebody's hands. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Acting {
    store: Store,
    actor: Actor,
    origin: Origin,
    rehearsal: bool,
}

/// Whose thing a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An account's.
    Account(AccountId),
    /// A reseller's.
    Reseller(ResellerId),
    /// The system's.
    System,
    /// A user's.
    User(UserId),
}

impl Store {
    /// Puts the store in somebody's hands.
    pub fn acting_as(&self, actor: Actor, origin: Origin) -> Acting {
        Acting {
            store: self.clone(),
            actor,
            origin,
            rehearsal: false,
        }
    }
}

impl Acting {
    /// Lets every command run and then takes it back: what it would answer, and nothing changed.
    #[must_use]
    pub fn rehearsing(mut self) -> Self {
        self.rehearsal = true;
        self
    }

    /// Says who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Says whether commands are taken back.
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// Gives the store itself, for what needs no right.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Says whether something may be done, as things are now.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Missing`] where there is no such target within reach; [`Error::ActorGone`].
    pub async fn may(&self, action: Action, matter: Matter, target: &Target) -> Result<Grant, Error> {
        let permit = at_one_moment!(self.store, link => { self.permit(action, matter, target, link).await })?;
        Ok(permit.grant)
    }

    /// Gives the scope in which a target's things of one sort may be read: an account's at least, so whoever may read
    /// them of one user only has none.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn reading(&self, matter: Matter, target: &Target) -> Result<Scope, Error> {
        let permit =
            at_one_moment!(self.store, link => { self.permit(Action::Read, matter, target, link).await })?;
        if let Place::User { account, .. } = &permit.place {
            let _whole = can(&permit.actor, Action::Read, &account.resource(matter))?;
        }
        Ok(permit.accounts())
    }

    /// Enters a reseller or an account below, and tells it: what is done there is done under both names.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn enter(&self, target: &Target) -> Result<Self, Error> {
        let acting = self.clone();
        let (target, matter) = match target {
            Target::Reseller(_) => (target.clone(), Matter::Resellers),
            _ => (target.clone(), Matter::Accounts),
        };
        let id = target.id();
        let place = command!(acting, Action::Enter, matter, target, |permit, _link| {
            let place = permit.place.clone();
            Ok(Done::told(place, &id))
        })?;
        let actor = self.actor.enter(&place)?;
        Ok(Self {
            actor,
            ..self.clone()
        })
    }

    /// Gives who acts as he is now, within somebody's transaction.
    pub(crate) async fn present(&self, link: &mut impl AnyLink) -> Result<Actor, Error> {
        present(&self.actor, link).await
    }

    /// Checks a right within a command's transaction.
    pub(crate) async fn permit(
        &self,
        action: Action,
        matter: Matter,
        target: &Target,
        link: &mut impl AnyLink,
    ) -> Result<Permit, Error> {
        let actor = present(&self.actor, link).await?;
        let place = place_of(target, link).await?;
        let resource = Resource {
            matter,
            place: place.clone(),
        };
        match can(&actor, action, &resource) {
            Ok(grant) => Ok(Permit { grant, place, actor }),
            // The same as for one that does not exist.
            Err(Refusal::Missing) => Err(target.missing()),
            Err(refusal) => Err(Error::Refused(refusal)),
        }
    }

    /// Adds a command's audit entry within its transaction.
    pub(crate) async fn tell(
        &self,
        permit: &Permit,
        trace: Trace,
        link: &mut impl AnyLink,
    ) -> Result<(), Error> {
        let entry = AuditEntry {
            at: Timestamp::now(),
            who: permit.actor.who(),
            as_whom: permit.actor.as_whom(),
            standing: permit.grant.standing(),
            action: permit.grant.action(),
            matter: permit.grant.matter(),
            object: trace.object,
            reseller: permit.place.reseller().map(|(reseller, _)| reseller.clone()),
            account: permit.place.account().map(|place| place.account.clone()),
            before: trace.before,
            after: trace.after,
            origin: self.origin,
        };
        audit::append(&entry, link).await
    }
}

impl Target {
    /// Gives its id, `system` for the system.
    pub fn id(&self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Reseller(id) => id.to_string(),
            Self::System => "system".to_owned(),
            Self::User(id) => id.to_string(),
        }
    }

    pub(crate) fn missing(&self) -> Error {
        let what = match self {
            Self::Account(_) => "account",
            Self::Reseller(_) => "reseller",
            Self::System => "system",
            Self::User(_) => "user",
        };
        Error::missing(what, self.id())
    }
}

/// What was granted to a command, and where.
pub(crate) struct Permit {
    pub(crate) grant: Grant,
    pub(crate) place: Place,
    pub(crate) actor: Actor,
}

impl Permit {
    /// Gives the accounts at the place and below it.
    pub(crate) fn accounts(&self) -> Scope {
        match &self.place {
            Place::Account(place) | Place::User { account: place, .. } => {
                Scope::account(place.account.clone())
            }
            Place::Reseller { reseller, .. } => Scope::reseller(reseller.clone()),
            Place::System => Scope::system(),
        }
    }

    /// Says whether the place is of the actor's own level or below it, and not one above that he only looks up to.
    pub(crate) fn is_within(&self) -> bool {
        self.actor.principal().covers(&self.place)
    }
}

/// What a command's body gives: its answer, and what the audit tells of it.
pub(crate) struct Done<T> {
    pub(crate) value: T,
    pub(crate) trace: Option<Trace>,
}

/// What the audit tells of one thing that changed.
pub(crate) struct Trace {
    object: String,
    before: Option<Facts>,
    after: Option<Facts>,
}

impl<T> Done<T> {
    /// Nothing changed, so nothing is told.
    pub(crate) fn nothing(value: T) -> Self {
        Self { value, trace: None }
    }

    /// Something was done that has no before and after, such as a password set anew.
    pub(crate) fn told(value: T, object: impl ToString) -> Self {
        Self::traced(value, object, None, None)
    }

    /// Something changed from one state to another; nothing is told where they are the same.
    pub(crate) fn changed(
        value: T,
        object: impl ToString,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Self {
        let (before, after) = Facts::changed(Facts::of(before), Facts::of(after));
        if before.is_empty() && after.is_empty() {
            return Self::nothing(value);
        }
        Self::traced(value, object, Some(before), Some(after))
    }

    /// Something took the place of what was there, if there was anything.
    pub(crate) fn replaced<S: Serialize>(
        value: T,
        object: impl ToString,
        before: Option<&S>,
        after: &S,
    ) -> Self {
        match before {
            Some(before) => Self::changed(value, object, before, after),
            None => Self::traced(value, object, None, Some(Facts::of(after))),
        }
    }

    /// Something came in, of which the audit tells less than the answer.
    pub(crate) fn came(value: T, object: impl ToString, after: &impl Serialize) -> Self {
        Self::traced(value, object, None, Some(Facts::of(after)))
    }

    /// Something is gone.
    pub(crate) fn removed(value: T, object: impl ToString, before: &impl Serialize) -> Self {
        Self::traced(value, object, Some(Facts::of(before)), None)
    }

    fn traced(value: T, object: impl ToString, before: Option<Facts>, after: Option<Facts>) -> Self {
        let object = object.to_string();
        Self {
            value,
            trace: Some(Trace {
                object,
                before,
                after,
            }),
        }
    }
}

impl<T: Serialize> Done<T> {
    /// Something was made, and is the answer.
    pub(crate) fn made(value: T, object: impl ToString) -> Self {
        let after = Facts::of(&value);
        Self::traced(value, object, None, Some(after))
    }
}

/// Runs a command: `command!(acting, action, matter, target, |permit, link| { … Ok(Done::…) })`.
///
/// The body runs in a write transaction, after the right was checked there; its audit entry is written there too. What it
/// takes from outside is moved in. Further rights that it needs it asks of `acting.permit`.
macro_rules! command {
    ($acting:expr, $action:expr, $matter:expr, $target:expr, |$permit:ident, $link:ident| $body:block) => {{
        let acting: $crate::acting::Acting = $acting.clone();
        let target: $crate::acting::Target = $target;
        let store = acting.store().clone();
        let rehearsed = std::sync::Arc::new(std::sync::Mutex::new(None));
        let stash = rehearsed.clone();
        let done: Result<_, $crate::Error> = $crate::backend::in_transaction!(store, $link => {
            let $permit = acting.permit($action, $matter, &target, &mut *$link).await?;
            let done: Result<$crate::acting::Done<_>, $crate::Error> = async { $body }.await;
            let $crate::acting::Done { value, trace } = done?;
            if let Some(trace) = trace {
                acting.tell(&$permit, trace, &mut *$link).await?;
            }
            if acting.is_rehearsal() {
                *stash.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(value);
                return Err($crate::Error::Rehearsed);
            }
            Ok(value)
        });
        match done {
            Err($crate::Error::Rehearsed) => {
                let value = rehearsed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                Ok(value.expect("a rehearsal leaves its answer before it is taken back"))
            }
            done => done,
        }
    }};
}
pub(crate) use command;

/// Finds where a target stands.
pub(crate) async fn place_of(target: &Target, link: &mut impl AnyLink) -> Result<Place, Error> {
    match target {
        Target::System => Ok(Place::System),
        Target::Reseller(reseller) => {
            let billing: Result<AsText<BillingMode>, _> = on_link!(link, link => resellers::table
                .select(resellers::billing)
                .filter(resellers::id.eq(reseller.as_str()))
                .first(link));
            let billing = billing.optional()?.ok_or_else(|| target.missing())?.0;
            let reseller = reseller.clone();
            Ok(Place::Reseller { reseller, billing })
        }
        Target::Account(account) => {
            let place = account_place(account, link).await?;
            Ok(Place::Account(place.ok_or_else(|| target.missing())?))
        }
        Target::User(user) => {
            let account: Result<AsText<AccountId>, _> = on_link!(link, link => users::table
                .select(users::account_id)
                .filter(users::id.eq(user.as_str()))
                .first(link));
            let account = account.optional()?.ok_or_else(|| target.missing())?.0;
            let account = account_place(&account, link)
                .await?
                .ok_or_else(|| target.missing())?;
            let user = user.clone();
            Ok(Place::User { account, user })
        }
    }
}

async fn account_place(account: &AccountId, link: &mut impl AnyLink) -> Result<Option<AccountPlace>, Error> {
    type Found = (AsText<ResellerId>, AsText<BillingMode>, AsText<AccountKind>);
    let found: Result<Found, _> = on_link!(link, link => accounts::table
        .inner_join(resellers::table.on(resellers::id.eq(accounts::reseller_id)))
        .select((accounts::reseller_id, resellers::billing, accounts::kind))
        .filter(accounts::id.eq(account.as_str()))
        .first(link));
    let Some((reseller, billing, kind)) = found.optional()? else {
        return Ok(None);
    };
    Ok(Some(AccountPlace {
        account: account.clone(),
        reseller: reseller.0,
        billing: billing.0,
        kind: kind.0,
        has_administrator: administrators(account, None, link).await? > 0,
    }))
}

/// Counts the administrators of a company, but for one user.
pub(crate) async fn administrators(
    account: &AccountId,
    but: Option<&UserId>,
    link: &mut impl AnyLink,
) -> Result<usize, Error> {
    // The administrator's word comes first in a set of roles.
    let but = but.map_or("", UserId::as_str);
    let count: i64 = on_link!(link, link => users::table
        .filter(users::account_id.eq(account.as_str()))
        .filter(users::roles.like("administrator%"))
        .filter(users::id.ne(but))
        .count()
        .get_result(link))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Gives an actor as he is now: with the roles that he has, or no longer at all.
async fn present(actor: &Actor, link: &mut impl AnyLink) -> Result<Actor, Error> {
    match actor.principal() {
        Principal::Reseller { reseller, login } => {
            let status: Result<AsText<ResellerStatus>, _> = on_link!(link, link => resellers::table
                .select(resellers::status)
                .filter(resellers::id.eq(reseller.as_str()))
                .first(link));
            let sells = status
                .optional()?
                .is_some_and(|status| status.0 == ResellerStatus::Active);
            let known: i64 = match login {
                None => 1,
                Some(login) => on_link!(link, link => logins::table
                    .filter(logins::id.eq(login.as_str()))
                    .filter(logins::reseller_id.eq(reseller.as_str()))
                    .count()
                    .get_result(link))?,
            };
            // Whoever entered from above may still look after what is closed.
            if (sells || !actor.is_in_person()) && known == 1 {
                Ok(actor.clone())
            } else {
                Err(Error::ActorGone)
            }
        }
        Principal::Account {
            account, reseller, ..
        } => match account_place(account, link).await? {
            Some(place) if place.reseller == *reseller => Ok(actor.clone()),
            _ => Err(Error::ActorGone),
        },
        Principal::User {
            user,
            account,
            reseller,
            ..
        } => {
            type Found = (AsText<Roles>, AsText<ResellerId>, AsText<AccountStatus>);
            let found: Result<Found, _> = on_link!(link, link => users::table
                .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
                .select((users::roles, accounts::reseller_id, accounts::status))
                .filter(users::id.eq(user.as_str()))
                .filter(users::account_id.eq(account.as_str()))
                .first(link));
            match found.optional()? {
                Some((roles, sold_by, status))
                    if sold_by.0 == *reseller && status.0 != AccountStatus::Closed =>
                {
                    Ok(actor.clone().with_roles(roles.0))
                }
                _ => Err(Error::ActorGone),
            }
        }
        _ => Ok(actor.clone()),
    }
}
