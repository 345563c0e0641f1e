//! The Evatel daemon and its command line, as a library for their two entry points: glue only, rules live below.
//!
//! - [`cli`]: the one command line; [`settings`]: what is in force.
//! - [`serve`]: the daemon, with [`office`], its calls' way to the store, and [`media`], the way of their sound;
//!   [`doctor`]: what a call needs, checked; [`metrics`]: what the daemon counts and times; [`sweep`]: what is kept of calls, and no longer.

pub mod cli;
pub mod doctor;
pub mod media;
pub mod metrics;
pub mod office;
pub mod serve;
pub mod settings;
pub mod sweep;
