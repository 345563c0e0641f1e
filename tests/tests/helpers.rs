//! The helpers of `evatel-ari` against the real Asterisk: each ends with its reason and leaves nothing behind.

#![allow(clippy::unwrap_used, reason = "what the tests share may panic as they do")]

#[path = "helpers/dialling.rs"]
mod dialling;
#[path = "helpers/line.rs"]
mod line;
#[path = "helpers/pbx.rs"]
mod pbx;
#[path = "helpers/sound.rs"]
mod sound;
#[path = "helpers/telephone.rs"]
mod telephone;
#[path = "helpers/tenant.rs"]
mod tenant;
#[path = "helpers/transfer.rs"]
mod transfer;
#[path = "helpers/watch.rs"]
mod watch;
