//! evatel-provision.
