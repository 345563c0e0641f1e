//! cargo-fuzz, which builds and runs the fuzz targets: only `cargo xtask fuzz` needs it, so only that installs it.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::cache;
use crate::shell;

const VERSION: &str = "0.13.2";

/// Gives the program, installing it into the cache where it is missing; about a minute on two cores.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    let root = cache::subfolder("tools")?.join(format!("cargo-fuzz-{VERSION}"));
    let program = root.join("bin/cargo-fuzz");
    if !program.is_file() {
        let _lock = cache::lock()?;
        if !program.is_file() {
            eprintln!(
                "setup: cargo-fuzz {VERSION} into `{}`, without root ...",
                root.display()
            );
            let mut install = shell::cargo(["install", "--quiet", "--locked", "--root"]);
            install.arg(&root).arg(format!("cargo-fuzz@{VERSION}"));
            shell::run(&mut install).context("cargo-fuzz cannot be installed")?;
        }
    }
    Ok(program)
}
