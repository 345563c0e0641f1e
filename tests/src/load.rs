//! Many callers at once who speak with the assistant: how fast it answers them, what it costs, and whether anything is left.

pub mod alone;
mod caller;
mod exposition;
pub mod peer;
mod processes;
pub mod soak;
mod step;
pub mod voice;
