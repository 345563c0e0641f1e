//! Making, looking at and migrating a database of a PostgreSQL server.

use diesel::{Connection, RunQueryDsl, migration::Migration, pg::Pg};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tokio::runtime::Handle;

use super::{APPLIED, Found, MIGRATIONS, NameRow, failed, judge, known, refuse_unknown};
use crate::{
    Error,
    backend::{PostgresLink, connect_postgres},
    store::off_runtime,
    url::PostgresUrl,
};

const EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Fills an empty database with this version's schema.
pub(crate) async fn create(url: Box<PostgresUrl>) -> Result<(), Error> {
    on_one_link(*url, |link, place| {
        link.transaction(|link| {
            begin_empty(link, place)?;
            up_all(link).map(drop)
        })
    })
    .await
}

/// Makes sure that a database is empty or one of ours, of this version or an older one, without changing it.
pub(crate) async fn inspect(url: Box<PostgresUrl>) -> Result<(), Error> {
    on_one_link(*url, |link, place| look(link)?.accept(place)).await
}

/// Brings a database to this version's schema; gives the migrations that ran.
pub(crate) async fn up(url: Box<PostgresUrl>) -> Result<Vec<String>, Error> {
    on_one_link(*url, |link, _| {
        link.transaction(|link| {
            // Of two processes that start at once, the second sees the first one's work.
            diesel::sql_query(ALONE).execute(link)?;
            up_all(link)
        })
    })
    .await
}

/// Begins to fill a database, within a transaction.
///
/// # Errors
/// [`Error::AlreadyThere`] where it is not empty.
pub(crate) fn begin_empty(link: &mut BlockingLink, place: &str) -> Result<(), Error> {
    diesel::sql_query(ALONE).execute(link)?;
    match look(link)? {
        Found::Empty => Ok(()),
        _ => Err(Error::AlreadyThere {
            place: place.to_owned(),
        }),
    }
}

/// Runs what did not run yet, within somebody's transaction.
pub(crate) fn up_all(link: &mut BlockingLink) -> Result<Vec<String>, Error> {
    let ran = link.run_pending_migrations(EMBEDDED).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Runs the migrations of these versions, within somebody's transaction.
pub(crate) fn up_to(link: &mut BlockingLink, versions: &[String]) -> Result<(), Error> {
    refuse_unknown(versions, &known::<Pg>(&EMBEDDED)?)?;
    for migration in link.pending_migrations(EMBEDDED).map_err(failed)? {
        if versions.contains(&migration.name().version().to_string()) {
            link.run_migration(&migration).map_err(failed)?;
        }
    }
    Ok(())
}

/// Lists the versions that did not run yet.
pub(crate) fn pending(link: &mut BlockingLink) -> Result<Vec<String>, Error> {
    let pending = link.pending_migrations(EMBEDDED).map_err(failed)?;
    Ok(pending
        .iter()
        .map(|one| one.name().version().to_string())
        .collect())
}

/// Takes the schema back to nothing, newest migration first. All rows are lost.
pub(crate) async fn down(url: Box<PostgresUrl>) -> Result<(), Error> {
    on_one_link(*url, |link, _| {
        link.transaction(|link| {
            diesel::sql_query(ALONE).execute(link)?;
            link.revert_all_migrations(EMBEDDED).map_err(failed)?;
            Ok(())
        })
    })
    .await
}

pub(crate) type BlockingLink = AsyncConnectionWrapper<PostgresLink>;

/// Runs what blocks on a connection of its own: diesel's migrations know no async.
pub(crate) async fn on_one_link<T: Send + 'static>(
    url: PostgresUrl,
    work: impl FnOnce(&mut BlockingLink, &str) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    off_runtime(move || {
        let place = url.to_string();
        let link = Handle::current().block_on(connect_postgres(&url))?;
        work(&mut BlockingLink::from(link), &place)
    })
    .await
}

fn look(link: &mut BlockingLink) -> Result<Found, Error> {
    let tables: Vec<NameRow> = diesel::sql_query(TABLES).load(link)?;
    let tables: Vec<String> = tables.into_iter().map(|row| row.name).collect();
    let mut applied: Vec<NameRow> = Vec::new();
    if tables.iter().any(|table| table == MIGRATIONS) {
        applied = diesel::sql_query(APPLIED).load(link)?;
    }
    let applied: Vec<String> = applied.into_iter().map(|row| row.name).collect();
    Ok(judge(&tables, &applied, &known::<Pg>(&EMBEDDED)?))
}

const TABLES: &str =
    "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
/// One migration at a time in a database; the number is ours alone.
const ALONE: &str = "SELECT pg_advisory_xact_lock(7023470145)";
