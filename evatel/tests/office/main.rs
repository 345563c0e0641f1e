//! The daemon's office on a store of its own.

#[cfg(test)]
mod ledger;
