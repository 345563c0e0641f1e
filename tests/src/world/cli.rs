//! The command line, as an operator or a script uses it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::{process::Command, time::timeout};

use super::clock::Clock;

/// Longest run of a verb: `doctor` on a busy machine takes a few seconds.
const LONGEST: Duration = Duration::from_secs(60);

/// How a run of the command line ended, well or not.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it answered.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

/// The command line in a folder, by a clock.
#[derive(Clone, Debug)]
pub struct Cli {
    dir: PathBuf,
    clock: Option<Clock>,
}

impl Cli {
    /// Runs in this folder, by the clock of this machine.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            clock: None,
        }
    }

    /// Runs by this clock, if there is one.
    #[must_use]
    pub fn by(self, clock: Option<Clock>) -> Self {
        Self { clock, ..self }
    }

    /// In which folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// By which clock, if it is not that of this machine.
    pub fn clock(&self) -> Option<&Clock> {
        self.clock.as_ref()
    }

    /// Runs `evatel ARGUMENTS`, with these variables set, and gives how it ended.
    pub async fn outcome(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Outcome> {
        let mut command = self.command()?;
        command.args(arguments).envs(variables.iter().copied());
        let ended = timeout(LONGEST, command.output()).await;
        let output = ended
            .with_context(|| format!("`evatel {}` did not end within {LONGEST:?}", arguments.join(" ")))??;
        Ok(Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs `evatel VERB --json` and gives the document.
    pub(super) async fn json(&self, verb: &[&str]) -> Result<Value> {
        let output = self.command()?.args(verb).arg("--json").output().await?;
        ensure!(
            output.status.success(),
            "`evatel {}` ended with {}: {}{}",
            verb.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr),
            String::from_utf8_lossy(&output.stdout),
        );
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`evatel {}` gave no document", verb.join(" ")))
    }

    /// Prepares the program that stands beside this one.
    pub(super) fn command(&self) -> Result<Command> {
        let mut command = Command::new(program()?);
        command
            .current_dir(&self.dir)
            .env_remove("EVATEL_CONFIG")
            .env("EVATEL_LANG", "en");
        if let Some(clock) = &self.clock {
            clock.rules(&mut command);
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        Ok(command)
    }
}

/// The program `evatel` that was built beside this one.
pub fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("a program lies in a folder")?;
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    let program = folder.join("evatel");
    ensure!(
        program.is_file(),
        "`{}` is not there. Hint: cargo build --workspace --all-features",
        program.display()
    );
    Ok(program)
}
