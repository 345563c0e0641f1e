//! A database with as many rows as a large operator has.

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use evatel_core::{
    account::Language,
    audit::Origin,
    did::import::{Destination as Owner, ImportRow},
    directory::Directory,
    id::{DeviceId, ResellerId, RouteId, TrunkId, UserId},
    limit::LimitOwner,
    number::{Dialled, E164},
    permission::Actor,
    policy::{Authoriser, Destination},
};
use evatel_store::{
    Acting, FirstRows, IMPORT_BATCH, LimitsChange, NewTrunk, NumberChange, RouteChange, Store, Target,
    testing,
};
use tempfile::TempDir;

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) dids: usize,
    pub(crate) users: usize,
    pub(crate) prefixes: usize,
}

impl Size {
    pub(crate) const FULL: Self = Self {
        dids: 1_000_000,
        users: 100_000,
        prefixes: 1_000_000,
    };

    /// Gives a part of it, and at least a few of each.
    pub(crate) fn part(self, of: usize) -> Self {
        Self {
            dids: (self.dids / of).max(100),
            users: (self.users / of).max(20),
            prefixes: (self.prefixes / of).max(100),
        }
    }
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// A database with accounts, users and telephones.
pub(crate) struct Town {
    pub(crate) store: Store,
    pub(crate) url: String,
    /// The system's administrator.
    root: Acting,
    acting: Acting,
    reseller: ResellerId,
    size: Size,
    trunk: TrunkId,
    _folder: TempDir,
}

impl Town {
    /// Makes everything but the numbers: ten users an account, a telephone each, a route for each prefix.
    pub(crate) async fn begin(kind: Kind, size: Size) -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        let (url, store) = match kind {
            Kind::Postgres => {
                let url = testing::postgres_database().await;
                let store = Store::open(&url).await.expect("it was just made");
                (url, store)
            }
            Kind::Sqlite => {
                let url = format!("sqlite://{}/evatel.db", folder.path().display());
                let store = Store::create(&url).await.expect("the folder is empty");
                (url, store)
            }
        };
        let first = FirstRows {
            reseller: "Evatel".parse().expect("a name"),
            professional: "Luc Roy".parse().expect("a name"),
            language: Language::Fr,
            extension: "101".parse().expect("an extension"),
            zone: "America/Toronto".parse().expect("a zone"),
        };
        let (reseller, ..) = store.begin(first).await.expect("the database is empty");
        let trunk = NewTrunk {
            format: "national10".parse().expect("a format"),
            name: "Carrier".parse().expect("a name"),
            peer: "192.0.2.10".parse().expect("an address"),
        };
        let root = store.acting_as(
            Actor::system("root".parse().expect("a name")),
            Origin::CommandLine,
        );
        let trunk = root.add_trunk(trunk).await.expect("there is none yet").id;
        run_sql(kind, &url, &rows(kind, size, &trunk)).await;
        let acting = root
            .enter(&Target::Reseller(reseller.id.clone()))
            .await
            .expect("it is there");
        Self {
            store,
            url,
            root,
            acting,
            reseller: reseller.id,
            size,
            trunk,
            _folder: folder,
        }
    }

    /// Takes all numbers in, batch by batch, as `evatel did import` does.
    pub(crate) async fn import(&self) {
        let added = self.run_import().await;
        assert_eq!(added, self.size.dids);
    }

    /// The same once more: every row is looked at and found.
    pub(crate) async fn import_again(&self) {
        assert_eq!(self.run_import().await, 0);
    }

    async fn run_import(&self) -> usize {
        let source = "bench.csv".parse().expect("a name");
        let mut added = 0;
        for begin in (0..self.size.dids).step_by(IMPORT_BATCH) {
            let end = self.size.dids.min(begin + IMPORT_BATCH);
            let batch = (begin..end).map(|at| ImportRow {
                line: at as u64 + 2,
                number: number(at),
                trunk: None,
                into: Owner::User(user(1 + at % self.size.users)),
            });
            let done = self
                .acting
                .import_numbers(&self.reseller, batch.collect(), Some(self.trunk.clone()), &source)
                .await;
            let done = done.expect("the rows are good");
            assert!(done.refused.is_empty(), "{:?}", done.refused.first());
            added += done.added;
        }
        added
    }

    /// Changes one number, as a person does.
    pub(crate) async fn suspend(&self, number: &E164) {
        let done = self.acting.change_number(number, NumberChange::Suspend).await;
        done.expect("it is in service");
    }

    /// Changes the price of one route, as a person does.
    pub(crate) async fn price(&self, route: &RouteId, price_micros: u32) {
        let change = RouteChange {
            price_micros: Some(Some(price_micros)),
            ..RouteChange::default()
        };
        let done = self.root.change_route(route, change).await;
        done.expect("it is there");
    }

    /// Limits the first user's account and its reseller, far above what is reserved here.
    pub(crate) async fn limit(&self) {
        for owner in self.limited() {
            let many = LimitsChange {
                legs_a_minute: Some(Some(1_000_000)),
                ..LimitsChange::default()
            };
            self.root.change_limits(&owner, many).await.expect("it is there");
        }
    }

    /// Lifts the limits again.
    pub(crate) async fn unlimit(&self) {
        for owner in self.limited() {
            self.root.remove_limits(&owner).await.expect("they are there");
        }
    }

    /// Gives the snapshot of now, made from an older one.
    pub(crate) async fn refreshed(&self, known: &Directory) -> Directory {
        let refreshed = self.store.refresh_directory(known).await;
        refreshed.expect("the database is whole").0
    }

    fn limited(&self) -> [LimitOwner; 2] {
        let account = format!("acc-b{}", 1 + 1 % (self.size.users / 10));
        [
            LimitOwner::Account(account.parse().expect("an id")),
            LimitOwner::Reseller(self.reseller.clone()),
        ]
    }

    /// The route of the longest prefix of a number; each number up to as many as there are is a prefix.
    pub(crate) fn longest_route_of(&self, number: &E164) -> RouteId {
        let digits = number.digits();
        let fronts = (1..=digits.len()).filter_map(|length| digits[..length].parse::<usize>().ok());
        let longest = fronts.filter(|prefix| *prefix <= self.size.prefixes).max();
        let prefix = longest.expect("1 is a prefix");
        format!("rte-b{prefix}").parse().expect("an id")
    }

    pub(crate) fn trunk(&self) -> &TrunkId {
        &self.trunk
    }
}

/// The number at a place, from 0.
pub(crate) fn number(at: usize) -> E164 {
    format!("+1514{}", 2_000_000 + at).parse().expect("a number")
}

/// The user at a place, from 1.
pub(crate) fn user(at: usize) -> UserId {
    format!("usr-b{at}").parse().expect("an id")
}

/// His telephone.
pub(crate) fn device(at: usize) -> DeviceId {
    format!("dev-b{at}").parse().expect("an id")
}

/// A number that nobody here has, in Canada.
pub(crate) fn called(at: usize) -> E164 {
    format!("+1416{}", 2_000_000 + at).parse().expect("a number")
}

/// A call by the user at a place from his telephone.
pub(crate) fn call(at: usize, number: E164) -> (Authoriser, Destination) {
    let authoriser = Authoriser::Device {
        device: device(at),
        user: user(at),
    };
    (authoriser, Destination::Dialled(Dialled::Number(number)))
}

/// Runs statements outside the store.
pub(crate) async fn run_sql(kind: Kind, url: &str, sql: &str) {
    match kind {
        Kind::Postgres => testing::run_in_postgres(url, sql).await,
        Kind::Sqlite => {
            let path = url.trim_start_matches("sqlite://");
            let mut link = SqliteConnection::establish(path).expect("the file is there");
            link.batch_execute(sql).expect("the statements run");
        }
    }
}

fn rows(kind: Kind, size: Size, trunk: &TrunkId) -> String {
    let accounts = size.users / 10;
    let series = |count: usize| match kind {
        Kind::Postgres => format!("generate_series(1, {count}) AS n (i)"),
        Kind::Sqlite => format!(
            "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n"
        ),
    };
    let (some, all, prefixes) = (series(accounts), series(size.users), series(size.prefixes));
    format!(
        "INSERT INTO accounts (id, reseller_id, name, kind, status, language, records_calls, is_default, max_legs, zone)
         SELECT 'acc-b' || i, (SELECT id FROM resellers), 'Bench ' || i, 'company', 'active', 'fr', FALSE, FALSE, 100, 'America/Toronto' FROM {some};
         INSERT INTO users (id, account_id, name, extension, number, roles)
         SELECT 'usr-b' || i, 'acc-b' || (1 + i % {accounts}), 'User ' || i, 200 + i / {accounts}, 100000 + i, 'none' FROM {all};
         INSERT INTO devices (id, user_id, name, ha1)
         SELECT 'dev-b' || i, 'usr-b' || i, 'Desk', '00000000000000000000000000000000' FROM {all};
         INSERT INTO routes (id, trunk_id, matches, classes, priority, weight, price_micros)
         SELECT 'rte-b' || i, '{trunk}', 'prefix:' || i, 'canada,us48', 1, 1, i % 1000 FROM {prefixes};"
    )
}
