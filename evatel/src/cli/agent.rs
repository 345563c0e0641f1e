//! `evatel agent`

mod grammar;
mod hear;
mod parse;
mod say;
mod talk;
mod test;

use std::{fs::File, io::Read, path::PathBuf};

use clap::{Args, Subcommand};
use evatel_core::account::Language;
use evatel_voice::{
    wav,
    worker::{Model, PoolConfig},
};
use jiff::Zoned;

use super::{answer::Answer, desk::Desk, failure::Failure};
use crate::{
    serve::{EarOptions, SpeechOptions},
    settings::Languages,
};

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

/// Which models hear one conversation.
#[derive(Debug, Clone, Args)]
struct Models {
    /// The recogniser's model [default: `speech.model_dir` of the settings; without one only keys are understood]
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
    /// A model that hears words, whose sound is compared by the phones of the other [default: `speech.words` of the settings]
    #[arg(long, value_name = "FOLDER")]
    words: Option<PathBuf>,
    /// A model that finds speech, silero's [default: `speech.vad` of the settings; without one a small network that is built in does]
    #[arg(long, value_name = "FOLDER")]
    vad: Option<PathBuf>,
}

impl Models {
    /// The folder of our own small model, where nothing else hears in this language.
    fn synthetic(&self, language: Language, desk: &Desk<'_>) -> Option<PathBuf> {
        self.speech(language, desk)
            .ok()?
            .ear?
            .of_synthetic_speech(&[language])
    }

    /// How the assistant hears and speaks in one conversation in this language: as the settings say, with one worker for each model.
    fn speech(&self, language: Language, desk: &Desk<'_>) -> Result<SpeechOptions, Failure> {
        let settings = desk.speech(self.model.clone())?;
        let only = |one: Languages<PoolConfig>| match language {
            Language::En => Languages { fr: None, ..one },
            Language::Fr => Languages { en: None, ..one },
        };
        let alone = |pool: PoolConfig| PoolConfig { workers: 1, ..pool };
        let named = self
            .words
            .as_ref()
            .map(|folder| PoolConfig::new(Model::transducer(folder)));
        let ear = settings.ear.map(|ear| {
            let words = match named {
                Some(pool) => Languages {
                    en: Some(pool.clone()),
                    fr: Some(pool),
                },
                None => ear.words,
            };
            EarOptions {
                phones: alone(ear.phones),
                words: only(words).map(|_, pool| alone(pool.clone())),
                ..ear
            }
        });
        let vad = self
            .vad
            .as_ref()
            .map(|folder| PoolConfig::new(Model::vad(folder)));
        Ok(SpeechOptions {
            ear,
            vad: vad.or(settings.vad),
            ..settings
        })
    }
}

/// Reads a sound file that somebody named, as [`wav::read`] or [`wav::read_both`] does.
fn read_wav<T>(path: &PathBuf, read: fn(&[u8]) -> Result<T, wav::Error>) -> Result<T, Failure> {
    let refused = |why: String| Failure::input(format!("`{}`: {why}", path.display()), "hint-wav");
    // Whatever its size is said to be: a pipe has none.
    let most = wav::LARGEST_FILE as u64 + 1;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| refused(error.to_string()))?;
    if bytes.len() > wav::LARGEST_FILE {
        return Err(refused(wav::Error::TooLarge(bytes.len()).to_string()));
    }
    read(&bytes).map_err(|error| refused(error.to_string()))
}

/// Reads when something was said.
fn moment(text: &str) -> Result<Zoned, String> {
    text.parse()
        .map_err(|error| format!("{error}; write it as `2026-11-26T10:00[America/Toronto]`"))
}
