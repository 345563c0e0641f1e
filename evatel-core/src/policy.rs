//! The one gate for every leg.
//!
//! [`authorize_leg`] is pure and in memory: it says yes with a [`LegPlan`] or no with a [`Refusal`], and which rule
//! said so; [`explain_leg`] says the same with every rule that was tried. [`LegPlan::reserve`] asks the ledger and
//! returns a [`LegPermit`], the only thing a switch dials with.
//!
//! The same question is asked when a forward, an alert or a callback is saved and again when it is dialled: what was
//! allowed then may be closed now.

mod asked;
mod authoriser;
mod gate;
#[cfg(feature = "mock")]
mod mock;
mod permit;
mod plan;
mod request;
mod rule;
mod trace;

pub use authoriser::Authoriser;
pub use gate::{MAX_FORWARDS, authorize_leg, explain_leg};
#[cfg(feature = "mock")]
pub use mock::MockLedger;
pub use permit::{FullTrunk, Ledger, LedgerError, LegPermit, PERMIT_LIFETIME, PermitExpired};
pub use plan::{LegPlan, MAX_LEG_LENGTH, Route};
pub use request::{Destination, Joined, LegRequest};
pub use rule::{Refusal, Rule};
pub use trace::{Explanation, Outcome, Step};

#[cfg(test)]
mod tests;
