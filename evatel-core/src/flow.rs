//! A call as a pure state machine.
//!
//! `handle` takes a fact, `poll_action` gives what to do until there is nothing more,
//! `next_timeout` says when to come back with [`Input::TimeReached`]. There is no clock, no socket and no
//! await inside; thousands of call paths run in a second of tests.
//!
//! Each action that starts something carries an [`ActionId`], and its completion quotes it: what comes late, of
//! something that was given up, is recognised and dropped.

mod action;
mod input;
mod prompt;

pub use action::{Action, ActionId, Expect, Fact, Keep, Party, Piece};
pub use input::{Decision, Input, PinVerdict};
pub use prompt::Prompt;

