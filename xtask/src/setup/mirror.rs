//! Where Debian's packages come from: the mirror that this machine's own apt uses.

use std::{env, fs, path::Path};

use anyhow::{Context, Result};

use super::host;
use crate::shell;

/// Returns the address of a Debian mirror.
pub(super) fn address() -> Result<String> {
    if let Ok(address) = env::var("EVATEL_DEBIAN_MIRROR") {
        return Ok(address);
    }
    let found = if host::is_debian() {
        from_apt()
    } else {
        from_debootstrap()
    };
    found.context("no Debian mirror is known on this machine; set EVATEL_DEBIAN_MIRROR to the address of one")
}

/// Returns the keyring that Debian's release files are signed with.
pub(super) fn keyring() -> Option<&'static str> {
    KEYRINGS.into_iter().find(|keyring| Path::new(keyring).is_file())
}

/// Names the packages without which there is no mirror or no keyring here.
pub(super) fn packages_needed() -> impl Iterator<Item = &'static str> {
    let keyring = keyring().is_none().then_some("debian-archive-keyring");
    let address = address().is_err().then_some("debootstrap");
    keyring.into_iter().chain(address)
}

fn from_apt() -> Option<String> {
    let mut files = vec!["/etc/apt/sources.list".into()];
    if let Ok(folder) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(folder.flatten().map(|entry| entry.path()));
    }
    files.sort();
    let codename = host::os_release("VERSION_CODENAME");
    files.iter().find_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        match file.extension()?.to_str()? {
            "list" => from_list(&text, &codename),
            "sources" => from_deb822(&text, &codename),
            _ => None,
        }
    })
}

/// Reads the mirror that debootstrap has for Debian: elsewhere than on Debian apt's own sources do not carry it.
fn from_debootstrap() -> Option<String> {
    let text = fs::read_to_string(shell::on_path("debootstrap")?).ok()?;
    let address = text
        .lines()
        .find_map(|line| line.strip_prefix("DEF_MIRROR="))?
        .trim_matches('"');
    address
        .trim_end_matches('/')
        .ends_with("/debian")
        .then(|| address.to_owned())
}

/// Finds the address of `codename` itself, not that of its security updates nor that of a third party.
fn from_list(text: &str, codename: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let mut words = line.split_whitespace().peekable();
        if words.next() != Some("deb") {
            return None;
        }
        if words.peek()?.starts_with('[') {
            words.find(|word| word.ends_with(']'))?;
        }
        let (address, suite) = (words.next()?, words.next()?);
        let wanted = is_release(suite, codename) && words.any(|component| component == "main");
        wanted.then(|| address.to_owned())
    })
}

fn from_deb822(text: &str, codename: &str) -> Option<String> {
    text.split("\n\n").find_map(|stanza| {
        let field = |name: &str| {
            let value = stanza.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then_some(value)
            });
            value.unwrap_or_default().split_whitespace()
        };
        let wanted = field("Types").any(|kind| kind == "deb")
            && field("Enabled").all(|enabled| enabled != "no")
            && field("Components").any(|component| component == "main")
            && field("Suites").any(|suite| is_release(suite, codename));
        wanted.then(|| field("URIs").next().map(str::to_owned))?
    })
}

fn is_release(suite: &str, codename: &str) -> bool {
    suite == codename || ["stable", "testing", "unstable", "sid"].contains(&suite)
}

const KEYRINGS: [&str; 2] = [
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_taken_from_a_one_line_list_and_not_its_security_updates() {
        let text = "# deb http://old.example/debian bookworm main\n\
            deb http://third.example/apt bookworm vendor\n\
            deb http://sec.example/debian-security bookworm-security main\n\
            deb [arch=amd64 signed-by=/k.gpg] http://near.example/debian bookworm main contrib\n";
        assert_eq!(
            from_list(text, "bookworm").as_deref(),
            Some("http://near.example/debian")
        );
    }

    #[test]
    fn the_release_is_taken_from_a_deb822_file() {
        let text = "Types: deb\nURIs: http://sec.example/debian-security\nSuites: bookworm-security\nComponents: main\n\n\
            Types: deb\n# a comment\nURIs: http://near.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n";
        assert_eq!(
            from_deb822(text, "bookworm").as_deref(),
            Some("http://near.example/debian")
        );
    }

    #[test]
    fn a_disabled_or_foreign_source_is_passed_over() {
        let text = "Enabled: no\nTypes: deb\nURIs: http://near.example/debian\nSuites: sid\nComponents: main\n\n\
            Types: deb\nURIs: http://third.example/apt\nSuites: nodistro\nComponents: main\n";
        assert_eq!(from_deb822(text, "bookworm"), None);
    }
}
