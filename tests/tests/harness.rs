//! Live tests of the harness.
