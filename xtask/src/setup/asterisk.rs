//! Which Asterisk the demo and the tests start, and where they read that.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{Finding, tree};
use crate::shell;

/// The oldest Asterisk that has all that we use of ARI and chan_websocket, as (major, minor).
pub(super) const OLDEST: (u32, u32) = (22, 8);

/// Looks for an Asterisk and for the files that tell where it is.
pub(super) fn find() -> Result<Finding> {
    let Some(choice) = choose()? else {
        return Ok(Finding::Missing(
            "a tree of Asterisk 22 and its libraries from Debian (115 MB to fetch), without root".into(),
        ));
    };
    if choice
        .files()
        .iter()
        .any(|(file, text)| fs::read_to_string(file).ok().as_ref() != Some(text))
    {
        return Ok(Finding::Missing(format!(
            "point third_party at {}",
            choice.start.display()
        )));
    }
    Ok(Finding::Present(format!(
        "{} at {}",
        choice.version,
        choice.start.display()
    )))
}

/// Builds the tree where one is wanted and missing, then writes where Asterisk is.
pub(super) fn install() -> Result<()> {
    if tree::is_wanted()? {
        tree::build()?;
    }
    let choice = choose()?.context("the tree was built and is not found")?;
    fs::create_dir_all(shell::repo().join("third_party"))?;
    for (file, text) in choice.files() {
        fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}

/// Returns the program named by `EVATEL_ASTERISK_BIN`.
pub(super) fn named() -> Option<PathBuf> {
    env::var_os("EVATEL_ASTERISK_BIN")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// Asks `program` for its version and refuses one that is too old.
pub(super) fn version_of(program: &Path) -> Result<String> {
    let said = shell::output(shell::command(program).arg("-V"))?;
    let version = said.trim().strip_prefix("Asterisk ").unwrap_or_default();
    match major_minor(version) {
        Some(found) if found >= OLDEST => Ok(version.to_owned()),
        Some(_) => bail!(
            "`{}` is Asterisk {version}; {}.{} or newer is needed",
            program.display(),
            OLDEST.0,
            OLDEST.1
        ),
        None => bail!(
            "`{} -V` answered `{}`, which is no Asterisk version",
            program.display(),
            said.trim()
        ),
    }
}

struct Choice {
    /// What to execute.
    start: PathBuf,
    /// The lines that its `[directories]` must hold beside those of the instance.
    directories: String,
    version: String,
}

impl Choice {
    /// The one place where the location is told: the test harness reads these files and nothing else.
    fn files(&self) -> [(PathBuf, String); 2] {
        let third_party = shell::repo().join("third_party");
        [
            (
                third_party.join("asterisk.path"),
                format!("{}\n", self.start.display()),
            ),
            (third_party.join("asterisk.directories"), self.directories.clone()),
        ]
    }
}

fn choose() -> Result<Option<Choice>> {
    if let Some(named) = named() {
        let start = fs::canonicalize(&named)
            .with_context(|| format!("EVATEL_ASTERISK_BIN names `{}`", named.display()))?;
        let version = version_of(&start).context("EVATEL_ASTERISK_BIN cannot be used")?;
        // An installed Asterisk has its own folders compiled in.
        return Ok(Some(Choice {
            start,
            directories: String::new(),
            version: format!("Asterisk {version}"),
        }));
    }
    let Some(version) = tree::version()? else {
        return Ok(None);
    };
    Ok(Some(Choice {
        start: tree::launcher()?,
        directories: tree::directories()?,
        version,
    }))
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_by_number() {
        assert!(major_minor("22.10.1+dfsg+~cs6.17").is_some_and(|version| version >= OLDEST));
        assert!(major_minor("23.0.0-rc1").is_some_and(|version| version >= OLDEST));
        assert!(major_minor("22.7.0").is_some_and(|version| version < OLDEST));
        assert_eq!(major_minor("GIT-master"), None);
    }
}
