//! `cargo xtask chaos`: many calls while everything breaks, by a seed.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use evatel_tests::chaos::{self, Plan};

fn main() -> ExitCode {
    let run = || -> Result<()> {
        let plan = plan(std::env::args().skip(1))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(chaos::run(&plan))?;
        println!("chaos: {outcome}");
        Ok(())
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `--seed N --calls N --faults N`, each with a default.
fn plan(mut arguments: impl Iterator<Item = String>) -> Result<Plan> {
    let (mut seed, mut calls, mut faults) = (1, 200, 16);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("`{argument}` wants a number"))?;
        let number: u64 = value.parse().with_context(|| format!("`{argument} {value}`"))?;
        match argument.as_str() {
            "--seed" => seed = number,
            "--calls" => calls = u32::try_from(number)?,
            "--faults" => faults = usize::try_from(number)?,
            other => bail!("`{other}` is not known; there are --seed, --calls and --faults"),
        }
    }
    if !(5..=200).contains(&calls) {
        bail!("`--calls {calls}`: 5 to 200");
    }
    Ok(Plan::new(seed, calls, faults))
}
