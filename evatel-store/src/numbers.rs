//! What is done with numbers, each step checked, made and told in one transaction.

use evatel_core::{
    did::{
        AccountOwner, Applied, DidCommand, DidRecord, DidState, DidTarget, EmergencyAddress, Flag, Holder,
        Owner, Refused, Successor,
    },
    id::{AccountId, ResellerId, TrunkId},
    name::Name,
    number::E164,
    permission::{Action, Matter, Place},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    accounts::{check_open, check_reached},
    acting::{Done, Permit, command},
    backend::{AnyLink, at_one_moment},
    closing::rest_if_closed,
    did_rows::{self, record},
    dids::{check_no_callback, successor},
    emergency_places::{KeptPlace, place_within},
    feed::bump_revision,
    mint,
    number_events::done_by,
    number_views::{nobodys, seen_at},
    shop::free_taker,
    subscription_rows::end_paid_for,
    trunks::check_trunk,
};

/// A number to be taken into a reseller's pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNumber {
    /// The number; unique in the system.
    pub number: E164,
    /// The trunk over which it comes.
    pub trunk: TrunkId,
    /// How it comes.
    pub arrival: Arrival,
}

/// How a number comes into the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// It is there.
    Available,
    /// It is ordered from the ITSP.
    Ordered,
    /// It comes from another carrier.
    PortIn {
        /// What answers it then; nothing means the pool.
        target: Option<DidTarget>,
    },
    /// It is in service already.
    InService(DidTarget),
}

/// What shall become of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberChange {
    /// Leaves it where it was: the port away fell through.
    AbandonPortOut,
    /// Puts it into the pool: the ITSP has delivered it.
    Arrive,
    /// Gives it to a customer for nothing, out of the pool or out of a reservation for him. It is the reseller's to do,
    /// where its offer asks nothing for a number; else the customer takes it by a quote ([`Acting::quote`]).
    Assign(DidTarget),
    /// Calls its order off.
    CancelOrder,
    /// Calls its port in off.
    CancelPortIn,
    /// Ends its port in.
    CompletePortIn,
    /// Ends its port away.
    CompletePortOut,
    /// Lets it come over another trunk: whoever stocks the pool chooses the carrier.
    MoveTrunk(TrunkId),
    /// Orders a number again that had left or never came.
    Order {
        /// For whose pool.
        reseller: ResellerId,
    },
    /// Begins its port away.
    PortOut,
    /// Notes that the other carrier refuses to let it go.
    RejectPortIn {
        /// Why, in the carrier's words.
        reason: Name,
    },
    /// Lets it go; it rests.
    Release {
        /// For how long.
        quarantine: SignedDuration,
    },
    /// Keeps it for a customer, or for the reseller itself.
    Reserve {
        /// For whom; nobody means any customer of the reseller.
        account: Option<AccountId>,
        /// For how long.
        length: SignedDuration,
    },
    /// Asks once more for a port in that was refused.
    ResubmitPortIn,
    /// Gives it back to its former customer; the reseller's to do, as [`NumberChange::Assign`].
    Restore(DidTarget),
    /// Puts it into service again.
    Resume,
    /// Lets something else of the same account answer it.
    Retarget(DidTarget),
    /// Gives it back to the ITSP: one that rests, or one of the pool.
    ReturnToItsp,
    /// Changes or removes its emergency address.
    SetAddress(Option<EmergencyAddress>),
    /// Takes it out of service for a while.
    Suspend,
    /// Ends its reservation.
    Unreserve,
}

/// A number after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedNumber {
    /// The number as it is now.
    #[serde(flatten)]
    pub record: DidRecord,
    /// What somebody should see to.
    pub flag: Option<Flag>,
}

impl ChangedNumber {
    /// Says with it what emergency services would be told, as things stand in this transaction.
    pub(crate) async fn new(applied: Applied, link: &mut impl AnyLink) -> Result<Self, Error> {
        let place = match (applied.flag, applied.record.owner.account()) {
            (Some(_), Some(account)) => place_within(account, link).await?,
            _ => None,
        };
        let flag = applied.flag.map(|flag| match place {
            Some(KeptPlace::Usable(_)) => flag.beside_place_of_account(),
            _ => flag,
        });
        Ok(Self {
            record: applied.record,
            flag,
        })
    }
}

impl Acting {
    /// Takes a number into a reseller's inventory. One that had left, or never came, begins a new life in its history.
    ///
    /// # Errors
    /// [`Error::NumberTaken`]; [`Error::Unpaid`] for one that goes to a customer whom a number costs something;
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn add_number(&self, reseller: &ResellerId, new: NewNumber) -> Result<ChangedNumber, Error> {
        let target = Target::Reseller(reseller.clone());
        let (id, number, reseller) = (mint::id("did")?, new.number.clone(), reseller.clone());
        let added = command!(self, Action::Stock, Matter::Numbers, target, |permit, link| {
            check_trunk(&new.trunk, &mut *link).await?;
            let taker = match &new.arrival {
                Arrival::PortIn { target: Some(target) } | Arrival::InService(target) => {
                    Some(free_taker(&reseller, target.clone(), &mut *link).await?.0)
                }
                _ => None,
            };
            let mut owner = Owner::Reseller {
                reseller: reseller.clone(),
            };
            let state = match (new.arrival, taker) {
                (Arrival::InService(_), Some(taker)) => {
                    owner = Owner::Account(taker.owner);
                    DidState::Assigned { target: taker.target }
                }
                (Arrival::PortIn { .. }, then) => DidState::PortInPending { then },
                (Arrival::Ordered, _) => DidState::Ordered,
                _ => DidState::Available,
            };
            let record = DidRecord {
                id,
                number: new.number,
                trunk: new.trunk,
                owner,
                state,
                emergency_address: None,
                events: 0,
            };
            let applied = take_in(record, &permit, &mut *link).await?;
            bump_revision!(link, "dids" => applied.record.number.as_str());
            let number = applied.record.number.clone();
            Ok(Done::made(ChangedNumber::new(applied, &mut *link).await?, number))
        });
        added.map_err(|error| error.or_taken(|| Error::NumberTaken { number }))
    }

    /// Changes one number.
    ///
    /// # Errors
    /// [`Error::Number`] where its state does not allow it, [`Error::InUse`] where it is an emergency callback,
    /// [`Error::Broken`] where an account in service would be left without the number by which it is reached;
    /// [`Error::Unpaid`] where it is handed to a customer whom a number costs something; [`Error::Missing`], [`Error::Refused`].
    pub async fn change_number(&self, number: &E164, change: NumberChange) -> Result<ChangedNumber, Error> {
        let missing = || Error::missing("DID", number);
        let store = self.store();
        let found = at_one_moment!(store, link => { record(number, link).await })?;
        let found = found.unwrap_or_else(|| nobodys(number));
        let Some((action, target)) = right_for(&change, &found) else {
            let sees = self.may(Action::Read, Matter::Numbers, &seen_at(&found)).await;
            let status = found.state.status();
            return Err(if sees.is_ok() && found.state.is_over() {
                let number = number.clone();
                Error::Number(Refused::Over { number, status })
            } else {
                missing()
            });
        };
        // Whether there is such a number stays unknown to whoever may not see it.
        if let Err(error) = self.may(action, Matter::Numbers, &target).await {
            let sees = self.may(Action::Read, Matter::Numbers, &seen_at(&found)).await;
            return Err(if sees.is_ok() { error } else { missing() });
        }
        let (number, acting) = (number.clone(), self.clone());
        command!(self, action, Matter::Numbers, target, |permit, link| {
            let now = Timestamp::now();
            let before = record(&number, &mut *link)
                .await?
                .ok_or_else(|| Error::missing("DID", &number))?;
            if before.owner != found.owner {
                return Err(Error::LostRace { number });
            }
            if let NumberChange::MoveTrunk(trunk) = &change {
                check_trunk(trunk, &mut *link).await?;
                if before.trunk == *trunk {
                    return Ok(Done::nothing(ChangedNumber {
                        record: before.settle(now).record,
                        flag: None,
                    }));
                }
            }
            if matches!(
                change,
                NumberChange::Release { .. } | NumberChange::CompletePortOut
            ) {
                check_no_callback(&number, &mut *link).await?;
            }
            // A port away is the carriers' to end: it is not held up here.
            let takes_away = matches!(
                change,
                NumberChange::Release { .. } | NumberChange::Retarget(_) | NumberChange::Suspend
            );
            let applied = acting.apply(&before, change, &permit, now, &mut *link).await?;
            let applied = rest_if_closed(applied, &done_by(&permit.actor), now, &mut *link).await?;
            did_rows::update(&before, &applied, &mut *link).await?;
            bump_revision!(link, "dids" => number.as_str());
            if let (Some(account), true) = (before.owner.account(), takes_away) {
                check_reached(account, &before.state, &mut *link).await?;
            }
            if let Some(former) = before.owner.account()
                && applied.record.owner.account() != Some(former)
            {
                end_paid_for(&number, former, now, &mut *link).await?;
            }
            let after = ChangedNumber::new(applied, &mut *link).await?;
            Ok(Done::changed(after.clone(), &number, &before, &after.record))
        })
    }

    /// Applies a change to a record, within its transaction.
    async fn apply(
        &self,
        before: &DidRecord,
        change: NumberChange,
        permit: &Permit,
        now: Timestamp,
        link: &mut impl AnyLink,
    ) -> Result<Applied, Error> {
        let by = done_by(&permit.actor);
        let later = |length: SignedDuration| now.checked_add(length).unwrap_or(Timestamp::MAX);
        let command = match change {
            NumberChange::AbandonPortOut => DidCommand::AbandonPortOut,
            NumberChange::Arrive => DidCommand::Arrive,
            NumberChange::Assign(target) => {
                let taker = own_customer(permit, target, link).await?;
                return self.judge(before, before.hand_over(taker, &by, now), link).await;
            }
            NumberChange::CancelOrder => DidCommand::CancelOrder,
            NumberChange::CancelPortIn => DidCommand::CancelPortIn,
            NumberChange::CompletePortIn => DidCommand::CompletePortIn,
            NumberChange::CompletePortOut => DidCommand::CompletePortOut,
            NumberChange::MoveTrunk(trunk) => DidCommand::MoveTrunk(trunk),
            NumberChange::Order { reseller } => DidCommand::Order(reseller),
            NumberChange::PortOut => DidCommand::PortOut,
            NumberChange::RejectPortIn { reason } => DidCommand::RejectPortIn { reason },
            NumberChange::Release { quarantine } => DidCommand::Release {
                quarantine_until: later(quarantine),
            },
            NumberChange::Reserve { account, length } => {
                let holder = match account {
                    Some(account) => {
                        let of_account = Target::Account(account.clone());
                        let place = crate::acting::place_of(&of_account, &mut *link).await?;
                        let (reseller, _) = place
                            .reseller()
                            .ok_or_else(|| Error::missing("account", &account))?;
                        // A customer of somebody else is the same as none.
                        if permit.place.reseller().is_none_or(|(own, _)| own != reseller) {
                            return Err(Error::missing("account", &account));
                        }
                        check_open(&account, &mut *link).await?;
                        Holder::Account(AccountOwner {
                            account,
                            reseller: reseller.clone(),
                        })
                    }
                    None => match &permit.place {
                        Place::Reseller { reseller, .. } => Holder::Reseller {
                            reseller: reseller.clone(),
                        },
                        _ => return Err(Error::missing("DID", &before.number)),
                    },
                };
                DidCommand::Reserve {
                    holder,
                    until: later(length),
                }
            }
            NumberChange::ResubmitPortIn => DidCommand::ResubmitPortIn,
            NumberChange::Restore(target) => DidCommand::Restore(own_customer(permit, target, link).await?),
            NumberChange::Resume => DidCommand::Resume,
            NumberChange::Retarget(target) => {
                let taker = successor(target, link).await?;
                if before.owner.account() != Some(&taker.owner.account) {
                    return Err(Error::missing("user", taker.target.user()));
                }
                DidCommand::Retarget(taker.target)
            }
            NumberChange::ReturnToItsp => DidCommand::ReturnToItsp,
            NumberChange::SetAddress(address) => DidCommand::SetAddress(address),
            NumberChange::Suspend => DidCommand::Suspend,
            NumberChange::Unreserve => DidCommand::Unreserve,
        };
        self.judge(before, before.apply(command, &by, now), link).await
    }

    /// Tells the reason of a refusal to whoever may see the number, and nothing to anybody else.
    async fn judge(
        &self,
        before: &DidRecord,
        applied: Result<Applied, Refused>,
        link: &mut impl AnyLink,
    ) -> Result<Applied, Error> {
        match applied {
            Ok(applied) => Ok(applied),
            Err(refused) => match self
                .permit(Action::Read, Matter::Numbers, &seen_at(before), link)
                .await
            {
                Ok(_) => Err(Error::Number(refused)),
                Err(_) => Err(Error::missing("DID", &before.number)),
            },
        }
    }
}

/// Writes a number that comes in: a new row, or the next life of one that had left.
async fn take_in(record: DidRecord, permit: &Permit, link: &mut impl AnyLink) -> Result<Applied, Error> {
    let (by, now) = (done_by(&permit.actor), Timestamp::now());
    match did_rows::record(&record.number, &mut *link).await? {
        Some(left) if left.state.is_over() => {
            let applied = left.taken_in_again(record, &by, now)?;
            did_rows::update(&left, &applied, link).await?;
            Ok(applied)
        }
        Some(there) => Err(Error::NumberTaken { number: there.number }),
        None => {
            let applied = record.imported(&by, now);
            did_rows::insert(&applied, link).await?;
            Ok(applied)
        }
    }
}

async fn own_customer(
    permit: &Permit,
    target: DidTarget,
    link: &mut impl AnyLink,
) -> Result<Successor, Error> {
    match permit.place.reseller() {
        Some((reseller, _)) => Ok(free_taker(reseller, target, link).await?.0),
        None => Err(Error::missing("user", target.user())),
    }
}

/// Says which right a change takes, and where.
fn right_for(change: &NumberChange, record: &DidRecord) -> Option<(Action, Target)> {
    let pool = || Some(Target::Reseller(record.owner.reseller()?.clone()));
    let owner = || match record.owner.account() {
        Some(account) => Some(Target::Account(account.clone())),
        None => pool(),
    };
    Some(match change {
        NumberChange::Order { reseller } => (Action::Stock, Target::Reseller(reseller.clone())),
        NumberChange::Resume
        | NumberChange::Retarget(_)
        | NumberChange::SetAddress(_)
        | NumberChange::Suspend => (Action::Assign, owner()?),
        NumberChange::AbandonPortOut
        | NumberChange::CompletePortOut
        | NumberChange::PortOut
        | NumberChange::Release { .. } => (Action::Release, owner()?),
        NumberChange::Arrive
        | NumberChange::Assign(_)
        | NumberChange::CancelOrder
        | NumberChange::CancelPortIn
        | NumberChange::CompletePortIn
        | NumberChange::MoveTrunk(_)
        | NumberChange::RejectPortIn { .. }
        | NumberChange::Reserve { .. }
        | NumberChange::ResubmitPortIn
        | NumberChange::Restore(_)
        | NumberChange::ReturnToItsp
        | NumberChange::Unreserve => (Action::Stock, pool()?),
    })
}
