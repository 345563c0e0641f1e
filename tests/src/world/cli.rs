//! The command line, as an operator or a script uses it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

/// Runs `evatel VERB --json` in a folder and gives the document.
pub(super) async fn json(dir: &Path, verb: &[&str]) -> Result<Value> {
    let output = command(dir)?.args(verb).arg("--json").output().await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "`evatel {}` ended with {}: {complaint}",
        verb.join(" "),
        output.status
    );
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`evatel {}` gave no document", verb.join(" ")))
}

/// Prepares the program that stands beside this one.
pub(super) fn command(dir: &Path) -> Result<Command> {
    let mut command = Command::new(program()?);
    command
        .current_dir(dir)
        .env_remove("EVATEL_CONFIG")
        .env("EVATEL_LANG", "en");
    command.stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("a program lies in a folder")?;
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    let program = folder.join("evatel");
    ensure!(
        program.is_file(),
        "`{}` is not there. Hint: cargo build --workspace --all-features",
        program.display()
    );
    Ok(program)
}
