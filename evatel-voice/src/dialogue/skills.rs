//! Skills, read from the text of a YAML file. What it may say is in `docs/skills.md`.

use std::path::Path;

use evatel_core::{
    account::Language,
    skill::{LARGEST, Skills},
};

use super::{DialogueError, document, marks, sounds};
use crate::{grammar::check_phrases, sound_files::SoundFiles};

/// Reads skills, and into `files` the sounds that their steps play, which lie in `folder`; `file` is for what is told of it.
///
/// # Errors
/// With the line of what is wrong, or of the skill or the step in which it is.
pub fn read_skills(
    folder: &Path,
    file: &str,
    text: &str,
    files: &mut SoundFiles,
) -> Result<Skills, DialogueError> {
    let refused = |line, reason| DialogueError {
        file: file.to_owned(),
        line,
        reason,
    };
    if text.len() > LARGEST {
        let reason = format!("the file has more than {LARGEST} bytes: take skills away");
        return Err(refused(1, reason));
    }
    let mut skills: Skills = document(text).map_err(|(line, reason)| {
        let (line, reason) = placed(text, line, reason);
        refused(line, reason)
    })?;
    for language in [Language::En, Language::Fr] {
        for (_, skill, ordered) in skills.in_language(language) {
            let section = Section::of(text, &skill.name, language);
            let at = |line: usize, reason: &str| {
                let name = &skill.name;
                refused(
                    section.first + line,
                    format!("skill `{name}`: `{language}` {reason}"),
                )
            };
            if let Some((phrase, reason)) = check_phrases(ordered) {
                let line = section.line_with(phrase).unwrap_or(0);
                return Err(at(line + 1, &reason));
            }
            if let Some((line, reason)) = marks::wrong(&ordered.dialogue, section.text) {
                return Err(at(line, &reason));
            }
        }
    }
    for (name, dialogue) in skills.dialogues_mut() {
        let section = Section::of(text, name, dialogue.language);
        sounds::load(dialogue, folder, files).map_err(|(step, reason)| {
            let line = marks::line_of(section.text, &step).unwrap_or(0) + 1;
            refused(
                section.first + line,
                format!("skill `{name}`: step `{step}`: {reason}"),
            )
        })?;
    }
    Ok(skills)
}

/// Finds the line of what does not fit together, which is found once all was read: its place is its skill, or its step.
fn placed(text: &str, line: usize, reason: String) -> (usize, String) {
    let Some(at) = reason.find("skill `") else {
        return (line, reason);
    };
    let reason = &reason[at..];
    let quoted = |before: &str| {
        let rest = reason.split_once(before)?.1;
        rest.split('`').next()
    };
    let Some(name) = quoted("skill `") else {
        return (line, reason.to_owned());
    };
    let is_named = |language: &Language| reason.contains(&format!("`{language}` "));
    let language = [Language::En, Language::Fr].into_iter().find(is_named);
    let section = match language {
        Some(language) => Section::of(text, name, language),
        None => Section::of_skill(text, name),
    };
    let step = quoted("step `").and_then(|step| marks::line_of(section.text, step));
    (section.first + step.unwrap_or(0) + 1, reason.to_owned())
}

/// What a file has of a skill in a language: from the line of the language on, or of the skill where that is not found.
struct Section<'a> {
    /// How many lines are before it.
    first: usize,
    text: &'a str,
}

impl<'a> Section<'a> {
    fn of(text: &'a str, skill: &str, language: Language) -> Self {
        let in_language = format!("{language}:");
        Self::of_skill(text, skill).from(|line| line == in_language)
    }

    fn of_skill(text: &'a str, skill: &str) -> Self {
        let named = format!("skill: {skill}");
        Self { first: 0, text }.from(|line| line == named)
    }

    /// From the first line on that is this one.
    fn from(self, is_it: impl Fn(&str) -> bool) -> Self {
        let mut before = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            if is_it(line.trim_start_matches([' ', '-']).trim_end()) {
                return Self {
                    first: self.first + index,
                    text: &self.text[before..],
                };
            }
            before += line.len();
        }
        self
    }

    fn line_with(&self, text: &str) -> Option<usize> {
        self.text.lines().position(|line| line.contains(text))
    }
}
