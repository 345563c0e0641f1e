//! `evatel agent test --asterisk`: the same files through a real Asterisk, by the harness of the repository.
//!
//! The harness (SIP callers, their RTP, an Asterisk of its own, the daemon) starts this program, which cannot hold it in turn: it is a program
//! of its own, `evatel-scenarios`, beside this one in a build of the repository.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::process::Command;

use crate::cli::{answer::Answer, desk::Desk, failure::Failure};

/// The harness's program.
const PROGRAM: &str = "evatel-scenarios";

/// What is to be played.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// Files and folders.
    pub(super) paths: &'a [PathBuf],
    /// Only those whose file or title has this in it.
    pub(super) only: Option<&'a str>,
    /// All that happened is told.
    pub(super) story: bool,
}

/// Lets the harness play it, and ends as it does.
pub(super) async fn play(wanted: Wanted<'_>, desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
    let absent = || {
        Failure::input(
            desk.say("agent-no-harness", &[("program", PROGRAM)]),
            "hint-harness",
        )
    };
    let program = find(env::current_exe().ok().as_deref(), env::var_os("PATH")).ok_or_else(absent)?;
    let mut harness = Command::new(&program);
    if let Some(only) = wanted.only {
        harness.arg("--only").arg(only);
    }
    if wanted.story {
        harness.arg("--story");
    }
    if as_json {
        harness.arg("--json").stdout(Stdio::piped());
    }
    harness.arg("--").args(wanted.paths);
    let harness = harness.kill_on_drop(true).spawn();
    let unreadable = |source| Failure::Read {
        path: program.clone(),
        source,
    };
    let ended = harness
        .map_err(unreadable)?
        .wait_with_output()
        .await
        .map_err(unreadable)?;
    let code = ended
        .status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    if !as_json {
        return Ok(Answer::said().with_code(code));
    }
    let without = || {
        Failure::input(
            desk.say("agent-harness-failed", &[("program", PROGRAM)]),
            "hint-harness",
        )
    };
    let report = report(&ended.stdout).ok_or_else(without)?;
    Ok(Answer::new(report, String::new()).with_code(code))
}

/// Finds the harness: beside this program, or on the path.
fn find(own: Option<&Path>, path: Option<OsString>) -> Option<PathBuf> {
    let beside = own.and_then(Path::parent).map(Path::to_owned);
    let on_path = path.iter().flat_map(env::split_paths).collect::<Vec<_>>();
    let mut places = beside
        .into_iter()
        .chain(on_path)
        .map(|folder| folder.join(PROGRAM));
    places.find(|program| program.is_file())
}

/// Takes the report, which is the last line of what the harness says.
fn report(said: &[u8]) -> Option<Value> {
    let last = said.trim_ascii_end().rsplit(|byte| *byte == b'\n').next()?;
    serde_json::from_slice(last).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_harness_is_found_beside_the_program_first_and_then_on_the_path() {
        let (beside, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let own = beside.path().join("evatel");
        let path = || Some(elsewhere.path().as_os_str().to_owned());
        assert_eq!(find(Some(&own), path()), None);
        let theirs = elsewhere.path().join(PROGRAM);
        std::fs::write(&theirs, "").unwrap();
        assert_eq!(find(Some(&own), path()), Some(theirs));
        let ours = beside.path().join(PROGRAM);
        std::fs::write(&ours, "").unwrap();
        assert_eq!(find(Some(&own), path()), Some(ours));
    }

    #[test]
    fn the_last_line_is_the_report_and_without_one_there_is_none() {
        assert_eq!(
            report(b"[passed] a.yaml\n{\"ok\":true}\n"),
            Some(serde_json::json!({ "ok": true }))
        );
        assert_eq!(report(b"scenarios: no Asterisk\n"), None);
        assert_eq!(report(b""), None);
    }
}
