//! The Evatel daemon and command line.
fn main() {}
