//! Opening and making a database.

use std::sync::Arc;

use crate::{Error, Keys, backend::Backend, migrations, url::DatabaseUrl};

/// The domain on disk. Cheap to clone; clones share one pool.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    keys: Option<Arc<Keys>>,
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
    /// [`Error::NoDatabase`], [`Error::NotADatabase`], [`Error::NewerSchema`], [`Error::UnsupportedUrl`],
    /// [`Error::Unreachable`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        match &url {
            DatabaseUrl::Postgres(server) => migrations::postgres::inspect(server.clone()).await?,
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || migrations::sqlite::inspect(&path)).await?;
            }
        }
        Ok(Self {
            backend: Backend::new(&url),
            keys: None,
            url,
        })
    }

    /// Makes a new database with this version's schema and no rows: a file, readable by its owner only, or the tables
    /// in a server's empty database.
    ///
    /// # Errors
    /// [`Error::AlreadyThere`]: nothing is ever overwritten. [`Error::Io`] where the folder is missing,
    /// [`Error::NoDatabase`] where the server has none of that name.
    pub async fn create(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        match &url {
            DatabaseUrl::Postgres(server) => migrations::postgres::create(server.clone()).await?,
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || migrations::sqlite::create(&path)).await?;
            }
        }
        Ok(Self {
            backend: Backend::new(&url),
            keys: None,
            url,
        })
    }

    /// Gives the keys that secrets are sealed with and opened; without them devices can be listed but not added.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self {
            keys: Some(Arc::new(keys)),
            ..self
        }
    }

    pub(crate) fn keys(&self) -> Option<&Arc<Keys>> {
        self.keys.as_ref()
    }

    /// Brings the schema to this version; gives the migrations that ran, none when it was already there.
    pub async fn migrate(&self) -> Result<Vec<String>, Error> {
        match &self.url {
            DatabaseUrl::Postgres(server) => migrations::postgres::up(server.clone()).await,
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || migrations::sqlite::up(&path)).await
            }
        }
    }

    /// Lists the migrations that [`Store::migrate`] would run.
    pub async fn pending(&self) -> Result<Vec<String>, Error> {
        match &self.url {
            DatabaseUrl::Postgres(server) => {
                let server = (**server).clone();
                migrations::postgres::on_one_link(server, |link, _| migrations::postgres::pending(link)).await
            }
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || migrations::sqlite::pending(&mut migrations::sqlite::connect(&path)?))
                    .await
            }
        }
    }

    /// Takes the schema down to nothing. All rows are lost; meant for tests and for going back before first use.
    pub async fn unmigrate(&self) -> Result<(), Error> {
        match &self.url {
            DatabaseUrl::Postgres(server) => migrations::postgres::down(server.clone()).await,
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || migrations::sqlite::down(&path)).await
            }
        }
    }

    /// Gives where the database is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.backend
    }
}

/// Runs what would hold up the runtime's threads.
pub(crate) async fn off_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    crate::backend::finish(tokio::task::spawn_blocking(work)).await
}
