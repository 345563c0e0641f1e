//! What is asked of the gate.

use jiff::Timestamp;

use super::Authoriser;
use crate::{
    calls::LegCause,
    id::{ContactId, UserId},
    number::{Dialled, E164},
};

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

/// Whom the new leg is joined to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Joined {
    /// Nobody but whoever causes it, or nobody yet.
    #[default]
    Nobody,
    /// Somebody of the house.
    Inside,
    /// Somebody outside, who then talks at the house's expense.
    Outside,
}

/// One leg that somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct LegRequest<'a> {
    /// Who causes it.
    pub authoriser: &'a Authoriser,
    /// Where it should go.
    pub destination: &'a Destination,
    /// What makes it.
    pub cause: LegCause,
    /// When: rules may hold for some hours only. Its microseconds spread legs over equal routes. Nothing where the leg
    /// is only saved, to be made at any hour: rules for some hours are then not asked.
    pub at: Option<Timestamp>,
    /// Whom it is joined to, where it is transferred or added.
    pub joined: Joined,
    /// The numbers through which the call was forwarded so far, oldest first.
    pub forwarded: &'a [E164],
}

impl<'a> LegRequest<'a> {
    /// Asks for a leg that is joined to nobody else and was never forwarded.
    pub fn new(
        authoriser: &'a Authoriser,
        destination: &'a Destination,
        cause: LegCause,
        at: Timestamp,
    ) -> Self {
        Self {
            authoriser,
            destination,
            cause,
            at: Some(at),
            joined: Joined::Nobody,
            forwarded: &[],
        }
    }

    /// Asks whether a leg may be saved, as a forward or an alert. It is asked again when it is dialled.
    pub fn to_save(authoriser: &'a Authoriser, destination: &'a Destination, cause: LegCause) -> Self {
        Self {
            at: None,
            ..Self::new(authoriser, destination, cause, Timestamp::UNIX_EPOCH)
        }
    }

    /// Joins the leg to somebody.
    pub fn joined_to(self, joined: Joined) -> Self {
        Self { joined, ..self }
    }

    /// Says through which numbers the call was forwarded so far.
    pub fn forwarded_through(self, forwarded: &'a [E164]) -> Self {
        Self { forwarded, ..self }
    }
}
