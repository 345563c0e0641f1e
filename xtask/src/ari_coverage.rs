//! `cargo xtask ari-coverage`: our ARI against that of a running Asterisk.

use std::process::Command;

use anyhow::Result;

use crate::{demo, setup, shell};

/// Sets the machine up, builds, and compares.
pub(crate) fn run(json: bool) -> Result<()> {
    setup::run()?;
    shell::run_aside(&mut demo::build())?;
    shell::run(&mut command(json))
}

/// Runs the comparison that [`demo::build`] built.
pub(crate) fn command(json: bool) -> Command {
    let mut coverage = shell::command(shell::target_dir().join("debug/ari-coverage"));
    if json {
        coverage.arg("--json");
    }
    coverage
}
