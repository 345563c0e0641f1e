//! A store of its own for each test, in the hands of the system's administrator.

use evatel_core::{
    account::{Account, Language, User},
    audit::Origin,
    id::TrunkId,
    permission::Actor,
};
use evatel_store::{Acting, FirstRows, Keys, NewTrunk, Store, Target, testing};
use tempfile::TempDir;

use crate::statements::Statements;

/// The database that a test runs on; each runs on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

/// A new store with its first rows; it goes away with this.
pub(crate) struct House {
    pub(crate) account: Account,
    pub(crate) store: Store,
    pub(crate) user: User,
    folder: TempDir,
    kind: Kind,
    url: String,
}

impl House {
    pub(crate) async fn build(kind: Kind) -> Self {
        Statements::install();
        let folder = tempfile::tempdir().unwrap();
        let (url, store) = match kind {
            Kind::Postgres => {
                let url = testing::postgres_database().await;
                let store = Store::open(&url).await.unwrap();
                (url, store)
            }
            Kind::Sqlite => {
                let url = format!("sqlite://{}/evatel.db", folder.path().display());
                let store = Store::create(&url).await.unwrap();
                (url, store)
            }
        };
        let store = store.with_keys(Keys::generate().unwrap());
        let first = FirstRows {
            reseller: "Evatel".parse().unwrap(),
            professional: "Luc Roy".parse().unwrap(),
            language: Language::Fr,
            extension: "101".parse().unwrap(),
            zone: "America/Toronto".parse().unwrap(),
        };
        let (_, account, user) = store.begin(first).await.unwrap();
        Self {
            account,
            store,
            user,
            folder,
            kind,
            url,
        }
    }

    /// The store in the hands of the system's administrator.
    pub(crate) fn root(&self) -> Acting {
        self.store
            .acting_as(Actor::system("root".parse().unwrap()), Origin::CommandLine)
    }

    /// The same, after he has entered the first reseller.
    pub(crate) async fn acting(&self) -> Acting {
        let reseller = Target::Reseller(self.account.reseller.clone());
        self.root().enter(&reseller).await.unwrap()
    }

    pub(crate) async fn trunk(&self) -> TrunkId {
        let new = NewTrunk {
            format: "national10".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.10:5070".parse().unwrap(),
        };
        self.root().add_trunk(new).await.unwrap().id
    }

    /// Listens to what the database is asked from now on; on PostgreSQL, where the bodies are the same, to nothing.
    pub(crate) fn statements(&self) -> Statements {
        Statements::of(&self.folder.path().join("evatel.db"))
    }

    /// Runs statements as a foreign hand would; says whether the database let it.
    pub(crate) async fn run_sql(&self, sql: &str) -> bool {
        use diesel::{Connection, connection::SimpleConnection};
        match self.kind {
            Kind::Postgres => {
                let (url, sql) = (self.url.clone(), sql.to_owned());
                tokio::spawn(async move { testing::run_in_postgres(&url, &sql).await })
                    .await
                    .is_ok()
            }
            Kind::Sqlite => {
                let file = self.folder.path().join("evatel.db");
                let mut link = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                link.batch_execute(sql).is_ok()
            }
        }
    }
}
