//! Everything out of one database and into another, as lines of JSON that both databases read and write alike.
//!
//! The first line says what it is and which migrations the schema had, the last how many rows there are; between them
//! stands one row a line, referenced tables before those that reference them. Secrets are in it as they lie in the
//! database: encrypted, without their key.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, Read, Write},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;

mod check;
mod postgres;
mod sqlite;
mod verbs;

pub use check::{Checked, Count, Fault, Unreached};
pub use verbs::{Dumped, Step};

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first.
    Evatel { version: u32, schema: Vec<String> },
    /// A row by its columns.
    Row {
        table: String,
        columns: Map<String, Value>,
    },
    /// The last.
    End { rows: u64 },
}

/// A table as the database itself describes it.
#[derive(Debug, Default)]
struct Table {
    name: String,
    columns: Vec<Column>,
    references: BTreeSet<String>,
}

#[derive(Debug)]
struct Column {
    name: String,
    is_bool: bool,
    is_key: bool,
}

/// A database as dumps see it; within one transaction.
trait Ground {
    /// Lists the tables that hold the domain.
    fn tables(&mut self) -> Result<Vec<Table>, Error>;
    /// Lists the migrations that ran, oldest first.
    fn schema(&mut self) -> Result<Vec<String>, Error>;
    /// Gives each row, by key, as a JSON object.
    fn each_row(
        &mut self,
        table: &Table,
        take: &mut dyn FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error>;
    /// Removes what a migration put there.
    fn clear(&mut self, table: &str) -> Result<(), Error>;
    /// Adds rows, a JSON array of objects that all have these columns.
    fn insert(&mut self, table: &str, columns: &[&str], rows: &str) -> Result<(), Error>;
    /// Lets ids that the database makes go on after those that came.
    fn settle(&mut self) -> Result<(), Error>;
}

fn write(ground: &mut impl Ground, out: &mut dyn Write, say: &mut dyn FnMut(Step)) -> Result<Dumped, Error> {
    let mut put = |line: &Line| -> Result<(), Error> {
        let text = serde_json::to_string(line).map_err(|error| Error::dump(0, error))?;
        writeln!(out, "{text}").map_err(|error| Error::dump(0, error))
    };
    put(&Line::Evatel {
        version: VERSION,
        schema: ground.schema()?,
    })?;
    let mut all = 0;
    let mut tables = BTreeMap::new();
    for table in in_order(ground.tables()?) {
        let mut rows = 0;
        ground.each_row(&table, &mut |row| {
            let columns = serde_json::from_str(row).map_err(|error| Error::dump(0, error))?;
            put(&Line::Row {
                table: table.name.clone(),
                columns,
            })?;
            rows += 1;
            if u64::is_multiple_of(rows, EVERY) {
                say(Step::of(&table.name, rows));
            }
            Ok(())
        })?;
        say(Step::of(&table.name, rows));
        all += rows;
        tables.insert(table.name, rows);
    }
    put(&Line::End { rows: all })?;
    out.flush().map_err(|error| Error::dump(0, error))?;
    Ok(Dumped { rows: all, tables })
}

/// Reads the first line: the migrations that the dump's schema had.
fn read_head(input: &mut dyn BufRead) -> Result<Vec<String>, Error> {
    match next_line(input, 1)? {
        Some(Line::Evatel { version, schema }) if version == VERSION => Ok(schema),
        Some(Line::Evatel { version, .. }) => {
            let reason = format!("it is of version {version}; this program knows {VERSION}");
            Err(Error::dump(1, reason))
        }
        _ => Err(Error::dump(1, "it does not begin as an export of Evatel does")),
    }
}

/// Reads all after the first line.
fn read_rows(
    ground: &mut impl Ground,
    input: &mut dyn BufRead,
    say: &mut dyn FnMut(Step),
) -> Result<Dumped, Error> {
    let known: BTreeSet<String> = ground.tables()?.into_iter().map(|table| table.name).collect();
    let mut tables: BTreeMap<String, u64> = BTreeMap::new();
    let mut waiting = Batch::default();
    for name in &known {
        // What migrations put there; nothing references it yet.
        ground.clear(name)?;
    }
    let (mut number, mut all) = (1, 0);
    loop {
        number += 1;
        match next_line(input, number)? {
            Some(Line::Row { table, columns }) => {
                if !known.contains(&table) {
                    let reason = format!("there is no table `{}`", table.escape_debug());
                    return Err(Error::dump(number, reason));
                }
                if !waiting.takes(&table, &columns) {
                    waiting.insert(ground)?;
                    waiting = Batch::begin(table.clone(), number);
                }
                waiting.rows.push(Value::Object(columns));
                all += 1;
                let rows = tables.entry(table.clone()).or_default();
                *rows += 1;
                if rows.is_multiple_of(EVERY) {
                    say(Step::of(&table, *rows));
                }
            }
            Some(Line::End { rows }) if rows == all => {
                waiting.insert(ground)?;
                break;
            }
            Some(Line::End { rows }) => {
                return Err(Error::dump(
                    number,
                    format!("it should have {rows} rows and has {all}"),
                ));
            }
            Some(Line::Evatel { .. }) => return Err(Error::dump(number, "a second beginning")),
            None => return Err(Error::dump(number, "it ends too early: it was cut off")),
        }
    }
    ground.settle()?;
    for (table, rows) in &tables {
        say(Step::of(table, *rows));
    }
    Ok(Dumped { rows: all, tables })
}

/// Reads a whole export without a database and says what it holds.
///
/// # Errors
/// [`Error::Dump`] with the line where it is damaged.
pub fn look_through(mut input: impl BufRead) -> Result<Dumped, Error> {
    read_head(&mut input)?;
    let mut tables: BTreeMap<String, u64> = BTreeMap::new();
    for number in 2_u64.. {
        match next_line(&mut input, number)? {
            Some(Line::Row { table, .. }) => *tables.entry(table).or_default() += 1,
            Some(Line::End { rows }) if rows == tables.values().sum::<u64>() => {
                return Ok(Dumped { rows, tables });
            }
            Some(_) => return Err(Error::dump(number, "its end does not fit its rows")),
            None => return Err(Error::dump(number, "it ends too early: it was cut off")),
        }
    }
    unreachable!("no file has so many lines")
}

/// Rows of one table that go in together.
#[derive(Default)]
struct Batch {
    table: String,
    first_line: u64,
    rows: Vec<Value>,
}

impl Batch {
    fn begin(table: String, first_line: u64) -> Self {
        Self {
            table,
            first_line,
            rows: Vec::new(),
        }
    }

    fn takes(&self, table: &str, columns: &Map<String, Value>) -> bool {
        let same = |first: &Value| {
            first
                .as_object()
                .is_some_and(|first| first.keys().eq(columns.keys()))
        };
        self.table == table && self.rows.len() < BATCH && self.rows.first().is_none_or(same)
    }

    fn insert(&mut self, ground: &mut impl Ground) -> Result<(), Error> {
        let Some(first) = self.rows.first().and_then(Value::as_object) else {
            return Ok(());
        };
        let columns: Vec<&str> = first.keys().map(String::as_str).collect();
        if let Some(strange) = columns.iter().find(|name| !is_name(name)) {
            let reason = format!("`{}` is no column", strange.escape_debug());
            return Err(Error::dump(self.first_line, reason));
        }
        let rows = serde_json::to_string(&self.rows).map_err(|error| Error::dump(self.first_line, error))?;
        ground
            .insert(&self.table, &columns, &rows)
            .map_err(|error| match error {
                Error::Database(error) => {
                    let last = self.first_line + self.rows.len() as u64 - 1;
                    Error::dump(self.first_line, format!("to line {last}: {error}"))
                }
                other => other,
            })
    }
}

fn next_line(input: &mut dyn BufRead, number: u64) -> Result<Option<Line>, Error> {
    let mut text = String::new();
    let read = input.take(LONGEST_LINE).read_line(&mut text);
    let read = read.map_err(|error| Error::dump(number, error))?;
    if read == 0 {
        return Ok(None);
    }
    if !text.ends_with('\n') && read as u64 == LONGEST_LINE {
        return Err(Error::dump(
            number,
            format!("it is longer than {LONGEST_LINE} bytes"),
        ));
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| Error::dump(number, error))
}

/// Puts each table after those that it references.
fn in_order(mut tables: Vec<Table>) -> Vec<Table> {
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let waiting: BTreeSet<String> = tables.iter().map(|table| table.name.clone()).collect();
        let ready = tables.iter().position(|table| {
            let mut others = table.references.iter().filter(|name| **name != table.name);
            others.all(|name| !waiting.contains(name))
        });
        // In a circle nothing is ready; then the first by name goes, and the database says what is wrong with it.
        ordered.push(tables.remove(ready.unwrap_or(0)));
    }
    ordered
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// Of the form of the lines.
const VERSION: u32 = 1;
/// What is no part of the domain.
const LEFT_OUT: &str = "('__diesel_schema_migrations', 'changes')";
/// Rows in one statement.
const BATCH: usize = 500;
/// Rows between two words of progress.
const EVERY: u64 = 10_000;
/// Bytes of the longest line that is read.
const LONGEST_LINE: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, references: &[&str]) -> Table {
        Table {
            name: name.into(),
            references: references.iter().map(|name| name.to_string()).collect(),
            ..Table::default()
        }
    }

    #[test]
    fn what_is_referenced_goes_first_and_a_table_may_reference_itself() {
        let ordered = in_order(vec![
            table("accounts", &["resellers"]),
            table("dids", &["users", "accounts"]),
            table("resellers", &["resellers"]),
            table("users", &["accounts"]),
        ]);
        let names: Vec<_> = ordered.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["resellers", "accounts", "users", "dids"]);
    }
}
