//! Contacts from CSV.

use super::{Checker, Field, FileError, Import, MAX_OF_ONE, Raw, Remedy, shorten, text_of};
use crate::sheet;

/// The columns of the file; only `name` and `number` must be there. Several nicknames or numbers are parted by `|`.
pub const COLUMNS: [&str; 5] = ["name", "pronunciation", "nicknames", "number", "other_numbers"];

/// Reads contacts from CSV (RFC 4180), parted by commas or semicolons; the first line names the columns, in any order.
///
/// # Errors
/// [`FileError`]: the file cannot be read at all. Wrong rows are in [`Import::refused`].
pub fn from_csv(bytes: &[u8]) -> Result<Import, FileError> {
    let text = text_of(bytes)?;
    let mut reader = sheet::reader(text);
    let mut columns: Vec<&str> = Vec::new();
    let mut checker = Checker::default();
    let mut record = csv::StringRecord::new();
    let mut lines = Lines {
        text,
        read: 0,
        line: 1,
    };
    // The text is UTF-8 and rows may have any length: reading from memory cannot fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        if columns.is_empty() {
            columns = read_heading(&record)?;
            continue;
        }
        if record.len() != columns.len() {
            let problem = format!("{} fields where the heading has {}", record.len(), columns.len());
            checker.refuse(line, Field::Entry, problem, Remedy::CountFields);
            continue;
        }
        let mut raw = Raw {
            line,
            ..Raw::default()
        };
        let mut others = Vec::new();
        for (column, value) in columns.iter().zip(&record) {
            match *column {
                "name" => raw.name = value.to_owned(),
                "pronunciation" => raw.pronunciation = value.to_owned(),
                "nicknames" => raw.nicknames = several(value),
                "number" => raw.numbers = several(value),
                _ => others = several(value),
            }
        }
        raw.numbers.extend(others);
        checker.take(raw)?;
    }
    if columns.is_empty() {
        return Err(FileError::HeadingLacks);
    }
    Ok(checker.import)
}

/// Counts lines. The reader's own count takes a record for one line too early after `\r\n`.
struct Lines<'a> {
    text: &'a str,
    read: usize,
    line: u64,
}

impl Lines<'_> {
    /// Gives the line of the record that begins at a byte, or after the line breaks there; bytes only grow.
    fn of(&mut self, byte: u64) -> u64 {
        let rest = &self.text.as_bytes()[self.read..];
        let before = usize::try_from(byte)
            .unwrap_or(usize::MAX)
            .saturating_sub(self.read);
        let blank = rest
            .iter()
            .skip(before)
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let passed = before + blank.count();
        let breaks = rest.iter().take(passed).filter(|byte| **byte == b'\n').count();
        self.line += breaks as u64;
        self.read += passed.min(rest.len());
        self.line
    }
}

fn read_heading(record: &csv::StringRecord) -> Result<Vec<&'static str>, FileError> {
    let mut columns: Vec<&str> = Vec::new();
    for given in record {
        let known = COLUMNS.iter().find(|column| column.eq_ignore_ascii_case(given));
        match known {
            Some(column) if !columns.contains(column) => columns.push(column),
            _ => {
                return Err(FileError::Heading {
                    given: shorten(given),
                });
            }
        }
    }
    if columns.contains(&"name") && columns.contains(&"number") {
        Ok(columns)
    } else {
        Err(FileError::HeadingLacks)
    }
}

/// Parts a cell; one more than are allowed is enough to be refused.
fn several(cell: &str) -> Vec<String> {
    let parts = cell.split('|').map(str::trim).filter(|part| !part.is_empty());
    parts.take(2 * MAX_OF_ONE).map(str::to_owned).collect()
}
