//! Contacts from CSV.

use super::{Checker, Field, FileError, Import, MAX_ENTRIES, MAX_FILE_BYTES, MAX_OF_ONE, Raw, Remedy};
use crate::sheet::{Form, Row, Sheet};

/// The columns of the file; only `name` and `number` must be there. Several nicknames or numbers are parted by `|`.
pub const COLUMNS: [&str; 5] = ["name", "pronunciation", "nicknames", "number", "other_numbers"];

/// Reads contacts from CSV (RFC 4180), parted by commas or semicolons; the first line names the columns, in any order.
///
/// # Errors
/// [`FileError`]: the file cannot be read at all. Wrong rows are in [`Import::refused`].
pub fn from_csv(bytes: &[u8]) -> Result<Import, FileError> {
    let mut sheet = Sheet::open(bytes, &FORM)?;
    let mut checker = Checker::default();
    while let Some(Row { line, cells }) = sheet.next_row()? {
        let cells = match cells {
            Ok(cells) => cells,
            Err(problem) => {
                checker.refuse(line, Field::Entry, problem, Remedy::CountFields);
                continue;
            }
        };
        let mut raw = Raw {
            line,
            ..Raw::default()
        };
        let mut others = Vec::new();
        for (column, value) in cells {
            match column {
                Field::Name => raw.name = value.to_owned(),
                Field::Pronunciation => raw.pronunciation = value.to_owned(),
                Field::Nicknames => raw.nicknames = several(value),
                Field::Number => raw.numbers = several(value),
                Field::OtherNumbers => others = several(value),
                Field::Entry => {}
            }
        }
        raw.numbers.extend(others);
        checker.take(raw);
    }
    Ok(checker.import)
}

const FORM: Form<Field> = Form {
    columns: &[
        Field::Name,
        Field::Pronunciation,
        Field::Nicknames,
        Field::Number,
        Field::OtherNumbers,
    ],
    needed: &[Field::Name, Field::Number],
    most_bytes: MAX_FILE_BYTES,
    most_rows: MAX_ENTRIES,
};

/// Parts a cell; one more than are allowed is enough to be refused.
fn several(cell: &str) -> Vec<String> {
    let parts = cell.split('|').map(str::trim).filter(|part| !part.is_empty());
    parts.take(2 * MAX_OF_ONE).map(str::to_owned).collect()
}
