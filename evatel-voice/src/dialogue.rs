//! An operator's dialogue, read from the text of a YAML file. What it may say is in `docs/dialogues.md`.

mod marks;
mod skills;
mod sounds;

use std::path::Path;

use evatel_core::{
    dialogue::{Dialogue, LARGEST, Part},
    skill::Skills,
};
use serde::de::DeserializeOwned;

pub use skills::read_skills;

use crate::{sound_files::SoundFiles, synth::sentences};

/// Why a text is no dialogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` line {line}: {reason}")]
pub struct DialogueError {
    /// The file's name.
    pub file: String,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong, and what to do about it.
    pub reason: String,
}

/// Reads a dialogue; `file` is for what is told of it. Its sound files are not read ([`read_in`]): nothing is heard of them.
///
/// # Errors
/// With the line of what is wrong, or of the step in which it is; of marks in a text with the column, too.
///
/// ```
/// let text = "
/// language: fr
/// steps:
///   - step: hello
///     say: Bonjour.
/// ";
/// assert_eq!(evatel_voice::dialogue::read("hello.yaml", text)?.steps.len(), 1);
/// # Ok::<(), evatel_voice::dialogue::DialogueError>(())
/// ```
pub fn read(file: &str, text: &str) -> Result<Dialogue, DialogueError> {
    let refused = |line, reason| DialogueError {
        file: file.to_owned(),
        line,
        reason,
    };
    if text.len() > LARGEST {
        let reason = format!("the file has more than {LARGEST} bytes: take steps away");
        return Err(refused(1, reason));
    }
    let dialogue = parsed(text).map_err(|(line, reason)| refused(line, reason))?;
    match marks::wrong(&dialogue, text) {
        None => Ok(dialogue),
        Some((line, reason)) => Err(refused(line, reason)),
    }
}

/// Reads a dialogue, and into `files` the sounds that it plays, which lie in its folder; `file` is for what is told of it.
///
/// # Errors
/// As [`read`]; and with the step that plays what is no file of the folder, no WAV file that can be read ([`crate::wav::load`]), or too long.
pub fn read_in(
    folder: &Path,
    file: &str,
    text: &str,
    files: &mut SoundFiles,
) -> Result<Dialogue, DialogueError> {
    let mut dialogue = read(file, text)?;
    sounds::load(&mut dialogue, folder, files).map_err(|(step, reason)| DialogueError {
        file: file.to_owned(),
        line: marks::line_of(text, &step).unwrap_or(0) + 1,
        reason: format!("step `{step}`: {reason}"),
    })?;
    Ok(dialogue)
}

/// Checks that a number's dialogue runs none but these skills, and those as they can be run; `file` and `text` are what it was read from.
///
/// # Errors
/// With the line of the step that runs what cannot be run.
pub fn check_skills(
    dialogue: &Dialogue,
    skills: &Skills,
    file: &str,
    text: &str,
) -> Result<(), DialogueError> {
    skills.check(dialogue).map_err(|malformed| {
        let step = malformed.step.as_deref();
        let line = step.and_then(|step| marks::line_of(text, step));
        DialogueError {
            file: file.to_owned(),
            line: line.unwrap_or(0) + 1,
            reason: malformed.to_string(),
        }
    })
}

/// Gives the sentences of a dialogue in which no answer stands and no marks do: they can be spoken before anybody calls.
#[must_use]
pub fn fixed(dialogue: &Dialogue) -> Vec<String> {
    // An answer: a sentence with it is of a call.
    const ANSWER: &str = "\u{e000}";
    let texts = dialogue.texts().filter(|(_, _, text)| !text.is_marked);
    let texts = texts.map(|(_, _, text)| {
        let parts = text.parts.iter().map(|part| match part {
            Part::Slot(_) => ANSWER,
            Part::Text(text) => text,
        });
        parts.collect::<String>()
    });
    let sentences = texts.flat_map(|text| sentences(&text));
    sentences.filter(|sentence| !sentence.contains(ANSWER)).collect()
}

/// Reads the document; or says what is wrong, and in which line.
fn parsed(text: &str) -> Result<Dialogue, (usize, String)> {
    document(text).map_err(|(mut line, reason)| {
        let mut reason = reason.as_str();
        // What does not fit together is found once all was read: its place is its step.
        if let Some(at) = reason.find("step `") {
            let name = reason[at + "step `".len()..]
                .split('`')
                .next()
                .unwrap_or_default();
            if let Some(found) = marks::line_of(text, name) {
                line = found + 1;
                reason = &reason[at..];
            }
        }
        (line, reason.to_owned())
    })
}

/// Reads a YAML document; or says what is wrong, and in which line.
fn document<T: DeserializeOwned>(text: &str) -> Result<T, (usize, String)> {
    // What a person says may be "yes" or "no".
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let told = error.to_string();
        let told = told.lines().next().unwrap_or_default();
        let place = error.location();
        let line = place.map_or(1, |place| usize::try_from(place.line()).unwrap_or(1));
        (line.max(1), told.trim_start_matches("error: ").to_owned())
    })
}

#[cfg(test)]
mod tests;
