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
    sheet::{self, Form, Row, Sheet, is_formula, shorten},
    word::word_enum,
};

pub use crate::sheet::FileError;

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
pub type RowError = sheet::RowError<Column, Remedy>;

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
    let mut sheet = Sheet::open(bytes, &FORM)?;
    let (mut import, mut seen) = (Import::default(), HashMap::new());
    while let Some(row) = sheet.next_row()? {
        let line = row.line;
        let row = read_row(row).and_then(|entry| match seen.get(&entry.item) {
            Some(first) => {
                let problem = format!("`{}` is on line {first} already", entry.item);
                Err(RowError::new(
                    line,
                    Column::Item,
                    problem,
                    Remedy::RemoveDuplicate,
                ))
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
    Ok(import)
}

const FORM: Form<Column> = Form {
    columns: &[
        Column::Item,
        Column::Kind,
        Column::Name,
        Column::Currency,
        Column::OneOff,
        Column::Monthly,
        Column::PerMinute,
        Column::Minutes,
        Column::To,
        Column::Resale,
    ],
    needed: &[Column::Item, Column::Kind, Column::Name],
    most_bytes: MAX_FILE_BYTES,
    most_rows: MAX_ROWS,
};

/// Says what rows would make of a catalogue.
pub fn plan(entries: Vec<Entry>, catalogue: &Catalogue) -> Planned {
    let mut planned = Planned::default();
    for entry in entries {
        let contradicts = |what: &str| {
            let problem = format!("`{}` is there already, {what}", entry.item);
            RowError::new(entry.line, Column::Item, problem, Remedy::ChooseAnotherId)
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

    fn refuse(&self, column: Column, problem: impl std::fmt::Display, remedy: Remedy) -> RowError {
        RowError::new(self.line, column, problem, remedy)
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

fn read_row(Row { line, cells }: Row<'_, Column>) -> Result<Entry, RowError> {
    let cells = cells.map_err(|problem| RowError::new(line, Column::Row, problem, Remedy::CountFields))?;
    let cells = Cells {
        line,
        cells: cells.into_iter().collect(),
    };
    let name = cells.text(Column::Name);
    if is_formula(name) {
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

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests;
