//! A leg that may be made.

use std::time::Duration;

use arrayvec::ArrayVec;

use super::{Authoriser, Rule, asked::Asked};
use crate::{
    calls::LegCause,
    class::NumberClass,
    id::{AccountId, DeviceId, TrunkId},
    limit::Limits,
    number::{CarrierNumber, E164, NumberFormat},
    route::MAX_CANDIDATES,
    trunk::Trunk,
};

/// Longest leg; the switch tears it down then, even if the daemon is away.
pub const MAX_LEG_LENGTH: Duration = Duration::from_secs(4 * 3600);

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
        caller_number: Option<CarrierNumber>,
        /// The digits to dial, in the trunk's own format.
        dial_number: CarrierNumber,
    },
}

/// A leg that may be made, once the ledger has room for it.
///
/// It needs nothing from the heap but for limits: the gate makes one for every leg, and often only to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegPlan {
    pub(super) account: AccountId,
    pub(super) authoriser: Authoriser,
    pub(super) cause: LegCause,
    pub(super) class: Option<NumberClass>,
    pub(super) failover: Spares,
    pub(super) limits: Vec<Limits>,
    pub(super) max_length: Duration,
    pub(super) number: Asked,
    pub(super) price_micros: i64,
    pub(super) route: Route,
    pub(super) rule: Rule,
    /// The account's number to show.
    pub(super) shown: Option<E164>,
}

/// The trunks after the first.
pub(super) type Spares = ArrayVec<Spare, { MAX_CANDIDATES - 1 }>;

/// A trunk that a leg may leave by; its numbers are written for it when it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spare {
    trunk: TrunkId,
    format: NumberFormat,
}

impl From<&Trunk> for Spare {
    fn from(trunk: &Trunk) -> Self {
        Self {
            trunk: trunk.id.clone(),
            format: trunk.format,
        }
    }
}

impl Spare {
    /// Makes the way over the trunk; nothing that stays inside leaves by one.
    pub(super) fn route(self, asked: &Asked, shown: Option<&E164>) -> Option<Route> {
        Some(Route::Trunk {
            caller_number: shown.map(|number| self.format.write(number)),
            dial_number: asked.written(self.format)?,
            trunk: self.trunk,
        })
    }
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

    /// Gives the class of a public number or service code; internal and emergency legs have none.
    pub fn class(&self) -> Option<NumberClass> {
        self.class
    }

    /// Says whether the leg counts towards the limits on toll.
    pub fn is_toll(&self) -> bool {
        self.class.is_some_and(NumberClass::is_toll)
    }

    /// Gives the counted limits of the owners above the leg, from the system down; none for a leg that is no toll.
    pub fn limits(&self) -> &[Limits] {
        &self.limits
    }

    /// Gives the longest time that the leg may last.
    pub fn max_length(&self) -> Duration {
        self.max_length
    }

    /// Gives the number or extension that was checked, as people read it.
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// Gives the price of a minute by the first route, in micro-units of the system's currency; 0 where it has none.
    pub fn price_micros(&self) -> i64 {
        self.price_micros
    }

    /// Gives the way out that was checked.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Gives the trunk over which it goes; none of a leg that stays inside.
    pub fn trunk(&self) -> Option<&TrunkId> {
        match &self.route {
            Route::Device { .. } => None,
            Route::Trunk { trunk, .. } => Some(trunk),
        }
    }

    /// Gives the ways out after the first, in order. Each takes the number's class. To be tried only where the one
    /// before could not carry the call at all ([`HangupCause::is_of_the_way`](crate::calls::HangupCause::is_of_the_way)), never after busy or declined.
    pub fn failover(&self) -> impl Iterator<Item = Route> {
        let spares = self.failover.iter().cloned();
        spares.filter_map(|spare| spare.route(&self.number, self.shown.as_ref()))
    }

    /// Says whether there is another way out after the first.
    pub fn has_failover(&self) -> bool {
        !self.failover.is_empty()
    }

    /// Gives the same leg over the next way out, to be reserved anew; none where there is no other.
    pub fn over_next_way(&self) -> Option<Self> {
        let mut next = self.clone();
        let spare = next.failover.pop_at(0)?;
        next.route = spare.route(&next.number, next.shown.as_ref())?;
        Some(next)
    }

    /// Gives the rule that allowed it.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Says whether it goes to the emergency centre, or to 988.
    pub fn is_emergency(&self) -> bool {
        self.rule == Rule::EmergencyAlways
    }

    /// Says whether it must pass even when the ledger cannot be asked: internal legs. An emergency leg does not ask.
    pub fn passes_without_ledger(&self) -> bool {
        matches!(self.rule, Rule::Internal | Rule::OwnRule)
    }
}
