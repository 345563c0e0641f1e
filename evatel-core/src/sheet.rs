//! Sheets as people save them: CSV (RFC 4180), parted by commas or semicolons; each row good, or refused with its place and
//! a remedy.
//!
//! What the readers of items, contacts, people and numbers have in common.

use std::{fmt, str::FromStr};

use serde::Serialize;

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}, {field}: {problem}")]
pub struct RowError<F, R> {
    /// The line on which the row begins, from 1 with the heading.
    pub line: u64,
    /// Where on it.
    pub field: F,
    /// What is wrong, with what was given, shortened and escaped.
    pub problem: String,
    /// What to do about it.
    pub remedy: R,
}

impl<F, R> RowError<F, R> {
    pub(crate) fn new(line: u64, field: F, problem: impl fmt::Display, remedy: R) -> Self {
        Self {
            line,
            field,
            problem: problem.to_string(),
            remedy,
        }
    }
}

/// Why a file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A heading that names no column of ours, or the same twice.
    #[error("line 1: `{given}` is no column or is there twice: use each of {columns} once")]
    Heading {
        /// What was given.
        given: String,
        /// The columns that there are.
        columns: String,
    },
    /// A column that must be there is not.
    #[error("line 1: the heading needs the columns {needed}")]
    HeadingLacks {
        /// Those that must be there.
        needed: String,
    },
    /// Too many bytes.
    #[error("the file has {bytes} bytes: {most} at most; part it")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// Too many rows.
    #[error("line {line}: more than {most} rows; part the file")]
    TooMany {
        /// Where the first too many begins.
        line: u64,
        /// How many there may be.
        most: usize,
    },
    /// No UTF-8.
    #[error("line {line}: the text is not UTF-8; save the file as UTF-8")]
    Utf8 {
        /// The line of the first wrong byte.
        line: u64,
    },
}

/// What a sheet has: its columns, and how much of it is read.
pub(crate) struct Form<C: 'static> {
    pub(crate) columns: &'static [C],
    /// Those without which there is no row.
    pub(crate) needed: &'static [C],
    pub(crate) most_bytes: usize,
    pub(crate) most_rows: usize,
}

/// A sheet that is being read.
pub(crate) struct Sheet<'a, C: 'static> {
    columns: Vec<C>,
    form: &'static Form<C>,
    lines: Lines<'a>,
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    rows: usize,
}

/// A row: its cells by column, or what is wrong with how many there are.
pub(crate) struct Row<'a, C> {
    pub(crate) line: u64,
    pub(crate) cells: Result<Vec<(C, &'a str)>, String>,
}

impl<'a, C: Copy + PartialEq + fmt::Display + FromStr> Sheet<'a, C> {
    /// Reads the heading, which names the columns in any order.
    pub(crate) fn open(bytes: &'a [u8], form: &'static Form<C>) -> Result<Self, FileError> {
        let text = text_of(bytes, form.most_bytes)?;
        let heading = text.lines().next().unwrap_or_default();
        let delimiter = if heading.contains(';') { b';' } else { b',' };
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut sheet = Self {
            columns: Vec::new(),
            form,
            lines: Lines::of(text),
            reader,
            record: csv::StringRecord::new(),
            rows: 0,
        };
        if sheet.read() {
            sheet.columns = columns(&sheet.record, form)?;
        }
        if form.needed.iter().all(|column| sheet.columns.contains(column)) {
            Ok(sheet)
        } else {
            let needed = in_words(form.needed);
            Err(FileError::HeadingLacks { needed })
        }
    }

    /// Reads the next row; an empty line is none.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_, C>>, FileError> {
        if !self.read() {
            return Ok(None);
        }
        let line = self
            .lines
            .at(self.record.position().map_or(0, csv::Position::byte));
        self.rows += 1;
        if self.rows > self.form.most_rows {
            let most = self.form.most_rows;
            return Err(FileError::TooMany { line, most });
        }
        let (given, wanted) = (self.record.len(), self.columns.len());
        let cells = if given == wanted {
            Ok(self.columns.iter().copied().zip(&self.record).collect())
        } else {
            Err(format!("{given} fields where the heading has {wanted}"))
        };
        Ok(Some(Row { line, cells }))
    }

    /// The text is UTF-8 and rows may have any length: reading from memory cannot fail.
    fn read(&mut self) -> bool {
        self.reader.read_record(&mut self.record).unwrap_or(false)
    }
}

/// Reads a file's bytes as text, without the mark that some programs put before it.
pub(crate) fn text_of(bytes: &[u8], most: usize) -> Result<&str, FileError> {
    if bytes.len() > most {
        let bytes = bytes.len();
        return Err(FileError::TooLarge { bytes, most });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| FileError::Utf8 {
        line: breaks(&bytes[..error.valid_up_to()]) + 1,
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Says whether a spreadsheet would take a cell for a formula.
pub(crate) fn is_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@'])
}

/// Keeps an error message short and on one line whatever was given.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

fn columns<C: Copy + PartialEq + fmt::Display + FromStr>(
    record: &csv::StringRecord,
    form: &Form<C>,
) -> Result<Vec<C>, FileError> {
    let mut columns = Vec::new();
    for given in record {
        let word = given.to_ascii_lowercase().replace('_', "-");
        match word.parse() {
            Ok(column) if form.columns.contains(&column) && !columns.contains(&column) => {
                columns.push(column);
            }
            _ => {
                let names: Vec<_> = form.columns.iter().map(heading_of).collect();
                return Err(FileError::Heading {
                    given: shorten(given),
                    columns: names.join(", "),
                });
            }
        }
    }
    Ok(columns)
}

/// Writes a column as headings have it.
fn heading_of(column: &impl fmt::Display) -> String {
    column.to_string().replace('-', "_")
}

fn in_words(columns: &[impl fmt::Display]) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|column| format!("`{}`", heading_of(column)))
        .collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(""),
    }
}

/// Counts lines. The reader's own count takes a record for one line too early after `\r\n`.
struct Lines<'a> {
    rest: &'a [u8],
    read: u64,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes(),
            read: 0,
            line: 1,
        }
    }

    /// Gives the line of the record that begins at a byte, or after the line breaks there; bytes only grow.
    fn at(&mut self, byte: u64) -> u64 {
        let before = usize::try_from(byte.saturating_sub(self.read)).unwrap_or(usize::MAX);
        let (passed, rest) = self.rest.split_at(before.min(self.rest.len()));
        let blank = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let (blank, rest) = rest.split_at(blank);
        self.line += breaks(passed) + breaks(blank);
        self.read += (passed.len() + blank.len()) as u64;
        self.rest = rest;
        self.line
    }
}

fn breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
