//! `cargo xtask bench`: the benchmarks of the workspace by name, in the dev profile unless their package says `release`; those
//! beside peers are a package of their own.

mod peers;
mod voice;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// Runs benchmark `name` with `rest` as its arguments, or lists the benchmarks.
pub(crate) fn run(name: Option<&str>, json: bool, rest: &[String]) -> Result<()> {
    let benches = list()?;
    let names = || {
        benches
            .iter()
            .map(|bench| bench.name.as_str())
            .chain(peers::NAMES)
            .chain(voice::NAMES)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let Some(name) = name else {
        if benches.is_empty() {
            eprintln!("the workspace has no benchmarks");
        }
        for bench in &benches {
            println!("{:<24} {}", bench.name, bench.package);
        }
        for name in peers::NAMES {
            println!("{name:<24} evatel-bench, beside other ARI clients");
        }
        for name in voice::NAMES {
            println!("{name:<24} evatel-tests, through a real Asterisk");
        }
        return Ok(());
    };
    if voice::NAMES.contains(&name) {
        return voice::run(name, json, rest);
    }
    if peers::NAMES.contains(&name) {
        return peers::run(name, json, rest);
    }
    let bench = benches.iter().find(|bench| bench.name == name);
    let bench = bench.with_context(|| match benches.len() {
        0 => format!("there is no benchmark `{name}`: the workspace has none"),
        _ => format!("there is no benchmark `{name}`; there are: {}", names()),
    })?;
    let mut cargo = shell::cargo(["bench", "--bench", &bench.name]);
    if bench.is_release {
        cargo.args(["--package", &bench.package]);
        if !bench.features.is_empty() {
            cargo.args(["--features", &bench.features]);
        }
    } else {
        // The profile, workspace and features of `cargo xtask test`: nothing is built twice.
        cargo.args(["--profile", "dev", "--workspace", "--all-features"]);
    }
    cargo.arg("--");
    if json {
        cargo.arg("--json");
    }
    shell::run(cargo.args(rest))
}

struct Bench {
    name: String,
    package: String,
    /// What it cannot be built without, parted by commas.
    features: String,
    /// `[package.metadata.bench] release = true`: what it measures has to be optimised.
    is_release: bool,
}

fn list() -> Result<Vec<Bench>> {
    let metadata = shell::output(&mut shell::cargo([
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
    let Some(packages) = metadata["packages"].as_array() else {
        bail!("cargo metadata names no packages");
    };
    let mut benches = Vec::new();
    for package in packages {
        let targets = package["targets"].as_array().into_iter().flatten();
        for target in targets.filter(|target| target["kind"][0] == "bench") {
            benches.push(Bench {
                name: text(&target["name"]),
                features: features(target),
                package: text(&package["name"]),
                is_release: package["metadata"]["bench"]["release"] == true,
            });
        }
    }
    benches.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(benches)
}

fn features(target: &Value) -> String {
    let named = target["required-features"].as_array().into_iter().flatten();
    named.map(text).collect::<Vec<_>>().join(",")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
