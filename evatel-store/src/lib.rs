//! The Evatel domain on disk.
//!
//! - [`Store`]: opens or makes a database; its methods, one file per table, read and write the domain's own types.
//! - [`Acting`]: the store in somebody's hands; every change is checked, made and told in one transaction.
//! - [`Scope`]: whose rows somebody may see.
//! - [`Store::load_directory`]: everything a call is decided with, as one snapshot with its revision.
//! - [`StoreLedger`]: counts legs exactly; the core's gate asks it.
//! - [`Error`]: what can go wrong, with what the reader needs.
//!
//! SQLite and PostgreSQL, chosen by URL ([`DatabaseUrl`]); each query is written once, see `backend`.

mod accounts;
mod acting;
mod alone;
mod api_keys;
mod audit;
mod backend;
mod call_log;
mod catalogue;
mod closing;
mod column;
mod contacts;
mod devices;
mod did_rows;
mod dids;
mod directory;
mod dump;
mod emergency_places;
mod error;
mod feed;
mod itsps;
mod keys;
mod leg_entries;
mod leg_pages;
mod limits;
mod logins;
mod migrations;
mod mint;
mod number_events;
mod number_import;
mod number_sales;
mod number_views;
mod numbers;
mod password;
mod pins;
mod presences;
mod resellers;
mod reservations;
mod restrictions;
mod routes;
mod schema;
mod scope;
mod screening;
mod sealed;
mod sessions;
mod store;
mod subscription_rows;
mod subscriptions;
#[cfg(feature = "testing")]
pub mod testing;
mod transcripts;
mod trunks;
mod url;
mod users;

pub use accounts::{AccountChange, NewAccount};
pub use acting::{Acting, Target};
pub use alone::Alone;
pub use api_keys::{ApiKey, LONGEST_KEY, NewApiKey};
pub use audit::{AuditFilter, KeptAuditEntry};
pub use contacts::{ImportedContacts, NewContact};
pub use devices::{DeviceCredential, NewDevice, REALM};
pub use dids::QUARANTINE;
pub use directory::Refreshed;
pub use dump::{Checked, Dumped, Step, look_through};
pub use error::Error;
pub use feed::{Changed, Changes, Feed};
pub use itsps::TrunkContract;
pub use keys::Keys;
pub use leg_entries::LegFilter;
pub use leg_pages::{CallKey, CallPage, CallPeriod, CallStory};
pub use limits::LimitsChange;
pub use logins::{Login, LoginVerdict, Owner};
pub use number_import::{BatchOutcome, IMPORT_BATCH};
pub use number_views::NumberFilter;
pub use numbers::{Arrival, ChangedNumber, NewNumber, NumberChange};
pub use pins::{InvalidPin, LOCK, Pin, PinVerdict, WRONG_UNTIL_LOCKED};
pub use resellers::{FirstRows, ResellerCard, ResellerChange};
pub use reservations::StoreLedger;
pub use restrictions::NewRestriction;
pub use routes::{NewRoute, RouteChange};
pub use scope::Scope;
pub use screening::NewScreening;
pub use sessions::SESSION_LENGTH;
pub use store::Store;
pub use subscriptions::{BilledLine, Bought};
pub use trunks::NewTrunk;
pub use url::{DatabaseUrl, PostgresUrl};
pub use users::{NewUser, UserChange};
