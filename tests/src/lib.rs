//! The harness: real servers, real SIP callers.
