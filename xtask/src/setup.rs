//! `cargo xtask setup`: what this repository needs beside Rust, git and a C toolchain.

use std::time::Instant;

use anyhow::{Context, Result, bail};

mod asterisk;
mod by_hand;
mod cache;
mod fuzz;
mod host;
mod mirror;
mod packages;
mod sherpa;
mod tree;

pub(crate) use fuzz::cargo_fuzz;

/// What looking at one part of the machine found.
enum Finding {
    /// Something must be done; says what.
    Missing(String),
    /// Nothing to do; says what is there.
    Present(String),
}

/// One thing that setup looks for and can install.
struct Part {
    name: &'static str,
    find: fn() -> Result<Finding>,
    install: fn() -> Result<()>,
}

/// In this order: each may need those before it.
const PARTS: [Part; 3] = [
    Part {
        name: "packages",
        find: packages::find,
        install: packages::install,
    },
    Part {
        name: "asterisk",
        find: asterisk::find,
        install: asterisk::install,
    },
    Part {
        name: "sherpa",
        find: sherpa::find,
        install: sherpa::install,
    },
];

/// Installs what is missing and tells each step with its time on standard error.
pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    let mut lock = None;
    for part in &PARTS {
        let step = Instant::now();
        let name = part.name;
        if let Finding::Present(what) = look(part)? {
            say(&format!("{name:<9} {what}"), step);
            continue;
        }
        if lock.is_none() {
            lock = Some(cache::lock()?);
        }
        // Another setup may have done it while we waited for the lock.
        if let Finding::Missing(what) = look(part)? {
            eprintln!("setup: {name:<9} {what} ...");
            (part.install)().with_context(|| format!("setup of `{name}` failed"))?;
        }
        match look(part)? {
            Finding::Present(what) => say(&format!("{name:<9} {what}"), step),
            Finding::Missing(what) => bail!("`{name}` is installed and yet something is missing: {what}"),
        }
    }
    say("done", started);
    Ok(())
}

/// Says what is missing, and fails if anything is.
pub(crate) fn check() -> Result<()> {
    let mut missing = 0;
    for part in &PARTS {
        match look(part)? {
            Finding::Missing(what) => {
                missing += 1;
                println!("missing  {:<9} {what}", part.name);
            }
            Finding::Present(what) => println!("present  {:<9} {what}", part.name),
        }
    }
    if missing > 0 {
        bail!(
            "{missing} of {} parts are missing; `cargo xtask setup` installs them",
            PARTS.len()
        );
    }
    Ok(())
}

fn look(part: &Part) -> Result<Finding> {
    (part.find)().context(part.name)
}

fn say(what: &str, since: Instant) {
    eprintln!("setup: {what} ({:.1} s)", since.elapsed().as_secs_f32());
}
