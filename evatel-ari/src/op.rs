//! ARI's operations as plain functions, one file a resource. Each gives a [`crate::Request`]; nothing is sent here.
//!
//! Ids are ours: the short name (`originate`, `create`, `play`, `snoop`) takes one, and its events can be subscribed to before it is
//! sent. Where the wire has a second path on which Asterisk may choose the id, that is the function with `_any_id`.

pub mod applications;
pub mod asterisk;
pub mod bridges;
pub mod channels;
pub mod device_states;
pub mod endpoints;
pub mod events;
#[cfg(any(test, feature = "sim"))]
pub mod every;
pub mod mailboxes;
pub mod playbacks;
pub mod recordings;
pub mod sound;
pub mod sounds;
pub mod variables;

pub use variables::VariableValue;

use std::time::Duration;

/// Whole seconds for the wire, rounded up, since 0 means no limit there.
fn seconds(duration: Duration) -> String {
    let up = u64::from(duration.subsec_nanos() > 0);
    (duration.as_secs() + up).max(1).to_string()
}

/// Whole milliseconds for the wire.
fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}

#[cfg(test)]
mod tests;
