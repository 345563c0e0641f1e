//! The marks (SSML) in a dialogue's texts, checked before anybody calls; and where in the file they stand.

use evatel_core::dialogue::{Dialogue, Part, Template};

use crate::synth::ssml::{BadSsml, Filling, Ssml};

/// Gives the first thing that is wrong with the marks of a dialogue's texts, and in which line of its file.
pub(super) fn wrong(dialogue: &Dialogue, file: &str) -> Option<(usize, String)> {
    dialogue.texts().find_map(|(step, key, text)| {
        if !text.is_marked {
            return None;
        }
        let parts = text.parts.iter().map(|part| match part {
            Part::Slot(_) => Filling::Plain("x".to_owned()),
            Part::Text(marks) => Filling::Marks(marks),
        });
        let bad = Ssml::filled(&parts.collect::<Vec<_>>(), dialogue.language).err()?;
        let written = Written::of(text, dialogue);
        let fault = &bad.fault;
        Some(match written.place(&bad).in_file(file, step, key) {
            Place::Exactly { line, column } => {
                (line, format!("step `{step}`: `{key}`, column {column}: {fault}"))
            }
            Place::Somewhere { line } => (
                line,
                format!(
                    "step `{step}`: `{key}`, line {}, column {} of the text: {fault}",
                    bad.line, bad.column
                ),
            ),
        })
    })
}

/// Finds the line of a step, counted from 0.
pub(super) fn line_of(file: &str, step: &str) -> Option<usize> {
    let wanted = format!("step: {step}");
    file.lines()
        .position(|line| line.trim_start_matches([' ', '-']).trim_end() == wanted)
}

/// A text as it is written, with the names of answers in braces.
struct Written {
    text: String,
    /// For each letter of the text in which one letter stands for each answer: where it is here, in bytes.
    letters: Vec<(char, usize)>,
}

impl Written {
    fn of(template: &Template, dialogue: &Dialogue) -> Self {
        let (mut text, mut letters) = (String::new(), Vec::new());
        for part in &template.parts {
            match part {
                Part::Slot(slot) => {
                    letters.push(('\0', text.len()));
                    text.push_str(&format!("{{{}}}", dialogue.slots[*slot].name));
                }
                Part::Text(marks) => {
                    for letter in marks.chars() {
                        letters.push((letter, text.len()));
                        text.push(letter);
                    }
                }
            }
        }
        Self { text, letters }
    }

    /// Finds what stands where something is wrong: a piece without spaces and quotes, as the file has it too, however it is folded.
    fn place(&self, bad: &BadSsml) -> Found<'_> {
        let (mut line, mut column) = (1, 1);
        let mut at = self.text.len();
        for (letter, place) in &self.letters {
            if (line, column) == (bad.line, bad.column) {
                at = *place;
                break;
            }
            match letter {
                '\n' => (line, column) = (line + 1, 1),
                _ => column += 1,
            }
        }
        let rest = &self.text[at..];
        let ends = rest.find([' ', '\n', '"', '\'', '\\']).unwrap_or(rest.len());
        let piece = &rest[..ends];
        let before = if piece.is_empty() {
            0
        } else {
            self.text[..at].matches(piece).count()
        };
        Found { piece, before }
    }
}

/// A piece of a text, and how many of the same stand before it there.
struct Found<'a> {
    piece: &'a str,
    before: usize,
}

enum Place {
    /// Both counted from 1.
    Exactly { line: usize, column: usize },
    /// In the text that begins, or in the step that does.
    Somewhere { line: usize },
}

impl Found<'_> {
    fn in_file(&self, file: &str, step: &str, key: &str) -> Place {
        let of_step = line_of(file, step).unwrap_or(0);
        let lines = || file.lines().enumerate().skip(of_step);
        let wanted = format!("{key}:");
        let of_key = lines().find(|(_, line)| line.trim_start_matches([' ', '-']).starts_with(&wanted));
        let (of_key, _) = of_key.unwrap_or((of_step, ""));
        if self.piece.is_empty() {
            return Place::Somewhere { line: of_key + 1 };
        }
        let mut found = file.lines().enumerate().skip(of_key).flat_map(|(index, line)| {
            line.match_indices(self.piece)
                .map(move |(at, _)| (index + 1, line[..at].chars().count() + 1))
        });
        match found.nth(self.before) {
            Some((line, column)) => Place::Exactly { line, column },
            None => Place::Somewhere { line: of_key + 1 },
        }
    }
}
