//! `evatel model check`

use clap::Args;
use evatel_voice::{
    models::{Difference, Manifest, ModelName, Shelf, try_model},
    transcribe,
};
use serde_json::{Value, json};

use super::{
    super::{answer::Answer, desk::Desk, failure::Failure},
    shelf,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel model check
  evatel model check vits-piper-fr_FR-siwis-medium --json

Every file is compared with its digest, then the model is loaded in a child process of its own, where it hears or says something: a model that \
ends its process ends nothing else. Exit code 1 where one is not as it was installed or is refused.")]
pub(in crate::cli) struct Check {
    /// Which [default: all that are installed]
    names: Vec<ModelName>,
}

/// What became of one model.
enum Found {
    Differs(Vec<Difference>),
    Loads(String),
    NotTried,
    Refused(String),
}

impl Check {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let shelf = shelf(desk);
        let models = match self.names.is_empty() {
            true => shelf.installed()?,
            false => {
                let found: Result<_, _> = self.names.iter().map(|name| shelf.manifest(name)).collect();
                found?
            }
        };
        if models.is_empty() {
            let folder = shelf.folder().display().to_string();
            return Ok(Answer::new(
                json!([]),
                desk.say("model-none", &[("folder", &folder)]),
            ));
        }
        let (mut lines, mut documents, mut is_sound) = (Vec::new(), Vec::new(), true);
        for model in models {
            let found = examine(&model, &shelf).await?;
            is_sound &= matches!(found, Found::Loads(_) | Found::NotTried);
            documents.push(document(&model, &found));
            lines.extend(told(&model, &found, desk));
        }
        let answer = Answer::new(documents, lines.join("\n"));
        Ok(if is_sound { answer } else { answer.with_code(1) })
    }
}

async fn examine(model: &Manifest, shelf: &Shelf) -> Result<Found, Failure> {
    let folder = shelf.folder_of(&model.name);
    let differences = model.compare(&folder)?;
    if !differences.is_empty() {
        return Ok(Found::Differs(differences));
    }
    Ok(match try_model(model.form, &folder, None).await {
        Ok(info) => Found::Loads(info.engine),
        Err(transcribe::Error::NoSpeechLibrary) => Found::NotTried,
        Err(refused @ (transcribe::Error::ModelRefused { .. } | transcribe::Error::ModelMissing { .. })) => {
            Found::Refused(refused.to_string())
        }
        Err(other) => return Err(Failure::Trial(other)),
    })
}

fn document(model: &Manifest, found: &Found) -> Value {
    let (state, differences, engine, reason) = match found {
        Found::Differs(differences) => ("differs", differences.as_slice(), None, None),
        Found::Loads(engine) => ("loads", &[][..], Some(engine), None),
        Found::NotTried => ("whole", &[][..], None, None),
        Found::Refused(reason) => ("refused", &[][..], None, Some(reason)),
    };
    json!({
        "name": model.name, "form": model.form, "state": state, "differences": differences, "engine": engine, "reason": reason,
    })
}

fn told(model: &Manifest, found: &Found, desk: &Desk<'_>) -> Vec<String> {
    let name = ("name", model.name.as_str());
    match found {
        Found::Differs(differences) => {
            let mut lines = vec![desk.say("model-differs", &[name])];
            lines.extend(differences.iter().map(|difference| {
                let id = match difference {
                    Difference::Changed(_) => "model-file-changed",
                    Difference::Extra(_) => "model-file-extra",
                    Difference::Missing(_) => "model-file-missing",
                };
                format!("  {}", desk.say(id, &[("path", difference.path())]))
            }));
            lines.push(format!("  {}", desk.say("model-reinstall", &[name])));
            lines
        }
        Found::Loads(engine) => vec![desk.say("model-sound", &[name, ("engine", engine)])],
        Found::NotTried => vec![desk.say("model-whole", &[name]), desk.say("model-not-tried", &[])],
        Found::Refused(reason) => vec![desk.say("model-refused", &[name, ("reason", reason)])],
    }
}
