//! `evatel model list`

use std::path::PathBuf;

use clap::Args;
use evatel_voice::models::{KnownModel, Manifest, Shelf, is_of_synthetic_speech, known_models};
use serde_json::json;

use super::{
    super::{
        answer::{Answer, table},
        csv::{Form, Sheet},
        desk::Desk,
        failure::Failure,
    },
    is_in_use, megabytes, of_synthetic_speech, shelf,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel model list
  evatel model list --installed --json

A model of the form `phones` hears for the assistant (`speech.model_dir`), one of the form `transducer` hears words (`speech.words`), one of the form `vad` finds speech (`speech.vad`), and one of the form `voice` speaks (`speech.voices`).")]
pub(in crate::cli) struct List {
    /// Only what is installed
    #[arg(long)]
    installed: bool,
    #[command(flatten)]
    form: Form,
}

/// A model, here or to be had, in words of programs.
struct Listed {
    name: String,
    form: String,
    languages: String,
    megabytes: String,
    licence: String,
    state: &'static str,
}

const SHEET: &Sheet<Listed> = &[
    ("model", |listed| listed.name.clone()),
    ("form", |listed| listed.form.clone()),
    ("languages", |listed| listed.languages.clone()),
    ("megabytes", |listed| listed.megabytes.clone()),
    ("licence", |listed| listed.licence.clone()),
    ("state", |listed| listed.state.to_owned()),
];

impl List {
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let shelf = shelf(desk);
        let installed = shelf.installed()?;
        let known = match self.installed {
            true => &[],
            false => known_models(),
        };
        let mut listed: Vec<Listed> = installed.iter().map(|model| here(model, &shelf, desk)).collect();
        let not_here = known
            .iter()
            .filter(|known| installed.iter().all(|model| model.name != known.name));
        listed.extend(not_here.map(elsewhere));
        let headings = desk.texts.headings([
            "heading-model",
            "heading-form",
            "heading-languages",
            "heading-megabytes",
            "heading-licence",
            "heading-state",
        ]);
        let row = |listed: &Listed| {
            [
                listed.name.clone(),
                listed.form.clone(),
                listed.languages.clone(),
                match listed.megabytes.as_str() {
                    "" => desk.say("model-size-unknown", &[]),
                    known => known.to_owned(),
                },
                listed.licence.clone(),
                desk.say(&format!("model-{}", listed.state), &[]),
            ]
        };
        let human = self.form.text(&listed, SHEET, || {
            let mut lines = synthetic(&installed, &shelf, desk);
            lines.insert(
                0,
                match listed[..] {
                    [] => desk.say("model-none", &[("folder", &shelf.folder().display().to_string())]),
                    _ => table(headings, &listed.iter().map(row).collect::<Vec<_>>()),
                },
            );
            lines.join("\n")
        });
        let installed: Vec<_> = installed
            .iter()
            .map(|model| {
                json!({
                    "name": model.name, "form": model.form, "bytes": model.bytes(), "files": model.files.len(), "licence": model.licence,
                    "source": model.source, "archive_sha256": model.archive_sha256, "installed_at": model.installed_at,
                    "folder": shelf.folder_of(&model.name), "in_use": is_in_use(&model.name, &shelf, desk),
                    "synthetic_voices_only": is_of_synthetic_speech(&shelf.folder_of(&model.name)),
                })
            })
            .collect();
        Ok(Answer::new(
            json!({ "installed": installed, "known": known }),
            human,
        ))
    }
}

/// Says of each model that is here, or that calls are heard with, whether it knows synthetic voices only.
fn synthetic(installed: &[Manifest], shelf: &Shelf, desk: &Desk<'_>) -> Vec<String> {
    let mut folders: Vec<PathBuf> = installed
        .iter()
        .map(|model| shelf.folder_of(&model.name))
        .collect();
    folders.extend(desk.settings.speech.model_dir.clone());
    folders.sort();
    folders.dedup();
    let ours = folders.iter().filter(|folder| is_of_synthetic_speech(folder));
    ours.map(|folder| of_synthetic_speech(folder, desk)).collect()
}

fn here(model: &Manifest, shelf: &Shelf, desk: &Desk<'_>) -> Listed {
    let known = known_models().iter().find(|known| known.name == model.name);
    Listed {
        name: model.name.to_string(),
        form: model.form.to_string(),
        languages: known.map(languages).unwrap_or_default(),
        megabytes: megabytes(model.bytes()),
        licence: model.licence.clone().unwrap_or_default(),
        state: match is_in_use(&model.name, shelf, desk) {
            true => "in-use",
            false => "installed",
        },
    }
}

fn elsewhere(known: &KnownModel) -> Listed {
    Listed {
        name: known.name.to_string(),
        form: known.form.to_string(),
        languages: languages(known),
        megabytes: known.archive_mb.map(|mb| format!("~{mb}")).unwrap_or_default(),
        licence: known.licence.clone(),
        state: "known",
    }
}

fn languages(known: &KnownModel) -> String {
    let languages: Vec<String> = known.languages.iter().map(ToString::to_string).collect();
    languages.join(" ")
}
