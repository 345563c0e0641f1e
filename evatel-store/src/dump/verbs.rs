//! Export, import and check, on either database. What they do blocks and runs beside the runtime.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, Write},
};

use diesel::{Connection, QueryableByName, RunQueryDsl, sql_types::Text};
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

/// What a look at a whole database found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What is wrong, in plain words; nothing where all is well.
    pub faults: Vec<String>,
    /// Migrations of this program that did not run yet.
    pub pending: Vec<String>,
    /// The revision.
    pub revision: i64,
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
        mut input: impl BufRead + Send + 'static,
        mut say: impl FnMut(Step) + Send + 'static,
    ) -> Result<(Self, Dumped), Error> {
        let parsed: DatabaseUrl = url.parse()?;
        let dumped = match &parsed {
            DatabaseUrl::Postgres(server) => {
                let server = (**server).clone();
                migrations::postgres::on_one_link(server, move |link, place| {
                    let schema = read_head(&mut input)?;
                    link.transaction(|link| {
                        migrations::postgres::begin_empty(link, place)?;
                        migrations::postgres::up_to(link, &schema)?;
                        let dumped = read_rows(link, &mut input, &mut say)?;
                        migrations::postgres::up_all(link)?;
                        Ok(dumped)
                    })
                })
                .await?
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
                    // Half a database would be in the way of the next try.
                    filled.inspect_err(|_| drop(fs::remove_file(&path)))
                })
                .await?
            }
        };
        Ok((Self::open(url).await?, dumped))
    }

    /// Looks through the whole database: the file itself, references, the ledger, what calls are decided with, and whether
    /// secrets can be opened.
    ///
    /// # Errors
    /// A database that cannot be read at all.
    pub async fn check(&self) -> Result<Checked, Error> {
        let (mut faults, pending) = match self.url() {
            DatabaseUrl::Postgres(url) => {
                let url = (**url).clone();
                migrations::postgres::on_one_link(url, |link, _| {
                    let (pending, mut rows) = (migrations::postgres::pending(link)?, Vec::<FaultRow>::new());
                    for ledger in ledger(&pending) {
                        rows.extend(diesel::sql_query(*ledger).load::<FaultRow>(link)?);
                    }
                    Ok((words(rows), pending))
                })
                .await?
            }
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || {
                    let mut link = migrations::sqlite::connect(&path)?;
                    let pending = migrations::sqlite::pending(&mut link)?;
                    let mut rows: Vec<FaultRow> = diesel::sql_query(INTEGRITY).load(&mut link)?;
                    rows.extend(diesel::sql_query(REFERENCES).load::<FaultRow>(&mut link)?);
                    for ledger in ledger(&pending) {
                        rows.extend(diesel::sql_query(*ledger).load::<FaultRow>(&mut link)?);
                    }
                    Ok((words(rows), pending))
                })
                .await?
            }
        };
        if pending.is_empty() {
            match self.load_directory().await {
                Ok(_) => {}
                Err(Error::Contradiction(dangling)) => faults.push(dangling.to_string()),
                Err(error) => return Err(error),
            }
            match self.device_credentials().await {
                Ok(_) => {}
                Err(locked @ (Error::KeyMissing { .. } | Error::NoKey | Error::Sealed { .. })) => {
                    faults.push(locked.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Checked {
            faults,
            pending,
            revision: self.revision().await?,
        })
    }
}

#[derive(QueryableByName)]
struct FaultRow {
    #[diesel(sql_type = Text)]
    fault: String,
}

/// Lists what is asked of the ledger; nothing of an older schema, which may lack its tables.
fn ledger(pending: &[String]) -> &'static [&'static str] {
    if pending.is_empty() { &LEDGER } else { &[] }
}

fn words(rows: Vec<FaultRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.fault).collect()
}

const INTEGRITY: &str =
    "SELECT integrity_check AS fault FROM pragma_integrity_check() WHERE integrity_check <> 'ok'";
const REFERENCES: &str = "SELECT '`' || \"table\" || '` row ' || rowid || ' points to a missing row of `' || parent || '`' AS fault
     FROM pragma_foreign_key_check() WHERE \"table\" IS NOT NULL";
const LEDGER: [&str; 3] = [
    "SELECT 'account `' || a.id || '` counts ' || a.active_legs || ' legs and has ' || count(r.id) || ' places' AS fault
     FROM accounts a LEFT JOIN reservations r ON r.account_id = a.id GROUP BY a.id, a.active_legs
     HAVING a.active_legs <> count(r.id)",
    "SELECT 'limit `' || c.owner || '` counts ' || c.toll_legs || ' toll legs and has ' || count(r.owner) || ' places' AS fault
     FROM leg_counts c LEFT JOIN reservation_counts r ON r.owner = c.owner GROUP BY c.owner, c.toll_legs
     HAVING c.toll_legs <> count(r.owner)",
    "SELECT 'trunk `' || t.trunk_id || '` counts ' || t.calls || ' calls and has ' || count(r.id) || ' places' AS fault
     FROM trunk_contracts t LEFT JOIN reservations r ON r.trunk_id = t.trunk_id GROUP BY t.trunk_id, t.calls
     HAVING t.calls <> count(r.id)",
];
