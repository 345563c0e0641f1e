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
    let update = shell::output(place.apt().arg("update"));
    let plan = shell::output(place.apt().args(["install", "--simulate"]).args(packages));
    let plan = match (update, plan) {
        (Ok(_), plan) => plan?,
        (Err(_), Ok(plan)) => {
            eprintln!("setup: the package lists could not be refreshed; those of an earlier run are used");
            plan
        }
        (Err(error), Err(_)) => return Err(error).context("cannot read the package lists"),
    };
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
    settings: PathBuf,
}

impl Place {
    fn make(suite: &str) -> Result<Self> {
        let root = cache::subfolder("apt")?.join(suite);
        let place = Self {
            archives: cache::subfolder("debs")?,
            settings: root.join("apt.conf"),
        };
        let (lists, status, sources) = (root.join("lists"), root.join("status"), root.join("sources.list"));
        for folder in [&lists, &place.archives] {
            let partial = folder.join("partial");
            fs::create_dir_all(&partial).with_context(|| format!("cannot make `{}`", partial.display()))?;
        }
        // Empty: nothing counts as installed, so that every dependency comes too.
        fs::write(&status, "")?;
        let signed_by = mirror::keyring().map_or(String::new(), |keyring| format!("[signed-by={keyring}] "));
        fs::write(
            &sources,
            format!("deb {signed_by}{} {suite} main\n", mirror::address()?),
        )?;

        let nothing = Path::new("/dev/null");
        let places = [
            ("Dir::State", root.as_path()),
            ("Dir::State::lists", &lists),
            ("Dir::State::status", &status),
            ("Dir::Cache", &root.join("cache")),
            ("Dir::Cache::archives", &place.archives),
            ("Dir::Etc::sourcelist", &sources),
            ("Dir::Etc::sourceparts", nothing),
            ("Dir::Etc::preferences", nothing),
            ("Dir::Etc::preferencesparts", nothing),
        ];
        let mut settings = SETTINGS.to_owned();
        for (option, path) in places {
            settings += &format!("{option} \"{}\";\n", path.display());
        }
        fs::write(&place.settings, settings)?;
        Ok(place)
    }

    /// The machine's own settings (proxy, credentials) stay in force; ours come after them.
    fn apt(&self) -> Command {
        let mut apt = shell::command("apt-get");
        apt.env("LC_ALL", "C").env("DEBIAN_FRONTEND", "noninteractive");
        apt.arg("-c").arg(&self.settings);
        apt
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

/// No locking, as our own lock guards these folders; no change of user, as `_apt` may not enter a home folder.
/// The hooks of the machine's own updates stay out.
const SETTINGS: &str = r##"#clear APT::Update;
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "true";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Debug::NoLocking "true";
"##;

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
