//! The ear and the mouth of an Evatel voice agent: audio frames, speech in, speech out, turn-taking.
//!
//! Sound comes and goes through an [`port::AudioPort`]; an [`agent::Agent`] joins the stages for one leg and ends in
//! [`evatel_core::intent::Intent`]. It knows no switch, no database, and not what a call does next.
//!
//! - [`frame`], [`sound`], [`port`], [`resample`], [`wav`]: 20 ms of mono 16-bit sound, 8 or 16 kHz, and where it flows.
//! - [`vad`], [`endpoint`]: when somebody speaks and when his turn is over.
//! - [`progress`]: who or what answered a leg that was dialled.
//! - [`transcribe`], [`worker`]: recognisers, run in child processes that may die without harm to a call.
//! - [`brain`]: the border to whatever makes sense of a turn; [`lexicon`], [`matcher`], [`grammar`]: the built-in one.
//! - [`dialogue`]: an operator's own, read from a file; [`decoder`]: what was heard, cut into the words of an answer.
//! - [`sound_files`]: recorded greetings and what dialogues play.
//! - [`spoken`]: dates, times, durations, amounts, numbers and yes or no in what was said.
//! - [`synth`], [`catalogue`]: voices and the texts they say, in French and English.
//! - `resolver` (features `chat`, `models`): names looked up so that what is connected to is what was checked.
//! - `models` (feature of that name): speech models on disk, known, installed, checked and removed.
//! - [`witness`], [`stereo`]: what an agent hears, says and decides, for whoever writes it down.
//! - [`agent`]: all of it for one leg; [`scripted`]: engines for tests; `scenario` (feature): conversations as files.

pub mod agent;
mod aloud;
pub mod brain;
mod by_language;
pub mod catalogue;
pub mod decoder;
pub mod dialogue;
pub mod endpoint;
pub mod frame;
pub mod grammar;
pub mod lexicon;
pub mod matcher;
#[cfg(feature = "mock")]
pub mod mock;
#[cfg(feature = "models")]
pub mod models;
pub mod port;
pub mod progress;
pub mod resample;
#[cfg(any(feature = "chat", feature = "models"))]
pub mod resolver;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod scripted;
pub mod sound;
pub mod sound_files;
pub mod spoken;
pub mod stereo;
pub mod synth;
pub mod transcribe;
pub mod vad;
pub mod wav;
pub mod witness;
pub mod worker;

pub use agent::{Agent, AgentCommand, AgentEvent, AgentHandle, Engines, Part, Recognition};
pub use by_language::ByLanguage;
pub use frame::{Clip, Frame, Frame8k, Frame16k};
pub use port::{AudioPort, LegSide, Port};
pub use sound::{Band, Sound};
