//! Debian packages: only those whose program is missing.
//!
//! PostgreSQL is for tests, which start servers of their own. Its package would also start one, for the whole
//! machine, at once and at each boot: it is told not to before it comes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{Finding, by_hand, host, mirror, sherpa, tree};
use crate::shell;

/// Looks for the programs that the packages bring.
pub(super) fn find() -> Result<Finding> {
    let missing = missing()?;
    if missing.is_empty() {
        return Ok(Finding::Present(
            "espeak-ng, faketime, sipp and PostgreSQL are there".into(),
        ));
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
    let install = |packages: &[&str]| {
        let install = [&["install", "-y", "--no-install-recommends", LOCK_WAIT], packages].concat();
        if apt(&install).is_err() {
            apt(&["update", LOCK_WAIT]).context("cannot refresh apt's package lists")?;
            apt(&install)?;
        }
        anyhow::Ok(())
    };
    if packages.contains(&POSTGRES) && !Path::new(CREATE_CLUSTER).exists() {
        install(&["postgresql-common"])?;
        let edit = "s/^#* *create_main_cluster *=.*/create_main_cluster = false/";
        let words = [prefix, &["sed", "-i", edit, CREATE_CLUSTER]].concat();
        shell::output(shell::command(words[0]).args(&words[1..]))?;
    }
    install(&packages)
}

fn missing() -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for (program, package) in PROGRAMS {
        if shell::on_path(program).is_none() {
            missing.push(package.to_owned());
        }
    }
    if postgres().is_none() {
        missing.push(POSTGRES.to_owned());
    }
    if sherpa::needs_pip()? {
        missing.push("python3-pip".into());
    }
    if host::is_debian_like() && tree::is_wanted()? {
        missing.extend(mirror::packages_needed().map(str::to_owned));
    }
    Ok(missing)
}

/// Finds `initdb` where the tests look for it: in `EVATEL_POSTGRES_BIN`, in Debian's folders, on `PATH`.
fn postgres() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("EVATEL_POSTGRES_BIN").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    debian
        .map(|version| version.path().join("bin/initdb"))
        .find(|initdb| initdb.is_file())
        .or_else(|| shell::on_path("initdb"))
}

/// The program, and the package of Debian and Ubuntu that brings it.
const PROGRAMS: [(&str, &str); 3] = [
    ("espeak-ng", "espeak-ng"),
    ("faketime", "faketime"),
    ("sipp", "sip-tester"),
];

/// Waits for an apt that runs already, as unattended upgrades do on a fresh machine, at most so many seconds.
const LOCK_WAIT: &str = "-oDPkg::Lock::Timeout=120";

/// The server of this release of Debian or Ubuntu.
const POSTGRES: &str = "postgresql";
/// What Debian's package reads before it makes a cluster.
const CREATE_CLUSTER: &str = "/etc/postgresql-common/createcluster.conf";
