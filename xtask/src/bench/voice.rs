//! The benchmarks of the assistant under many callers: programs of the tests, optimised, beside the optimised daemon.

use anyhow::Result;

use crate::{setup, shell};

/// The benchmarks of `evatel-voice-bench`.
pub(super) const NAMES: [&str; 2] = ["voice", "soak"];

/// Builds the two programs in the release profile and runs one of the benchmarks.
pub(super) fn run(name: &str, json: bool, rest: &[String]) -> Result<()> {
    setup::run()?;
    shell::run_aside(&mut shell::cargo([
        "build",
        "--release",
        "--package=evatel",
        "--package=evatel-tests",
        "--all-features",
        "--bin=evatel",
        "--bin=evatel-voice-bench",
    ]))?;
    let mut bench = shell::command(shell::target_dir().join("release/evatel-voice-bench"));
    bench.arg(name);
    if json {
        bench.arg("--json");
    }
    shell::run(bench.args(rest))
}
