//! One daemon for one database: a second would take the first one's calls for leftovers and end them.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use diesel::{QueryableByName, sql_types::Bool};
use diesel_async::RunQueryDsl;

use crate::{
    Error, Store,
    backend::{PostgresLink, connect_postgres},
    url::DatabaseUrl,
};

/// Holds the place of the one daemon; it is given up with the process, however that ends.
pub struct Alone {
    _held: Held,
}

enum Held {
    /// A lock on a file, which the system gives up.
    File { _lock: File },
    /// A lock of a session, which the server gives up.
    Session { _link: Box<PostgresLink> },
}

impl std::fmt::Debug for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alone")
    }
}

impl Store {
    /// Takes the place of the one daemon of this database: on SQLite by a lock on the file beside it,
    /// `evatel.db.daemon`, on PostgreSQL by a lock of a session of its own.
    ///
    /// # Errors
    /// [`Error::AnotherDaemon`].
    pub async fn take_daemons_place(&self) -> Result<Alone, Error> {
        let held = match self.url() {
            DatabaseUrl::Postgres(url) => {
                let mut link = connect_postgres(url).await?;
                let row: LockRow = diesel::sql_query(TAKE).get_result(&mut link).await?;
                if !row.taken {
                    let place = url.to_string();
                    return Err(Error::AnotherDaemon { place });
                }
                Held::Session {
                    _link: Box::new(link),
                }
            }
            DatabaseUrl::Sqlite(path) => Held::File { _lock: lock(path)? },
        };
        Ok(Alone { _held: held })
    }
}

fn lock(database: &Path) -> Result<File, Error> {
    let mut name = database.as_os_str().to_owned();
    name.push(".daemon");
    let path = PathBuf::from(name);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let lock = opened.map_err(|source| Error::Io {
        path: path.clone(),
        source,
    })?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::AnotherDaemon {
            place: path.display().to_string(),
        }),
        Err(TryLockError::Error(source)) => Err(Error::Io { path, source }),
    }
}

#[derive(QueryableByName)]
struct LockRow {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

const TAKE: &str = "SELECT pg_try_advisory_lock(7023470146) AS taken";
