//! evatel-ari.
