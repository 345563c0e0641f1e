//! Making, looking at and migrating a file of SQLite.

use std::{fs, io::ErrorKind, os::unix::fs::OpenOptionsExt, path::Path};

use diesel::{
    Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, migration::Migration,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{APPLIED, MIGRATIONS, NameRow, failed, judge, known, refuse_unknown};
use crate::Error;

const EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Makes a file with this version's schema, readable by its owner only; never over another.
pub(crate) fn create(path: &Path) -> Result<(), Error> {
    claim(path)?;
    // Half a database would be refused by the next `create` and useless to `open`.
    let made = up(path).inspect_err(|_| drop(fs::remove_file(path)));
    made.map(drop)
}

/// Makes an empty file, readable by its owner only; never over another.
pub(crate) fn claim(path: &Path) -> Result<(), Error> {
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let place = path.display().to_string();
            Err(Error::AlreadyThere { place })
        }
        Err(source) => Err(Error::Io {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Makes sure that a file is empty or one of ours, of this version or an older one, without changing it.
pub(crate) fn inspect(path: &Path) -> Result<(), Error> {
    let place = path.display().to_string();
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => {
            let reason = "it is no file".to_owned();
            return Err(Error::NotADatabase { place, reason });
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::NoDatabase { place }),
        Err(source) => {
            let path = path.to_owned();
            return Err(Error::Io { path, source });
        }
    }
    let mut link = connect(path)?;
    let tables: Vec<NameRow> =
        diesel::sql_query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .load(&mut link)
            .map_err(|error| {
                let reason = error.to_string();
                // A file that somebody holds says nothing about what it is.
                Some(Error::from(error))
                    .filter(Error::is_transient)
                    .unwrap_or_else(|| Error::NotADatabase {
                        place: place.clone(),
                        reason,
                    })
            })?;
    let tables: Vec<String> = tables.into_iter().map(|row| row.name).collect();
    let mut applied: Vec<NameRow> = Vec::new();
    if tables.iter().any(|table| table == MIGRATIONS) {
        applied = diesel::sql_query(APPLIED).load(&mut link)?;
    }
    let applied: Vec<String> = applied.into_iter().map(|row| row.name).collect();
    judge(&tables, &applied, &known::<Sqlite>(&EMBEDDED)?).accept(&place)
}

/// Brings a database to this version's schema; gives the migrations that ran.
pub(crate) fn up(path: &Path) -> Result<Vec<String>, Error> {
    let mut link = connect(path)?;
    // An exclusive transaction around all: of two processes that start at once, the second sees the first one's work.
    link.exclusive_transaction(up_all)
}

/// Runs what did not run yet, within somebody's transaction.
pub(crate) fn up_all(link: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    let ran = link.run_pending_migrations(EMBEDDED).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Runs the migrations of these versions, within somebody's transaction.
pub(crate) fn up_to(link: &mut SqliteConnection, versions: &[String]) -> Result<(), Error> {
    refuse_unknown(versions, &known::<Sqlite>(&EMBEDDED)?)?;
    for migration in link.pending_migrations(EMBEDDED).map_err(failed)? {
        if versions.contains(&migration.name().version().to_string()) {
            link.run_migration(&migration).map_err(failed)?;
        }
    }
    Ok(())
}

/// Lists the versions that did not run yet.
pub(crate) fn pending(link: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    let pending = link.pending_migrations(EMBEDDED).map_err(failed)?;
    Ok(pending
        .iter()
        .map(|one| one.name().version().to_string())
        .collect())
}

/// Takes the schema back to nothing, newest migration first. All rows are lost.
pub(crate) fn down(path: &Path) -> Result<(), Error> {
    let mut link = connect(path)?;
    link.revert_all_migrations(EMBEDDED).map_err(failed)?;
    Ok(())
}

/// Opens a link that waits for others: whoever closes the write-ahead log last locks even readers out for a moment.
pub(crate) fn connect(path: &Path) -> Result<SqliteConnection, Error> {
    let mut link =
        SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| Error::NotADatabase {
            place: path.display().to_string(),
            reason: error.to_string(),
        })?;
    link.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")?;
    Ok(link)
}
