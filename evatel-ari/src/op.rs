//! ARI's operations as plain functions, one file a resource. Each gives a [`crate::Request`]; nothing is sent here.

pub mod applications;
pub mod asterisk;
pub mod bridges;
pub mod channels;
pub mod events;
pub mod playbacks;
pub mod recordings;

#[cfg(test)]
mod tests;
