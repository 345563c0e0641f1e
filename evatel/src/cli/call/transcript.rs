//! `evatel call transcript`: what a call left in its folder.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, ErrorKind, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use evatel_ari::call::{EVENTS_FILE, TRANSCRIPT_FILE};
use evatel_core::id::CallId;
use evatel_store::Store;
use serde_json::{Value, json};

use super::{
    super::{answer::Answer, desk::Desk, failure::Failure},
    tell,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel call transcript call-1m7c2k9q4x8v6t3r5y --enter
  evatel call transcript call-1m7c2k9q4x8v6t3r5y --enter --events --json

On the machine of the daemon, from `keeping.dir`. Times are those of the leg's sound: the same as in its WAV file once it is recorded \
from the start. Whoever may not read what was said needs --enter: as the account's administrator.")]
pub(in crate::cli) struct Transcript {
    /// The call
    call: CallId,
    /// Enter the call's account first, and tell the audit so
    #[arg(long)]
    enter: bool,
    /// What happened, too: turns, prompts, keys, stages
    #[arg(long)]
    events: bool,
}

impl Transcript {
    pub(super) async fn run(self, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let Self { call, enter, events } = self;
        let story = tell(&call, enter, &desk.acting(store)).await?;
        if !story.hears_all {
            return Err(Failure::input(
                desk.say("transcript-closed", &[("call", call.as_str())]),
                "hint-transcript-enter",
            ));
        }
        let folder = desk.settings.keeping.dir.join(call.as_str());
        let lines = read(&folder.join(TRANSCRIPT_FILE))?;
        let happened = match events {
            true => read(&folder.join(EVENTS_FILE))?,
            false => Vec::new(),
        };
        let sound = sound_in(&folder);
        if lines.is_empty() && happened.is_empty() && sound.is_empty() {
            return Err(Failure::input(
                desk.say("transcript-none", &[("folder", &folder.display().to_string())]),
                "hint-transcript-none",
            ));
        }
        let mut human = vec![desk.say("story-call", &[("call", call.as_str())])];
        human.extend(lines.iter().map(|line| told(line, desk)));
        human.extend(
            sound
                .iter()
                .map(|path| desk.say("story-recording", &[("file", &path.display().to_string())])),
        );
        human.extend(happened.iter().map(Value::to_string));
        let mut document = json!({ "call": call, "sound": sound, "transcript": lines });
        if events {
            document["events"] = happened.into();
        }
        Ok(Answer::new(document, human.join("\n")))
    }
}

/// Reads a file of JSON lines; none that is not there. A line that was cut off, as by a full disk, ends it.
fn read(path: &Path) -> Result<Vec<Value>, Failure> {
    let unreadable = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        file => file.map_err(unreadable)?,
    };
    let mut lines = Vec::new();
    for line in BufReader::new(file.take(MOST_BYTES)).lines() {
        let line = line.map_err(unreadable)?;
        let Ok(line) = serde_json::from_str(&line) else {
            break;
        };
        lines.push(line);
    }
    Ok(lines)
}

/// More than a call leaves: 20,000 lines.
const MOST_BYTES: u64 = 64 << 20;

fn sound_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut sound: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wav"))
        .collect();
    sound.sort();
    sound
}

/// Says a line as people read it: `00:12.340  caller: yes (distance 0.12, margin 0.40)`.
fn told(line: &Value, desk: &Desk<'_>) -> String {
    let text = |key: &str| line[key].as_str().unwrap_or_default();
    let name = |who: &str| match who {
        "assistant" => desk.say("who-assistant", &[]),
        "caller" => desk.say("who-caller", &[]),
        "callee" => desk.say("who-callee", &[]),
        _ => desk.say("who-system", &[]),
    };
    let who = match (text("who"), text("leg")) {
        ("assistant", leg) => format!("{} -> {}", name("assistant"), name(leg)),
        (who, _) => name(who),
    };
    let mut words = text("text")
        .escape_debug()
        .to_string()
        .replace("\\'", "'")
        .replace("\\\"", "\"");
    if line["interrupted"] == true {
        words.push_str(" …");
    }
    if let (Some(distance), Some(margin)) = (line["distance"].as_f64(), line["margin"].as_f64()) {
        words = format!("{words} (distance {distance:.2}, margin {margin:.2})");
    }
    format!(
        "{}  {who}: {words}",
        clock(line["at_ms"].as_u64().unwrap_or_default())
    )
}

/// Writes a time of the sound, such as `01:02.340`.
fn clock(at_ms: u64) -> String {
    format!(
        "{:02}:{:02}.{:03}",
        at_ms / 60_000,
        at_ms / 1000 % 60,
        at_ms % 1000
    )
}
