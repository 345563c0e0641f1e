//! `evatel agent`

mod grammar;
mod hear;
mod parse;
mod say;
mod talk;
mod test;

use std::{fs, path::PathBuf};

use clap::Subcommand;
use evatel_voice::{frame::Clip, wav};

use super::{answer::Answer, desk::Desk, failure::Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Checks phrases that are added to what can be said, and says which sound alike
    Grammar(grammar::Check),
    /// Says what the assistant hears in sound files, as it would in a call
    Hear(hear::Hear),
    /// Says which dates, times, numbers and answers are in a text, as in what a caller says
    Parse(parse::Parse),
    /// Speaks a text into a sound file, as the assistant would say it
    Say(say::Say),
    /// Holds a call with the assistant without a switch: typed lines or a sound file
    Talk(talk::Talk),
    /// Plays conversations of files against the assistant, and checks what is heard and when
    Test(test::Test),
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
        match self {
            Self::Grammar(check) => check.run(desk).await,
            Self::Hear(hear) => hear.run(desk).await,
            Self::Parse(parse) => parse.run(desk).await,
            Self::Say(say) => say.run(desk).await,
            Self::Talk(talk) => talk.run(desk, as_json).await,
            Self::Test(test) => test.run(desk, as_json).await,
        }
    }
}

/// The folder of the model: the one that was named, or that of the settings.
fn model(named: Option<PathBuf>, desk: &Desk<'_>) -> Option<PathBuf> {
    named.or_else(|| desk.settings.speech.model_dir.clone())
}

/// Reads a sound file that somebody named.
fn read_wav(path: &PathBuf) -> Result<Clip, Failure> {
    let refused = |why: String| Failure::input(format!("`{}`: {why}", path.display()), "hint-wav");
    let size = fs::metadata(path)
        .map_err(|error| refused(error.to_string()))?
        .len();
    if size > wav::LARGEST_FILE as u64 {
        return Err(refused(wav::Error::TooLarge(size as usize).to_string()));
    }
    let bytes = fs::read(path).map_err(|error| refused(error.to_string()))?;
    wav::read(&bytes).map_err(|error| refused(error.to_string()))
}
