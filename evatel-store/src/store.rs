//! Opening and making a database.

use std::{fs, os::unix::fs::OpenOptionsExt};

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use crate::{
    Error,
    backend::{Backend, on_backend},
    migrations,
    schema::meta,
    url::DatabaseUrl,
};

/// The domain on disk. Cheap to clone; clones share one pool.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    url: DatabaseUrl,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens an existing database. An older schema is accepted: call [`Store::migrate`] next.
    ///
    /// # Errors
    /// [`Error::NoDatabase`], [`Error::NotADatabase`], [`Error::NewerSchema`], [`Error::UnsupportedUrl`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        let path = url.path().to_owned();
        off_runtime(move || match fs::metadata(&path) {
            Ok(found) if found.is_file() => migrations::inspect(&path),
            Ok(_) => Err(Error::NotADatabase {
                path,
                reason: "it is no file".to_owned(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::NoDatabase { path }),
            Err(source) => Err(Error::Io { path, source }),
        })
        .await?;
        Ok(Self {
            backend: Backend::new(&url)?,
            url,
        })
    }

    /// Makes a new database with this version's schema and no rows, readable by its owner only.
    ///
    /// # Errors
    /// [`Error::AlreadyThere`]: nothing is ever overwritten. [`Error::Io`] where the folder is missing.
    pub async fn create(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        let path = url.path().to_owned();
        off_runtime(move || {
            let made = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path);
            match made {
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    return Err(Error::AlreadyThere { path });
                }
                Err(source) => return Err(Error::Io { path, source }),
            }
            // Half a database would be refused by the next `create` and useless to `open`.
            migrations::up(&path).inspect_err(|_| drop(fs::remove_file(&path)))
        })
        .await?;
        Ok(Self {
            backend: Backend::new(&url)?,
            url,
        })
    }

    /// Brings the schema to this version; gives the migrations that ran, none when it was already there.
    pub async fn migrate(&self) -> Result<Vec<String>, Error> {
        let path = self.url.path().to_owned();
        off_runtime(move || migrations::up(&path)).await
    }

    /// Takes the schema down to nothing. All rows are lost; meant for tests and for going back before first use.
    pub async fn unmigrate(&self) -> Result<(), Error> {
        let path = self.url.path().to_owned();
        off_runtime(move || migrations::down(&path)).await
    }

    /// Gives the revision: one more after each change of what [`Store::load_directory`] reads.
    pub async fn revision(&self) -> Result<i64, Error> {
        Ok(on_backend!(self, link => meta::table.filter(meta::id.eq(1)).select(meta::revision).first(link))?)
    }

    /// Gives where the database is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.backend
    }
}

/// Counts the revision up, within the transaction that changes a row.
macro_rules! bump_revision {
    ($link:expr) => {
        diesel::update(crate::schema::meta::table)
            .set(crate::schema::meta::revision.eq(crate::schema::meta::revision + 1))
            .execute($link)
            .await?
    };
}
pub(crate) use bump_revision;

/// Runs what would hold up the runtime's threads.
pub(crate) async fn off_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    crate::backend::finish(tokio::task::spawn_blocking(work)).await
}
