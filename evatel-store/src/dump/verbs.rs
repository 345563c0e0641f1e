//! Export and import, on either database. What they do blocks and runs beside the runtime.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, Write},
};

use diesel::{Connection, RunQueryDsl};
use serde::Serialize;

use super::{read_head, read_rows, write};
use crate::{Error, Store, migrations, store::off_runtime, url::DatabaseUrl};

/// How far an export or import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The table.
    pub table: String,
    /// Rows of it so far.
    pub rows: u64,
}

impl Step {
    pub(super) fn of(table: &str, rows: u64) -> Self {
        Self {
            table: table.to_owned(),
            rows,
        }
    }
}

/// What an export or import moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dumped {
    /// Rows in all.
    pub rows: u64,
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
}

impl Store {
    /// Writes all rows, as they are at one moment, as lines of JSON.
    ///
    /// # Errors
    /// [`Error::Dump`] where `out` fails.
    pub async fn export(
        &self,
        mut out: impl Write + Send + 'static,
        mut say: impl FnMut(Step) + Send + 'static,
    ) -> Result<Dumped, Error> {
        match self.url() {
            DatabaseUrl::Postgres(url) => {
                let url = (**url).clone();
                migrations::postgres::on_one_link(url, move |link, _| {
                    link.transaction(|link| {
                        diesel::sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                            .execute(link)?;
                        write(link, &mut out, &mut say)
                    })
                })
                .await
            }
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || {
                    let mut link = migrations::sqlite::connect(&path)?;
                    link.transaction(|link| write(link, &mut out, &mut say))
                })
                .await
            }
        }
    }

    /// Makes a new database from an export: with the schema that it had, brought to this version's afterwards. All of
    /// it comes, or nothing.
    ///
    /// # Errors
    /// [`Error::AlreadyThere`] where there is a database, [`Error::NewerSchema`] for an export of a newer program,
    /// [`Error::Dump`] with the line where it is damaged.
    pub async fn import(
        url: &str,
        input: impl BufRead + Send + 'static,
        say: impl FnMut(Step) + Send + 'static,
    ) -> Result<(Self, Dumped), Error> {
        let dumped = fill(&url.parse()?, After::Keep, input, say).await?;
        Ok((Self::open(url).await?, dumped))
    }

    /// Does what [`Store::import`] does and takes it back: what would come, and nothing is there afterwards.
    ///
    /// # Errors
    /// As [`Store::import`].
    pub async fn try_import(
        url: &str,
        input: impl BufRead + Send + 'static,
        say: impl FnMut(Step) + Send + 'static,
    ) -> Result<Dumped, Error> {
        fill(&url.parse()?, After::TakeBack, input, say).await
    }
}

/// What becomes of an import that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Keep,
    TakeBack,
}

async fn fill(
    url: &DatabaseUrl,
    after: After,
    mut input: impl BufRead + Send + 'static,
    mut say: impl FnMut(Step) + Send + 'static,
) -> Result<Dumped, Error> {
    match url {
        DatabaseUrl::Postgres(server) => {
            let server = (**server).clone();
            migrations::postgres::on_one_link(server, move |link, place| {
                let schema = read_head(&mut input)?;
                let mut came = None;
                let done = link.transaction(|link| {
                    migrations::postgres::begin_empty(link, place)?;
                    migrations::postgres::up_to(link, &schema)?;
                    came = Some(read_rows(link, &mut input, &mut say)?);
                    migrations::postgres::up_all(link)?;
                    match after {
                        After::Keep => Ok(()),
                        After::TakeBack => Err(Error::Rehearsed),
                    }
                });
                match (done, came) {
                    (Ok(()) | Err(Error::Rehearsed), Some(came)) => Ok(came),
                    (Err(error), _) => Err(error),
                    (Ok(()), None) => unreachable!("what was read is kept before it is committed"),
                }
            })
            .await
        }
        DatabaseUrl::Sqlite(path) => {
            let path = path.clone();
            off_runtime(move || {
                let schema = read_head(&mut input)?;
                migrations::sqlite::claim(&path)?;
                let filled = (|| {
                    let mut link = migrations::sqlite::connect(&path)?;
                    link.exclusive_transaction(|link| {
                        migrations::sqlite::up_to(link, &schema)?;
                        let dumped = read_rows(link, &mut input, &mut say)?;
                        migrations::sqlite::up_all(link)?;
                        Ok(dumped)
                    })
                })();
                // Half a database would be in the way of the next try, and so would one that was only tried.
                if filled.is_err() || after == After::TakeBack {
                    let _ = fs::remove_file(&path);
                }
                filled
            })
            .await
        }
    }
}
