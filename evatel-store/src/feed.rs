//! What changed: each write transaction counts the revision up and notes which rows it touched.
//!
//! Writers take turns (see `in_transaction!`), so revisions become visible in their order and nobody who reads up to one
//! misses an earlier one.

use std::{collections::BTreeSet, time::Duration};

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl,
    sql_types::{BigInt, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::StreamExt;

use crate::{
    Error, Store,
    backend::{AnyLink, Link, PostgresLink, at_one_moment, connect_postgres, on_backend, on_link},
    schema::{changes, meta},
    url::DatabaseUrl,
};

/// What changed: rows that were added, altered or removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// Their table.
    pub table: String,
    /// The key of the row, a DID's number, or whose rows of this table changed, such as `user:usr-1`.
    pub id: String,
}

/// What happened since a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Read all anew: too much happened, or it is not known what.
    Everything {
        /// The revision now.
        revision: i64,
    },
    /// Read these rows anew.
    Rows {
        /// The revision now.
        revision: i64,
        /// Each once, by table and key.
        rows: Vec<Changed>,
    },
}

impl Store {
    /// Gives the revision: one more after each change of what [`Store::load_directory`] reads.
    pub async fn revision(&self) -> Result<i64, Error> {
        Ok(on_backend!(self, link => meta::table.filter(meta::id.eq(1)).select(meta::revision).first(link))?)
    }

    /// Gives what changed after `revision`.
    pub async fn changes_since(&self, revision: i64) -> Result<Changes, Error> {
        at_one_moment!(self, link => { changes_within(revision, link).await })
    }

    /// Begins to wait for changes.
    pub fn feed(&self) -> Feed {
        Feed {
            ears: None,
            store: self.clone(),
        }
    }
}

/// Waits for changes: on PostgreSQL for the server's word (LISTEN), on SQLite by looking every 100 ms.
pub struct Feed {
    /// The connection that listens; none until it is first wanted, or after it was lost.
    ears: Option<Box<PostgresLink>>,
    store: Store,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl Feed {
    /// Waits until the revision is another than `known`, and gives it.
    ///
    /// It may be dropped at any time and called again.
    ///
    /// # Errors
    /// A database that cannot be read; call again a little later.
    pub async fn changed_from(&mut self, known: i64) -> Result<i64, Error> {
        loop {
            // To listen first and look then misses nothing.
            if let (DatabaseUrl::Postgres(url), None) = (self.store.url(), &self.ears) {
                let mut link = connect_postgres(url).await?;
                link.batch_execute("LISTEN evatel_changes").await?;
                self.ears = Some(Box::new(link));
            }
            let now = self.store.revision().await?;
            if now != known {
                return Ok(now);
            }
            match &mut self.ears {
                None => tokio::time::sleep(LOOK).await,
                Some(link) => {
                    let heard = {
                        let mut heard = std::pin::pin!(link.notifications_stream());
                        tokio::time::timeout(DOUBT, heard.next()).await
                    };
                    // The connection is gone: the next turn makes another.
                    if matches!(heard, Ok(None | Some(Err(_)))) {
                        self.ears = None;
                    }
                }
            }
        }
    }
}

/// Gives what changed after `revision`, within somebody's transaction.
pub(crate) async fn changes_within(revision: i64, link: &mut impl AnyLink) -> Result<Changes, Error> {
    let now: i64 =
        on_link!(link, link => meta::table.filter(meta::id.eq(1)).select(meta::revision).first(link))?;
    let rows: Vec<(i64, String, String)> = on_link!(link, link => changes::table
        .filter(changes::revision.gt(revision))
        .select((changes::revision, changes::table_name, changes::row_id))
        .order((changes::revision, changes::table_name, changes::row_id))
        .limit(MOST_ROWS)
        .load(link))?;
    // Each revision has a row or more: one without was forgotten, or is beyond the limit.
    let told: BTreeSet<i64> = rows.iter().map(|(revision, ..)| *revision).collect();
    let complete = revision <= now
        && (revision..now).eq(told.iter().map(|revision| revision - 1))
        && rows.len() < MOST_ROWS as usize
        && rows.iter().all(|(_, table, _)| table != EVERYTHING);
    if !complete {
        return Ok(Changes::Everything { revision: now });
    }
    let rows: BTreeSet<Changed> = rows
        .into_iter()
        .map(|(_, table, id)| Changed { table, id })
        .collect();
    Ok(Changes::Rows {
        revision: now,
        rows: rows.into_iter().collect(),
    })
}

/// Counts the revision up within the transaction that changes rows, and notes which: each with its table.
pub(crate) async fn note(rows: &[(&str, &str)], link: &mut impl AnyLink) -> Result<(), Error> {
    let now: i64 = on_link!(link, link => diesel::update(meta::table.filter(meta::id.eq(1)))
        .set(meta::revision.eq(meta::revision + 1))
        .returning(meta::revision)
        .get_result(link))?;
    // One statement, however many there are.
    let rows = serde_json::json!(rows).to_string();
    let insert = match link.link() {
        Link::Postgres(_) => {
            "INSERT INTO changes (revision, table_name, row_id)
             SELECT $1, each ->> 0, each ->> 1 FROM jsonb_array_elements($2::jsonb) AS named (each) ON CONFLICT DO NOTHING"
        }
        Link::Sqlite(_) => {
            "INSERT OR IGNORE INTO changes (revision, table_name, row_id)
             SELECT $1, value ->> 0, value ->> 1 FROM json_each($2)"
        }
    };
    on_link!(link, link => diesel::sql_query(insert).bind::<BigInt, _>(now).bind::<Text, _>(rows).execute(link))?;
    if now % 50 == 0 {
        forget(link).await?;
    }
    if let Link::Postgres(link) = link.link() {
        let notify = diesel::sql_query("SELECT pg_notify('evatel_changes', $1)");
        notify.bind::<Text, _>(now.to_string()).execute(link).await?;
    }
    Ok(())
}

/// Forgets what no reader would look at: whoever is so many rows behind reads all.
async fn forget(link: &mut impl AnyLink) -> Result<(), Error> {
    let oldest: Result<i64, _> = on_link!(link, link => changes::table
        .select(changes::revision)
        .order(changes::revision.desc())
        .offset(MOST_ROWS)
        .first(link));
    if let Some(oldest) = oldest.optional()? {
        on_link!(link, link => diesel::delete(changes::table.filter(changes::revision.lt(oldest))).execute(link))?;
    }
    Ok(())
}

/// Counts the revision up, within the transaction that changes rows, and names them as [`Changed`] does:
/// `bump_revision!(link, "users" => &id, "devices" => other)`, or many of one table: `bump_revision!(link, "dids" in
/// numbers)`. Without names readers read everything anew.
macro_rules! bump_revision {
    ($link:expr) => {
        crate::feed::note(&[(crate::feed::EVERYTHING, "")], &mut *$link).await?
    };
    ($link:expr, $table:literal in $ids:expr) => {{
        let rows: Vec<(&str, &str)> = $ids.into_iter().map(|id| ($table, AsRef::<str>::as_ref(id))).collect();
        crate::feed::note(&rows, &mut *$link).await?
    }};
    ($link:expr, $($table:literal => $id:expr),+) => {
        crate::feed::note(&[$(($table, AsRef::<str>::as_ref($id))),+], &mut *$link).await?
    };
}
pub(crate) use bump_revision;

/// In place of a table: whatever it was, read all.
pub(crate) const EVERYTHING: &str = "*";
/// More rows at once are read faster as a whole. So many are remembered, and all those of the oldest revision.
const MOST_ROWS: i64 = 20_000;
/// How often SQLite, which tells nobody, is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long silence on PostgreSQL is believed.
const DOUBT: Duration = Duration::from_secs(5);
