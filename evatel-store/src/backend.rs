//! Connections, and the seam where PostgreSQL becomes one more arm.
//!
//! A query is written once: [`on_backend!`] expands the same body in the arm of each database, typed by diesel for
//! that dialect. No type of many databases ever shows.

use std::time::Duration;

use diesel::{ConnectionError, SqliteConnection, result::Error as Diesel};
use diesel_async::{
    AsyncConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool, PoolError},
    },
    sync_connection_wrapper::SyncConnectionWrapper,
};

use crate::{Error, url::DatabaseUrl};

pub(crate) type SqliteLink = SyncConnectionWrapper<SqliteConnection>;

/// The pool of the database that the URL names.
#[derive(Clone)]
pub(crate) enum Backend {
    Sqlite(Pool<SqliteLink>),
}

impl Backend {
    /// Prepares a pool; connections are made when they are first wanted.
    pub(crate) fn new(url: &DatabaseUrl) -> Result<Self, Error> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let mut config = ManagerConfig::<SqliteLink>::default();
                config.recycling_method = RecyclingMethod::Fast;
                config.custom_setup = Box::new(|path| {
                    let path = path.to_owned();
                    Box::pin(async move {
                        let mut link = SqliteLink::establish(&path).await?;
                        let pragmas = link.batch_execute(PRAGMAS).await;
                        pragmas.map_err(ConnectionError::CouldntSetupConfiguration)?;
                        Ok(link)
                    })
                });
                let manager = AsyncDieselConnectionManager::new_with_config(path.to_string_lossy(), config);
                let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
                let pool = pool.expect("a pool without time limits of its own needs no runtime");
                Ok(Self::Sqlite(pool))
            }
        }
    }
}

/// Takes a connection from the pool, within [`WAIT`].
pub(crate) async fn checkout(pool: &Pool<SqliteLink>) -> Result<Object<SqliteLink>, Error> {
    match tokio::time::timeout(WAIT, pool.get()).await {
        Ok(Ok(link)) => Ok(link),
        Ok(Err(PoolError::Backend(error))) => Err(Error::Database(match error {
            diesel_async::pooled_connection::PoolError::QueryError(error) => error,
            diesel_async::pooled_connection::PoolError::ConnectionError(error) => match error {
                ConnectionError::CouldntSetupConfiguration(error) => error,
                other => Diesel::QueryBuilderError(other.into()),
            },
        })),
        Ok(Err(_)) => Err(Error::ShuttingDown),
        Err(_) => Err(Error::PoolExhausted {
            seconds: WAIT.as_secs(),
        }),
    }
}

/// Waits for a task of [`in_transaction!`].
pub(crate) async fn finish<T>(task: tokio::task::JoinHandle<Result<T, Error>>) -> Result<T, Error> {
    match task.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Error::ShuttingDown),
    }
}

/// Runs one body, a future of a `Result`, on a connection of whatever database the store has.
macro_rules! on_backend {
    ($store:expr, $link:ident => $body:expr) => {
        match $store.backend() {
            $crate::backend::Backend::Sqlite(pool) => {
                let mut pooled = $crate::backend::checkout(pool).await?;
                let $link = &mut *pooled;
                $body.await
            }
        }
    };
}
pub(crate) use on_backend;

/// Runs one body of statements as a write transaction.
///
/// On SQLite it begins IMMEDIATE: two that read first and write later would otherwise fail with `database is locked`.
/// It runs in a task of its own: a caller that gives up would else leave the transaction open and the file locked.
macro_rules! in_transaction {
    ($store:expr, $link:ident => $body:block) => {
        match $store.backend().clone() {
            $crate::backend::Backend::Sqlite(pool) => {
                let task = tokio::spawn(async move {
                    let mut pooled = $crate::backend::checkout(&pool).await?;
                    let run =
                        async move |$link: &mut $crate::backend::SqliteLink| -> Result<_, $crate::Error> {
                            $body
                        };
                    pooled.immediate_transaction(run).await
                });
                $crate::backend::finish(task).await
            }
        }
    };
}
pub(crate) use in_transaction;

/// SQLite has one writer; more readers than these would wait for the two cores of a small machine anyway.
const CONNECTIONS: usize = 8;
/// Longest wait for a free connection.
const WAIT: Duration = Duration::from_secs(5);

/// Set on each connection; `busy_timeout` first, so that switching to WAL waits for whoever holds the file.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                       PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";
