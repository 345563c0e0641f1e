//! Connections to SQLite and to PostgreSQL, and the macros that run one body on either.
//!
//! A query is written once: [`on_backend!`] expands the same body in the arm of each database, typed by diesel for
//! that dialect. No type of many databases ever shows. A function that queries within somebody's transaction takes
//! `link: &mut impl AnyLink` and expands its body with [`on_link!`].

use std::time::Duration;

use diesel::SqliteConnection;
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        PoolError as Refused,
        deadpool::{Pool, PoolError},
    },
    sync_connection_wrapper::SyncConnectionWrapper,
};

use crate::{Error, url::DatabaseUrl};

mod postgres;
mod sqlite;

pub(crate) use postgres::connect as connect_postgres;

pub(crate) type PostgresLink = AsyncPgConnection;
pub(crate) type SqliteLink = SyncConnectionWrapper<SqliteConnection>;

/// The pool of the database that the URL names.
#[derive(Clone)]
pub(crate) enum Backend {
    Postgres(Pool<PostgresLink>),
    Sqlite(Pool<SqliteLink>),
}

impl Backend {
    /// Prepares a pool; connections are made when they are first wanted.
    pub(crate) fn new(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Postgres(url) => Self::Postgres(postgres::pool(url)),
            DatabaseUrl::Sqlite(path) => Self::Sqlite(sqlite::pool(path)),
        }
    }
}

/// A connection of either database, within a transaction that somebody else began.
pub(crate) trait AnyLink: Send {
    /// Gives it by its database.
    fn link(&mut self) -> Link<'_>;
}

/// A borrowed connection by its database.
pub(crate) enum Link<'a> {
    Postgres(&'a mut PostgresLink),
    Sqlite(&'a mut SqliteLink),
}

impl AnyLink for PostgresLink {
    fn link(&mut self) -> Link<'_> {
        Link::Postgres(self)
    }
}

impl AnyLink for SqliteLink {
    fn link(&mut self) -> Link<'_> {
        Link::Sqlite(self)
    }
}

/// Waits for a connection from a pool, [`WAIT`] at most.
pub(crate) async fn checkout<T>(free: impl Future<Output = Result<T, PoolError>>) -> Result<T, Error> {
    match tokio::time::timeout(WAIT, free).await {
        Ok(Ok(link)) => Ok(link),
        Ok(Err(PoolError::Backend(error))) => Err(match error {
            Refused::QueryError(error) => Error::Database(error),
            Refused::ConnectionError(error) => error.into(),
        }),
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
            $crate::backend::Backend::Postgres(pool) => {
                let mut pooled = $crate::backend::checkout(pool.get()).await?;
                let $link = &mut *pooled;
                $body.await
            }
            $crate::backend::Backend::Sqlite(pool) => {
                let mut pooled = $crate::backend::checkout(pool.get()).await?;
                let $link = &mut *pooled;
                $body.await
            }
        }
    };
}
pub(crate) use on_backend;

/// Runs one body, a future, on a connection that came as `&mut impl AnyLink`.
macro_rules! on_link {
    ($any:expr, $link:ident => $body:expr) => {
        match $crate::backend::AnyLink::link($any) {
            $crate::backend::Link::Postgres($link) => $body.await,
            $crate::backend::Link::Sqlite($link) => $body.await,
        }
    };
}
pub(crate) use on_link;

/// Runs one body of statements that read only, all seeing the database as it is at one moment.
macro_rules! at_one_moment {
    ($store:expr, $link:ident => $body:block) => {
        match $store.backend() {
            $crate::backend::Backend::Postgres(pool) => {
                let mut pooled = $crate::backend::checkout(pool.get()).await?;
                let run =
                    async |$link: &mut $crate::backend::PostgresLink| -> Result<_, $crate::Error> { $body };
                let reading = pooled.build_transaction().read_only().repeatable_read();
                { reading }.run(run).await
            }
            $crate::backend::Backend::Sqlite(pool) => {
                let mut pooled = $crate::backend::checkout(pool.get()).await?;
                let run =
                    async |$link: &mut $crate::backend::SqliteLink| -> Result<_, $crate::Error> { $body };
                diesel_async::AsyncConnection::transaction(&mut *pooled, run).await
            }
        }
    };
}
pub(crate) use at_one_moment;

/// Runs one body of statements as a write transaction, one at a time in the whole database, so that what it reads
/// stays true until it has written: no update is lost and none fails because of another.
///
/// On SQLite it begins IMMEDIATE: two that read first and write later would otherwise fail with `database is locked`.
/// On PostgreSQL it first locks the row of `meta`, whose revision it will count up anyway; what each statement sees
/// is what was there when that lock came (READ COMMITTED). What must not queue behind the others, the ledger and
/// the call log, uses [`in_ledger!`].
///
/// It runs in a task of its own: a caller that gives up would else leave the transaction open and the file locked.
macro_rules! in_transaction {
    ($store:expr, $link:ident => $body:block) => {
        match $store.backend().clone() {
            $crate::backend::Backend::Postgres(pool) => {
                let task = tokio::spawn(async move {
                    let mut pooled = $crate::backend::checkout(pool.get()).await?;
                    let run =
                        async move |$link: &mut $crate::backend::PostgresLink| -> Result<_, $crate::Error> {
                            $crate::backend::begin_change(&mut *$link).await?;
                            $body
                        };
                    pooled.build_transaction().run(run).await
                });
                $crate::backend::finish(task).await
            }
            $crate::backend::Backend::Sqlite(pool) => {
                let task = tokio::spawn(async move {
                    let mut pooled = $crate::backend::checkout(pool.get()).await?;
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

/// Runs one body of conditional updates as a write transaction that does not queue behind changes of the domain.
///
/// Nothing that the body reads may decide what it writes, but for what its own UPDATE returned: on PostgreSQL many
/// run at once. One that is chosen to give way in a deadlock is run again, [`ATTEMPTS`] times at most, so what the
/// body takes from outside must be `Clone` and is named before it: `in_ledger!(store, (ids, holder), link => { … })`.
macro_rules! in_ledger {
    ($store:expr, ($($taken:ident),*), $link:ident => $body:block) => {
        match $store.backend().clone() {
            $crate::backend::Backend::Postgres(pool) => {
                let task = tokio::spawn(async move {
                    let mut attempt = 1;
                    loop {
                        let mut pooled = $crate::backend::checkout(pool.get()).await?;
                        $(let $taken = $taken.clone();)*
                        let run =
                            async move |$link: &mut $crate::backend::PostgresLink| -> Result<_, $crate::Error> {
                                $body
                            };
                        match pooled.build_transaction().run(run).await {
                            Err(error) if $crate::Error::gave_way(&error) && attempt < $crate::backend::ATTEMPTS => {
                                attempt += 1;
                            }
                            done => return done,
                        }
                    }
                });
                $crate::backend::finish(task).await
            }
            $crate::backend::Backend::Sqlite(pool) => {
                let task = tokio::spawn(async move {
                    let mut pooled = $crate::backend::checkout(pool.get()).await?;
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
pub(crate) use in_ledger;

/// Locks the row of `meta` until the transaction ends: the next change waits here.
pub(crate) async fn begin_change(link: &mut PostgresLink) -> Result<(), Error> {
    use diesel::{ExpressionMethods, QueryDsl};
    use diesel_async::RunQueryDsl;

    use crate::schema::meta;
    let locked = meta::table
        .filter(meta::id.eq(1))
        .select(meta::revision)
        .for_update();
    locked.first::<i64>(link).await?;
    Ok(())
}

/// SQLite has one writer; more readers than these would wait for the two cores of a small machine anyway.
const CONNECTIONS: usize = 8;
/// Longest wait for a free connection.
const WAIT: Duration = Duration::from_secs(5);
/// How often what gives way in a deadlock is run.
pub(crate) const ATTEMPTS: u8 = 5;
