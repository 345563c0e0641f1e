//! `evatel model install`

use std::{path::PathBuf, time::Duration};

use clap::Args;
use evatel_voice::{
    models::{Form, KnownModel, ModelName, Order, Progress, Sha256, Source, Trust, known_models, try_model},
    transcribe,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use serde_json::json;

use super::{
    super::{answer::Answer, desk::Desk, failure::Failure},
    megabytes, shelf,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel model install vits-piper-en_US-ljspeech-medium
  evatel model install ./phones.tar.gz --name phones-2 --sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  evatel model install https://models.example/phones.tar.bz2 --accept-unknown-digest

Where nothing says which SHA-256 the archive must have, its own is printed and nothing is installed; the download is kept for the next try. \
A URL is https at a public address, or what `egress.allow` of the settings lists; where that cannot be reached, install from a file.")]
pub(in crate::cli) struct Install {
    /// A name of `evatel model list`, a URL, or a .tar.gz, .tar.bz2 or .onnx file
    #[arg(value_name = "NAME|URL|FILE")]
    what: String,
    /// What the model is called here [default: the name of the archive]
    #[arg(long)]
    name: Option<ModelName>,
    /// The digest that the archive must have, as `sha256sum` prints it
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<Sha256>,
    /// Take the archive whatever its digest is, where none is known
    #[arg(long, conflicts_with = "sha256")]
    accept_unknown_digest: bool,
}

impl Install {
    pub(super) async fn run(self, desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
        let shelf = shelf(desk);
        let known = known_models()
            .iter()
            .find(|known| known.name.as_str() == self.what);
        let source = self.source(known, desk)?;
        let name = match self.name {
            Some(name) => name,
            None => source.model_name()?,
        };
        let trust = match self.sha256.or(known.and_then(|known| known.sha256)) {
            Some(digest) => Trust::Digest(digest),
            None if self.accept_unknown_digest => Trust::Any,
            None => Trust::Undecided,
        };
        let order = Order {
            source,
            name,
            trust,
            licence: known.map(|known| known.licence.clone()),
        };
        let staged = shelf.stage(order, bar(desk, as_json)).await?;
        let engine = match try_model(staged.manifest().form, staged.folder(), None).await {
            Ok(info) => Some(info.engine),
            // Then `evatel doctor` and `serve` say so as well; the model may be for another build.
            Err(transcribe::Error::NoSpeechLibrary) => None,
            Err(refused) => return Err(Failure::Trial(refused)),
        };
        let model = staged.install(Timestamp::now())?;
        let folder = shelf.folder_of(&model.name).display().to_string();
        let name = model.name.to_string();
        let mut lines = vec![desk.say(
            "model-is-installed",
            &[
                ("name", &name),
                ("folder", &folder),
                ("files", &model.files.len().to_string()),
                ("megabytes", &megabytes(model.bytes())),
                ("digest", &model.archive_sha256.to_string()),
            ],
        )];
        lines.push(match &engine {
            Some(engine) => desk.say("model-loads", &[("engine", engine)]),
            None => desk.say("model-not-tried", &[]),
        });
        let use_it = match model.form {
            Form::Phones => "model-as-ear",
            Form::Transducer => "model-as-words",
            Form::Vad => "model-as-vad",
            _ => "model-as-voice",
        };
        let languages = known.map_or_else(Vec::new, |known| known.languages.clone());
        let language = languages
            .first()
            .copied()
            .unwrap_or(desk.texts.language())
            .to_string();
        lines.push(desk.say(use_it, &[("folder", &folder), ("language", &language)]));
        lines.extend(known.map(|known| desk.say("model-licence", &[("licence", &known.licence)])));
        lines.extend(known.and_then(|known| known.note.clone()));
        Ok(Answer::new(
            json!({
                "name": model.name, "form": model.form, "folder": folder, "files": model.files.len(), "bytes": model.bytes(),
                "source": model.source, "archive_sha256": model.archive_sha256, "licence": model.licence, "engine": engine,
            }),
            lines.join("\n"),
        ))
    }

    fn source(&self, known: Option<&KnownModel>, desk: &Desk<'_>) -> Result<Source, Failure> {
        let url = match known {
            Some(known) => Some(known.url.as_str()),
            None => self.what.contains("://").then_some(self.what.as_str()),
        };
        if let Some(url) = url {
            let policy = desk.settings.egress.policy()?;
            return Ok(Source::Url(
                policy.check(url).map_err(evatel_voice::models::Error::from)?,
            ));
        }
        let path = PathBuf::from(&self.what);
        match path.is_file() {
            true => Ok(Source::File(path)),
            false => Err(Failure::input(
                desk.say("model-what", &[("what", &self.what)]),
                "hint-model-what",
            )),
        }
    }
}

/// Draws how far it is on the error stream, where that is a terminal and a person reads.
fn bar(desk: &Desk<'_>, as_json: bool) -> impl Fn(Progress) + Send + Sync + 'static {
    let target = match as_json {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    };
    let bar = ProgressBar::with_draw_target(None, target);
    let style = |template| ProgressStyle::with_template(template).expect("the templates are well-formed");
    let texts = ["model-downloading", "model-digesting", "model-unpacking"].map(|id| desk.say(id, &[]));
    bar.enable_steady_tick(Duration::from_millis(100));
    move |progress| {
        let [downloading, digesting, unpacking] = &texts;
        match progress {
            Progress::Downloading { done, total } => {
                match total {
                    Some(total) => {
                        bar.set_style(style(
                            "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
                        ));
                        bar.set_length(total);
                    }
                    None => bar.set_style(style("{msg} {spinner} {bytes} {bytes_per_sec}")),
                }
                bar.set_message(downloading.clone());
                bar.set_position(done);
            }
            Progress::Digesting => {
                bar.set_style(style("{msg} {spinner}"));
                bar.set_message(digesting.clone());
            }
            Progress::Unpacking { files, bytes } => {
                bar.set_style(style("{msg} {spinner} {bytes}"));
                bar.set_message(format!("{unpacking} ({files})"));
                bar.set_position(bytes);
            }
            _ => {}
        }
    }
}
