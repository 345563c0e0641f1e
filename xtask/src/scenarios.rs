//! `cargo xtask scenarios`: conversations of files through a real Asterisk.

use std::path::PathBuf;

use anyhow::Result;

use crate::{setup, shell};

/// Sets the machine up, builds, and plays these files with `rest` as further arguments.
pub(crate) fn run(files: &[PathBuf], json: bool, rest: &[String]) -> Result<()> {
    setup::run()?;
    // With the features of demo and tests: nothing is compiled again.
    shell::run_aside(&mut shell::cargo([
        "build",
        "--workspace",
        "--all-features",
        "--bins",
    ]))?;
    let mut scenarios = shell::command(shell::target_dir().join("debug/evatel-scenarios"));
    scenarios.args(files).args(rest);
    if json {
        scenarios.arg("--json");
    }
    shell::run(&mut scenarios)
}
