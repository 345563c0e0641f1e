//! People from a CSV file: each row good, or refused with its line, field and remedy.
//!
//! ```
//! use evatel_core::account::import;
//!
//! let import = import::from_csv(b"extension,name,language\n101,Anne Roy,fr\n102,=1+1,\n")?;
//! assert_eq!(import.good[0].extension.as_str(), "101");
//! assert_eq!(import.refused[0].to_string(), "line 3, name: `=1+1` begins as a formula does");
//! # Ok::<(), import::FileError>(())
//! ```

use std::collections::HashMap;

use serde::Serialize;

pub use crate::sheet::FileError;
use crate::{
    account::Language,
    name::Name,
    number::Extension,
    schedule::Zone,
    sheet::{self, Form, Row, Sheet, is_formula, shorten},
    word::word_enum,
};

/// Largest file in bytes.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Most people of one file.
pub const MAX_ROWS: usize = 10_000;

word_enum! {
    /// A column of the file.
    Column ("column") {
        /// His extension, unique in the account.
        Extension = "extension",
        /// His language; empty is his account's.
        Language = "language",
        /// His name.
        Name = "name",
        /// The whole row; no column of the file.
        Row = "row",
        /// Where he is; empty is his account's zone.
        Zone = "zone",
    }
}

word_enum! {
    /// What to do about a refused row; the words for people are in the catalogues.
    Remedy ("remedy") {
        /// Pay for more places first.
        BuySeat = "buy-seat",
        /// Take another extension, or change whoever has this one.
        ChooseAnotherExtension = "choose-another-extension",
        /// Give as many fields as the heading has.
        CountFields = "count-fields",
        /// Give him an extension of 2 to 6 digits.
        GiveExtension = "give-extension",
        /// Give him a name on one line.
        GiveName = "give-name",
        /// Give a zone such as `America/Toronto`.
        GiveZone = "give-zone",
        /// Leave one of the two rows.
        RemoveDuplicate = "remove-duplicate",
        /// Take the character away with which spreadsheets begin a formula.
        RemoveFormula = "remove-formula",
        /// Use one of the words that the problem lists.
        UseListedWord = "use-listed-word",
    }
}

/// Why a row is refused.
pub type RowError = sheet::RowError<Column, Remedy>;

/// A person of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The line on which he begins, from 1 with the heading.
    pub line: u64,
    /// His extension.
    pub extension: Extension,
    /// His name.
    pub name: Name,
    /// His language, where it is not his account's.
    pub language: Option<Language>,
    /// Where he is, where it is not his account's zone.
    pub zone: Option<Zone>,
}

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Import {
    /// The good rows, in the file's order.
    pub good: Vec<Person>,
    /// The refused ones, in the file's order.
    pub refused: Vec<RowError>,
}

/// Reads people from CSV (RFC 4180), parted by commas or semicolons; the first line names the columns, in any order.
///
/// # Errors
/// [`FileError`]: the file cannot be read at all. Wrong rows are in [`Import::refused`].
pub fn from_csv(bytes: &[u8]) -> Result<Import, FileError> {
    let mut sheet = Sheet::open(bytes, &FORM)?;
    let (mut import, mut seen) = (Import::default(), HashMap::new());
    while let Some(row) = sheet.next_row()? {
        let line = row.line;
        let row =
            read_row(row).and_then(
                |person| match seen.insert(person.extension.as_str().to_owned(), line) {
                    None => Ok(person),
                    Some(first) => {
                        let problem = format!("`{}` is on line {first} already", person.extension.as_str());
                        Err(RowError::new(
                            line,
                            Column::Extension,
                            problem,
                            Remedy::RemoveDuplicate,
                        ))
                    }
                },
            );
        match row {
            Ok(person) => import.good.push(person),
            Err(refused) => import.refused.push(refused),
        }
    }
    Ok(import)
}

fn read_row(Row { line, cells }: Row<'_, Column>) -> Result<Person, RowError> {
    let refuse = |field, problem: String, remedy| RowError::new(line, field, problem, remedy);
    let cells = cells.map_err(|problem| refuse(Column::Row, problem, Remedy::CountFields))?;
    let text = |wanted| {
        let found = cells.iter().find(|(column, _)| *column == wanted);
        found.map_or("", |(_, text)| *text)
    };
    let (name, language, zone) = (text(Column::Name), text(Column::Language), text(Column::Zone));
    if is_formula(name) {
        let problem = format!("`{}` begins as a formula does", shorten(name));
        return Err(refuse(Column::Name, problem, Remedy::RemoveFormula));
    }
    let extension = text(Column::Extension);
    let extension: Extension = extension.parse().map_err(|_| {
        let problem = format!("`{}` is no extension", shorten(extension));
        refuse(Column::Extension, problem, Remedy::GiveExtension)
    })?;
    let name = name.parse().map_err(|error: crate::name::InvalidName| {
        refuse(Column::Name, error.to_string(), Remedy::GiveName)
    })?;
    let language = match language {
        "" => None,
        word => Some(word.parse().map_err(|error: crate::word::UnknownWord| {
            refuse(Column::Language, error.to_string(), Remedy::UseListedWord)
        })?),
    };
    let zone = match zone {
        "" => None,
        name => Some(name.parse().map_err(|_| {
            let problem = format!("`{}` is no time zone", shorten(name));
            refuse(Column::Zone, problem, Remedy::GiveZone)
        })?),
    };
    Ok(Person {
        line,
        extension,
        name,
        language,
        zone,
    })
}

const FORM: Form<Column> = Form {
    columns: &[Column::Extension, Column::Name, Column::Language, Column::Zone],
    needed: &[Column::Extension, Column::Name],
    most_bytes: MAX_FILE_BYTES,
    most_rows: MAX_ROWS,
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_sheet_of_a_french_spreadsheet_is_read_with_its_lines() {
        let text = "\u{feff}Name;Extension;Zone;Language\r\nAnne Roy;102;;\r\n\r\n\"Roy; Luc\";103;Europe/Paris;en\r\n";
        let import = from_csv(text.as_bytes()).unwrap();
        assert_eq!(import.refused, []);
        let [anne, luc] = &import.good[..] else {
            panic!("{import:?}")
        };
        assert_eq!(
            (anne.line, anne.extension.as_str(), &anne.zone),
            (2, "102", &None)
        );
        assert_eq!(
            (luc.line, luc.name.as_str(), luc.language),
            (4, "Roy; Luc", Some(Language::En))
        );
        assert_eq!(luc.zone.as_ref().unwrap().to_string(), "Europe/Paris");
    }

    #[rstest]
    #[case("=cmd|' /C calc'!A0,102,,", Column::Name, Remedy::RemoveFormula)]
    #[case("@SUM(A1),102,,", Column::Name, Remedy::RemoveFormula)]
    #[case("+Anne,102,,", Column::Name, Remedy::RemoveFormula)]
    #[case(",102,,", Column::Name, Remedy::GiveName)]
    #[case("\"Anne\nEve\",102,,", Column::Name, Remedy::GiveName)]
    #[case("An\u{202e}ne,102,,", Column::Name, Remedy::GiveName)]
    #[case("Anne,,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,1,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,1234567,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,911,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,988,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,10a,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,\u{0661}\u{0660}\u{0662},,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,99999999999999999999999999,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,=102,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,102&PJSIP/x,,", Column::Extension, Remedy::GiveExtension)]
    #[case("Anne,102,de,", Column::Language, Remedy::UseListedWord)]
    #[case("Anne,102,,Moon/Base", Column::Zone, Remedy::GiveZone)]
    #[case("Anne,102,,../../etc/passwd", Column::Zone, Remedy::GiveZone)]
    #[case("Anne,102,", Column::Row, Remedy::CountFields)]
    #[case("Anne,102,,,", Column::Row, Remedy::CountFields)]
    #[case("Anne,101,,", Column::Extension, Remedy::RemoveDuplicate)]
    fn a_hostile_row_is_refused_with_its_line_field_and_remedy(
        #[case] row: &str,
        #[case] field: Column,
        #[case] remedy: Remedy,
    ) {
        let text = format!("name,extension,language,zone\nPaul,101,,\n{row}\n");
        let import = from_csv(text.as_bytes()).unwrap();
        assert_eq!(import.good.len(), 1);
        let refused: Vec<_> = import
            .refused
            .iter()
            .map(|row| (row.line, row.field, row.remedy))
            .collect();
        assert_eq!(refused, [(3, field, remedy)]);
        assert!(!import.refused[0].to_string().contains('\n'));
    }

    #[rstest]
    #[case("name\n", "needs the columns `extension` and `name`")]
    #[case("", "needs the columns")]
    #[case(
        "name,extension,row\n",
        "`row` is no column or is there twice: use each of extension, name, language, zone once"
    )]
    #[case("name,name,extension\n", "`name` is no column or is there twice")]
    fn a_heading_that_means_nothing_is_refused_before_any_row(#[case] text: &str, #[case] part: &str) {
        let said = from_csv(text.as_bytes()).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fall(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "(name|extension|zone|language|;|,|\"|\r?\n|=|\\PC){0,60}") {
            let _ = from_csv(&bytes);
            let _ = from_csv(text.as_bytes());
        }
    }
}
