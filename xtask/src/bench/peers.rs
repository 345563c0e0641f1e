//! The benchmarks beside other ARI clients: a package of its own, since the peers bring their own versions of everything.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{setup, shell};

/// The benchmarks of `benches/`.
pub(super) const NAMES: [&str; 2] = ["ari", "calls"];

/// Builds the package in the release profile and runs one of its benchmarks.
pub(super) fn run(name: &str, json: bool, rest: &[String]) -> Result<()> {
    setup::run()?;
    let mut cargo = shell::cargo([
        "run",
        "--release",
        "--locked",
        "--manifest-path",
        "benches/Cargo.toml",
        "--",
    ]);
    cargo.env("CARGO_TARGET_DIR", shell::target_dir().join("bench"));
    cargo.arg(name);
    match ari_client()? {
        Some(folder) => drop(cargo.arg("--node").arg(folder)),
        None => println!("bench: Node.js or npm is not on this machine: ari-client (npm) is left out"),
    }
    cargo.arg("--api-docs").arg(api_docs()?);
    if json {
        cargo.arg("--json");
    }
    shell::run(cargo.args(rest))
}

/// Installs `ari-client` below `target/`, by its lock file; none where there is no npm.
fn ari_client() -> Result<Option<PathBuf>> {
    if shell::on_path("npm").is_none() || shell::on_path("node").is_none() {
        return Ok(None);
    }
    let folder = shell::target_dir().join("bench-node");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    for file in ["package.json", "ari-client.js"] {
        fs::copy(shell::repo().join("benches/node").join(file), folder.join(file))?;
    }
    if !folder.join("node_modules/ari-client").is_dir() {
        println!("bench: ari-client by npm into {} ...", folder.display());
        let mut npm = shell::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder);
        shell::run(&mut npm)?;
    }
    Ok(Some(folder))
}

/// The api-docs of the Asterisk that setup brought, which `ari-client` wants from its server.
fn api_docs() -> Result<PathBuf> {
    let note = shell::repo().join("third_party/asterisk.directories");
    let text = fs::read_to_string(&note).with_context(|| format!("cannot read `{}`", note.display()))?;
    let data = text.lines().find_map(|line| line.strip_prefix("astdatadir => "));
    let data = data.with_context(|| format!("`{}` names no astdatadir", note.display()))?;
    Ok(PathBuf::from(data).join("rest-api"))
}
