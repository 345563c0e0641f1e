//! The task that runs one call: it carries out what [`evatel_core::flow::Flow`] wants and tells it what happened.
//!
//! It makes no decision. If an `if` about the call appears here, it belongs in the flow. One task owns one call:
//! the legs on the switch, an agent for each party that is spoken to, the permits, and the story in the call log.

mod adopt;
mod door;
mod emergencies;
mod forwards;
mod handler;
mod keep;
mod keeper;
mod kept;
mod legs;
#[cfg(feature = "mock")]
mod mock;
mod office;
mod perform;
mod run;
mod skills;
mod speak;
mod story;
mod takeover;
mod task;
mod told;

pub use emergencies::CALL_BACK_FOR;
pub use handler::{DEFAULT_DEADLINE, OnBehalf, Running, SkillHandler, Skilled};
pub use keeper::{EVENTS_FILE, KeepRules, Keeper, TRANSCRIPT_FILE};
#[cfg(feature = "mock")]
pub use mock::MockOffice;
pub use office::{CallRecord, DEFAULT_SILENT_TRUNK, Office, RecordedGreetings, Settings};
pub use run::{Stop, run_calls};
pub use takeover::{TakenOver, take_over};
