//! What the daemon's log tells of a call while it goes on: what the assistant is about to say, and the lines of the story.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

/// The daemon logs these where its filter is [`FILTER`].
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    /// Something is to be said: the keys and texts of the prompts; that of a dialogue's sentence is `dialogue`, that of a recording empty.
    Says {
        to: String,
        prompts: Vec<(String, String)>,
    },
    /// What is said from here on is said more slowly.
    SpeaksSlower { to: String },
    /// A line of the story.
    Story { who: String, text: String },
}

/// What the daemon has to log.
pub(super) const FILTER: &str = "info,evatel_ari::call::speak=trace,evatel_ari::call::story=trace";

/// Follows a log from where it ends now.
#[derive(Debug)]
pub(super) struct Tail {
    file: PathBuf,
    /// How far the clock of its times is ahead of that of this machine.
    ahead: SignedDuration,
    place: u64,
    rest: String,
}

impl Tail {
    pub(super) fn new(file: &Path, ahead: SignedDuration) -> Result<Self> {
        let place = std::fs::metadata(file)
            .with_context(|| format!("`{}`", file.display()))?
            .len();
        Ok(Self {
            file: file.to_owned(),
            ahead,
            place,
            rest: String::new(),
        })
    }

    /// Gives what was logged since it was asked last, and when.
    pub(super) fn more(&mut self) -> Result<Vec<(Instant, Told)>> {
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(self.place))?;
        let mut bytes = Vec::new();
        self.place += file.read_to_end(&mut bytes)? as u64;
        self.rest.push_str(&String::from_utf8_lossy(&bytes));
        let Some(end) = self.rest.rfind('\n') else {
            return Ok(Vec::new());
        };
        let lines: String = self.rest.drain(..=end).collect();
        let told = lines
            .lines()
            .filter_map(|line| Some((self.when(line)?, parse(line)?)));
        Ok(told.collect())
    }

    /// Reads a line's time.
    fn when(&self, line: &str) -> Option<Instant> {
        let at: Timestamp = line.split_whitespace().next()?.parse().ok()?;
        let age = Timestamp::now().duration_since(at) + self.ahead;
        Instant::now().checked_sub(age.unsigned_abs())
    }
}

fn parse(line: &str) -> Option<Told> {
    if let Some((_, fields)) = line.split_once("evatel_ari::call::speak: Says to=") {
        let (to, fields) = fields.split_once(" keys=")?;
        let (keys, texts) = fields.split_once(" texts=")?;
        let keys: Vec<String> = serde_json::from_str(keys).ok()?;
        let texts: Vec<String> = serde_json::from_str(texts).ok()?;
        return Some(Told::Says {
            to: unquoted(to),
            prompts: keys.into_iter().zip(texts).collect(),
        });
    }
    if let Some((_, to)) = line.split_once("evatel_ari::call::speak: Speaks slower to=") {
        return Some(Told::SpeaksSlower { to: unquoted(to) });
    }
    let (_, fields) = line.split_once("evatel_ari::call::story: Story who=")?;
    let (who, text) = fields.split_once(" text=")?;
    Some(Told::Story {
        who: unquoted(who),
        text: unquoted(text),
    })
}

/// Rust quotes as JSON does but for what cannot be shown; that is kept as it is written.
fn unquoted(text: &str) -> String {
    serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_read_and_others_are_passed_over() {
        let says = r#"2026-11-26T10:00:00Z TRACE call{call.id=c-1}: evatel_ari::call::speak: Says to="caller" keys=["assistant-greeting", ""] texts=["Bonjour.", "(the recorded name)"]"#;
        let prompts = [("assistant-greeting", "Bonjour."), ("", "(the recorded name)")];
        assert_eq!(
            parse(says),
            Some(Told::Says {
                to: "caller".into(),
                prompts: prompts
                    .map(|(key, text)| (key.to_owned(), text.to_owned()))
                    .into(),
            })
        );
        let story = r#"2026-11-26T10:00:00Z TRACE evatel_ari::call::story: Story who="system" text="deny \"x\" by y""#;
        assert_eq!(
            parse(story),
            Some(Told::Story {
                who: "system".into(),
                text: "deny \"x\" by y".into()
            })
        );
        let slower = r#"2026-11-26T10:00:00Z TRACE evatel_ari::call::speak: Speaks slower to="caller""#;
        assert_eq!(parse(slower), Some(Told::SpeaksSlower { to: "caller".into() }));
        assert_eq!(parse("2026-11-26T10:00:00Z  INFO evatel: ready"), None);
    }

    #[test]
    fn what_is_logged_in_pieces_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log");
        std::fs::write(&file, "earlier\n").unwrap();
        let mut tail = Tail::new(&file, SignedDuration::ZERO).unwrap();
        let add = |text: &str| {
            use std::io::Write;
            let mut file = File::options().append(true).open(&file).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        add("2026-11-26T10:00:00Z TRACE evatel_ari::call::story: Story who=\"system\" te");
        assert_eq!(tail.more().unwrap(), []);
        add("xt=\"bridged\"\n");
        assert_eq!(tail.more().unwrap().len(), 1);
        assert_eq!(tail.more().unwrap(), []);
    }
}
