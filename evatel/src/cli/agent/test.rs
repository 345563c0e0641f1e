//! `evatel agent test`: conversations of files, played and checked.

mod asterisk;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use evatel_voice::{
    grammar::{Grammar, Limits},
    lexicon::{Lexicon, PhoneSet},
    scenario::{self, Ears, Played, Player, Scenario},
};
use serde::Serialize;
use serde_json::json;

use super::super::{answer::Answer, desk::Desk, failure::Failure};
use super::model;
use crate::serve;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent test scenarios/
  evatel agent test scenarios/fr/help-interrupted.yaml --story
  evatel agent test scenarios/ --real --only order --json
  evatel agent test scenarios/fr --asterisk

By itself the ear hears each line as it is written and the clock is virtual: a minute takes milliseconds. With --real the \
lines are spoken by espeak-ng and heard by the recogniser, in real time. With --asterisk SIP callers speak them through an Asterisk of the \
test's own and the daemon: by the program evatel-scenarios of a build of the repository, beside this one or on the PATH; there, `cargo xtask \
scenarios` sets up what it needs. docs/scenarios.md says what a file holds.")]
pub(in crate::cli) struct Test {
    /// Scenario files, or folders of them (*.yaml, in folders below too)
    #[arg(required = true, value_name = "FILE|FOLDER")]
    paths: Vec<PathBuf>,
    /// Speaks and hears with the real voice and recogniser, in real time
    #[arg(long)]
    real: bool,
    /// Plays them through a real Asterisk and the daemon, with `evatel-scenarios`
    #[arg(long, conflicts_with_all = ["real", "model"])]
    asterisk: bool,
    /// Plays only those whose file or title has this in it
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Tells all that happened, not only of what failed
    #[arg(long)]
    story: bool,
    /// The recogniser's model, whose phones both ears use [default: `speech.model_dir` of the settings]
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
}

/// How one file went.
#[derive(Debug, Serialize)]
struct Report {
    file: PathBuf,
    title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    complaints: Vec<String>,
    passed: bool,
    #[serde(flatten)]
    played: Played,
}

impl Test {
    pub(super) async fn run(self, desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
        if self.asterisk {
            let wanted = asterisk::Wanted {
                paths: &self.paths,
                only: self.only.as_deref(),
                story: self.story,
            };
            return asterisk::play(wanted, desk, as_json).await;
        }
        let scenarios = self.scenarios(desk)?;
        let player = self.player(desk).await?;
        let mut reports: Vec<Report> = Vec::with_capacity(scenarios.len());
        for (file, scenario) in scenarios {
            let report = play(&player, file, scenario).await?;
            if !as_json {
                println!("{}", self.told(&report, desk));
            }
            reports.push(report);
        }
        let failed = reports.iter().filter(|report| !report.passed).count();
        let counts = [
            ("passed", (reports.len() - failed).to_string()),
            ("failed", failed.to_string()),
        ];
        let counts: Vec<_> = counts
            .iter()
            .map(|(name, count)| (*name, count.as_str()))
            .collect();
        let human = desk.say("agent-tested", &counts);
        let json = json!({ "ok": failed == 0, "scenarios": reports });
        Ok(Answer::new(json, human).with_code(u8::from(failed > 0)))
    }

    /// Reads all files before the first is played: a bad one is told at once.
    fn scenarios(&self, desk: &Desk<'_>) -> Result<Vec<(PathBuf, Scenario)>, Failure> {
        let unreadable = |(path, source)| Failure::Read { path, source };
        let files = scenario::files_of(&self.paths).map_err(unreadable)?;
        let mut scenarios = Vec::with_capacity(files.len());
        for file in files {
            let bytes = desk.read_file(&file, scenario::LARGEST)?;
            let text = String::from_utf8(bytes).map_err(|error| Failure::Read {
                path: file.clone(),
                source: io::Error::new(io::ErrorKind::InvalidData, error),
            })?;
            let refused = |error| Failure::input(format!("`{}`: {error}", file.display()), "hint-scenario");
            let mut scenario = Scenario::parse(&text).map_err(refused)?;
            let folder = file.parent().unwrap_or(Path::new("."));
            scenario.load_files(folder).map_err(refused)?;
            if scenario::is_wanted(&file, &scenario, self.only.as_deref()) {
                scenarios.push((file, scenario));
            }
        }
        if scenarios.is_empty() {
            return Err(Failure::input(
                desk.say("agent-no-scenario", &[]),
                "hint-scenario",
            ));
        }
        Ok(scenarios)
    }

    async fn player(&self, desk: &Desk<'_>) -> Result<Player, Failure> {
        let no_model = || Failure::input(desk.say("agent-no-model", &[]), "hint-model");
        let folder = model(self.model.clone(), desk).ok_or_else(no_model)?;
        let added = desk.settings.speech.grammar.as_ref();
        if self.real {
            let speech = desk.speech(Some(folder))?;
            let (engines, _) = serve::start_speech(&speech, &[], Arc::default()).await?;
            let recognition = engines.recognition.ok_or_else(no_model)?;
            let grammar = grammar(recognition.lexicon.clone(), added).await?;
            let ears = Ears::Real {
                transcriber: recognition.transcriber,
                voice: engines.voice,
            };
            return Ok(Player::new(grammar, ears));
        }
        let phones =
            PhoneSet::load(&folder).map_err(|error| Failure::input(error.to_string(), "hint-model"))?;
        let grammar = grammar(Arc::new(Lexicon::new(phones)), added).await?;
        Ok(Player::new(grammar, Ears::Scripted))
    }

    fn told(&self, report: &Report, desk: &Desk<'_>) -> String {
        let word = desk.say(
            if report.passed {
                "scenario-passed"
            } else {
                "scenario-failed"
            },
            &[],
        );
        let mut lines = vec![format!("[{word}] {}: {}", report.file.display(), report.title)];
        if self.story || !report.passed {
            lines.extend(report.played.moments.iter().map(ToString::to_string));
        }
        if let Some(failed) = &report.played.failed {
            lines.push(format!("  {failed}"));
        }
        lines.join("\n")
    }
}

async fn grammar(lexicon: Arc<Lexicon>, added: Option<&PathBuf>) -> Result<Arc<Grammar>, Failure> {
    let files = added
        .into_iter()
        .map(super::grammar::read)
        .collect::<Result<_, _>>()?;
    let grammar = Grammar::with(lexicon, Limits::default(), files).await;
    grammar
        .map(Arc::new)
        .map_err(|error| Failure::input(error.to_string(), "hint-voice"))
}

/// Plays one file on a thread of its own: its clock may stand still, the program's does not.
async fn play(player: &Player, file: PathBuf, scenario: Scenario) -> Result<Report, Failure> {
    let player = player.clone();
    let played = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let played = runtime.block_on(player.play(&scenario));
        let played = played.map_err(|error| error.to_string())?;
        Ok(Report {
            file,
            title: scenario.title,
            complaints: scenario.complaints,
            passed: played.failed.is_none(),
            played,
        })
    });
    let failed = |why: String| Failure::input(why, "hint-voice");
    played
        .await
        .unwrap_or_else(|panicked| Err(panicked.to_string()))
        .map_err(failed)
}
