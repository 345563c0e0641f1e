//! The same behaviours against the simulator and against a real Asterisk, and what differs: so that the simulator cannot drift.
//!
//! A behaviour is written once, over a [`Probe`]: it asks, and waits for named events. The probe keeps a [`Trace`]: each request with its
//! status and words, and each object's events in their order. Between objects no order is promised, so none is compared.

mod listener;
mod place;
mod probe;
mod trace;

pub use self::{
    listener::Listener,
    place::{PROGRAM, Place, Running},
    probe::Probe,
    trace::Trace,
};
