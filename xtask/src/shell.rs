//! Running other programs, and saying so.

use std::{
    env,
    ffi::OsStr,
    io,
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use anyhow::{Context, Result, bail};

/// Returns the top of this checkout.
pub(crate) fn repo() -> &'static Path {
    // Cargo says at run time where we are; started without cargo, we lie where we were built.
    static XTASK: LazyLock<PathBuf> = LazyLock::new(|| {
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
    });
    XTASK.parent().expect("xtask lies inside the repository")
}

/// Returns the folder that cargo builds into.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| repo().join("target"), PathBuf::from)
}

/// Returns where `program` lies on `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// Makes a command that runs at the top of the checkout.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(repo());
    command
}

/// Makes a cargo command that sees the environment as it was before cargo started xtask.
///
/// Build scripts (that of `ring` among them) watch `CARGO_PKG_NAME` and its like: passed on, each of them
/// would be built again, once for us and once for the developer's own `cargo build`.
pub(crate) fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut cargo = outside_cargo("cargo");
    cargo.args(args);
    cargo
}

/// Makes a command that sees nothing of the cargo which runs us; see [`cargo`].
pub(crate) fn outside_cargo(program: impl AsRef<OsStr>) -> Command {
    let mut outside = command(program);
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let set_by_cargo = text == "CARGO"
            || text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&text);
        if set_by_cargo {
            outside.env_remove(name);
        }
    }
    outside
}

/// Writes `command` as one would type it.
pub(crate) fn spelled(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| format!("{}={}", name.display(), quoted(value)));
    let words = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(quoted);
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

/// Runs `command` with our own standard streams; fails with its spelling if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let spelled = spelled(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start `{spelled}`"))?;
    if !status.success() {
        bail!("failed ({status}); to repeat it: {spelled}");
    }
    Ok(())
}

/// Runs `command` with what it prints on standard output sent to standard error.
pub(crate) fn run_aside(command: &mut Command) -> Result<()> {
    let aside = io::stderr().as_fd().try_clone_to_owned()?;
    run(command.stdout(Stdio::from(aside)))
}

/// Runs `command` silently and returns its standard output; a failure carries the end of what it said.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let spelled = spelled(command);
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{spelled}`"))?;
    if !status.success() {
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        );
        bail!("`{spelled}` failed ({status}):\n{}", last_lines(&said, 15));
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_spelled_so_that_it_can_be_pasted() {
        let mut command = Command::new("cargo");
        command.args(["doc", "it's"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            spelled(&command),
            r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s'"
        );
    }

    #[test]
    fn a_failing_command_carries_what_it_said() {
        let error = output(command("sh").args(["-c", "echo reason >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().ends_with("reason"), "{error}");
    }
}
