//! What a verb answers: one JSON document or lines for people.

use std::io::{self, BufRead, Read, Write};

use jiff::{Timestamp, tz::TimeZone};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;

use super::failure::Failure;

/// The answer of a verb, in both forms.
#[derive(Debug)]
pub(super) struct Answer {
    /// For `--json`.
    pub(super) json: Value,
    /// For people, without the last line break.
    pub(super) human: String,
    /// The verb printed its answer itself.
    pub(super) is_said: bool,
    /// 0 where all was done, 2 where a part of what was asked cannot be.
    pub(super) code: u8,
}

impl Answer {
    pub(super) fn new(json: impl serde::Serialize, human: impl Into<String>) -> Self {
        let json = serde_json::to_value(json).expect("domain types have text keys only");
        Self {
            json,
            human: human.into(),
            is_said: false,
            code: 0,
        }
    }

    /// Ends the program with another code.
    pub(super) fn with_code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// The verb printed its answer itself.
    pub(super) fn said() -> Self {
        Self {
            json: Value::Null,
            human: String::new(),
            is_said: true,
            code: 0,
        }
    }
}

/// Says a time on the clock of this machine.
pub(super) fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%F %T").to_string()
}

/// Asks for a secret on standard input, where no list of processes shows it.
pub(super) fn read_secret(question: &str) -> Result<SecretString, Failure> {
    eprintln!("{question}");
    let mut line = String::new();
    let read = io::stdin()
        .lock()
        .take(MAX_LINE_BYTES as u64)
        .read_line(&mut line);
    read.map_err(|error| Failure::input(error.to_string(), "hint-secret"))?;
    Ok(line.into())
}

/// Answers each line of standard input with one JSON object on a line of standard output, as it comes.
///
/// # Errors
/// What `answer` says; [`Failure::Line`] for a line longer than [`MAX_LINE_BYTES`] or not in UTF-8.
pub(super) fn each_line<T: Serialize>(
    answer: impl FnMut(&str) -> Result<T, Failure>,
) -> Result<Answer, Failure> {
    answer_lines(io::stdin().lock(), io::stdout().lock(), answer)?;
    Ok(Answer::said())
}

fn answer_lines<T: Serialize>(
    mut input: impl BufRead,
    output: impl Write,
    mut answer: impl FnMut(&str) -> Result<T, Failure>,
) -> Result<(), Failure> {
    let mut output = io::BufWriter::new(output);
    let mut line = Vec::new();
    for number in 1_usize.. {
        line.clear();
        let limit = MAX_LINE_BYTES as u64 + 1;
        let refused = |why| Failure::Line { number, why };
        input
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(|error| refused(error.to_string()))?;
        if line.is_empty() {
            break;
        }
        let ended = line.pop_if(|byte| *byte == b'\n').is_some();
        if !ended && line.len() > MAX_LINE_BYTES {
            return Err(refused(format!("it has more than {MAX_LINE_BYTES} bytes")));
        }
        let _ = line.pop_if(|byte| *byte == b'\r');
        let text = std::str::from_utf8(&line).map_err(|error| refused(error.to_string()))?;
        let object = serde_json::to_string(&answer(text)?).expect("domain types have text keys only");
        // A reader that went away (`… | head`) wants no more, and that is no failure of ours. Where input is slow, as
        // from a terminal, each answer is seen before the next question.
        let written = writeln!(output, "{object}").and_then(|()| output.flush());
        if written.is_err() {
            break;
        }
    }
    Ok(())
}

/// Longest line that [`each_line`] reads.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// Sets rows under their headings, each column as wide as its widest cell.
pub(super) fn table<const N: usize>(headings: [String; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&headings[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    [&headings]
        .into_iter()
        .chain(rows)
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_answered_by_one_object_and_a_line_too_long_is_named() {
        let mut output = Vec::new();
        answer_lines(&b"a\r\n\nb"[..], &mut output, |line| Ok(line.to_owned())).unwrap();
        assert_eq!(output, b"\"a\"\n\"\"\n\"b\"\n");
        let long = format!("a\n{}", "5".repeat(MAX_LINE_BYTES + 1));
        for bad in [long.as_bytes(), b"a\n\xff\n"] {
            let failure = answer_lines(bad, &mut Vec::new(), |line| Ok(line.to_owned())).unwrap_err();
            assert!(
                failure.to_string().starts_with("line 2 of standard input"),
                "{failure}"
            );
        }
    }

    #[test]
    fn columns_line_up_with_accents_too() {
        let rows = [
            ["Zoé".to_owned(), "1".to_owned()],
            ["Al".to_owned(), "22".to_owned()],
        ];
        assert_eq!(
            table(["nom".to_owned(), "n".to_owned()], &rows),
            "nom  n\nZoé  1\nAl   22"
        );
    }
}
