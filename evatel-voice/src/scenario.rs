//! Conversations as files: what a caller says and does, what he must hear, and by when.
//!
//! - [`Scenario`]: one conversation, read from YAML; a bad file is refused with its line.
//! - [`Player`]: plays it. The flow, the gate, the agent, the grammar are those of a call; the switch is a clock that
//!   carries a frame each 20 ms in either direction. With scripted engines the clock is virtual: a call of a minute
//!   takes milliseconds, and each time is exact to the frame. With a real recogniser it runs in real time.
//! - [`Played`]: how it went, step by step, with all that happened.
//!
//! Sound carries its own text: each frame holds the number of what is said and its place in it. So the scripted ear
//! hears what was really said to it while it listened, and what a party heard is known to the frame.

mod aloud;
mod files;
mod goal;
mod house;
mod moment;
mod play;
mod script;
mod sound;
mod stage;
#[cfg(test)]
mod tests;

pub use aloud::Aloud;
pub use files::{files_of, is_wanted};
pub use moment::{Happening, Moment};
pub use play::{PlayError, Played, Player, StepFailed, Took};
pub use script::{
    Caller, CallerLine, CallerVoice, Came, Deed, Hearing, Keying, LARGEST, NewContact, Noise, NoiseKind,
    PromptKey, Ringing, Saying, Scenario, ScenarioError, Step, Who,
};
pub use stage::NOW;

/// Which engines a scenario is played with.
#[derive(Clone, Debug)]
pub enum Ears {
    /// The caller is heard word by word as the file has it; the clock is virtual.
    Scripted,
    /// The file's lines are spoken by a voice and heard by a recogniser, in real time.
    Real {
        /// The recogniser.
        transcriber: std::sync::Arc<dyn crate::transcribe::Transcriber>,
        /// The voice of the assistant and of the callers.
        voice: std::sync::Arc<dyn crate::synth::Synthesizer>,
    },
}
