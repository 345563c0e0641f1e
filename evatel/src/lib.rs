//! The Evatel daemon and its command line, as a library for their two entry points: glue only, rules live below.
//!
//! - [`cli`]: the one command line; [`settings`]: what is in force.

pub mod cli;
pub mod settings;
