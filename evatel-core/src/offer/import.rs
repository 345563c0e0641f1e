//! Items from a CSV file: each row good, or refused with its line, field and remedy.
//!
//! A file is taken whole or not at all. What a row says of an item that is there already must be what it is, but for the
//! price, which it then has from now on; so the same file may be taken in again.
//!
//! ```
//! use evatel_core::offer::{Catalogue, import};
//!
//! let import = import::from_csv(b"item,kind,name,monthly\nplan-pro,plan,Pro,30\nseat,seat,Seat,1,5\n")?;
//! assert_eq!(import.good.len(), 1);
//! assert_eq!(import.refused[0].to_string(), "line 3, row: 5 fields where the heading has 4");
//! let planned = import::plan(import.good, &Catalogue::default());
//! assert_eq!((planned.changes.len(), planned.same), (1, 0));
//! # Ok::<(), import::FileError>(())
//! ```

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Catalogue, CatalogueChange, IncludedMinutes, InvalidPrice, ItemKind, Price, Resale};
use crate::{
    class::NumberClass,
    id::ItemId,
    money::{Currency, Money, currency},
    name::Name,
    sheet,
    word::word_enum,
};

/// Largest file in bytes.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;
/// Most rows of one file.
pub const MAX_ROWS: usize = 2_000;

word_enum! {
    /// A column of the file. Several classes, or prices by class, are parted by `|`.
    Column ("column") {
        /// ISO 4217 code of all its amounts; `CAD` where there is none.
        Currency = "currency",
        /// The item's id.
        Item = "item",
        /// What sort of thing it is.
        Kind = "kind",
        /// Minutes of a month that cost nothing more.
        Minutes = "minutes",
        /// What is paid each month.
        Monthly = "monthly",
        /// What customers read.
        Name = "name",
        /// What is paid once.
        OneOff = "one-off",
        /// What a minute costs, such as `canada=0.01|us48=0.02`.
        PerMinute = "per-minute",
        /// What a reseller may ask; `at-least-list` where nothing is said.
        Resale = "resale",
        /// The whole row; no column of the file.
        Row = "row",
        /// The classes that those minutes are for.
        To = "to",
    }
}

word_enum! {
    /// What to do about a refused row; the words for people are in the catalogues.
    Remedy ("remedy") {
        /// Take another id: of an item that is there only the price changes.
        ChooseAnotherId = "choose-another-id",
        /// Give as many fields as the heading has.
        CountFields = "count-fields",
        /// Give it an id of letters, digits, `-` and `_`.
        GiveId = "give-id",
        /// Give it a name on one line.
        GiveName = "give-name",
        /// Give minutes with the classes that they are for, or neither.
        PairMinutes = "pair-minutes",
        /// Leave one of the two rows.
        RemoveDuplicate = "remove-duplicate",
        /// Take the character away with which spreadsheets begin a formula.
        RemoveFormula = "remove-formula",
        /// Use one of the words that the problem lists.
        UseListedWord = "use-listed-word",
        /// Write amounts as digits with a point, such as `12.50`, and minutes as digits.
        WriteAmount = "write-amount",
    }
}

/// An item of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The line on which it begins, from 1 with the heading.
    pub line: u64,
    /// Its id.
    pub item: ItemId,
    /// What sort of thing it is.
    pub kind: ItemKind,
    /// What customers read.
    pub name: Name,
    /// What it costs.
    pub price: Price,
    /// What a reseller may ask for it.
    pub resale: Resale,
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}, {field}: {problem}")]
pub struct RowError {
    /// The line on which the row begins, from 1 with the heading.
    pub line: u64,
    /// Where on it.
    pub field: Column,
    /// What is wrong, with what was given, shortened and escaped.
    pub problem: String,
    /// What to do about it.
    pub remedy: Remedy,
}

/// Why a file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A heading that names no column of ours, or the same twice.
    #[error("line 1: `{given}` is no column or is there twice")]
    Heading {
        /// What was given.
        given: String,
    },
    /// A column that must be there is not.
    #[error("line 1: the heading needs the columns `item`, `kind` and `name`")]
    HeadingLacks,
    /// More than [`MAX_FILE_BYTES`].
    #[error("the file has {bytes} bytes: {MAX_FILE_BYTES} at most")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// More than [`MAX_ROWS`].
    #[error("line {line}: more than {MAX_ROWS} rows")]
    TooMany {
        /// Where the first too many begins.
        line: u64,
    },
    /// No UTF-8.
    #[error("line {line}: the text is not UTF-8; save the file as UTF-8")]
    Utf8 {
        /// The line of the first wrong byte.
        line: u64,
    },
}

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Import {
    /// The good rows, in the file's order.
    pub good: Vec<Entry>,
    /// The refused ones, in the file's order.
    pub refused: Vec<RowError>,
}

/// What a file would make of a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// What changes, in the file's order.
    pub changes: Vec<CatalogueChange>,
    /// How many items are there just so already.
    pub same: usize,
    /// The rows that contradict the catalogue.
    pub refused: Vec<RowError>,
}

/// Reads items from CSV (RFC 4180), parted by commas or semicolons; the first line names the columns, in any order.
///
/// # Errors
/// [`FileError`]: the file cannot be read at all. Wrong rows are in [`Import::refused`].
pub fn from_csv(bytes: &[u8]) -> Result<Import, FileError> {
    let text = text_of(bytes)?;
    let mut reader = sheet::reader(text);
    let mut columns: Vec<Column> = Vec::new();
    let (mut import, mut seen) = (Import::default(), HashMap::new());
    let mut record = csv::StringRecord::new();
    let mut lines = Lines {
        rest: text.as_bytes(),
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
        if import.good.len() + import.refused.len() >= MAX_ROWS {
            return Err(FileError::TooMany { line });
        }
        let row = read_row(line, &columns, &record).and_then(|entry| match seen.get(&entry.item) {
            Some(first) => {
                let problem = format!("`{}` is on line {first} already", entry.item);
                Err(refuse(line, Column::Item, problem, Remedy::RemoveDuplicate))
            }
            None => Ok(entry),
        });
        match row {
            Ok(entry) => {
                seen.insert(entry.item.clone(), line);
                import.good.push(entry);
            }
            Err(refused) => import.refused.push(refused),
        }
    }
    if columns.is_empty() {
        return Err(FileError::HeadingLacks);
    }
    Ok(import)
}

/// Says what rows would make of a catalogue.
pub fn plan(entries: Vec<Entry>, catalogue: &Catalogue) -> Planned {
    let mut planned = Planned::default();
    for entry in entries {
        let contradicts = |what: &str| {
            let problem = format!("`{}` is there already, {what}", entry.item);
            refuse(entry.line, Column::Item, problem, Remedy::ChooseAnotherId)
        };
        match catalogue.item(&entry.item) {
            None => planned.changes.push(CatalogueChange::Add {
                id: entry.item,
                kind: entry.kind,
                name: entry.name,
                price: entry.price,
                resale: entry.resale,
            }),
            Some(there) if there.is_retired => planned.refused.push(contradicts("and retired")),
            Some(there) if there.kind != entry.kind => {
                planned
                    .refused
                    .push(contradicts(&format!("of the kind `{}`", there.kind)));
            }
            Some(there) if there.name != entry.name || there.resale != entry.resale => {
                let what = format!(
                    "with the name `{}` and the resale rule `{}`",
                    there.name, there.resale
                );
                planned.refused.push(contradicts(&what));
            }
            Some(there) if there.price == entry.price => planned.same += 1,
            Some(_) => planned.changes.push(CatalogueChange::Reprice {
                id: entry.item,
                price: entry.price,
            }),
        }
    }
    planned
}

/// The cells of a row by their columns; those that the file does not have are empty.
struct Cells<'a> {
    line: u64,
    cells: BTreeMap<Column, &'a str>,
}

impl Cells<'_> {
    fn text(&self, column: Column) -> &str {
        self.cells.get(&column).copied().unwrap_or_default()
    }

    fn refuse(&self, column: Column, problem: impl ToString, remedy: Remedy) -> RowError {
        refuse(self.line, column, problem.to_string(), remedy)
    }

    /// Reads a word, or takes the usual one where there is none.
    fn word<T: std::str::FromStr<Err = crate::word::UnknownWord>>(
        &self,
        column: Column,
        usual: Option<T>,
    ) -> Result<T, RowError> {
        match (self.text(column), usual) {
            ("", Some(usual)) => Ok(usual),
            (text, _) => text
                .parse()
                .map_err(|error| self.refuse(column, error, Remedy::UseListedWord)),
        }
    }

    fn amount(&self, column: Column, text: &str, currency: Currency) -> Result<Money, RowError> {
        let amount = format!("{text} {}", currency.code()).parse::<Money>();
        let amount = amount.map_err(|error| self.refuse(column, error, Remedy::WriteAmount))?;
        if amount.is_negative() {
            let problem = InvalidPrice::Negative(amount);
            return Err(self.refuse(column, problem, Remedy::WriteAmount));
        }
        Ok(amount)
    }

    fn price(&self) -> Result<Price, RowError> {
        let currency = match self.text(Column::Currency) {
            "" => Currency::CAD,
            code => {
                currency(code).map_err(|error| self.refuse(Column::Currency, error, Remedy::UseListedWord))?
            }
        };
        let mut per_minute = BTreeMap::new();
        for pair in parts(self.text(Column::PerMinute)) {
            let form = || format!("`{}` is no CLASS=AMOUNT", shorten(pair));
            let (class, amount) = pair
                .split_once('=')
                .ok_or_else(|| self.refuse(Column::PerMinute, form(), Remedy::WriteAmount))?;
            let class: NumberClass = self.class(Column::PerMinute, class.trim())?;
            let amount = self.amount(Column::PerMinute, amount.trim(), currency)?;
            if per_minute.insert(class, amount).is_some() {
                let problem = format!("`{class}` stands there twice");
                return Err(self.refuse(Column::PerMinute, problem, Remedy::RemoveDuplicate));
            }
        }
        let minutes = match self.text(Column::Minutes) {
            "" => Ok(0),
            text if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().map_err(drop),
            _ => Err(()),
        };
        let minutes = minutes.map_err(|()| {
            let problem = format!(
                "`{}` is no number of minutes",
                shorten(self.text(Column::Minutes))
            );
            self.refuse(Column::Minutes, problem, Remedy::WriteAmount)
        })?;
        let classes = parts(self.text(Column::To)).map(|class| self.class(Column::To, class));
        let included = IncludedMinutes {
            minutes,
            classes: classes.collect::<Result<_, _>>()?,
        };
        let amount = |column| match self.text(column) {
            "" => Ok(Money::zero(currency)),
            text => self.amount(column, text, currency),
        };
        let price = Price::new(
            amount(Column::OneOff)?,
            amount(Column::Monthly)?,
            per_minute,
            included,
        );
        // One currency and nothing below zero: only the minutes may not go together.
        price.map_err(|error| self.refuse(Column::Minutes, error, Remedy::PairMinutes))
    }

    fn class(&self, column: Column, text: &str) -> Result<NumberClass, RowError> {
        text.parse()
            .map_err(|error: crate::word::UnknownWord| self.refuse(column, error, Remedy::UseListedWord))
    }
}

fn read_row(line: u64, columns: &[Column], record: &csv::StringRecord) -> Result<Entry, RowError> {
    if record.len() != columns.len() {
        let problem = format!("{} fields where the heading has {}", record.len(), columns.len());
        return Err(refuse(line, Column::Row, problem, Remedy::CountFields));
    }
    let cells = columns.iter().copied().zip(record).collect();
    let cells = Cells { line, cells };
    let name = cells.text(Column::Name);
    if name.starts_with(['=', '+', '-', '@']) {
        let problem = format!("`{}` begins as a formula does", shorten(name));
        return Err(cells.refuse(Column::Name, problem, Remedy::RemoveFormula));
    }
    let item = cells.text(Column::Item).parse();
    let item = item.map_err(|error: crate::id::InvalidId| {
        let problem = error.to_string().escape_debug().to_string();
        cells.refuse(Column::Item, problem, Remedy::GiveId)
    });
    Ok(Entry {
        line,
        item: item?,
        kind: cells.word(Column::Kind, None)?,
        name: name
            .parse()
            .map_err(|error: crate::name::InvalidName| cells.refuse(Column::Name, error, Remedy::GiveName))?,
        price: cells.price()?,
        resale: cells.word(Column::Resale, Some(Resale::AtLeastList))?,
    })
}

fn read_heading(record: &csv::StringRecord) -> Result<Vec<Column>, FileError> {
    let mut columns = Vec::new();
    for given in record {
        let word = given.to_ascii_lowercase().replace('_', "-");
        match word.parse::<Column>() {
            Ok(column) if column != Column::Row && !columns.contains(&column) => columns.push(column),
            _ => {
                return Err(FileError::Heading {
                    given: shorten(given),
                });
            }
        }
    }
    let needed = [Column::Item, Column::Kind, Column::Name];
    if needed.iter().all(|column| columns.contains(column)) {
        Ok(columns)
    } else {
        Err(FileError::HeadingLacks)
    }
}

/// Reads a file's bytes as text, without the mark that some programs put before it.
fn text_of(bytes: &[u8]) -> Result<&str, FileError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileError::TooLarge { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| FileError::Utf8 {
        line: breaks(&bytes[..error.valid_up_to()]) + 1,
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Counts lines. The reader's own count takes a record for one line too early after `\r\n`.
struct Lines<'a> {
    rest: &'a [u8],
    read: u64,
    line: u64,
}

impl Lines<'_> {
    /// Gives the line of the record that begins at a byte, or after the line breaks there; bytes only grow.
    fn of(&mut self, byte: u64) -> u64 {
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

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty())
}

fn refuse(line: u64, field: Column, problem: String, remedy: Remedy) -> RowError {
    RowError {
        line,
        field,
        problem,
        remedy,
    }
}

/// Keeps an error message short and on one line whatever was given.
fn shorten(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
