//! The life of a number: one table of transitions, one function that takes them.

mod refused;
mod table;
#[cfg(test)]
mod tests;

pub use refused::Refused;
pub use table::{TRANSITIONS, Transition};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{AccountOwner, DidCommand, DidRecord, DidState, DidVerb, Holder, NumberEvent, Owner, Successor};
use crate::{id::ResellerId, name::Name};

/// Longest reservation: a number that nobody takes within it goes back to its pool.
pub const MAX_RESERVATION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a number of the pool is reserved for whoever it is being given to.
const HAND_OVER: SignedDuration = SignedDuration::from_mins(1);

/// A number after a command, with what its history gains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The number as it is now.
    pub record: DidRecord,
    /// What happened, oldest first; time may have done something before the command.
    pub events: Vec<NumberEvent>,
    /// What somebody should see to.
    pub flag: Option<Flag>,
}

/// What is not wrong, but will be when somebody is in need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// The number went into service without an address of its own: emergency services are told its account's place.
    AccountsEmergencyAddress,
    /// The number went into service without an address of its own, and none is known of its account: emergency services are
    /// told no address.
    NoEmergencyAddress,
}

impl Flag {
    /// Says what is so where the account has a place, which a number alone does not know.
    pub fn beside_place_of_account(self) -> Self {
        match self {
            Self::AccountsEmergencyAddress | Self::NoEmergencyAddress => Self::AccountsEmergencyAddress,
        }
    }
}

impl DidRecord {
    /// Writes the first line of a new number's history: it came in by `by`.
    pub fn imported(mut self, by: &Name, now: Timestamp) -> Applied {
        self.events = 1;
        let event = NumberEvent {
            number: self.number.clone(),
            sequence: 1,
            at: now,
            by: by.clone(),
            verb: DidVerb::Import,
            from: None,
            to: self.state.status(),
            owner: self.owner.clone(),
            reason: None,
        };
        let flag = self.flag();
        Applied {
            record: self,
            events: vec![event],
            flag,
        }
    }

    /// Begins the number's next life, as `new` says, in the row and the history of the one that is over.
    ///
    /// # Errors
    /// [`Refused::Transition`] where the number has not left.
    pub fn taken_in_again(&self, new: Self, by: &Name, now: Timestamp) -> Result<Applied, Refused> {
        let way = (self.state.status(), DidVerb::Import, new.state.status());
        if !TRANSITIONS.contains(&way) {
            return Err(self.refuse(DidVerb::Import));
        }
        let mut applied = Applied {
            record: self.clone(),
            events: Vec::new(),
            flag: new.flag(),
        };
        applied.write(DidVerb::Import, by, now, new.state, new.owner);
        applied.record.trunk = new.trunk;
        applied.record.emergency_address = new.emergency_address;
        Ok(applied)
    }

    /// Takes one command at `now`, after what time alone did to the number.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn apply(&self, command: DidCommand, by: &Name, now: Timestamp) -> Result<Applied, Refused> {
        let mut applied = self.settle(now);
        let before = applied.record.clone();
        let verb = command.verb();
        let address = match &command {
            DidCommand::SetAddress(address) => address.clone(),
            // It was told for the customer who now lets go.
            DidCommand::Release { .. } => None,
            _ => before.emergency_address.clone(),
        };
        let trunk = match &command {
            DidCommand::MoveTrunk(trunk) => trunk.clone(),
            _ => before.trunk.clone(),
        };
        let (state, owner) = before.next(command, now)?;
        // `next` says where to, the table whether there is such a way.
        let transition = (before.state.status(), verb, state.status());
        if !TRANSITIONS.contains(&transition) {
            return Err(before.refuse(verb));
        }
        applied.write(verb, by, now, state, owner);
        applied.record.emergency_address = address;
        applied.record.trunk = trunk;
        if matches!(verb, DidVerb::Assign | DidVerb::Restore | DidVerb::CompletePortIn) {
            applied.flag = applied.record.flag();
        }
        Ok(applied)
    }

    /// Gives a customer a number out of a pool or out of a reservation: what is in a pool is reserved first.
    ///
    /// # Errors
    /// As [`DidRecord::apply`].
    pub fn hand_over(&self, taker: Successor, by: &Name, now: Timestamp) -> Result<Applied, Refused> {
        let settled = self.settle(now).record;
        match &settled.state {
            DidState::Available => {}
            DidState::Reserved { .. } => return self.apply(DidCommand::Assign(taker), by, now),
            state => {
                return Err(Refused::NotFree {
                    number: self.number.clone(),
                    status: state.status(),
                });
            }
        }
        let reserve = DidCommand::Reserve {
            holder: Holder::Account(taker.owner.clone()),
            until: now.checked_add(HAND_OVER).unwrap_or(Timestamp::MAX),
        };
        let mut reserved = self.apply(reserve, by, now)?;
        let given = reserved.record.apply(DidCommand::Assign(taker), by, now)?;
        reserved.events.extend(given.events);
        Ok(Applied {
            events: reserved.events,
            ..given
        })
    }

    /// Says whether a customer may order the number at `now`: it is in his reseller's pool, reserved for him, or rests
    /// since he let it go.
    pub fn is_on_offer_to(&self, customer: &AccountOwner, now: Timestamp) -> bool {
        let settled = self.settle(now).record;
        let admits = match &settled.state {
            DidState::Available => true,
            DidState::Quarantined { former, .. } => *former == customer.account,
            DidState::Reserved { holder, .. } => holder.admits(customer),
            _ => false,
        };
        admits && settled.owner.reseller() == Some(&customer.reseller)
    }

    /// Does what time alone does: reservations and quarantines whose moment has come are over.
    pub fn settle(&self, now: Timestamp) -> Applied {
        let mut applied = Applied {
            record: self.clone(),
            events: Vec::new(),
            flag: None,
        };
        let (verb, until) = match &self.state {
            DidState::Reserved { until, .. } => (DidVerb::Expire, *until),
            DidState::Quarantined { until, .. } => (DidVerb::EndQuarantine, *until),
            _ => return applied,
        };
        if until <= now {
            let clock = "clock".parse().expect("a word is a name");
            applied.write(verb, &clock, now, DidState::Available, self.owner.clone());
        }
        applied
    }

    /// Finds what a command makes of this number, whether or not there is such a way.
    fn next(&self, command: DidCommand, now: Timestamp) -> Result<(DidState, Owner), Refused> {
        let verb = command.verb();
        let stay = self.owner.clone();
        let number = || self.number.clone();
        let early = |until: Timestamp, reason| Refused::Time {
            number: self.number.clone(),
            verb,
            until,
            reason,
        };
        Ok(match (&self.state, command) {
            (DidState::Ordered, DidCommand::Arrive) => (DidState::Available, stay),
            (DidState::Ordered, DidCommand::CancelOrder)
            | (DidState::PortInPending { .. } | DidState::PortInRejected { .. }, DidCommand::CancelPortIn) => {
                (DidState::Cancelled, Owner::System)
            }
            (DidState::PortInPending { then }, DidCommand::RejectPortIn { reason }) => {
                let then = then.clone();
                (DidState::PortInRejected { then, reason }, stay)
            }
            (DidState::PortInRejected { then, .. }, DidCommand::ResubmitPortIn) => {
                (DidState::PortInPending { then: then.clone() }, stay)
            }
            (DidState::PortInPending { then: None }, DidCommand::CompletePortIn) => {
                (DidState::Available, stay)
            }
            (DidState::PortInPending { then: Some(then) }, DidCommand::CompletePortIn) => {
                self.given_to(then)?
            }
            (DidState::Available, DidCommand::Grant(reseller)) => match &self.owner {
                Owner::System => (DidState::Available, Owner::Reseller { reseller }),
                _ => return Err(Refused::AnotherPool { number: number() }),
            },
            (DidState::Available, DidCommand::GiveBack) => match &self.owner {
                Owner::Reseller { .. } => (DidState::Available, Owner::System),
                _ => return Err(Refused::AnotherPool { number: number() }),
            },
            (DidState::Available, DidCommand::Reserve { holder, until }) => {
                self.check_pool(holder.reseller())?;
                if until <= now {
                    return Err(early(until, "that moment is over"));
                }
                if until.duration_since(now) > MAX_RESERVATION {
                    return Err(early(until, "a reservation lasts 30 days at most"));
                }
                (DidState::Reserved { holder, until }, stay)
            }
            (DidState::Reserved { .. }, DidCommand::Unreserve) => (DidState::Available, stay),
            (
                DidState::Reserved { until, .. } | DidState::Quarantined { until, .. },
                DidCommand::Expire | DidCommand::EndQuarantine,
            ) => {
                // Those whose moment has come are settled already.
                return Err(early(*until, "its time is not over"));
            }
            (DidState::Reserved { holder, .. }, DidCommand::Assign(taker)) => {
                if !holder.admits(&taker.owner) {
                    return Err(Refused::AnotherHolder { number: number() });
                }
                self.given_to(&taker)?
            }
            (DidState::Assigned { .. }, DidCommand::Retarget(target)) => {
                (DidState::Assigned { target }, stay)
            }
            (DidState::Assigned { target }, DidCommand::SetAddress(_)) => (
                DidState::Assigned {
                    target: target.clone(),
                },
                stay,
            ),
            (DidState::Assigned { target }, DidCommand::Suspend) => (
                DidState::Suspended {
                    target: target.clone(),
                },
                stay,
            ),
            (DidState::Suspended { target }, DidCommand::Resume) => (
                DidState::Assigned {
                    target: target.clone(),
                },
                stay,
            ),
            (
                DidState::Assigned { .. } | DidState::Suspended { .. },
                DidCommand::Release { quarantine_until },
            ) => {
                let Owner::Account(former) = &self.owner else {
                    return Err(self.refuse(verb));
                };
                let state = DidState::Quarantined {
                    former: former.account.clone(),
                    until: quarantine_until,
                };
                (state, self.owner.previous())
            }
            (DidState::Quarantined { former, .. }, DidCommand::Restore(taker)) => {
                if *former != taker.owner.account {
                    return Err(Refused::NotFormerOwner { number: number() });
                }
                self.given_to(&taker)?
            }
            (DidState::Available | DidState::Quarantined { .. }, DidCommand::ReturnToItsp) => {
                (DidState::ReturnedToItsp, Owner::System)
            }
            (DidState::Assigned { target }, DidCommand::PortOut) => (
                DidState::PortOutPending {
                    target: target.clone(),
                },
                stay,
            ),
            (DidState::PortOutPending { .. }, DidCommand::CompletePortOut) => {
                (DidState::PortedOut, Owner::System)
            }
            (DidState::PortOutPending { target }, DidCommand::AbandonPortOut) => (
                DidState::Assigned {
                    target: target.clone(),
                },
                stay,
            ),
            (
                DidState::Cancelled | DidState::PortedOut | DidState::ReturnedToItsp,
                DidCommand::Order(reseller),
            ) => (DidState::Ordered, Owner::Reseller { reseller }),
            (state, DidCommand::MoveTrunk(_)) => (state.clone(), stay),
            (state, DidCommand::ChangeReseller(reseller)) => {
                let of = |owner: &AccountOwner| AccountOwner {
                    reseller: reseller.clone(),
                    ..owner.clone()
                };
                let going_to = |then: &Successor| Successor {
                    owner: of(&then.owner),
                    target: then.target.clone(),
                };
                let pool = || Owner::Reseller {
                    reseller: reseller.clone(),
                };
                match (state, &self.owner) {
                    (_, Owner::Account(owner)) => (state.clone(), Owner::Account(of(owner))),
                    (DidState::PortInPending { then: Some(then) }, _) => {
                        let then = Some(going_to(then));
                        (DidState::PortInPending { then }, pool())
                    }
                    (
                        DidState::PortInRejected {
                            then: Some(then),
                            reason,
                        },
                        _,
                    ) => {
                        let (then, reason) = (Some(going_to(then)), reason.clone());
                        (DidState::PortInRejected { then, reason }, pool())
                    }
                    // What nobody has yet stays in its pool.
                    _ => return Err(self.refuse(verb)),
                }
            }
            _ => return Err(self.refuse(verb)),
        })
    }

    fn given_to(&self, taker: &Successor) -> Result<(DidState, Owner), Refused> {
        self.check_pool(&taker.owner.reseller)?;
        let target = taker.target.clone();
        Ok((DidState::Assigned { target }, Owner::Account(taker.owner.clone())))
    }

    /// Lets a reseller take from the operator's pool and from his own, never from another's.
    fn check_pool(&self, reseller: &ResellerId) -> Result<(), Refused> {
        match self.owner.reseller() {
            Some(owner) if owner != reseller => Err(Refused::AnotherPool {
                number: self.number.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn flag(&self) -> Option<Flag> {
        let silent = matches!(self.state, DidState::Assigned { .. }) && self.emergency_address.is_none();
        silent.then_some(Flag::NoEmergencyAddress)
    }

    fn refuse(&self, verb: DidVerb) -> Refused {
        Refused::Transition {
            number: self.number.clone(),
            status: self.state.status(),
            verb,
        }
    }
}

impl Applied {
    fn write(&mut self, verb: DidVerb, by: &Name, now: Timestamp, state: DidState, owner: Owner) {
        let from = self.record.state.status();
        self.record.events += 1;
        self.record.state = state;
        self.record.owner = owner;
        self.events.push(NumberEvent {
            number: self.record.number.clone(),
            sequence: self.record.events,
            at: now,
            by: by.clone(),
            verb,
            from: Some(from),
            to: self.record.state.status(),
            owner: self.record.owner.clone(),
            reason: match &self.record.state {
                DidState::PortInRejected { reason, .. } if verb == DidVerb::RejectPortIn => {
                    Some(reason.clone())
                }
                _ => None,
            },
        });
    }
}
