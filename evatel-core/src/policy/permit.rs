//! From a plan to a permit: the ledger counts, the permit is used once.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use super::{LegPlan, Refusal, Route, Rule};
use crate::{
    calls::LegCause,
    id::{ReservationId, TrunkId},
    itsp::CapKind,
    limit::{LimitKind, LimitOwner},
};

/// How long a permit may wait for its leg to be dialled.
pub const PERMIT_LIFETIME: Duration = Duration::from_secs(10);

/// Counts legs where the count must be exact; the store implements it with one conditional UPDATE.
pub trait Ledger {
    /// Takes a place for the leg of `plan`: one for its account, one on its trunk and, for toll, one towards each of its
    /// limits; all of them or none.
    fn reserve(&self, plan: &LegPlan) -> impl Future<Output = Result<ReservationId, LedgerError>> + Send;

    /// Gives a place back; one that is not there any more is no error.
    fn release(&self, reservation: &ReservationId) -> impl Future<Output = ()> + Send;
}

/// Why the ledger gave no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// It cannot be asked.
    #[error("the ledger cannot be asked: {0}")]
    Away(String),
    /// A limit on toll is reached.
    #[error("`{owner}` has reached its limit of {kind}")]
    Limit {
        /// Which.
        kind: LimitKind,
        /// Whose.
        owner: LimitOwner,
    },
    /// The account has as many legs as it may.
    #[error("the account already has {max} legs at once")]
    Full {
        /// How many it may have.
        max: u32,
    },
    /// The trunk carries as much as it may.
    #[error("trunk `{trunk}` is full: it has reached its cap of {cap}")]
    TrunkFull {
        /// Which of its caps.
        cap: CapKind,
        /// The trunk.
        trunk: TrunkId,
    },
}

/// Leave to dial one leg, once, soon: it holds the very number and route that were checked.
///
/// Only [`LegPlan::reserve`] makes one, and it is neither `Clone` nor `Copy`:
///
/// ```compile_fail
/// fn dial_twice(permit: evatel_core::policy::LegPermit) {
///     let _ = permit.spend(std::time::Instant::now());
///     let _ = permit.spend(std::time::Instant::now());
/// }
/// ```
#[derive(Debug)]
#[must_use = "a permit that is not spent keeps its place in the ledger until it is released"]
pub struct LegPermit {
    plan: LegPlan,
    reservation: Option<ReservationId>,
    full: Vec<FullTrunk>,
    expires_at: Instant,
}

/// A trunk that a leg would have left by, had it not been full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTrunk {
    /// Which of its caps was reached.
    pub cap: CapKind,
    /// The trunk.
    pub trunk: TrunkId,
}

impl LegPlan {
    /// Asks the ledger for a place and turns the plan into a permit that expires after [`PERMIT_LIFETIME`].
    ///
    /// Where the trunk is full the next way out is taken, as if the full one were not there ([`LegPermit::full`]).
    ///
    /// An emergency leg neither waits nor counts. With the ledger away, internal legs pass uncounted and everything else
    /// is refused; with the account's places taken, both are.
    ///
    /// # Errors
    /// A [`Refusal`] by `leg-limit`, `limit:…`, `ledger-away`, or `trunk-full:…` where no way out is left.
    pub async fn reserve(self, ledger: &impl Ledger, now: Instant) -> Result<LegPermit, Refusal> {
        let expires_at = now + PERMIT_LIFETIME;
        let permit = |plan, reservation, full| LegPermit {
            plan,
            reservation,
            full,
            expires_at,
        };
        let (mut plan, mut full) = (self, Vec::new());
        if plan.is_emergency() {
            // Nothing may keep it waiting, and no count may refuse it.
            return Ok(permit(plan, None, full));
        }
        loop {
            let (cap, trunk) = match ledger.reserve(&plan).await {
                Ok(reservation) => return Ok(permit(plan, Some(reservation), full)),
                Err(LedgerError::Away(_)) if plan.passes_without_ledger() => {
                    return Ok(permit(plan, None, full));
                }
                Err(LedgerError::Away(_)) => return Err(plan.refused(Rule::LedgerAway)),
                Err(LedgerError::Limit { kind, owner }) => return Err(plan.refused(Rule::Limit(kind, owner))),
                Err(LedgerError::Full { .. }) => return Err(plan.refused(Rule::LegLimit)),
                Err(LedgerError::TrunkFull { cap, trunk }) => (cap, trunk),
            };
            let Some(next) = plan.over_next_way() else {
                return Err(plan.refused(Rule::TrunkFull(cap, trunk)));
            };
            full.push(FullTrunk { cap, trunk });
            plan = next;
        }
    }

    /// Turns the plan for a leg that the emergency centre's call back rings into a permit. As the emergency call itself it
    /// neither waits nor counts, but only where it rings a telephone by its user's own rule.
    ///
    /// # Errors
    /// Gives any other plan back: it has to [reserve](LegPlan::reserve).
    pub fn for_call_back(self, now: Instant) -> Result<LegPermit, Box<Self>> {
        if *self.rule() != Rule::OwnRule || self.trunk().is_some() {
            return Err(Box::new(self));
        }
        Ok(LegPermit {
            plan: self,
            reservation: None,
            full: Vec::new(),
            expires_at: now + PERMIT_LIFETIME,
        })
    }

    fn refused(&self, rule: Rule) -> Refusal {
        Refusal {
            rule,
            number: self.number().to_owned(),
            class: self.class(),
        }
    }
}

/// A permit that came too late to be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the permit for this leg has expired")]
pub struct PermitExpired;

impl LegPermit {
    /// Gives the plan that was checked.
    pub fn plan(&self) -> &LegPlan {
        &self.plan
    }

    /// Gives the number that was checked, as people read it.
    pub fn number(&self) -> &str {
        self.plan.number()
    }

    /// Gives the way out that was checked.
    pub fn route(&self) -> &Route {
        self.plan.route()
    }

    /// Gives what made the leg.
    pub fn cause(&self) -> LegCause {
        self.plan.cause()
    }

    /// Gives the longest time that the leg may last.
    pub fn max_length(&self) -> Duration {
        self.plan.max_length()
    }

    /// Gives the place in the ledger, to be released when the leg ends.
    pub fn reservation(&self) -> Option<&ReservationId> {
        self.reservation.as_ref()
    }

    /// Lists the trunks that were full, in the order in which they were asked, before the one of [`LegPermit::route`].
    pub fn full(&self) -> &[FullTrunk] {
        &self.full
    }

    /// Uses the permit up: gives what to dial.
    ///
    /// # Errors
    /// [`PermitExpired`] later than [`PERMIT_LIFETIME`] after it was made; the leg must be decided again.
    pub fn spend(self, now: Instant) -> Result<(LegPlan, Option<ReservationId>), PermitExpired> {
        if now <= self.expires_at {
            Ok((self.plan, self.reservation))
        } else {
            Err(PermitExpired)
        }
    }
}
