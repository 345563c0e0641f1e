//! What a verb answers: one JSON document or lines for people.

use std::io::{self, BufRead, Read};

use jiff::{Timestamp, tz::TimeZone};
use secrecy::SecretString;
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
        .take(MAX_SECRET_BYTES as u64)
        .read_line(&mut line);
    read.map_err(|error| Failure::input(error.to_string(), "hint-secret"))?;
    Ok(line.into())
}

/// Longest secret that is read.
const MAX_SECRET_BYTES: usize = 4 * 1024;

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
