//! The store in somebody's hands: every change is checked, made and told in one transaction.
//!
//! [`Store::acting_as`] gives an [`Acting`]; its methods, beside the tables that they change, are the commands. A command is
//! written with [`command!`]: it looks at who acts as he is now, asks [`can`], runs its body and adds the audit entry with
//! what was before and after, all in one write transaction; a rehearsal takes it back at the end.

mod done;
mod place;

use evatel_core::{
    audit::{AuditEntry, Origin},
    id::{AccountId, ResellerId, UserId},
    permission::{Action, Actor, Grant, Matter, Place, Refusal, Resource, can},
};
use jiff::Timestamp;

pub(crate) use done::{Done, Trace};
use place::present;
pub(crate) use place::{administrators, place_of};

use crate::{
    Error, Scope, Store, audit_rows,
    backend::{AnyLink, at_one_moment},
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
        audit_rows::append(&entry, link).await
    }
}

impl Target {
    /// A user who does not exist. An id that nobody has is asked on about as if it were his: the answer takes the same
    /// statements, and so the same time, as for what is somebody else's.
    pub(crate) fn nobody() -> Self {
        Self::User(NOBODY.parse().expect("the word is an id"))
    }

    /// An account that does not exist, as [`Target::nobody`].
    pub(crate) fn nobodys_account() -> Self {
        Self::Account(NOBODY.parse().expect("the word is an id"))
    }

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

/// The id of whoever does not exist: ids that are made have a dash.
pub(crate) const NOBODY: &str = "nobody";

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
