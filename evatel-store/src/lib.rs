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
//!
//! # From a reseller to a call
//!
//! ```
//! use evatel_core::{
//!     account::{AccountKind, Language},
//!     audit::Origin,
//!     calls::LegCause,
//!     did::import::Rows,
//!     evaluation::{Outcome, evaluate},
//!     permission::Actor,
//!     policy::{Authoriser, Destination, LegRequest, authorize_leg},
//!     restriction::{Effect, RestrictionOwner},
//! };
//! use evatel_store::{
//!     Keys, NewAccount, NewDevice, NewRestriction, NewTrunk, NewUser, ResellerChange, Store, Target,
//! };
//! use jiff::Timestamp;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite://{}/evatel.db", folder.path().display());
//! let store = Store::create(&url).await?.with_keys(Keys::generate()?);
//! let system = store.acting_as(Actor::system("root".parse()?), Origin::CommandLine);
//! let trunk = system
//!     .add_trunk(NewTrunk {
//!         name: "Carrier".parse()?,
//!         peer: "192.0.2.10:5060".parse()?,
//!         format: "national10".parse()?,
//!     })
//!     .await?;
//!
//! // A reseller, and a company of its with three employees.
//! let reseller = system.add_reseller("Télé Laval".parse()?, ResellerChange::default()).await?;
//! let reseller = reseller.reseller.id;
//! let sales = system.enter(&Target::Reseller(reseller.clone())).await?;
//! let company = sales
//!     .add_account(NewAccount {
//!         reseller: reseller.clone(),
//!         name: "Gagnon et filles".parse()?,
//!         kind: AccountKind::Company,
//!         language: Language::Fr,
//!         zone: "America/Toronto".parse()?,
//!     })
//!     .await?;
//! let inside = sales.enter(&Target::Account(company.id.clone())).await?;
//! let mut people = Vec::new();
//! for (name, extension) in [("Anne Gagnon", "101"), ("Luc Roy", "102"), ("Zoé Côté", "103")] {
//!     let new = NewUser {
//!         account: company.id.clone(),
//!         name: name.parse()?,
//!         extension: extension.parse()?,
//!     };
//!     people.push(inside.add_user(new).await?.id);
//! }
//! let telephone = NewDevice::new("Desk".parse()?, people[0].clone());
//! let (_device, _secret) = inside.add_device(telephone).await?;
//!
//! // Numbers of a file: one for Anne, one for the pool. Each row is taken, or refused with its line, field and remedy.
//! let file = format!("number,user\n514-555-0100,{}\n514-555-0101,\n", people[0]);
//! let mut rows = Vec::new();
//! for row in Rows::new(file.as_bytes())? {
//!     rows.push(row??);
//! }
//! let taken = sales.import_numbers(&reseller, rows, Some(trunk.id), &"laval.csv".parse()?).await?;
//! assert!(taken.refused.is_empty());
//!
//! // Nobody there calls abroad.
//! let owner = RestrictionOwner::Account(company.id.clone());
//! let rule = NewRestriction::new("Pas l'étranger".parse()?, owner, Effect::Deny, "class:international".parse()?);
//! inside.add_restriction(rule).await?;
//!
//! // What a call is decided with is in memory. Who is rung when Anne's number is called?
//! let directory = store.load_directory().await?;
//! let called = evaluate(&"+15145550100".parse()?, &"+14185551234".parse()?, Timestamp::now(), &directory);
//! assert!(matches!(&called.outcome, Outcome::Ring { owner, .. } if *owner == people[0]), "{called:?}");
//!
//! // And whom may she have called from a screen?
//! let anne = Authoriser::Login { user: people[0].clone() };
//! let plan = directory.dial_plan(&company.id);
//! for (dialled, may) in [("418-555-1234", true), ("011 33 1 99 00 12 34", false)] {
//!     let destination = Destination::Dialled(plan.read(dialled)?);
//!     let request = LegRequest::new(&anne, &destination, LegCause::ClickToCall, Timestamp::now());
//!     assert_eq!(authorize_leg(&request, &directory).is_ok(), may, "{dialled}");
//! }
//! # Ok(())
//! # }
//! ```

mod account_moves;
mod accounts;
mod acting;
mod alone;
mod api_keys;
mod audit;
mod audit_rows;
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
mod first;
mod first_calls;
mod itsps;
mod keys;
mod leg_entries;
mod leg_pages;
mod limits;
mod logins;
mod migrations;
mod mint;
mod names;
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
mod shop;
mod store;
mod subscription_rows;
mod subscriptions;
#[cfg(feature = "testing")]
pub mod testing;
mod transcripts;
mod trunks;
mod url;
mod user_import;
mod users;

pub use accounts::{AccountChange, NewAccount};
pub use acting::{Acting, Target};
pub use alone::Alone;
pub use api_keys::{ApiKey, LONGEST_KEY, NewApiKey};
pub use audit::{AuditFilter, KeptAuditEntry};
pub use catalogue::CatalogueImport;
pub use contacts::{ContactChange, ImportedContacts, NewContact};
pub use devices::{DeviceChange, DeviceCredential, NewDevice, REALM};
pub use dids::QUARANTINE;
pub use directory::Refreshed;
pub use dump::{Checked, Count, Dumped, Fault, Step, Unreached, look_through};
pub use emergency_places::UnusablePlace;
pub use error::Error;
pub use feed::{Changed, Changes, Feed};
pub use first::FirstRows;
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
pub use resellers::{ResellerCard, ResellerChange};
pub use reservations::StoreLedger;
pub use restrictions::{NewRestriction, RestrictionChange};
pub use routes::{NewRoute, RouteChange};
pub use scope::Scope;
pub use screening::NewScreening;
pub use sessions::SESSION_LENGTH;
pub use store::Store;
pub use subscriptions::{BilledLine, Bought, KeptQuote};
pub use trunks::{NewTrunk, TrunkChange};
pub use url::{DatabaseUrl, PostgresUrl};
pub use user_import::ImportedUsers;
pub use users::{NewUser, UserChange};
