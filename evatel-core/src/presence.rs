//! Presence: a user's statuses, when each holds, and what becomes of a caller then.
//!
//! A [`Presence`] is a schedule of [`Status`]es, with the one that the user set by hand as its override, and for each
//! status the rules for callers: the first whose filter fits decides. It is what the guide calls a Smart Number's settings;
//! `evaluation::evaluate` is its *Test* page.

mod forward;
mod rules;
mod status;

pub use forward::{
    ForwardLeg, ForwardStep, ForwardTarget, InvalidForward, InvalidTarget, MAX_LEGS_AT_ONCE,
    MAX_RING_SECONDS, MAX_STEPS, RING_SECONDS, Treatment,
};
pub use rules::{
    CallerFilter, CallerRule, InvalidFilter, InvalidPresence, MAX_RULES, MAX_STATUSES, Presence,
    PresenceForm, StatusRules,
};
pub use status::{PredefinedStatus, Status};
