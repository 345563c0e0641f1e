//! `cargo xtask test`: every test, with one runner.

use std::process::Command;

use anyhow::Result;

use crate::{setup, shell};

/// Sets the machine up, then runs all tests, or those that `rest` selects.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    setup::run()?;
    shell::run(&mut command(rest))
}

/// With `EVATEL_LIVE` a live test that cannot find its server fails.
pub(crate) fn command(rest: &[String]) -> Command {
    let mut test = shell::cargo(["test", "--all-features"]);
    if rest.is_empty() {
        test.arg("--workspace");
    }
    test.args(rest).env("EVATEL_LIVE", "1");
    test
}
