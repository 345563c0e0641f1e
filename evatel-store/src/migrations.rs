//! The schema and its versions, embedded.

use std::path::Path;

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    migration::MigrationSource, sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Makes sure that a file is empty or one of ours, of this version or an older one, without changing it.
pub(crate) fn inspect(path: &Path) -> Result<(), Error> {
    let mut link = connect(path)?;
    let not_ours = |reason: String| Error::NotADatabase {
        path: path.to_owned(),
        reason,
    };
    let tables: Vec<NameRow> =
        diesel::sql_query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .load(&mut link)
            .map_err(|error| {
                let said = error.to_string();
                // A file that somebody holds says nothing about what it is.
                Some(Error::from(error))
                    .filter(Error::is_transient)
                    .unwrap_or_else(|| not_ours(said))
            })?;
    let has = |name: &str| tables.iter().any(|table| table.name == name);
    if tables.is_empty() {
        return Ok(());
    }
    if !has("__diesel_schema_migrations") {
        return Err(not_ours("it holds another program's tables".to_owned()));
    }
    let applied = applied(&mut link)?;
    let known = known()?;
    if let Some(found) = applied.iter().find(|version| !known.contains(version)) {
        let known = known.last().cloned().unwrap_or_default();
        return Err(Error::NewerSchema {
            found: found.clone(),
            known,
        });
    }
    if !applied.is_empty() && !has("meta") {
        return Err(not_ours("it holds another program's tables".to_owned()));
    }
    Ok(())
}

/// Brings a database to this version's schema; gives the migrations that ran.
pub(crate) fn up(path: &Path) -> Result<Vec<String>, Error> {
    let mut link = connect(path)?;
    link.batch_execute("PRAGMA foreign_keys = ON;")?;
    // An exclusive transaction around all: of two processes that start at once, the second sees the first one's work.
    link.exclusive_transaction(|link| {
        let ran = link
            .run_pending_migrations(SQLITE)
            .map_err(|error| Error::Migration(error.to_string()))?;
        Ok(ran.iter().map(ToString::to_string).collect())
    })
}

/// Takes the schema back to nothing, newest migration first. All rows are lost.
pub(crate) fn down(path: &Path) -> Result<(), Error> {
    let mut link = connect(path)?;
    link.batch_execute("PRAGMA foreign_keys = ON;")?;
    link.revert_all_migrations(SQLITE)
        .map_err(|error| Error::Migration(error.to_string()))?;
    Ok(())
}

/// Opens a link that waits for others: whoever closes the write-ahead log last locks even readers out for a moment.
fn connect(path: &Path) -> Result<SqliteConnection, Error> {
    let mut link =
        SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| Error::NotADatabase {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    link.batch_execute("PRAGMA busy_timeout = 5000;")?;
    Ok(link)
}

fn applied(link: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<NameRow> =
        diesel::sql_query("SELECT version AS name FROM __diesel_schema_migrations ORDER BY version DESC")
            .load(link)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Lists the versions in this program, oldest first.
fn known() -> Result<Vec<String>, Error> {
    let migrations = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE);
    let migrations = migrations.map_err(|error| Error::Migration(error.to_string()))?;
    let mut versions: Vec<String> = migrations
        .iter()
        .map(|one| one.name().version().to_string())
        .collect();
    versions.sort();
    Ok(versions)
}

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = Text)]
    name: String,
}
