//! A look through a whole database, on either kind. It blocks and runs beside the runtime.

use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Nullable, Text},
};
use evatel_core::{directory::Dangling, number::E164};
use serde::Serialize;

use crate::{
    Error, Store, backend::at_one_moment, did_rows::with_unusable_address, emergency_places::UnusablePlace,
    migrations, store::off_runtime, url::DatabaseUrl,
};

/// What a look at a whole database found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What is wrong; nothing where all is well.
    pub faults: Vec<Fault>,
    /// Migrations of this program that did not run yet.
    pub pending: Vec<String>,
    /// The revision.
    pub revision: i64,
}

/// Something that is wrong with a database, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// An account counts other legs than it has places in the ledger.
    AccountLegs(Count),
    /// What calls are decided with has a row that points to nothing.
    Dangling(Dangling),
    /// The emergency address of a number names no province, as an older version took it: emergency services are told none.
    EmergencyAddress {
        /// The number.
        number: E164,
    },
    /// The emergency place of an account names no province: its emergency calls tell no address.
    EmergencyPlace(UnusablePlace),
    /// The file is damaged.
    File {
        /// In SQLite's own words.
        said: String,
    },
    /// A secret was sealed with a key that is not in the key file.
    KeyMissing {
        /// The key's name.
        key: String,
    },
    /// There are secrets and no key.
    NoKey,
    /// An account is in service without the number by which it is reached: a company's receptionist, a professional's Smart
    /// Number.
    NoNumber(Unreached),
    /// A reference leads to no row; PostgreSQL does not let it come to that.
    Reference {
        /// The table.
        table: String,
        /// The row's number, where its table has numbers.
        row: Option<i64>,
        /// The table that has no such row.
        parent: String,
    },
    /// A secret was changed, or copied from another row.
    Sealed {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// A limit counts other toll legs than it has places in the ledger.
    TollLegs(Count),
    /// A trunk counts other calls than it has places in the ledger.
    TrunkCalls(Count),
}

/// A count that should be that of the places in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName, Serialize)]
pub struct Count {
    /// The account, the trunk, or whose limit it is.
    #[diesel(sql_type = Text)]
    pub owner: String,
    /// Legs that are counted.
    #[diesel(sql_type = BigInt)]
    pub legs: i64,
    /// Places that are there.
    #[diesel(sql_type = BigInt)]
    pub places: i64,
}

/// An account in service that nobody can call.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName, Serialize)]
pub struct Unreached {
    /// The account.
    #[diesel(sql_type = Text)]
    pub account: String,
    /// What it is: `company` or `professional`.
    #[diesel(sql_type = Text)]
    pub kind: String,
}

impl Store {
    /// Looks through the whole database: the file itself, references, the ledger, accounts in service that have no number,
    /// what calls are decided with, addresses for emergency services, and whether secrets can be opened.
    ///
    /// # Errors
    /// A database that cannot be read at all.
    pub async fn check(&self) -> Result<Checked, Error> {
        let (mut faults, pending) = match self.url() {
            DatabaseUrl::Postgres(url) => {
                let url = (**url).clone();
                migrations::postgres::on_one_link(url, |link, _| {
                    let (pending, mut faults) = (migrations::postgres::pending(link)?, Vec::new());
                    for (counts, fault) in ledger(&pending) {
                        let rows: Vec<Count> = diesel::sql_query(*counts).load(link)?;
                        faults.extend(rows.into_iter().map(fault));
                    }
                    if pending.is_empty() {
                        let rows: Vec<Unreached> = diesel::sql_query(UNREACHED).load(link)?;
                        faults.extend(rows.into_iter().map(Fault::NoNumber));
                    }
                    Ok((faults, pending))
                })
                .await?
            }
            DatabaseUrl::Sqlite(path) => {
                let path = path.clone();
                off_runtime(move || {
                    let mut link = migrations::sqlite::connect(&path)?;
                    let pending = migrations::sqlite::pending(&mut link)?;
                    let damage: Vec<DamageRow> = diesel::sql_query(INTEGRITY).load(&mut link)?;
                    let mut faults: Vec<Fault> = damage.into_iter().map(Fault::from).collect();
                    let lost: Vec<ReferenceRow> = diesel::sql_query(REFERENCES).load(&mut link)?;
                    faults.extend(lost.into_iter().map(Fault::from));
                    for (counts, fault) in ledger(&pending) {
                        let rows: Vec<Count> = diesel::sql_query(*counts).load(&mut link)?;
                        faults.extend(rows.into_iter().map(fault));
                    }
                    if pending.is_empty() {
                        let rows: Vec<Unreached> = diesel::sql_query(UNREACHED).load(&mut link)?;
                        faults.extend(rows.into_iter().map(Fault::NoNumber));
                    }
                    Ok((faults, pending))
                })
                .await?
            }
        };
        if pending.is_empty() {
            match self.load_directory().await {
                Ok(_) => {}
                Err(Error::Contradiction(dangling)) => faults.push(Fault::Dangling(dangling)),
                Err(error) => return Err(error),
            }
            let places = self.unusable_places().await?.into_iter();
            faults.extend(places.map(Fault::EmergencyPlace));
            let numbers = at_one_moment!(self, link => { with_unusable_address(link).await })?;
            faults.extend(
                numbers
                    .into_iter()
                    .map(|number| Fault::EmergencyAddress { number }),
            );
            match self.device_credentials().await {
                Ok(_) => {}
                Err(Error::KeyMissing { key }) => faults.push(Fault::KeyMissing { key }),
                Err(Error::NoKey) => faults.push(Fault::NoKey),
                Err(Error::Sealed { table, column, row }) => {
                    faults.push(Fault::Sealed { table, column, row })
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
struct DamageRow {
    #[diesel(sql_type = Text)]
    said: String,
}

impl From<DamageRow> for Fault {
    fn from(DamageRow { said }: DamageRow) -> Self {
        Self::File { said }
    }
}

#[derive(QueryableByName)]
struct ReferenceRow {
    #[diesel(sql_type = Text)]
    child: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    place: Option<i64>,
    #[diesel(sql_type = Text)]
    parent: String,
}

impl From<ReferenceRow> for Fault {
    fn from(ReferenceRow { child, place, parent }: ReferenceRow) -> Self {
        Self::Reference {
            table: child,
            row: place,
            parent,
        }
    }
}

/// A question to the ledger, and the fault that each row of its answer is.
type Ledger = (&'static str, fn(Count) -> Fault);

/// Lists what is asked of the ledger; nothing of an older schema, which may lack its tables.
fn ledger(pending: &[String]) -> &'static [Ledger] {
    if pending.is_empty() { &LEDGER } else { &[] }
}

const INTEGRITY: &str =
    "SELECT integrity_check AS said FROM pragma_integrity_check() WHERE integrity_check <> 'ok'";
const REFERENCES: &str = "SELECT \"table\" AS child, rowid AS place, parent
     FROM pragma_foreign_key_check() WHERE \"table\" IS NOT NULL";
/// What `evatel_core::account::rules::reaches` says of one number, asked of all accounts.
const UNREACHED: &str = "SELECT a.id AS account, a.kind AS kind FROM accounts a WHERE a.status = 'active'
         AND NOT EXISTS (SELECT 1 FROM dids d WHERE d.account_id = a.id AND d.state IN ('assigned', 'port-out-pending')
             AND d.target_kind = CASE a.kind WHEN 'company' THEN 'receptionist' ELSE 'smart-number' END)
     ORDER BY a.id";
const LEDGER: [Ledger; 3] = [
    (
        "SELECT a.id AS owner, CAST(a.active_legs AS BIGINT) AS legs, count(r.id) AS places
         FROM accounts a LEFT JOIN reservations r ON r.account_id = a.id GROUP BY a.id, a.active_legs
         HAVING a.active_legs <> count(r.id)",
        Fault::AccountLegs,
    ),
    (
        "SELECT c.owner AS owner, CAST(c.toll_legs AS BIGINT) AS legs, count(r.owner) AS places
         FROM leg_counts c LEFT JOIN reservation_counts r ON r.owner = c.owner GROUP BY c.owner, c.toll_legs
         HAVING c.toll_legs <> count(r.owner)",
        Fault::TollLegs,
    ),
    (
        "SELECT t.trunk_id AS owner, CAST(t.calls AS BIGINT) AS legs, count(r.id) AS places
         FROM trunk_contracts t LEFT JOIN reservations r ON r.trunk_id = t.trunk_id GROUP BY t.trunk_id, t.calls
         HAVING t.calls <> count(r.id)",
        Fault::TrunkCalls,
    ),
];
