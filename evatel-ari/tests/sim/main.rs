//! The client, the switch, media legs and whole calls against the fake Asterisk.

#[cfg(test)]
mod call;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod emergencies;
#[cfg(test)]
mod helpers;
#[cfg(test)]
mod house;
#[cfg(test)]
mod leaves;
#[cfg(test)]
mod media;
#[cfg(test)]
mod pin;
#[cfg(test)]
mod reconnect;
#[cfg(test)]
mod ringing;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod skills;
#[cfg(test)]
mod support;
#[cfg(test)]
mod switch;
#[cfg(test)]
mod takeover;
#[cfg(test)]
mod ways;
#[cfg(test)]
mod wide;
