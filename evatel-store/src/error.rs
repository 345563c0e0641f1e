//! What can go wrong between us and the disk, with what the reader needs to act.

use std::path::PathBuf;

use diesel::{
    ConnectionError,
    result::{DatabaseErrorKind, Error as Diesel},
};
use evatel_core::{
    account::{Domain, UserNo, rules::Broken},
    device::MacAddress,
    directory::Dangling,
    evaluation::ForwardRefused,
    id::TrunkId,
    login::LoginName,
    moving::Unmovable,
    name::Name,
    number::{E164, Extension},
    numbering::UnknownCountry,
    permission::Refusal,
    policy::LedgerError,
    presence::InvalidPresence,
    restriction::NumberMatch,
    schedule::InvalidSchedule,
    trunk::PeerAddress,
};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Whoever acted is no longer there, or his account or reseller is closed.
    #[error("whoever asks has no rights here any more: log in again")]
    ActorGone,
    /// A file is already where a new database should be made, or the server's database holds tables.
    #[error("`{place}` is already there")]
    AlreadyThere {
        /// The file, or the URL without its password.
        place: String,
    },
    /// A daemon serves this database already.
    #[error("another daemon serves this database: it holds `{place}`")]
    AnotherDaemon {
        /// The file that it holds, or the URL without its password.
        place: String,
    },
    /// Something that must hold of accounts, resellers or roles would not.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A number's row has not what belongs to its state.
    #[error("the row of `{number}` contradicts itself")]
    BrokenNumber {
        /// The number.
        number: E164,
    },
    /// The number that an emergency operator should ring back is not one of the account's own.
    #[error("`{number}` is no number of this account: the emergency operator must be able to ring it back")]
    CallbackNotOwn {
        /// The number.
        number: E164,
    },
    /// The catalogue does not change so.
    #[error(transparent)]
    Catalogue(#[from] evatel_core::offer::CatalogueError),
    /// A reseller cannot sell an item so.
    #[error(transparent)]
    Choice(#[from] evatel_core::offer::ChoiceError),
    /// The user already has a contact of this name.
    #[error("this user already has a contact `{name}`")]
    ContactTaken {
        /// The name.
        name: Name,
    },
    /// A row that points to nothing.
    #[error("the database contradicts itself")]
    Contradiction(#[from] Dangling),
    /// The database refused or failed a statement.
    #[error("the database failed")]
    Database(#[source] Diesel),
    /// Another reseller already has this domain.
    #[error("another reseller already has the domain `{domain}`")]
    DomainTaken {
        /// The domain.
        domain: Domain,
    },
    /// An export cannot be written, or is damaged.
    #[error("the export cannot be used{}: {reason}", at_line(*line))]
    Dump {
        /// The line, from 1; 0 where it is about all of it.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The account already has a user with this extension.
    #[error("extension `{}` is already taken in this account", extension.as_str())]
    ExtensionTaken {
        /// The extension.
        extension: Extension,
    },
    /// A forward that may not be.
    #[error(transparent)]
    Forward(#[from] ForwardRefused),
    /// A PIN could not be hashed or its hash not read.
    #[error("the PIN cannot be hashed: {0}")]
    Hash(String),
    /// Something else still points to the row.
    #[error("{what} `{id}` is still used by {by}")]
    InUse {
        /// What kind of row.
        what: &'static str,
        /// Its id.
        id: String,
        /// What uses it.
        by: &'static str,
    },
    /// The file cannot be made or read.
    #[error("`{}` cannot be used", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key must end, and within its longest life.
    #[error("a key lasts more than nothing and at most {most_days} days")]
    KeyLife {
        /// The longest life.
        most_days: i64,
    },
    /// The default account keeps a login, so that the system can be administered.
    #[error("`{name}` is the last login of the default account: make another one first")]
    LastLogin {
        /// Its name.
        name: LoginName,
    },
    /// Somebody already has this login name.
    #[error("the login name `{name}` is already taken")]
    LoginTaken {
        /// The name.
        name: LoginName,
    },
    /// A file of keys that holds something else.
    #[error("`{}` is no file of keys", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
    },
    /// A secret was sealed with a key that is not at hand.
    #[error("a secret was sealed with the key `{key}`, which is not in the key file")]
    KeyMissing {
        /// The key's name.
        key: String,
    },
    /// Somebody else changed the number between looking and changing.
    #[error("`{number}` has just been changed by somebody else")]
    LostRace {
        /// The number.
        number: E164,
    },
    /// Somebody else changed it between looking and changing.
    #[error("the {what} has just been changed by somebody else")]
    Overtaken {
        /// What.
        what: &'static str,
    },
    /// There is no price for what was asked.
    #[error(transparent)]
    Quote(#[from] evatel_core::offer::QuoteError),
    /// What a quote says does not hold any more.
    #[error(transparent)]
    Stale(#[from] evatel_core::offer::Stale),
    /// The migrations did not run through.
    #[error("the database cannot be brought to this version's schema: {0}")]
    Migration(String),
    /// There is no such row, or it belongs to somebody else.
    #[error("there is no {what} `{id}`")]
    Missing {
        /// What kind of row.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// A newer Evatel has written this database.
    #[error("the database has schema `{found}`; this version knows it up to `{known}`")]
    NewerSchema {
        /// The newest migration in the database.
        found: String,
        /// The newest migration in this program.
        known: String,
    },
    /// Every user number is given out.
    #[error("no user number is left: they end at {}", UserNo::LAST)]
    NoMoreUserNumbers,
    /// There is no database yet.
    #[error("there is no database at `{place}`")]
    NoDatabase {
        /// Where it should be: a file, or a URL without its password.
        place: String,
    },
    /// A secret is to be sealed or opened and no key is at hand.
    #[error("there is no key for the secrets in the database")]
    NoKey,
    /// The file is something else, or belongs to another program.
    #[error("`{place}` is no Evatel database: {reason}")]
    NotADatabase {
        /// The file, or the URL without its password.
        place: String,
        /// What was found.
        reason: String,
    },
    /// The number's state or owner does not allow it.
    #[error(transparent)]
    Number(#[from] evatel_core::did::Refused),
    /// The number is already assigned.
    #[error("`{number}` is already assigned")]
    NumberTaken {
        /// The number.
        number: E164,
    },
    /// Another trunk already has this address; calls are told apart by it.
    #[error("another trunk already has the peer `{peer}`")]
    PeerTaken {
        /// The address.
        peer: PeerAddress,
    },
    /// The trunk already has a route for these numbers.
    #[error("trunk `{trunk}` already has a route for `{matches}`")]
    RouteTaken {
        /// The trunk.
        trunk: TrunkId,
        /// The numbers.
        matches: NumberMatch,
    },
    /// A limit is reached: nothing is counted. The ledger gives it as its own answer.
    #[error("a limit is reached")]
    LimitReached(#[source] LedgerError),
    /// No connection became free in time.
    #[error("no database connection was free within {seconds} s")]
    PoolExhausted {
        /// How long it was waited for.
        seconds: u64,
    },
    /// A user's rules that contradict themselves.
    #[error(transparent)]
    Presence(InvalidPresence),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(String),
    /// Whoever asks may not do that.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A rehearsed command, taken back. It never leaves the store.
    #[doc(hidden)]
    #[error("rehearsed, and taken back")]
    Rehearsed,
    /// One telephone is one device at a time.
    #[error("the MAC address `{mac}` is another device's")]
    MacTaken {
        /// The address.
        mac: MacAddress,
    },
    /// A row with the same id is already there.
    #[error("{what} `{id}` is already there")]
    Repeated {
        /// What kind of row.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// A sealed secret was changed, or copied from another row.
    #[error("the secret in {table}.{column} of `{row}` was changed by somebody else and cannot be opened")]
    Sealed {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// A schedule that contradicts itself.
    #[error(transparent)]
    Schedule(#[from] InvalidSchedule),
    /// A rule about a country that no number is in.
    #[error(transparent)]
    UnknownCountry(#[from] UnknownCountry),
    /// The task that ran the statement was torn down.
    #[error("the program is ending; the statement was not run to its end")]
    ShuttingDown,
    /// An account cannot go to another reseller.
    #[error(transparent)]
    Unmovable(Unmovable),
    /// It costs, and no confirmed quote pays for it.
    #[error(transparent)]
    Unpaid(#[from] evatel_core::offer::Unpaid),
    /// The database server does not answer, or refuses us.
    #[error("the database cannot be reached: {reason}")]
    Unreachable {
        /// Where it is, without password, and what is wrong.
        reason: String,
    },
    /// An address of no database that this program opens.
    #[error("no database can be opened by `{scheme}`: {reason}")]
    UnsupportedUrl {
        /// The part before the colon, or the whole URL where that holds no password.
        scheme: String,
        /// Why not.
        reason: String,
    },
}

impl Error {
    /// Says whether the same call may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::LostRace { .. }
            | Self::Overtaken { .. }
            | Self::PoolExhausted { .. }
            | Self::Unreachable { .. } => true,
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _)) => true,
            // SQLITE_BUSY has no kind of its own in diesel, nor has a lock that did not come in time on PostgreSQL.
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info))
                if ["locked", "busy", "lock timeout"]
                    .iter()
                    .any(|word| info.message().contains(word)) =>
            {
                true
            }
            error => error.gave_way(),
        }
    }

    /// Says whether PostgreSQL chose this transaction to give way to another (SQLSTATE 40001 and 40P01): it has
    /// done nothing and may be run again at once.
    pub(crate) fn gave_way(&self) -> bool {
        match self {
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            // 40P01 has no kind of its own in diesel. A server that speaks another language is not understood here,
            // which is why those who lock several rows do it in one order.
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info)) => {
                info.message() == "deadlock detected"
            }
            _ => false,
        }
    }

    /// Turns the breach of a uniqueness rule into what it means where it happened.
    ///
    /// SQLite does not name the constraint, so whoever inserts says what its only possible breach is.
    pub(crate) fn or_taken(self, taken: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => taken(),
            other => other,
        }
    }

    /// Says which telephone's address was taken; without one nothing else can have been.
    pub(crate) fn or_mac_taken(self, mac: Option<MacAddress>) -> Self {
        match mac {
            Some(mac) => self.or_taken(|| Self::MacTaken { mac }),
            None => self,
        }
    }

    /// Turns the breach of a foreign key into what it means where it happened.
    pub(crate) fn or_in_use(self, what: &'static str, id: impl ToString, by: &'static str) -> Self {
        match self {
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Self::InUse {
                what,
                id: id.to_string(),
                by,
            },
            other => other,
        }
    }

    /// Says which domain was taken; without one nothing else can have been.
    pub(crate) fn domain_taken(domain: Option<Domain>) -> Self {
        match domain {
            Some(domain) => Self::DomainTaken { domain },
            None => Self::missing("domain", "none"),
        }
    }

    pub(crate) fn dump(line: u64, reason: impl ToString) -> Self {
        Self::Dump {
            line,
            reason: reason.to_string(),
        }
    }

    pub(crate) fn missing(what: &'static str, id: impl ToString) -> Self {
        Self::Missing {
            what,
            id: id.to_string(),
        }
    }
}

fn at_line(line: u64) -> String {
    match line {
        0 => String::new(),
        line => format!(" at line {line}"),
    }
}

impl From<Unmovable> for Error {
    fn from(error: Unmovable) -> Self {
        match error {
            Unmovable::Broken(broken) => Self::Broken(broken),
            Unmovable::Number(refused) => Self::Number(refused),
            other => Self::Unmovable(other),
        }
    }
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        Self::Database(error)
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::CouldntSetupConfiguration(error) => Self::Database(error),
            other => Self::Unreachable {
                reason: other.to_string(),
            },
        }
    }
}
