//! What somebody may do to what: one question, [`can`], answered from one table, [`matrix`].
//!
//! - [`Actor`]: who asks, and who is behind him where somebody entered an account that is not his.
//! - [`Action`] on a [`Resource`]: a [`Matter`] at a [`Place`] in the tree of resellers, accounts and users.
//! - [`Grant`]: yes, with what it covers and whether it may cost; [`BillingRight`]: the proof, made here only, that
//!   somebody may confirm what costs. [`Refusal`]: no, and why.
//!
//! ```
//! use evatel_core::{
//!     account::{AccountKind, BillingMode, Roles},
//!     permission::{AccountPlace, Action, Actor, Matter, Refusal, can},
//! };
//! let company = AccountPlace {
//!     account: "acc-roy".parse()?,
//!     reseller: "res-nord".parse()?,
//!     billing: BillingMode::Delegated,
//!     kind: AccountKind::Company,
//!     has_administrator: true,
//! };
//! let anne = Actor::user("usr-anne".parse()?, &company, "administrator".parse::<Roles>()?);
//! let order = can(&anne, Action::Order, &company.resource(Matter::Numbers))?;
//! assert!(order.billing_right().is_ok(), "what an administrator orders, she may confirm");
//!
//! let luc = Actor::user("usr-luc".parse()?, &company, Roles::NONE);
//! let refused = can(&luc, Action::Order, &company.resource(Matter::Numbers)).unwrap_err();
//! assert!(matches!(refused, Refusal::NotAllowed { .. }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actor;
mod decide;
mod enter;
mod grant;
pub mod matrix;
mod place;
mod scope;

#[cfg(test)]
mod tests;

pub use actor::{Actor, Identity, Principal, Standing};
pub use decide::can;
pub use grant::{BillingRight, Charge, Detail, Grant, Refusal};
pub use matrix::{Action, Matter};
pub use place::{AccountPlace, Place, Resource};
pub use scope::{InvalidKeyScope, KeyScope};
