//! The folder that clones of this repository share: downloads and the Asterisk tree.

use std::{
    env,
    fs::{self, File},
    path::PathBuf,
    process,
};

use anyhow::{Context, Result};

/// Returns `$EVATEL_CACHE`, else `$XDG_CACHE_HOME/evatel`, else `~/.cache/evatel`.
pub(super) fn folder() -> Result<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let folder = set("EVATEL_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("evatel")))
        .or_else(|| Some(set("HOME")?.join(".cache/evatel")))
        .context("set EVATEL_CACHE to a folder: neither it nor HOME is set")?;
    std::path::absolute(folder).context("cannot make the cache folder's path absolute")
}

/// Returns the folder `name` of the cache and makes it where it is missing.
pub(super) fn subfolder(name: &str) -> Result<PathBuf> {
    let folder = folder()?.join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    Ok(folder)
}

/// Waits until no other setup works on this cache; the lock lasts as long as what is returned.
pub(super) fn lock() -> Result<File> {
    let path = subfolder("")?.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot open `{}`", path.display()))?;
    if file.try_lock().is_err() {
        eprintln!(
            "setup: another setup holds `{}`, waiting for it ...",
            path.display()
        );
        file.lock()
            .with_context(|| format!("cannot lock `{}`", path.display()))?;
    }
    Ok(file)
}

/// Fills a fresh folder beside `folder`, then puts it in its place, so that nobody sees it half made.
pub(super) fn replace(
    folder: &std::path::Path,
    fill: impl FnOnce(&std::path::Path) -> Result<()>,
) -> Result<()> {
    let beside = |what: &str| folder.with_extension(format!("{what}-{}", process::id()));
    let (fresh, old) = (beside("new"), beside("old"));
    fs::create_dir_all(&fresh).with_context(|| format!("cannot make `{}`", fresh.display()))?;
    let placed = fill(&fresh).and_then(|()| {
        if folder.exists() {
            fs::rename(folder, &old)?;
        }
        fs::rename(&fresh, folder).with_context(|| format!("cannot put `{}` in its place", folder.display()))
    });
    for leftover in [fresh, old] {
        if leftover.exists() {
            fs::remove_dir_all(&leftover)
                .with_context(|| format!("cannot remove `{}`", leftover.display()))?;
        }
    }
    placed
}
