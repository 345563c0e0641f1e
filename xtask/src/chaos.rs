//! `cargo xtask chaos`: many calls while everything breaks, by a seed.

use anyhow::Result;

use crate::{demo, setup, shell};

/// Sets the machine up, builds, and lets so many calls suffer so many faults.
pub(crate) fn run(seed: u64, calls: u32, faults: u32) -> Result<()> {
    setup::run()?;
    shell::run_aside(&mut demo::build())?;
    let mut chaos = shell::command(shell::target_dir().join("debug/evatel-chaos"));
    for (name, value) in [
        ("--seed", seed.to_string()),
        ("--calls", calls.to_string()),
        ("--faults", faults.to_string()),
    ] {
        chaos.args([name, &value]);
    }
    shell::run(&mut chaos)
}
