//! `cargo xtask demo`: real calls through a real Asterisk, told as a story.

use std::process::Command;

use anyhow::Result;

use crate::{setup, shell};

/// Sets the machine up, builds, and runs the demo with `rest` as its arguments.
pub(crate) fn run(json: bool, rest: &[String]) -> Result<()> {
    setup::run()?;
    shell::run_aside(&mut build())?;
    shell::run(&mut command(json, rest))
}

/// Builds what the tests build, so that going from demo to tests compiles nothing again.
pub(crate) fn build() -> Command {
    shell::cargo(["build", "--workspace", "--all-features", "--all-targets"])
}

/// Runs the demo that [`build`] built.
pub(crate) fn command(json: bool, rest: &[String]) -> Command {
    let mut demo = shell::command(shell::target_dir().join("debug/evatel-demo"));
    if json {
        demo.arg("--json");
    }
    demo.args(rest);
    demo
}
