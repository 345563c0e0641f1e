//! The schema of this version, as migrations that are part of the program: for each database its own, of equal names.

use diesel::{
    QueryableByName,
    migration::{Migration, MigrationSource},
    sql_types::Text,
};
use diesel_migrations::EmbeddedMigrations;

use crate::Error;

pub(crate) mod postgres;
pub(crate) mod sqlite;

/// What a look at a database's tables and migrations says.
enum Found {
    Empty,
    Foreign,
    Newer { found: String, known: String },
    Ours,
}

/// Judges a database by the names of its tables and the versions of its migrations, newest first.
fn judge(tables: &[String], applied: &[String], known: &[String]) -> Found {
    let has = |name: &str| tables.iter().any(|table| table == name);
    if tables.is_empty() {
        return Found::Empty;
    }
    if !has(MIGRATIONS) {
        return Found::Foreign;
    }
    if let Some(found) = applied.iter().find(|version| !known.contains(version)) {
        return Found::Newer {
            found: found.clone(),
            known: known.last().cloned().unwrap_or_default(),
        };
    }
    if !applied.is_empty() && !has("meta") {
        return Found::Foreign;
    }
    Found::Ours
}

impl Found {
    /// Refuses what is not ours or too new.
    fn accept(self, place: &str) -> Result<(), Error> {
        match self {
            Self::Empty | Self::Ours => Ok(()),
            Self::Foreign => Err(Error::NotADatabase {
                place: place.to_owned(),
                reason: "it holds another program's tables".to_owned(),
            }),
            Self::Newer { found, known } => Err(Error::NewerSchema { found, known }),
        }
    }
}

/// Lists the versions in this program, oldest first.
fn known<DB: diesel::backend::Backend>(embedded: &EmbeddedMigrations) -> Result<Vec<String>, Error> {
    let migrations: Vec<Box<dyn Migration<DB>>> = embedded.migrations().map_err(failed)?;
    let mut versions: Vec<String> = migrations
        .iter()
        .map(|one| one.name().version().to_string())
        .collect();
    versions.sort();
    Ok(versions)
}

/// Refuses versions of a newer program.
fn refuse_unknown(versions: &[String], known: &[String]) -> Result<(), Error> {
    match versions.iter().rev().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(found) => Err(Error::NewerSchema {
            found: found.clone(),
            known: known.last().cloned().unwrap_or_default(),
        }),
    }
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Migration(error.to_string())
}

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Where diesel notes which migrations ran.
const MIGRATIONS: &str = "__diesel_schema_migrations";
const APPLIED: &str = "SELECT version AS name FROM __diesel_schema_migrations ORDER BY version DESC";
