//! Who exists, what they bought, who may call whom, and what a call does next.
//!
//! Pure: no socket, no SQL, no clock. Time comes in as an argument, decisions and actions come out as values.
//!
//! - [`number`]: E.164 and dialled strings, parsed once, trusted after; [`numbering`]: which prefix is which
//!   [`class`] and [`country`], as versioned data; [`prefix`]: the table that finds the longest one.
//! - [`money`]: whole micro-units with their currency.
//! - [`permission`]: what somebody may do to what, one table; [`audit`]: what he did; [`login`]: how he proves who he is.
//! - [`account`], [`did`], [`trunk`], [`device`], [`contact`], [`restriction`], [`emergency`]: what the store keeps.
//! - [`schedule`]: wall-clock hours with their zone; [`holiday`]: public holidays by rule.
//! - [`presence`], [`office`], [`screening`]: what becomes of a [`caller`], by status, hours and lists; [`evaluation`]: whom
//!   a call would ring at any instant, and why.
//! - [`moving`]: what follows for all of that where another reseller takes an account over.
//! - [`directory`]: all of that as one immutable snapshot, looked up in memory.
//! - [`policy`]: the one gate for every leg: `authorize_leg` to [`policy::LegPlan`] to [`policy::LegPermit`].
//! - [`egress`]: where this system connects to when somebody else chose the address.
//! - [`intent`]: what a speaker wants; [`flow`]: what a call does next; [`dialogue`]: an operator's own, as data; [`skill`]: what an
//!   integrator adds to what an assistant can do; [`calls`]: the call log.

pub mod account;
pub mod audit;
pub mod caller;
pub mod calls;
pub mod class;
pub mod contact;
pub mod country;
pub mod device;
pub mod dialogue;
pub mod did;
pub mod directory;
pub mod egress;
pub mod emergency;
pub mod evaluation;
pub mod flow;
pub mod holiday;
pub mod id;
pub mod intent;
pub mod itsp;
pub mod limit;
pub mod login;
pub mod money;
pub mod moving;
pub mod name;
pub mod number;
pub mod numbering;
pub mod offer;
pub mod office;
pub mod permission;
pub mod policy;
pub mod prefix;
pub mod presence;
pub mod restriction;
pub mod route;
pub mod schedule;
pub mod screening;
pub mod sheet;
pub mod skill;
pub mod trunk;
pub mod word;

/// The types of time that this API takes.
pub use jiff;
