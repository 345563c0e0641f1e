//! A daemon that dies or goes leaves its calls to the next one: people talk on, nothing stays open, nothing stays behind.

#[path = "takeover/half_way.rs"]
mod half_way;
#[path = "takeover/joined.rs"]
mod joined;
#[path = "takeover/recorded.rs"]
mod recorded;
#[path = "takeover/support.rs"]
mod support;
