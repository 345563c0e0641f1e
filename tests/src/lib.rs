#![doc = include_str!("../README.md")]

pub mod asterisk;
pub mod calls;
pub mod chaos;
pub mod conformance;
pub mod coverage;
pub mod curt;
pub mod echo;
pub mod figures;
pub mod load;
pub mod pbx;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod rtp;
pub mod signal;
pub mod sipp;
pub mod speech;
pub mod story;
pub mod timeline;
pub mod wave;
pub mod wire;
pub mod world;

/// Length of one RTP packet in samples: 20 ms at 8 kHz.
pub const FRAME: usize = 160;
/// Samples a second of everything that the harness sends, records and draws.
pub const RATE_HZ: u32 = 8000;
