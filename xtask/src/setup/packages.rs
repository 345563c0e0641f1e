//! Debian packages: only those whose program is missing.

use anyhow::{Context, Result, bail};

use super::{Finding, by_hand, host, mirror, sherpa, tree};
use crate::shell;

/// Looks for the programs that the packages bring.
pub(super) fn find() -> Result<Finding> {
    let missing = missing()?;
    if missing.is_empty() {
        return Ok(Finding::Present("espeak-ng and sipp are there".into()));
    }
    Ok(Finding::Missing(format!(
        "{} by apt-get, as root",
        missing.join(" ")
    )))
}

/// Installs the missing packages, with sudo where we are not root.
pub(super) fn install() -> Result<()> {
    let missing = missing()?;
    if !host::is_debian_like() {
        bail!("{}", by_hand::instructions(&missing.join(", ")));
    }
    let packages: Vec<&str> = missing.iter().map(String::as_str).collect();
    let Some(prefix) = host::root_prefix() else {
        bail!(
            "this needs root and there is no sudo; as root: apt-get update && apt-get install -y {}",
            packages.join(" ")
        );
    };
    if let Some(sudo) = prefix.first() {
        eprintln!("setup: this needs root, so {sudo} may ask for your password");
    }
    let apt = |args: &[&str]| {
        let words = [
            prefix,
            &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
            args,
        ]
        .concat();
        shell::output(shell::command(words[0]).args(&words[1..]))
    };
    // A fresh machine or container has no package lists, an old one has outdated ones.
    let install = [
        &["install", "-y", "--no-install-recommends", LOCK_WAIT],
        &packages[..],
    ]
    .concat();
    if apt(&install).is_err() {
        apt(&["update", LOCK_WAIT]).context("cannot refresh apt's package lists")?;
        apt(&install)?;
    }
    Ok(())
}

fn missing() -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for (program, package) in PROGRAMS {
        if shell::on_path(program).is_none() {
            missing.push(package.to_owned());
        }
    }
    if sherpa::needs_pip()? {
        missing.push("python3-pip".into());
    }
    if host::is_debian_like() && tree::is_wanted()? {
        missing.extend(mirror::packages_needed().map(str::to_owned));
    }
    Ok(missing)
}

/// The program, and the package of Debian and Ubuntu that brings it.
const PROGRAMS: [(&str, &str); 2] = [("espeak-ng", "espeak-ng"), ("sipp", "sip-tester")];

/// Waits for an apt that runs already, as unattended upgrades do on a fresh machine, at most so many seconds.
const LOCK_WAIT: &str = "-oDPkg::Lock::Timeout=120";
