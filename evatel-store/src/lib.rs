//! evatel-store.
