//! What follows for everything that hangs on an account when another reseller takes it over, derived in one place.
//!
//! Whoever keeps such a thing carries out what [`Move`] says of it, so that no part of a move is forgotten.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    account::{
        Account, BillingMode, Reseller,
        rules::{self, Broken},
    },
    did::{Applied, DidCommand, DidRecord, DidState, Holder, Refused},
    id::{ItemId, ResellerId, SubscriptionId},
    limit::{ApprovedCountry, Limits},
    name::Name,
    offer::{Catalogue, ResellerOffer, Split, Subscription},
    restriction::{Effect, Level, Restriction},
};

/// What an account has and what was set for it, as it is before the move.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    /// Countries that its reseller lets it call.
    pub approved: Vec<ApprovedCountry>,
    /// Limits of its own and of its users.
    pub limits: Vec<Limits>,
    /// Numbers that are its own, kept for it or on their way to it.
    pub numbers: Vec<DidRecord>,
    /// How many quotes it could still confirm.
    pub quotes: usize,
    /// Rules for it, its users and their devices, whoever set them.
    pub restrictions: Vec<Restriction>,
    /// What it pays for.
    pub subscriptions: Vec<Subscription>,
}

/// A thing before the move and after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed<T> {
    /// As it is.
    pub before: T,
    /// As it becomes.
    pub after: T,
}

/// A number before the move and after it, with what its history gains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedNumber {
    /// As it is.
    pub before: DidRecord,
    /// As it becomes.
    #[serde(serialize_with = "as_record")]
    pub after: Applied,
}

/// What becomes of an account and of all that hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The account as it is afterwards.
    pub account: Account,
    /// Who sold it.
    pub from: ResellerId,
    /// Who sells it now.
    pub to: ResellerId,
    /// Who bills what it paid for before the move.
    pub billed_before: BillingMode,
    /// Who bills it after.
    pub billed_after: BillingMode,
    /// The instant that parts the two.
    pub at: Timestamp,
    /// What it pays for: ended with the old reseller, begun with the new one.
    pub subscriptions: Vec<Split>,
    /// Its numbers and those on their way to it go along; what the old reseller kept for it goes back to his pool.
    pub numbers: Vec<MovedNumber>,
    /// Exceptions that the old reseller granted: they are gone.
    pub exceptions: Vec<Restriction>,
    /// Rules of the old reseller that ask for a PIN: they are the account's own from now on, and open nothing.
    pub pins: Vec<Changed<Restriction>>,
    /// Limits without the old reseller's word that parties outside may be joined. What he limited stays, for the new one to lift.
    pub limits: Vec<Changed<Limits>>,
    /// Approvals of the old reseller: they are gone.
    pub approved: Vec<ApprovedCountry>,
    /// How many quotes of the old reseller are gone.
    pub quotes: usize,
}

/// Why an account cannot be moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmovable {
    /// The account or one of the resellers does not allow it.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A number that it has does not take the step.
    #[error(transparent)]
    Number(#[from] Refused),
    /// It pays for something that the new reseller does not sell.
    #[error(
        "account pays for `{item}`, which reseller `{reseller}` does not sell: let him sell it, or cancel it first"
    )]
    NotSold {
        /// What.
        item: ItemId,
        /// By whom.
        reseller: ResellerId,
    },
    /// The account is this reseller's already.
    #[error("reseller `{reseller}` sells this account already")]
    Same {
        /// Who.
        reseller: ResellerId,
    },
}

/// Who moves an account, to whom, and when.
pub struct Moving<'a> {
    /// Who does it, for the histories of its numbers.
    pub by: &'a Name,
    /// What is sold.
    pub catalogue: &'a Catalogue,
    /// What the new reseller makes of that.
    pub offer: &'a ResellerOffer,
    /// Who sells it now.
    pub from: &'a Reseller,
    /// Who sells it from now on.
    pub to: &'a Reseller,
    /// When.
    pub at: Timestamp,
}

impl Moving<'_> {
    /// Derives all that follows; `mint` gives ids for what begins with the new reseller.
    ///
    /// # Errors
    /// [`Unmovable`]; nothing has changed then.
    pub fn derive(
        &self,
        account: &Account,
        held: Holdings,
        mut mint: impl FnMut() -> SubscriptionId,
    ) -> Result<Move, Unmovable> {
        rules::check_moves(account, self.to)?;
        if account.reseller == self.to.id {
            return Err(Unmovable::Same {
                reseller: self.to.id.clone(),
            });
        }
        let mut moved = Move {
            account: Account {
                reseller: self.to.id.clone(),
                ..account.clone()
            },
            from: self.from.id.clone(),
            to: self.to.id.clone(),
            billed_before: self.from.billing,
            billed_after: self.to.billing,
            at: self.at,
            subscriptions: Vec::new(),
            numbers: Vec::new(),
            exceptions: Vec::new(),
            pins: Vec::new(),
            limits: Vec::new(),
            approved: held.approved,
            quotes: held.quotes,
        };
        for subscription in held.subscriptions {
            moved.subscriptions.extend(self.split(&subscription, &mut mint)?);
        }
        for number in held.numbers {
            moved.numbers.extend(self.number(number)?);
        }
        for rule in held
            .restrictions
            .into_iter()
            .filter(|rule| rule.set_by == Level::Reseller)
        {
            match rule.effect {
                Effect::Allow => moved.exceptions.push(rule),
                Effect::RequirePin => {
                    let after = Restriction {
                        set_by: Level::Account,
                        // Trunks are chosen above the account.
                        trunk: None,
                        ..rule.clone()
                    };
                    moved.pins.push(Changed { before: rule, after });
                }
                // What he closed stays closed until the new one opens it.
                Effect::Deny => {}
            }
        }
        for limits in held.limits {
            if limits.joins_outside == Some(true) {
                let after = Limits {
                    joins_outside: None,
                    ..limits.clone()
                };
                moved.limits.push(Changed {
                    before: limits,
                    after,
                });
            }
        }
        Ok(moved)
    }

    /// Parts what goes on at the instant of the move: what is decided of it, such as its end, is so afterwards too.
    fn split(
        &self,
        subscription: &Subscription,
        mint: &mut impl FnMut() -> SubscriptionId,
    ) -> Result<Option<Split>, Unmovable> {
        if subscription.quantity_at(self.at) == 0 {
            return Ok(None);
        }
        let item = self.catalogue.item(&subscription.item);
        // What is retired nobody sells, and what ends anyway is not sold anew: who has it keeps the price that he confirmed.
        let is_kept = item.is_none_or(|item| item.is_retired) || subscription.quantity_in_the_end() == 0;
        let price = match item.and_then(|item| self.offer.price(item)) {
            Some(price) => price,
            None if is_kept => subscription.price.clone(),
            None => {
                return Err(Unmovable::NotSold {
                    item: subscription.item.clone(),
                    reseller: self.to.id.clone(),
                });
            }
        };
        let begun = Subscription {
            id: mint(),
            reseller: self.to.id.clone(),
            catalogue: self.catalogue.version(),
            price,
            ..subscription.clone()
        };
        Ok(Some(subscription.split(begun, self.at)))
    }

    fn number(&self, before: DidRecord) -> Result<Option<MovedNumber>, Unmovable> {
        let command = match &before.settle(self.at).record.state {
            DidState::Reserved {
                holder: Holder::Account(_),
                ..
            } => DidCommand::Unreserve,
            DidState::Assigned { .. }
            | DidState::Suspended { .. }
            | DidState::PortOutPending { .. }
            | DidState::PortInPending { then: Some(_) }
            | DidState::PortInRejected { then: Some(_), .. } => {
                DidCommand::ChangeReseller(self.to.id.clone())
            }
            _ => return Ok(None),
        };
        let after = before.apply(command, self.by, self.at)?;
        Ok(Some(MovedNumber { before, after }))
    }
}

fn as_record<S: serde::Serializer>(applied: &Applied, to: S) -> Result<S::Ok, S::Error> {
    applied.record.serialize(to)
}
