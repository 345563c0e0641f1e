//! A folder of its own for each test, with the program run in it.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder with the first rows: Luc Roy, French, extension 101.
    pub(crate) fn begun() -> Self {
        let home = Self::empty();
        home.json(&["init", "--name", "Luc Roy"]);
        home
    }

    /// `begun`, with one trunk and one number on it.
    pub(crate) fn reachable() -> Self {
        let home = Self::begun();
        home.json(&[
            "trunk",
            "add",
            "--name",
            "Carrier",
            "--peer",
            "127.0.0.2:5070",
            "--format",
            "national10",
        ]);
        home.json(&["did", "add", "5145550199"]);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evatel"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        // Nothing of the environment but what the program needs to run.
        command.env_clear().env(
            "LD_LIBRARY_PATH",
            std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default(),
        );
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        Answer(self.command(arguments).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: impl AsRef<[u8]> + Send) -> Answer {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // Side by side: neither pipe holds a long stream.
        thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input.as_ref()).unwrap());
            Answer(child.wait_with_output().unwrap())
        })
    }

    /// Runs a verb that must succeed, with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(answer.code(), 0, "{arguments:?}: {}", answer.errors());
        serde_json::from_str(&answer.text()).unwrap()
    }

    /// Runs a verb that must succeed, for people.
    pub(crate) fn human(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.code(), 0, "{arguments:?}: {}", answer.errors());
        answer.text()
    }

    /// Runs a verb that must be refused with exit code 2 and gives what it said.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(
            answer.code(),
            2,
            "{arguments:?}: {}{}",
            answer.text(),
            answer.errors()
        );
        assert_eq!(answer.text(), "", "{arguments:?}");
        answer.errors()
    }
}

pub(crate) struct Answer(Output);

impl Answer {
    pub(crate) fn of(output: Output) -> Self {
        Self(output)
    }

    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn errors(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }
}

/// Gives the text of a value that is one.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
