//! A store of its own for each test.

use std::path::{Path, PathBuf};

use evatel_core::{
    account::{Account, Language, User},
    audit::Origin,
    did::DidTarget,
    id::{TrunkId, UserId},
    permission::Actor,
};
use evatel_store::{Acting, Arrival, FirstRows, Keys, NewNumber, NewTrunk, Store, Target, testing};
use tempfile::TempDir;

/// The database that a test runs on; each runs on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

/// A place for a store, nothing in it; it goes away with what is returned.
pub(crate) struct Place {
    folder: TempDir,
    kind: Kind,
    pub(crate) url: String,
}

impl Place {
    pub(crate) async fn empty(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match kind {
            Kind::Postgres => testing::empty_postgres_database().await,
            Kind::Sqlite => format!("sqlite://{}/evatel.db", folder.path().display()),
        };
        Self { folder, kind, url }
    }

    /// The file of SQLite.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("evatel.db")
    }

    /// Runs one query in the file of SQLite, as a foreign hand would; gives its column `text`.
    pub(crate) fn query_sqlite(&self, sql: &str) -> Vec<String> {
        use diesel::{Connection, RunQueryDsl};
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let mut link = diesel::SqliteConnection::establish(self.file().to_str().unwrap()).unwrap();
        let rows: Vec<Row> = diesel::sql_query(sql).load(&mut link).unwrap();
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Runs statements as a foreign hand would.
    pub(crate) async fn run_sql(&self, sql: &str) {
        self.try_sql(sql).await.unwrap();
    }

    /// Runs statements as a foreign hand would; gives what the database said against them.
    pub(crate) async fn try_sql(&self, sql: &str) -> Result<(), String> {
        use diesel::{Connection, connection::SimpleConnection};
        match self.kind {
            Kind::Postgres => testing::try_in_postgres(&self.url, sql).await,
            Kind::Sqlite => {
                let file = self.file();
                let mut link = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                link.batch_execute(sql).map_err(|error| error.to_string())
            }
        }
    }
}

/// A new store with its first rows.
pub(crate) struct House {
    pub(crate) account: Account,
    pub(crate) keys: Keys,
    pub(crate) place: Place,
    pub(crate) store: Store,
    pub(crate) user: User,
}

impl House {
    pub(crate) async fn build(kind: Kind) -> Self {
        let (place, store) = match kind {
            Kind::Postgres => {
                let url = testing::postgres_database().await;
                let store = Store::open(&url).await.unwrap();
                let folder = tempfile::tempdir().unwrap();
                (Place { folder, kind, url }, store)
            }
            Kind::Sqlite => {
                let place = Place::empty(kind).await;
                let store = Store::create(&place.url).await.unwrap();
                (place, store)
            }
        };
        let keys = Keys::generate().unwrap();
        let store = store.with_keys(keys.clone());
        let (_, account, user) = store.begin(first_rows()).await.unwrap();
        Self {
            account,
            keys,
            place,
            store,
            user,
        }
    }

    pub(crate) async fn run_sql(&self, sql: &str) {
        self.place.run_sql(sql).await;
    }

    pub(crate) async fn try_sql(&self, sql: &str) -> Result<(), String> {
        self.place.try_sql(sql).await
    }

    /// The store in the hands of the system's administrator.
    pub(crate) fn system(&self) -> Acting {
        system(&self.store)
    }

    /// The store in the same hands, inside the default reseller.
    pub(crate) async fn seller(&self) -> Acting {
        let reseller = Target::Reseller(self.account.reseller.clone());
        self.system().enter(&reseller).await.unwrap()
    }

    /// The store in the same hands, inside the default account.
    pub(crate) async fn inside(&self) -> Acting {
        let account = Target::Account(self.account.id.clone());
        self.system().enter(&account).await.unwrap()
    }

    pub(crate) async fn trunk(&self) -> TrunkId {
        let new = NewTrunk {
            format: "national10".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.10:5070".parse().unwrap(),
        };
        self.system().add_trunk(new).await.unwrap().id
    }

    /// Puts a number into service for the first user.
    pub(crate) async fn serve(&self, number: &str, trunk: &TrunkId) {
        let new = smart_number(number, trunk, &self.user.id);
        let seller = self.seller().await;
        seller.add_number(&self.account.reseller, new).await.unwrap();
    }
}

/// A store in the hands of the system's administrator.
pub(crate) fn system(store: &Store) -> Acting {
    let root = Actor::system("root".parse().unwrap());
    store.acting_as(root, Origin::CommandLine)
}

/// A number that finds a user as soon as it is taken in.
pub(crate) fn smart_number(number: &str, trunk: &TrunkId, user: &UserId) -> NewNumber {
    NewNumber {
        number: number.parse().unwrap(),
        trunk: trunk.clone(),
        arrival: Arrival::InService(DidTarget::SmartNumber { user: user.clone() }),
    }
}

pub(crate) fn first_rows() -> FirstRows {
    FirstRows {
        reseller: "Evatel".parse().unwrap(),
        professional: "Luc Roy".parse().unwrap(),
        language: Language::Fr,
        extension: "101".parse().unwrap(),
        zone: "America/Toronto".parse().unwrap(),
    }
}

/// The versions of the migrations in this repository, oldest first.
pub(crate) fn migrations(database: &str) -> Vec<String> {
    let mut versions: Vec<String> = folders(database).iter().map(|folder| version(folder)).collect();
    versions.sort();
    versions
}

/// One of a migration's scripts, `up` or `down`, that stand in this repository.
pub(crate) fn script(wanted: &str, direction: &str, kind: Kind) -> String {
    let database = match kind {
        Kind::Postgres => "postgres",
        Kind::Sqlite => "sqlite",
    };
    let folder = folders(database)
        .into_iter()
        .find(|folder| version(folder) == wanted)
        .unwrap();
    std::fs::read_to_string(folder.join(direction).with_extension("sql")).unwrap()
}

fn folders(database: &str) -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(database);
    let entries = std::fs::read_dir(all).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn version(folder: &Path) -> String {
    let name = folder.file_name().unwrap().to_str().unwrap();
    name.split('_').next().unwrap().replace('-', "")
}
