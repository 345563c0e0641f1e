//! `cargo xtask ci`: all that a change must pass, with the time that each step takes.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

use crate::{ari_coverage, demo, fuzz, setup, shell, test};

mod licences;
mod purity;

/// Runs every step, or those named in `only`, and prints a table of them; stops at the first that fails.
pub(crate) fn run(only: &[String]) -> Result<()> {
    let mut done: Vec<(&str, Duration)> = Vec::new();
    for step in choose(steps(), only)? {
        println!("ci: {} ...", step.name);
        let started = Instant::now();
        let outcome = match step.work {
            Work::Command(mut command) => shell::run(&mut command),
            Work::Function(function) => {
                function().map_err(|error| anyhow!("{error:#}\nto repeat it: cargo xtask ci {}", step.name))
            }
        };
        let time = started.elapsed();
        if outcome.is_err() {
            print_table(&done);
            println!("{:<16} {:>7.1} s  FAILED", step.name, time.as_secs_f32());
        }
        outcome.with_context(|| format!("ci stopped at `{}`", step.name))?;
        done.push((step.name, time));
    }
    print_table(&done);
    let total: Duration = done.iter().map(|(_, time)| *time).sum();
    println!("{:<16} {:>7.1} s", "all", total.as_secs_f32());
    Ok(())
}

fn choose(steps: Vec<Step>, only: &[String]) -> Result<Vec<Step>> {
    if only.is_empty() {
        return Ok(steps);
    }
    let is_named = |name: &str| only.iter().any(|wanted| wanted == name);
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    if let Some(unknown) = only.iter().find(|wanted| !names.contains(&wanted.as_str())) {
        bail!("there is no step `{unknown}`; there are: {}", names.join(", "));
    }
    Ok(steps.into_iter().filter(|step| is_named(step.name)).collect())
}

struct Step {
    name: &'static str,
    work: Work,
}

enum Work {
    Command(Command),
    Function(fn() -> Result<()>),
}

fn steps() -> Vec<Step> {
    let cargo = |name, words: &str| Step {
        name,
        work: Work::Command(shell::cargo(words.split(' '))),
    };
    let command = |name, command| Step {
        name,
        work: Work::Command(command),
    };
    let function = |name, function| Step {
        name,
        work: Work::Function(function),
    };

    let mut doc = shell::cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    let mut steps = vec![
        function("setup", setup::run),
        cargo("fmt", "fmt --all --check"),
        function("licences", licences::check),
        function("purity", purity::check),
        cargo(
            "clippy",
            "clippy --workspace --all-targets --all-features -- -D warnings",
        ),
        command("doc", doc),
        command("build", demo::build()),
    ];
    if shell::repo().join(EMBED).is_file() {
        steps.push(function("embed", || embed("--no-default-features")));
        steps.push(function("embed-sherpa", || embed("--features=sherpa")));
    }
    steps.push(command("test", test::command(&[])));
    steps.push(function("fuzz", fuzz::briefly));
    steps.push(command("demo", demo::command(false, &[])));
    steps.push(command("ari-coverage", ari_coverage::command(false)));
    steps
}

/// Builds the example as an integrator does, outside the workspace, yet with the versions of our lock file, into our
/// own target folder and with the debug setting of our dependencies, so that those that both have are compiled once.
fn embed(features: &str) -> Result<()> {
    let example = shell::repo().join(EMBED);
    let locked = fs::copy(
        shell::repo().join("Cargo.lock"),
        example.with_file_name("Cargo.lock"),
    );
    locked.context("the example could not be given our Cargo.lock")?;
    let mut build = shell::cargo(["build", "--manifest-path", EMBED, features]);
    build
        .env("CARGO_TARGET_DIR", shell::target_dir())
        .env("CARGO_PROFILE_DEV_DEBUG", "none");
    shell::run(&mut build)
}

fn print_table(steps: &[(&str, Duration)]) {
    println!();
    for (name, time) in steps {
        println!("{name:<16} {:>7.1} s", time.as_secs_f32());
    }
}

const EMBED: &str = "examples/embed/Cargo.toml";
