//! Calls on virtual time: whole paths, and interruption, silence, refusal and hang-up at each step.

mod assistant;
mod bench;
mod dialogue;
mod front_desk;
mod pin;
mod properties;
mod skill;
