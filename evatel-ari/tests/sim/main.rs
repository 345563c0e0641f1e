//! The client, the switch, media legs and whole calls against the fake Asterisk.

mod call;
mod connect;
mod house;
mod media;
mod reconnect;
mod support;
mod switch;
