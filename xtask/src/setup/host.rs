//! The machine: its distribution, its processor, and how one becomes root on it.

use std::{env::consts::ARCH, fs, sync::LazyLock};

use anyhow::{Result, bail};

use crate::shell;

/// What differs between the processors that we know.
pub(super) struct Machine {
    /// The folder of shared libraries below `/usr/lib`.
    pub(super) multiarch: &'static str,
    /// The dynamic loader, from the top of a Debian tree.
    pub(super) loader: &'static str,
}

/// Returns what we know of this processor.
pub(super) fn machine() -> Result<Machine> {
    match ARCH {
        "aarch64" => Ok(Machine {
            multiarch: "aarch64-linux-gnu",
            loader: "usr/lib/ld-linux-aarch64.so.1",
        }),
        "x86_64" => Ok(Machine {
            multiarch: "x86_64-linux-gnu",
            loader: "usr/lib64/ld-linux-x86-64.so.2",
        }),
        other => bail!("processor `{other}` is unknown to setup; it knows x86_64 and aarch64"),
    }
}

/// Tells whether `apt-get` and Debian's or Ubuntu's packages are there.
pub(super) fn is_debian_like() -> bool {
    let family = ["debian", "ubuntu"];
    let known = |field| {
        os_release(field)
            .split_whitespace()
            .any(|id| family.contains(&id))
    };
    (known("ID") || known("ID_LIKE")) && shell::on_path("apt-get").is_some()
}

/// Tells whether this is Debian itself, whose mirrors carry every Debian release.
pub(super) fn is_debian() -> bool {
    os_release("ID") == "debian"
}

/// Returns a field of `/etc/os-release`, empty where there is none.
pub(super) fn os_release(field: &str) -> String {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| fs::read_to_string("/etc/os-release").unwrap_or_default());
    field_of(&TEXT, field)
}

/// Returns the words to put before a command that needs root.
pub(super) fn root_prefix() -> Option<&'static [&'static str]> {
    let user = shell::output(shell::command("id").arg("-u")).unwrap_or_default();
    match user.trim() {
        "0" => Some(&[]),
        _ => shell::on_path("sudo").map(|_| &["sudo"][..]),
    }
}

fn field_of(os_release: &str, field: &str) -> String {
    os_release
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix('='))
        .map(|value| value.trim().trim_matches('"').to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_field_is_read_without_its_quotes_and_not_by_its_prefix() {
        let text = "ID_LIKE=\"ubuntu debian\"\nID=linuxmint\n";
        assert_eq!(field_of(text, "ID"), "linuxmint");
        assert_eq!(field_of(text, "ID_LIKE"), "ubuntu debian");
        assert_eq!(field_of(text, "VERSION_CODENAME"), "");
    }
}
