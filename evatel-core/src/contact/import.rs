//! Contacts from a file, CSV or vCard: each entry good, or refused with its line, field and remedy.
//!
//! A file is taken whole or not at all: [`Import::accept`] gives the contacts only where none was refused.
//!
//! ```
//! use evatel_core::contact::import;
//!
//! let import = import::from_csv(b"name,number\nMarie Tremblay,514-555-0142\nPaul,12\n")?;
//! assert_eq!(import.good.len(), 1);
//! assert_eq!(import.refused[0].to_string(), "line 3, number: `12` has 2 digits; a contact has a public number");
//! # Ok::<(), import::FileError>(())
//! ```

mod card;
mod sheet;

pub use card::from_vcards;
pub use sheet::{COLUMNS, from_csv};

use std::{collections::HashMap, fmt};

use serde::Serialize;

pub use crate::sheet::FileError;
use crate::{
    name::Name,
    number::{Dialled, E164},
    sheet::{RowError, is_formula, shorten},
    word::word_enum,
};

/// Largest file in bytes.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;
/// Most contacts of one file.
pub const MAX_ENTRIES: usize = 50_000;
/// Most nicknames of a contact, and most numbers beside the first.
pub const MAX_OF_ONE: usize = 8;

/// A contact of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The name.
    pub name: Name,
    /// How it is said.
    pub pronunciation: Option<Name>,
    /// Other names.
    pub nicknames: Vec<Name>,
    /// Where he is called: the first number of the entry.
    pub number: E164,
    /// The rest of its numbers.
    pub other_numbers: Vec<E164>,
}

word_enum! {
    /// A part of an entry.
    Field ("field") {
        /// All of it.
        Entry = "entry",
        /// The name.
        Name = "name",
        /// Other names.
        Nicknames = "nicknames",
        /// The first number.
        Number = "number",
        /// The rest of the numbers.
        OtherNumbers = "other-numbers",
        /// How the name is said.
        Pronunciation = "pronunciation",
    }
}

word_enum! {
    /// What to do about a refused entry; the words for people are in the catalogues.
    Remedy ("remedy") {
        /// Give as many fields as the heading has.
        CountFields = "count-fields",
        /// Write `END:VCARD` after each `BEGIN:VCARD`.
        EndCard = "end-card",
        /// Give it a name on one line.
        GiveName = "give-name",
        /// Give it a public number of ten digits, or with `+`.
        GiveNumber = "give-number",
        /// Leave one of the two.
        RemoveDuplicate = "remove-duplicate",
        /// Take the character away with which spreadsheets begin a formula.
        RemoveFormula = "remove-formula",
        /// Leave fewer.
        Shorten = "shorten",
    }
}

/// Why an entry is refused.
pub type Refused = RowError<Field, Remedy>;

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Import {
    /// The good entries, in the file's order.
    pub good: Vec<Entry>,
    /// The refused ones, in the file's order.
    pub refused: Vec<Refused>,
}

impl Import {
    /// Gives the contacts, if every entry is good.
    ///
    /// # Errors
    /// The refused entries.
    pub fn accept(self) -> Result<Vec<Entry>, Vec<Refused>> {
        if self.refused.is_empty() {
            Ok(self.good)
        } else {
            Err(self.refused)
        }
    }
}

/// An entry as it was read, before it is checked.
#[derive(Debug, Default)]
struct Raw {
    line: u64,
    name: String,
    pronunciation: String,
    nicknames: Vec<String>,
    numbers: Vec<String>,
}

/// Checks entries one after the other, and that no name comes twice.
#[derive(Default)]
struct Checker {
    import: Import,
    seen: HashMap<String, u64>,
}

impl Checker {
    fn take(&mut self, raw: Raw) {
        let line = raw.line;
        match check(raw) {
            Ok(entry) => match self.seen.get(&entry.name.as_str().to_lowercase()) {
                Some(first) => {
                    let problem = format!("`{}` is on line {first} already", shorten(entry.name.as_str()));
                    self.refuse(line, Field::Name, problem, Remedy::RemoveDuplicate);
                }
                None => {
                    self.seen.insert(entry.name.as_str().to_lowercase(), line);
                    self.import.good.push(entry);
                }
            },
            Err(refused) => self.import.refused.push(refused),
        }
    }

    /// Counts the entries so far.
    fn count(&self) -> usize {
        self.import.good.len() + self.import.refused.len()
    }

    fn refuse(&mut self, line: u64, field: Field, problem: impl fmt::Display, remedy: Remedy) {
        self.import
            .refused
            .push(Refused::new(line, field, problem, remedy));
    }
}

fn check(raw: Raw) -> Result<Entry, Refused> {
    let line = raw.line;
    let refuse = |field, problem: String, remedy| Refused::new(line, field, problem, remedy);
    let name = |field, text: &str| -> Result<Name, Refused> {
        if is_formula(text) {
            let problem = format!("`{}` begins as a formula does", shorten(text));
            return Err(refuse(field, problem, Remedy::RemoveFormula));
        }
        text.parse()
            .map_err(|error: crate::name::InvalidName| refuse(field, error.to_string(), Remedy::GiveName))
    };
    let number = |field, text: &str| -> Result<E164, Refused> {
        match Dialled::parse(text) {
            Ok(Dialled::Number(number)) => Ok(number),
            Ok(Dialled::Extension(_) | Dialled::Special(_)) => {
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                let problem = format!(
                    "`{}` has {digits} digits; a contact has a public number",
                    shorten(text)
                );
                Err(refuse(field, problem, Remedy::GiveNumber))
            }
            Err(error) => Err(refuse(field, error.as_public().to_string(), Remedy::GiveNumber)),
        }
    };
    let few = |field, count: usize| {
        if count > MAX_OF_ONE {
            let problem = format!("{count} are too many: {MAX_OF_ONE} at most");
            return Err(refuse(field, problem, Remedy::Shorten));
        }
        Ok(())
    };
    let own_name = name(Field::Name, &raw.name)?;
    let pronunciation = match raw.pronunciation.trim() {
        "" => None,
        text => Some(name(Field::Pronunciation, text)?),
    };
    few(Field::Nicknames, raw.nicknames.len())?;
    let nicknames = raw.nicknames.iter().map(|text| name(Field::Nicknames, text));
    let nicknames = nicknames.collect::<Result<Vec<_>, _>>()?;
    let Some((first, rest)) = raw.numbers.split_first() else {
        let problem = "there is no number".to_owned();
        return Err(refuse(Field::Number, problem, Remedy::GiveNumber));
    };
    few(Field::OtherNumbers, rest.len())?;
    let first = number(Field::Number, first)?;
    let mut others: Vec<E164> = Vec::new();
    for text in rest {
        let other = number(Field::OtherNumbers, text)?;
        // Address books repeat a number under several labels.
        if other != first && !others.contains(&other) {
            others.push(other);
        }
    }
    Ok(Entry {
        line,
        name: own_name,
        pronunciation,
        nicknames,
        number: first,
        other_numbers: others,
    })
}

#[cfg(test)]
mod tests;
