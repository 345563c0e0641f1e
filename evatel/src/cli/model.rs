//! `evatel model`

mod check;
mod install;
mod list;
mod remove;

use std::{fs, path::Path};

use clap::Subcommand;
use evatel_voice::models::{ModelName, Shelf};

use super::{answer::Answer, desk::Desk, failure::Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Compares installed models with what was installed, and tries each in a child process
    Check(check::Check),
    /// Installs a model from the catalogue, a URL or an archive on this machine
    Install(install::Install),
    /// Lists the models that are known and those that are installed
    List(list::List),
    /// Removes an installed model
    Remove(remove::Remove),
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
        match self {
            Self::Check(check) => check.run(desk).await,
            Self::Install(install) => install.run(desk, as_json).await,
            Self::List(list) => list.run(desk),
            Self::Remove(remove) => remove.run(desk),
        }
    }
}

fn shelf(desk: &Desk<'_>) -> Shelf {
    Shelf::new(&desk.settings.speech.models_dir)
}

/// Whether the settings name this model, by whichever path.
fn is_in_use(name: &ModelName, shelf: &Shelf, desk: &Desk<'_>) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = real(&shelf.folder_of(name));
    let speech = &desk.settings.speech;
    let words = speech.words.iter().map(|(_, used)| used);
    let voices = speech.voices.iter().map(|(_, used)| used);
    let ear = speech.model_dir.iter().chain(&speech.vad);
    let mut used = ear.chain(words).chain(voices);
    used.any(|used| real(used).starts_with(&folder))
}

/// Says that the model of a folder knows synthetic voices only.
pub(super) fn of_synthetic_speech(folder: &Path, desk: &Desk<'_>) -> String {
    desk.say("model-synthetic", &[("folder", &folder.display().to_string())])
}

/// A size in MB with one digit, as archives are listed.
fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
