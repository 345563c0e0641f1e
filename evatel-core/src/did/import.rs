//! Numbers from a CSV file: parsed row by row, each row good or refused with its line, field and remedy.
//!
//! The first line names the columns: `number`, and optionally `trunk`, `reseller` and `user`, in any order, parted by
//! commas or semicolons. What the rows meet in the store is the store's to say.

use std::{
    collections::HashMap,
    fmt,
    io::{self, BufRead, Read as _},
    str::FromStr,
};

use crate::{
    id::{ResellerId, TrunkId, UserId},
    number::{Dialled, E164},
    sheet::{self, shorten},
    word::word_enum,
};

/// Longest line in bytes; no honest row comes near it.
pub const MAX_LINE_BYTES: usize = 4096;
/// Most rows of one file.
pub const MAX_ROWS: usize = 5_000_000;
/// Most fields that are looked at in one line.
const MAX_FIELDS: usize = 16;

/// A number to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The line of the file that it stands on, from 1 with the heading.
    pub line: u64,
    /// The number.
    pub number: E164,
    /// The trunk over which it comes; nothing means the one that whoever imports named.
    pub trunk: Option<TrunkId>,
    /// Whose it becomes.
    pub into: Destination,
}

/// Whose an imported number becomes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The pool of whoever imports.
    Pool,
    /// A reseller's pool.
    Reseller(ResellerId),
    /// A Smart Number of this user, at once.
    User(UserId),
}

word_enum! {
    /// A column of the file.
    Column ("column") {
        /// The whole line.
        Line = "line",
        /// The number.
        Number = "number",
        /// The reseller whose pool it goes into.
        Reseller = "reseller",
        /// The trunk over which it comes.
        Trunk = "trunk",
        /// The user who gets it.
        User = "user",
    }
}

word_enum! {
    /// What to do about a refused row; the words for people are in the catalogues.
    Remedy ("remedy") {
        /// Take the row out, or have its owner release the number first.
        AskOwner = "ask-owner",
        /// Give as many fields as the heading has.
        CountFields = "count-fields",
        /// Save the file as UTF-8.
        SaveAsUtf8 = "save-as-utf8",
        /// Leave one of the two rows.
        RemoveDuplicate = "remove-duplicate",
        /// Give the reseller or the user, not both.
        ChooseOne = "choose-one",
        /// Name a trunk in the row or with the command.
        NameTrunk = "name-trunk",
        /// Take the number into the pool, and have its account order it by a quote.
        OrderByQuote = "order-by-quote",
        /// Use an id that the `list` verb shows.
        UseListedId = "use-listed-id",
        /// Write the number in E.164, the column formatted as text.
        WriteE164 = "write-e164",
        /// Cut the line, or part the rows with line breaks.
        ShortenLine = "shorten-line",
        /// Part the file in two.
        SplitFile = "split-file",
    }
}

/// Why a row is refused.
pub type RowError = sheet::RowError<Column, Remedy>;

/// Why a file is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A heading that names no column of ours.
    #[error("line 1: `{given}` is no column: use `number`, `trunk`, `reseller`, `user`")]
    Heading {
        /// What was given.
        given: String,
    },
    /// The same column twice, or no number.
    #[error("line 1: the heading needs the column `number`, and each column once")]
    Headings,
    /// It cannot be read.
    #[error("line {line}: the file cannot be read")]
    Read {
        /// The line that was being read.
        line: u64,
        /// Why.
        source: io::Error,
    },
}

/// The rows of a file, in its order. After an error of the file itself there is nothing more.
pub struct Rows<R> {
    columns: Vec<Column>,
    input: R,
    splitter: csv_core::Reader,
    line: u64,
    rows: usize,
    seen: HashMap<u64, u64>,
    is_over: bool,
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("columns", &self.columns)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

impl<R: BufRead> Rows<R> {
    /// Reads the heading.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn new(mut input: R) -> Result<Self, FileError> {
        let mut heading = Vec::new();
        read_line(&mut input, &mut heading).map_err(|source| FileError::Read { line: 1, source })?;
        let heading = String::from_utf8_lossy(&heading);
        let heading = heading.trim_start_matches('\u{feff}').trim();
        let delimiter = if heading.contains(';') { ';' } else { ',' };
        let mut columns = Vec::new();
        for name in heading.split(delimiter) {
            let name = name.trim().trim_matches('"').to_ascii_lowercase();
            let column = Column::from_str(&name)
                .ok()
                .filter(|column| *column != Column::Line);
            columns.push(column.ok_or_else(|| FileError::Heading {
                given: shorten(&name),
            })?);
        }
        let once = |column: &Column| columns.iter().filter(|other| *other == column).count() == 1;
        if !columns.contains(&Column::Number) || !columns.iter().all(once) {
            return Err(FileError::Headings);
        }
        Ok(Self {
            columns,
            input,
            splitter: csv_core::ReaderBuilder::new().delimiter(delimiter as u8).build(),
            line: 1,
            rows: 0,
            seen: HashMap::new(),
            is_over: false,
        })
    }

    /// Reads one line, which is not empty. No field that we take has a line break inside, so a line is a row.
    fn row(&mut self, text: &[u8]) -> Result<ImportRow, RowError> {
        let line = self.line;
        let refuse = |field, problem: String, remedy| RowError::new(line, field, problem, remedy);
        if self.rows > MAX_ROWS {
            self.is_over = true;
            let problem = format!("the file has more than {MAX_ROWS} rows");
            return Err(refuse(Column::Line, problem, Remedy::SplitFile));
        }
        if text.len() > MAX_LINE_BYTES {
            self.is_over = true;
            let problem = format!("longer than {MAX_LINE_BYTES} bytes");
            return Err(refuse(Column::Line, problem, Remedy::ShortenLine));
        }
        let (mut unquoted, mut ends) = ([0; MAX_LINE_BYTES], [0; MAX_FIELDS]);
        let found = split(&mut self.splitter, text, &mut unquoted, &mut ends);
        if found != self.columns.len() {
            let problem = format!("{found} fields where the heading has {}", self.columns.len());
            return Err(refuse(Column::Line, problem, Remedy::CountFields));
        }
        let (mut number, mut trunk, mut reseller, mut user) = (None, None, None, None);
        let mut begin = 0;
        for (column, end) in self.columns.iter().zip(ends) {
            let text = std::str::from_utf8(&unquoted[begin..end])
                .map_err(|_| refuse(*column, "the text is not UTF-8".to_owned(), Remedy::SaveAsUtf8))?;
            begin = end;
            let listed = |problem: String| refuse(*column, problem, Remedy::UseListedId);
            match column {
                Column::Line => {}
                Column::Number => {
                    number = Some(
                        public_number(text).map_err(|problem| refuse(*column, problem, Remedy::WriteE164))?,
                    );
                }
                Column::Reseller => reseller = id::<ResellerId>(text).map_err(listed)?,
                Column::Trunk => trunk = id::<TrunkId>(text).map_err(listed)?,
                Column::User => user = id::<UserId>(text).map_err(listed)?,
            }
        }
        let number = number.expect("the heading has the column");
        let digits: u64 = number.digits().parse().expect("15 digits fit");
        if let Some(first) = self.seen.insert(digits, line) {
            self.seen.insert(digits, first);
            let problem = format!("`{number}` stands on line {first} already");
            return Err(refuse(Column::Number, problem, Remedy::RemoveDuplicate));
        }
        let into = match (reseller, user) {
            (None, None) => Destination::Pool,
            (Some(reseller), None) => Destination::Reseller(reseller),
            (None, Some(user)) => Destination::User(user),
            (Some(_), Some(_)) => {
                let problem = "a number goes to a reseller's pool or to a user".to_owned();
                return Err(refuse(Column::User, problem, Remedy::ChooseOne));
            }
        };
        Ok(ImportRow {
            line,
            number,
            trunk,
            into,
        })
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Result<ImportRow, RowError>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = Vec::new();
        while !self.is_over {
            text.clear();
            self.line += 1;
            match read_line(&mut self.input, &mut text) {
                Ok(0) => self.is_over = true,
                Ok(_) if text.trim_ascii().is_empty() => {}
                Ok(_) => {
                    self.rows += 1;
                    return Some(Ok(self.row(text.strip_suffix(b"\r").unwrap_or(&text))));
                }
                Err(source) => {
                    self.is_over = true;
                    return Some(Err(FileError::Read {
                        line: self.line,
                        source,
                    }));
                }
            }
        }
        None
    }
}

/// Reads a line without its break; gives how many bytes were there. Stops beyond [`MAX_LINE_BYTES`].
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let read = input.take(MAX_LINE_BYTES as u64 + 2).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(read)
}

/// Parts a line into unquoted fields; gives how many, one more than [`MAX_FIELDS`] where there are too many.
fn split(splitter: &mut csv_core::Reader, line: &[u8], unquoted: &mut [u8], ends: &mut [usize]) -> usize {
    use csv_core::ReadRecordResult as Read;
    splitter.reset();
    let (mut read, mut written, mut fields) = (0, 0, 0);
    loop {
        let (result, bytes_read, bytes_written, fields_found) =
            splitter.read_record(&line[read..], &mut unquoted[written..], &mut ends[fields..]);
        read += bytes_read;
        written += bytes_written;
        fields += fields_found;
        match result {
            // The end of the line is told by asking once more with nothing.
            Read::InputEmpty => {}
            Read::OutputEndsFull | Read::OutputFull => return MAX_FIELDS + 1,
            Read::Record | Read::End => return fields,
        }
    }
}

/// Reads a public number as the command line does; codes and extensions are none.
fn public_number(text: &str) -> Result<E164, String> {
    match Dialled::parse(text) {
        Ok(Dialled::Number(number)) => Ok(number),
        Ok(_) => Err(format!("`{}` is no public number", shorten(text))),
        Err(error) => Err(error.as_public().to_string()),
    }
}

/// Reads an optional id.
fn id<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<Option<T>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|error: T::Err| error.to_string().escape_debug().to_string()),
    }
}

#[cfg(test)]
mod tests;
