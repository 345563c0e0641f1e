//! The one gate for every leg.
//!
//! [`authorize_leg`] is pure and in memory: it says yes with a [`LegPlan`] or no with a [`Refusal`], and which rule
//! said so. [`LegPlan::reserve`] asks the ledger and returns a [`LegPermit`], the only thing a switch dials with.

#[cfg(feature = "mock")]
mod mock;
mod permit;
mod rule;

#[cfg(feature = "mock")]
pub use mock::MockLedger;
pub use permit::{Ledger, LedgerError, LegPermit, PERMIT_LIFETIME, PermitExpired};
pub use rule::{Refusal, Rule};

use std::{fmt, time::Duration};

use crate::{
    account::User,
    calls::LegCause,
    class::NumberClass,
    directory::Directory,
    id::{AccountId, ContactId, DeviceId, TrunkId, UserId},
    number::{Dialled, E164, SpecialCode},
    restriction::{Effect, RestrictionOwner},
    trunk::Trunk,
};

/// Longest leg; the switch tears it down then, even if the daemon is away.
pub const MAX_LEG_LENGTH: Duration = Duration::from_secs(4 * 3600);

/// Who causes a leg and answers for it. A caller from outside never does, whatever his caller id says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authoriser {
    /// A person at a device that proved its secret.
    Device {
        /// The device.
        device: DeviceId,
        /// Whose it is.
        user: UserId,
    },
    /// Somebody outside.
    OutsideCaller,
    /// A person who keyed his PIN, from anywhere.
    Pin {
        /// Whose PIN it was.
        user: UserId,
    },
    /// A rule that a user set: his Smart Number rings him.
    Rule {
        /// Whose rule it is.
        user: UserId,
    },
}

impl Authoriser {
    /// Gives the user who answers for the leg.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Device { user, .. } | Self::Pin { user } | Self::Rule { user } => Some(user),
            Self::OutsideCaller => None,
        }
    }
}

impl fmt::Display for Authoriser {
    /// Writes `caller`, `device:ID`, `pin:ID` or `rule:ID`, as the call log has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device { device, .. } => write!(f, "device:{device}"),
            Self::OutsideCaller => f.write_str("caller"),
            Self::Pin { user } => write!(f, "pin:{user}"),
            Self::Rule { user } => write!(f, "rule:{user}"),
        }
    }
}

/// Where a leg should go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Somebody's contact; only of the authoriser's own directory.
    Contact(ContactId),
    /// What somebody keyed or a contact's number.
    Dialled(Dialled),
    /// A user's own device.
    User(UserId),
}

/// How a permitted leg leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// To a registered telephone; its id is its endpoint.
    Device {
        /// The telephone.
        device: DeviceId,
    },
    /// To a carrier; the trunk's id is its endpoint.
    Trunk {
        /// The trunk.
        trunk: TrunkId,
        /// The account's number to show, in the trunk's own format.
        caller_number: Option<String>,
        /// The digits to dial, in the trunk's own format.
        dial_number: String,
    },
}

/// A leg that may be made, once the ledger has room for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegPlan {
    account: AccountId,
    authoriser: Authoriser,
    cause: LegCause,
    class: Option<NumberClass>,
    number: String,
    route: Route,
    rule: Rule,
}

impl LegPlan {
    /// Gives the account that the leg counts for.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Gives who answers for it.
    pub fn authoriser(&self) -> &Authoriser {
        &self.authoriser
    }

    /// Gives what made the leg.
    pub fn cause(&self) -> LegCause {
        self.cause
    }

    /// Gives the class of a public number; internal and special legs have none.
    pub fn class(&self) -> Option<NumberClass> {
        self.class
    }

    /// Gives the number or extension that was checked, as people read it.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Gives the way out that was checked.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Gives the rule that allowed it.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Says whether it must pass even when the ledger cannot be asked: internal legs. An emergency leg does not ask.
    pub fn passes_without_ledger(&self) -> bool {
        matches!(self.rule, Rule::Internal | Rule::OwnRule)
    }
}

/// Decides whether `authoriser` may cause a leg to `destination`, and by which route.
///
/// Order: authority, emergency, internal, account state, restrictions from the system down (a denial is final),
/// the class's default, route. It neither waits nor counts.
///
/// # Errors
/// A [`Refusal`] with the rule that decided; a domain value, to be said to the caller and logged.
pub fn authorize_leg(
    authoriser: &Authoriser,
    destination: &Destination,
    cause: LegCause,
    directory: &Directory,
) -> Result<LegPlan, Refusal> {
    let gate = Gate {
        authoriser,
        cause,
        directory,
        shown: shown(authoriser, destination, directory),
    };
    let Some(user) = authoriser.user() else {
        return Err(gate.refuse(Rule::CallerHasNoAuthority));
    };
    let Some(user) = directory.user(user) else {
        return Err(gate.refuse(Rule::UnknownUser));
    };
    match destination {
        Destination::Contact(id) => match directory.contact(&user.id, id) {
            Some(contact) => gate.public(user, &contact.number),
            None => Err(gate.refuse(Rule::NobodyThere)),
        },
        Destination::User(rung) => gate.own_device(user, rung),
        Destination::Dialled(Dialled::Special(code)) => gate.special(user, *code),
        Destination::Dialled(Dialled::Extension(extension)) => {
            match directory.extension(&user.account, extension) {
                Some(rung) => gate.internal(user, rung, Rule::Internal),
                None => Err(gate.refuse(Rule::NobodyThere)),
            }
        }
        Destination::Dialled(Dialled::Number(number)) => gate.public(user, number),
    }
}

fn shown(authoriser: &Authoriser, destination: &Destination, directory: &Directory) -> String {
    match destination {
        Destination::Contact(id) => {
            let contact = authoriser.user().and_then(|user| directory.contact(user, id));
            contact.map_or_else(|| id.to_string(), |contact| contact.number.as_str().to_owned())
        }
        Destination::Dialled(dialled) => dialled.shown(),
        Destination::User(user) => directory
            .user(user)
            .map_or_else(|| user.to_string(), |user| user.extension.as_str().to_owned()),
    }
}

struct Gate<'a> {
    authoriser: &'a Authoriser,
    cause: LegCause,
    directory: &'a Directory,
    shown: String,
}

impl Gate<'_> {
    fn own_device(&self, user: &User, rung: &UserId) -> Result<LegPlan, Refusal> {
        match self.directory.user(rung) {
            Some(rung) if rung.account == user.account => self.internal(user, rung, Rule::OwnRule),
            _ => Err(self.refuse(Rule::NobodyThere)),
        }
    }

    fn internal(&self, user: &User, rung: &User, rule: Rule) -> Result<LegPlan, Refusal> {
        let Some(device) = self.directory.device_of(&rung.id) else {
            return Err(self.refuse(Rule::NoDevice));
        };
        let route = Route::Device {
            device: device.id.clone(),
        };
        Ok(self.plan(user, None, route, rule))
    }

    fn special(&self, user: &User, code: SpecialCode) -> Result<LegPlan, Refusal> {
        let person_at_device = matches!(self.authoriser, Authoriser::Device { .. });
        let person_acts = matches!(self.cause, LegCause::Dial | LegCause::VoiceAssistant);
        let place = self.directory.emergency_place(&user.account);
        match code {
            SpecialCode::Crisis | SpecialCode::Emergency | SpecialCode::EmergencyTest => {
                if !person_at_device || !person_acts {
                    return Err(self.refuse(Rule::EmergencyNeedsDevice));
                }
                // Without a place the call still goes out: the place is missed when it is assigned, not now.
                let trunk = place.and_then(|place| self.directory.trunk(&place.trunk));
                let trunk = trunk.or_else(|| self.directory.outgoing_trunk(&user.account));
                let Some(trunk) = trunk else {
                    return Err(self.refuse(Rule::NoRoute));
                };
                let callback = place.map(|place| &place.callback);
                let callback = callback.or_else(|| self.directory.shown_number(&user.account));
                Ok(self.plan(
                    user,
                    None,
                    over(trunk, code.digits(), callback),
                    Rule::EmergencyAlways,
                ))
            }
            SpecialCode::Service(_) => {
                self.check_account(user)?;
                let Some(trunk) = self.directory.outgoing_trunk(&user.account) else {
                    return Err(self.refuse(Rule::NoRoute));
                };
                let shown = self.directory.shown_number(&user.account);
                Ok(self.plan(user, None, over(trunk, code.digits(), shown), Rule::ServiceCode))
            }
        }
    }

    fn public(&self, user: &User, number: &E164) -> Result<LegPlan, Refusal> {
        self.check_account(user)?;
        let class = number.class();
        let rule = self.decide(user, number, class)?;
        let Some(trunk) = self.directory.outgoing_trunk(&user.account) else {
            return Err(self.refuse_class(Rule::NoRoute, class));
        };
        let shown = self.directory.shown_number(&user.account);
        Ok(self.plan(
            user,
            Some(class),
            over(trunk, trunk.format.write(number), shown),
            rule,
        ))
    }

    fn check_account(&self, user: &User) -> Result<(), Refusal> {
        match self
            .directory
            .account(&user.account)
            .map(|account| account.status)
        {
            Some(status) if status.may_call_out() => Ok(()),
            Some(_) => Err(self.refuse(Rule::AccountSuspended)),
            None => Err(self.refuse(Rule::UnknownUser)),
        }
    }

    /// Finds the rule that decides. A denial at any level is final; an opening counts from system or reseller only.
    fn decide(&self, user: &User, number: &E164, class: NumberClass) -> Result<Rule, Refusal> {
        let rules: Vec<_> = self
            .directory
            .restrictions_for(user)
            .filter(|rule| rule.matches.covers(number, class))
            .collect();
        if let Some(denial) = rules.iter().find(|rule| rule.effect == Effect::Deny) {
            return Err(self.refuse_class(Rule::Restriction(denial.id.clone()), class));
        }
        let from_above = |owner: &RestrictionOwner| {
            matches!(owner, RestrictionOwner::System | RestrictionOwner::Reseller(_))
        };
        if let Some(opening) = rules.iter().find(|rule| from_above(&rule.owner)) {
            return Ok(Rule::Restriction(opening.id.clone()));
        }
        if class.open_by_default() {
            Ok(Rule::ClassOpen(class))
        } else {
            Err(self.refuse_class(Rule::ClassClosed(class), class))
        }
    }

    fn plan(&self, user: &User, class: Option<NumberClass>, route: Route, rule: Rule) -> LegPlan {
        LegPlan {
            account: user.account.clone(),
            authoriser: self.authoriser.clone(),
            cause: self.cause,
            class,
            number: self.shown.clone(),
            route,
            rule,
        }
    }

    fn refuse(&self, rule: Rule) -> Refusal {
        Refusal {
            rule,
            number: self.shown.clone(),
            class: None,
        }
    }

    fn refuse_class(&self, rule: Rule, class: NumberClass) -> Refusal {
        Refusal {
            class: Some(class),
            ..self.refuse(rule)
        }
    }
}

/// Makes a route over a trunk; both numbers are written as its carrier wants them.
fn over(trunk: &Trunk, dial_number: String, shown: Option<&E164>) -> Route {
    Route::Trunk {
        trunk: trunk.id.clone(),
        caller_number: shown.map(|number| trunk.format.write(number)),
        dial_number,
    }
}

#[cfg(test)]
mod tests;
