//! Going down into a place below, to act as its administrator.

use crate::permission::{
    Refusal,
    actor::{Actor, Principal},
    decide::can,
    matrix::{Action, Matter},
    place::Place,
};

impl Actor {
    /// Enters a reseller or an account below: the actor then has its administrator's rights, and the audit names both.
    ///
    /// # Errors
    /// [`Refusal`] for whoever is not above the place, or whose key does not cover it.
    pub fn enter(&self, place: &Place) -> Result<Self, Refusal> {
        let (matter, principal) = match place {
            Place::Reseller { reseller, .. } => {
                let principal = Principal::Reseller {
                    reseller: reseller.clone(),
                    login: None,
                };
                (Matter::Resellers, principal)
            }
            Place::Account(place) | Place::User { account: place, .. } => {
                let principal = Principal::Account {
                    account: place.account.clone(),
                    reseller: place.reseller.clone(),
                    kind: place.kind,
                };
                (Matter::Accounts, principal)
            }
            Place::System => return Err(Refusal::Missing),
        };
        let _entered = can(self, Action::Enter, &place.clone().resource(matter))?;
        Ok(self.within(principal))
    }
}
