//! `cargo xtask fuzz`: libFuzzer on every parser of foreign bytes, on stable Rust.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{setup, shell};

/// Fuzzes `target`, or each one after the other, for `seconds`.
pub(crate) fn run(target: Option<&str>, seconds: u64) -> Result<()> {
    let tool = setup::cargo_fuzz()?;
    let targets = targets()?;
    let chosen: Vec<&str> = match target {
        None => targets.iter().map(String::as_str).collect(),
        Some(name) if targets.iter().any(|target| target == name) => vec![name],
        Some(name) => bail!(
            "there is no fuzz target `{name}`; there are: {}",
            targets.join(", ")
        ),
    };
    for name in chosen {
        println!("fuzz: {name}, {seconds} s ...");
        // What libFuzzer finds worth keeping goes below `target/`; the seeds in the repository are read only.
        let found = shell::target_dir().join("fuzz-corpus").join(name);
        fs::create_dir_all(&found).with_context(|| format!("cannot make `{}`", found.display()))?;
        let mut fuzz = shell::outside_cargo(&tool);
        // Stable Rust has no sanitizers; debug assertions and overflow checks are on, and the code forbids `unsafe`.
        fuzz.args(["fuzz", "run", "--sanitizer", "none", "--target-dir"])
            .arg(shell::target_dir().join("fuzz"))
            .arg(name)
            .arg(&found)
            .arg(shell::repo().join("fuzz/seeds").join(name))
            .args([
                "--",
                "-verbosity=0",
                "-max_len=4096",
                "-timeout=10",
                "-print_final_stats=1",
            ])
            .arg(format!("-max_total_time={seconds}"));
        shell::run(&mut fuzz).with_context(|| {
            format!("`{name}` failed: the input is below fuzz/artifacts/{name}; make it a unit test first")
        })?;
    }
    Ok(())
}

/// Fuzzes every target as long as a change has to stand it.
pub(crate) fn briefly() -> Result<()> {
    run(None, 15)
}

/// The targets are the files of `fuzz/fuzz_targets`.
fn targets() -> Result<Vec<String>> {
    let folder = shell::repo().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(".rs").map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}
