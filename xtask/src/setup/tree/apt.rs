//! The machine's apt with lists, cache and package database of its own, so that it resolves and fetches the
//! packages of another Debian release without root and without a trace in the machine's own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{cache, mirror};
use crate::shell;

/// Fetches `packages` of `suite` and all that they depend on, and returns their files.
///
/// What an earlier run fetched is kept in the cache and not fetched again.
pub(super) fn fetch(suite: &str, packages: &[&str]) -> Result<Vec<PathBuf>> {
    let place = Place::make(suite)?;
    if let Err(error) = shell::output(place.apt().arg("update")) {
        if !place.has_lists() {
            return Err(error).context("cannot read the package lists");
        }
        eprintln!("setup: the package lists could not be refreshed; those of an earlier run are used");
    }
    let plan = shell::output(place.apt().args(["install", "--simulate"]).args(packages))?;
    let files = plan
        .lines()
        .filter(|line| line.starts_with("Inst "))
        .map(|line| {
            let name = file_name(line).with_context(|| format!("apt-get planned `{line}`"))?;
            Ok(place.archives.join(name))
        })
        .collect::<Result<Vec<PathBuf>>>()?;
    let wanted = files.iter().filter(|file| !file.is_file()).count();
    eprintln!(
        "setup:           fetching {wanted} of {} packages of Debian {suite} ...",
        files.len()
    );
    shell::output(
        place
            .apt()
            .args(["install", "--yes", "--download-only"])
            .args(packages),
    )?;
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        bail!("apt-get did not leave `{}`", missing.display());
    }
    Ok(files)
}

/// The folders that stand in for those of the machine.
struct Place {
    archives: PathBuf,
    lists: PathBuf,
    sources: PathBuf,
    root: PathBuf,
}

impl Place {
    fn make(suite: &str) -> Result<Self> {
        let root = cache::subfolder("apt")?.join(suite);
        let place = Self {
            archives: cache::subfolder("debs")?,
            lists: root.join("lists"),
            sources: root.join("sources.list"),
            root,
        };
        for folder in [&place.lists, &place.archives] {
            let partial = folder.join("partial");
            fs::create_dir_all(&partial).with_context(|| format!("cannot make `{}`", partial.display()))?;
        }
        // Empty: nothing counts as installed, so that every dependency comes too.
        fs::write(place.status(), "")?;
        let signed_by = mirror::keyring().map_or(String::new(), |keyring| format!("[signed-by={keyring}] "));
        fs::write(
            &place.sources,
            format!("deb {signed_by}{} {suite} main\n", mirror::address()?),
        )?;
        Ok(place)
    }

    /// The machine's own settings (proxy, credentials) stay in force; only its places are replaced.
    fn apt(&self) -> Command {
        let mut apt = shell::command("apt-get");
        apt.env("LC_ALL", "C").env("DEBIAN_FRONTEND", "noninteractive");
        let empty = Path::new("/dev/null");
        let (status, cache) = (self.status(), self.root.join("cache"));
        let places: [(&str, &Path); 9] = [
            ("Dir::State", &self.root),
            ("Dir::State::lists", &self.lists),
            ("Dir::State::status", &status),
            ("Dir::Cache", &cache),
            ("Dir::Cache::archives", &self.archives),
            ("Dir::Etc::sourcelist", &self.sources),
            ("Dir::Etc::sourceparts", empty),
            ("Dir::Etc::preferences", empty),
            ("Dir::Etc::preferencesparts", empty),
        ];
        for (option, path) in places {
            apt.arg("-o").arg(format!("{option}={}", path.display()));
        }
        for option in OPTIONS {
            apt.args(["-o", option]);
        }
        apt
    }

    fn has_lists(&self) -> bool {
        fs::read_dir(&self.lists).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
            })
        })
    }

    fn status(&self) -> PathBuf {
        self.root.join("status")
    }
}

/// Reads `Inst libc6 (2.42-1 Debian:testing [amd64]) [libgcc-s1:amd64 ]`, where the last bracket may be missing,
/// and returns what apt calls that package's file.
fn file_name(line: &str) -> Option<String> {
    let (package, rest) = line.strip_prefix("Inst ")?.split_once(" (")?;
    let (inside, _) = rest.split_once(')')?;
    let (version, _) = inside.split_once(' ')?;
    let (_, architecture) = inside.strip_suffix(']')?.rsplit_once('[')?;
    let version = version.replace(':', "%3a");
    Some(format!("{package}_{version}_{architecture}.deb"))
}

const OPTIONS: [&str; 6] = [
    "APT::Install-Recommends=false",
    "APT::Keep-Downloaded-Packages=true",
    // Our own lock guards these folders.
    "Debug::NoLocking=true",
    "Acquire::Languages=none",
    // No change of user: `_apt` may not enter a home folder.
    "APT::Sandbox::User=",
    "Acquire::Retries=3",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planned_package_gives_the_name_of_its_file() {
        let line = "Inst asterisk (1:22.10.1+dfsg+~cs6.17-1 Debian:testing [amd64])";
        assert_eq!(
            file_name(line).as_deref(),
            Some("asterisk_1%3a22.10.1+dfsg+~cs6.17-1_amd64.deb")
        );
    }

    #[test]
    fn what_apt_adds_behind_a_planned_package_is_passed_over() {
        let line = "Inst libc6 (2.42-1 Debian:testing [amd64]) [libgcc-s1:amd64 ]";
        assert_eq!(file_name(line).as_deref(), Some("libc6_2.42-1_amd64.deb"));
    }
}
