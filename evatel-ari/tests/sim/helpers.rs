//! The helpers against the fake Asterisk: refusals, gaps, gone channels, time-outs.

mod calls;
mod sounds;
mod tenants;
mod watches;
