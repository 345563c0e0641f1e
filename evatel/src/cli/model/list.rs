//! `evatel model list`

use clap::Args;
use evatel_voice::models::{KnownModel, Manifest, Shelf, known_models};
use serde_json::json;

use super::{
    super::{
        answer::{Answer, table},
        desk::Desk,
        failure::Failure,
    },
    is_in_use, megabytes, shelf,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel model list
  evatel model list --installed --json

A model of the form `phones` is an ear of the assistant (`speech.model_dir`).")]
pub(in crate::cli) struct List {
    /// Only what is installed
    #[arg(long)]
    installed: bool,
}

impl List {
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let shelf = shelf(desk);
        let installed = shelf.installed()?;
        let known = match self.installed {
            true => &[],
            false => known_models(),
        };
        let mut rows: Vec<[String; 6]> = installed.iter().map(|model| here(model, &shelf, desk)).collect();
        let not_here = known
            .iter()
            .filter(|known| installed.iter().all(|model| model.name != known.name));
        rows.extend(not_here.map(|known| elsewhere(known, desk)));
        let headings = desk.texts.headings([
            "heading-model",
            "heading-form",
            "heading-languages",
            "heading-megabytes",
            "heading-licence",
            "heading-state",
        ]);
        let human = match rows.is_empty() {
            true => desk.say("model-none", &[("folder", &shelf.folder().display().to_string())]),
            false => table(headings, &rows),
        };
        let installed: Vec<_> = installed
            .iter()
            .map(|model| {
                json!({
                    "name": model.name, "form": model.form, "bytes": model.bytes(), "files": model.files.len(), "licence": model.licence,
                    "source": model.source, "archive_sha256": model.archive_sha256, "installed_at": model.installed_at,
                    "folder": shelf.folder_of(&model.name), "in_use": is_in_use(&model.name, &shelf, desk),
                })
            })
            .collect();
        Ok(Answer::new(
            json!({ "installed": installed, "known": known }),
            human,
        ))
    }
}

fn here(model: &Manifest, shelf: &Shelf, desk: &Desk<'_>) -> [String; 6] {
    let known = known_models().iter().find(|known| known.name == model.name);
    let state = match is_in_use(&model.name, shelf, desk) {
        true => "model-in-use",
        false => "model-installed",
    };
    [
        model.name.to_string(),
        model.form.to_string(),
        known.map(languages).unwrap_or_default(),
        megabytes(model.bytes()),
        model.licence.clone().unwrap_or_default(),
        desk.say(state, &[]),
    ]
}

fn elsewhere(known: &KnownModel, desk: &Desk<'_>) -> [String; 6] {
    [
        known.name.to_string(),
        known.form.to_string(),
        languages(known),
        known.archive_mb.map(|mb| format!("~{mb}")).unwrap_or_default(),
        known.licence.clone(),
        desk.say("model-known", &[]),
    ]
}

fn languages(known: &KnownModel) -> String {
    let languages: Vec<String> = known.languages.iter().map(ToString::to_string).collect();
    languages.join(" ")
}
