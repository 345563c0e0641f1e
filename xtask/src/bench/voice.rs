//! The benchmarks of the assistant under many callers: programs of the tests, optimised, beside the optimised daemon.

use std::path::PathBuf;

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
    if name == "voice" {
        match pipecat() {
            Ok(python) => drop(bench.arg("--pipecat").arg(python)),
            Err(error) => println!(
                "bench: pipecat is left out, it could not be installed (pip and venv are Debian's python3-venv): {error:#}"
            ),
        }
    }
    shell::run(bench.args(rest))
}

/// Installs pipecat below `target/`, in the versions of its list; gives the Python that has it.
fn pipecat() -> Result<PathBuf> {
    let folder = shell::target_dir().join("bench-python");
    let python = folder.join("bin/python");
    let wanted = shell::repo().join("benches/pipecat/requirements.txt");
    let done = folder.join("done");
    if !done.is_file() {
        println!("bench: pipecat by pip into {} ...", folder.display());
        shell::run(shell::command("python3").args(["-m", "venv"]).arg(&folder))?;
        let mut pip = shell::command(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ]);
        shell::run(pip.arg(&wanted))?;
        std::fs::write(&done, "")?;
    }
    Ok(python)
}
