//! What is checked of forwards when they are saved; at the call they are checked again.

use crate::{
    account::User,
    calls::LegCause,
    did::DidTarget,
    directory::Directory,
    id::UserId,
    number::{Dialled, E164},
    office::{Office, OfficeState},
    policy::{Authoriser, Destination, LegRequest, Refusal, authorize_leg},
    presence::{ForwardTarget, Presence, Treatment},
};

/// Why a forward may not be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForwardRefused {
    /// A number outside that the user may not call.
    #[error("a forward to {0}: who may not call a number may not send callers there either")]
    Gate(Refusal),
    /// A number that is answered here.
    #[error(
        "a forward to `{number}` would come back: it is a number of {whose}; use `devices` or `user:USER` instead"
    )]
    OwnNumber {
        /// The number.
        number: E164,
        /// `the same user`, `a colleague` or `the office`.
        whose: &'static str,
    },
    /// Oneself as a colleague.
    #[error("a forward to oneself: use `devices`")]
    Oneself,
    /// No colleague of that id.
    #[error("a forward to `user:{0}`: there is no such user in this account")]
    UnknownUser(UserId),
}

/// Checks the forwards of a user's presence.
///
/// # Errors
/// [`ForwardRefused`]: numbers of the same account, numbers that the gate refuses, colleagues who do not exist.
pub fn check_presence(presence: &Presence, user: &User, directory: &Directory) -> Result<(), ForwardRefused> {
    let rules = presence.form().statuses.iter().flat_map(|status| &status.rules);
    let mut treatments = rules.map(|rule| &rule.then);
    treatments.try_for_each(|treatment| check(treatment, user, directory))
}

/// Checks the forwards of an office, whose legs the operator answers for.
///
/// # Errors
/// As [`check_presence`].
pub fn check_office(office: &Office, operator: &User, directory: &Directory) -> Result<(), ForwardRefused> {
    let mut states = OfficeState::ALL.iter();
    states.try_for_each(|(_, state)| check(office.treatment(*state), operator, directory))
}

fn check(treatment: &Treatment, user: &User, directory: &Directory) -> Result<(), ForwardRefused> {
    treatment.legs().try_for_each(|leg| match &leg.to {
        ForwardTarget::Devices => Ok(()),
        ForwardTarget::User(colleague) if *colleague == user.id => Err(ForwardRefused::Oneself),
        ForwardTarget::User(colleague) => match directory.user(colleague) {
            Some(found) if found.account == user.account => Ok(()),
            _ => Err(ForwardRefused::UnknownUser(colleague.clone())),
        },
        ForwardTarget::Number(number) => check_number(number, user, directory),
    })
}

fn check_number(number: &E164, user: &User, directory: &Directory) -> Result<(), ForwardRefused> {
    if let Some(did) = directory.did(number).filter(|did| did.account == user.account) {
        let whose = match &did.target {
            DidTarget::Receptionist { .. } => "the office",
            DidTarget::SmartNumber { user: owner } if *owner == user.id => "the same user",
            DidTarget::SmartNumber { .. } => "a colleague",
        };
        let number = number.clone();
        return Err(ForwardRefused::OwnNumber { number, whose });
    }
    let authoriser = Authoriser::Rule {
        user: user.id.clone(),
    };
    let destination = Destination::Dialled(Dialled::Number(number.clone()));
    authorize_leg(
        &LegRequest::to_save(&authoriser, &destination, LegCause::Forward),
        directory,
    )
    .map(|_| ())
    .map_err(ForwardRefused::Gate)
}
