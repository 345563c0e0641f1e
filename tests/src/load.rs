//! Many callers at once who speak with the assistant: how fast it answers them, what it costs, and whether anything is left.

mod caller;
mod exposition;
mod processes;
pub mod soak;
pub mod voice;
