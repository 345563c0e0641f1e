//! The Evatel domain on disk.
//!
//! - [`Store`]: opens or makes a database; its methods, one file per table, read and write the domain's own types.
//! - [`Scope`]: whose rows somebody may see.
//! - [`Store::load_directory`]: everything a call is decided with, as one snapshot with its revision.
//! - [`StoreLedger`]: counts legs exactly; the core's gate asks it.
//! - [`Error`]: what can go wrong, with what the reader needs.
//!
//! SQLite and PostgreSQL, chosen by URL ([`DatabaseUrl`]); each query is written once, see `backend`.

mod accounts;
mod alone;
mod backend;
mod column;
mod contacts;
mod devices;
mod dids;
mod directory;
mod emergency_places;
mod error;
mod feed;
mod leg_entries;
mod migrations;
mod mint;
mod pins;
mod resellers;
mod reservations;
mod restrictions;
mod schema;
mod scope;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod transcripts;
mod trunks;
mod url;
mod users;

pub use accounts::AccountChange;
pub use alone::Alone;
pub use contacts::NewContact;
pub use devices::{DeviceCredential, NewDevice, REALM};
pub use dids::NewDid;
pub use error::Error;
pub use feed::{Changed, Changes, Feed};
pub use leg_entries::LegFilter;
pub use pins::{InvalidPin, LOCK, Pin, PinVerdict, WRONG_UNTIL_LOCKED};
pub use resellers::FirstRows;
pub use reservations::StoreLedger;
pub use restrictions::NewRestriction;
pub use scope::Scope;
pub use store::Store;
pub use trunks::NewTrunk;
pub use url::{DatabaseUrl, PostgresUrl};
pub use users::NewUser;
