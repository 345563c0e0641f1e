//! Another time of day for programs under test: libfaketime, in its form for many threads, loaded before libc.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::process::Command;

/// A clock that is ahead of that of this machine, or behind; timers run as they do.
#[derive(Clone, Debug)]
pub struct Clock {
    library: PathBuf,
    ahead: SignedDuration,
}

impl Clock {
    /// One that shows this now, and goes on from there.
    pub fn showing(now: Timestamp) -> Result<Self> {
        Ok(Self {
            library: library().context("libfaketime is not there. Hint: cargo xtask setup")?,
            ahead: now.duration_since(Timestamp::now()),
        })
    }

    /// How far it is ahead of that of this machine.
    pub fn ahead(&self) -> SignedDuration {
        self.ahead
    }

    /// Lets a program, and what it starts, go by it.
    pub(super) fn rules(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME", format!("{:+.3}", self.ahead.as_secs_f64()))
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}

/// Finds it where Debian's package `faketime` puts it, below the folder of the machine's architecture.
fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.is_file())
}
