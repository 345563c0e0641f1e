//! evatel-core.
