//! Finding the files of scenarios.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::script::Scenario;

/// Finds the files that these paths name, in order and each once: a file is itself, a folder is its `*.yaml` and those of the folders below.
///
/// # Errors
/// The folder or entry that cannot be read, and why.
pub fn files_of(paths: &[PathBuf]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Says whether a scenario is among those whose file or title has this in it; all are where nothing is asked for.
#[must_use]
pub fn is_wanted(file: &Path, scenario: &Scenario, only: Option<&str>) -> bool {
    only.is_none_or(|only| scenario.title.contains(only) || file.to_string_lossy().contains(only))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let unreadable = |error| (path.to_owned(), error);
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let below = entry.map_err(unreadable)?.path();
        if below.is_dir() || below.extension().is_some_and(|extension| extension == "yaml") {
            collect(&below, files)?;
        }
    }
    Ok(())
}
