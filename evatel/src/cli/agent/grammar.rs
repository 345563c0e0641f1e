//! `evatel agent grammar`

use std::{fs::File, io::Read, path::PathBuf, sync::Arc};

use clap::Args;
use evatel_core::flow::Expect;
use evatel_voice::{
    grammar::{self, Alike, Grammar, Limits, PhraseFile, Place},
    lexicon::{Lexicon, PhoneSet},
    sound_files::SoundFiles,
};
use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, table},
        desk::Desk,
        failure::Failure,
    },
    model,
};
use crate::serve;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent grammar
  evatel agent grammar phrases.toml --model models/phones
  evatel agent grammar --skills examples/skills/skills.yaml

A file has one table a language and one list of phrases an intent:
  [fr]
  call-contact = [\"passe-moi [donc] {contact}\"]
  end = [\"à la (prochaine|revoyure)\"]

`speech.grammar` of the settings names the file that calls use. Without a file, that one is looked at, or our phrases alone. The exit code is 1 \
where two phrases are so near that neither would be understood.")]
pub(in crate::cli) struct Check {
    /// Files of phrases that add to ours
    #[arg(value_name = "FILE.toml")]
    files: Vec<PathBuf>,
    /// Skills whose phrases are looked at, too [default: `skills.file` of the settings]
    #[arg(long, value_name = "FILE.yaml")]
    skills: Option<PathBuf>,
    /// The recogniser's model, whose phones are compared [default: `speech.model_dir` of the settings]
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
}

impl Check {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let mut paths = self.files;
        if paths.is_empty() {
            paths.extend(desk.settings.speech.grammar.clone());
        }
        let files: Vec<PhraseFile> = paths.iter().map(read).collect::<Result<_, _>>()?;
        let added: usize = files.iter().map(PhraseFile::len).sum();
        let file = desk.skills_file(self.skills);
        let skills = serve::load_skills_file(file.as_deref(), &mut SoundFiles::default())?;
        let grammar = load(model(self.model, desk), files, desk).await?;
        let grammar = grammar.with_skills(skills).await;
        let grammar = grammar.map_err(serve::Error::from)?;
        let alike = grammar.alike();
        let none_understood = alike.iter().any(|alike| alike.never_understood);
        let rows: Vec<[String; 6]> = alike.iter().map(|alike| row(alike, desk)).collect();
        let count = [
            ("added", &*added.to_string()),
            ("alike", &*alike.len().to_string()),
        ];
        let mut human = desk.say("agent-grammar-checked", &count);
        if !rows.is_empty() {
            let headings = [
                "head-phrase",
                "head-intent",
                "head-phrase",
                "head-intent",
                "head-distance",
                "head-place",
            ];
            human = format!("{}\n{human}", table(desk.texts.headings(headings), &rows));
        }
        let alike: Vec<Value> = alike.iter().map(document).collect();
        Ok(Answer::new(json!({ "phrases": added, "alike": alike }), human).with_code(none_understood.into()))
    }
}

/// Reads a file of phrases.
pub(super) fn read(path: &PathBuf) -> Result<PhraseFile, Failure> {
    let unreadable = |source| Failure::Read {
        path: path.clone(),
        source,
    };
    let name = path.display().to_string();
    let mut text = String::new();
    let most = grammar::LARGEST as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(most).read_to_string(&mut text))
        .map_err(unreadable)?;
    if text.len() > grammar::LARGEST {
        let error = grammar::FileError {
            file: name,
            line: 1,
            fault: grammar::Fault::Large,
        };
        return Err(Failure::input(error.to_string(), "hint-grammar"));
    }
    PhraseFile::parse(&name, &text).map_err(|error| Failure::input(error.to_string(), "hint-grammar"))
}

/// Loads the grammar with these phrases beside ours.
pub(super) async fn load(
    model: Option<PathBuf>,
    files: Vec<PhraseFile>,
    desk: &Desk<'_>,
) -> Result<Grammar, Failure> {
    let folder = model.ok_or_else(|| Failure::input(desk.say("agent-no-model", &[]), "hint-model"))?;
    let phones = PhoneSet::load(&folder).map_err(|error| Failure::input(error.to_string(), "hint-model"))?;
    let grammar = Grammar::with(Arc::new(Lexicon::new(phones)), Limits::default(), files).await;
    grammar.map_err(|error| match error {
        grammar::Error::File(error) => Failure::input(error.to_string(), "hint-grammar"),
        error => serve::Error::from(error).into(),
    })
}

/// The word for a place of a dialogue, as `agent hear --expect` takes it.
pub(super) fn place(expect: Expect) -> &'static str {
    match expect {
        Expect::AcceptRefuse => "accept-refuse",
        Expect::AfterFailure => "after-failure",
        Expect::Command => "command",
        Expect::Name => "name",
        Expect::Confirm(_) | Expect::Slot(_) => "dialogue",
        _ => "yes-no",
    }
}

fn row(alike: &Alike, desk: &Desk<'_>) -> [String; 6] {
    let place_of = place(alike.expect);
    let shown = |place: &Place| format!("{} ({}:{})", place.phrase, place.file, place.line);
    let distance = format!("{:.2}", alike.distance);
    [
        shown(&alike.one),
        alike.one.intent.to_owned(),
        shown(&alike.other),
        alike.other.intent.to_owned(),
        if alike.never_understood {
            desk.say("agent-grammar-never", &[("distance", &distance)])
        } else {
            distance
        },
        place_of.to_owned(),
    ]
}

fn document(alike: &Alike) -> Value {
    let place_of = |place: &Place| json!({ "phrase": place.phrase, "intent": place.intent, "file": place.file, "line": place.line });
    json!({
        "language": alike.language,
        "place": place(alike.expect),
        "one": place_of(&alike.one),
        "other": place_of(&alike.other),
        "distance": f64::from((alike.distance * 1000.0).round()) / 1000.0,
        "never_understood": alike.never_understood,
    })
}
