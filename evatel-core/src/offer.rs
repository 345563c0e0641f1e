//! What is sold: the catalogue, what a reseller makes of it, what an account has bought, and what a change costs.
//!
//! - [`Catalogue`]: plans, options, devices and fees ([`Item`]) with their [`Price`], versioned as a whole.
//! - [`ResellerOffer`]: which of them a reseller sells and for how much; it can neither change an item nor, where the item
//!   says so, go below its price.
//! - [`Subscription`]: what an account pays for; what is added bills at once, what is taken away stops at month's end.
//! - [`Quote`]: what [`Change`]s would cost; [`Quote::confirm`] takes a [`BillingRight`](crate::permission::BillingRight)
//!   and refuses a quote that is [`Stale`]; only what it gives can be carried out, and only it makes the [`SoldNumber`]
//!   that hands a number over to an account.
//! - [`Terms`] say what there may be without a quote: a telephone ([`DevicePlace`]), a person ([`Seat`]) and a number
//!   ([`FreeNumber`]) where they cost nothing or their place is paid for; else it is [`Unpaid`].

mod calendar;
mod catalogue;
mod choice;
pub mod import;
mod item;
mod quote;
mod subscription;

pub use calendar::{month_end, rest_of_month};
pub use catalogue::{Catalogue, CatalogueChange, CatalogueError, CatalogueVersion};
pub use choice::{Choice, ChoiceError, Component, ResellerOffer};
pub use item::{IncludedMinutes, InvalidPrice, Item, ItemKind, Price, Resale};
pub use quote::{
    Change, Confirmed, DevicePlace, FreeNumber, LineKind, MAX_QUANTITY, Outcome, QUOTE_LIFETIME, Quote,
    QuoteError, QuoteLine, Seat, SoldNumber, Stale, Taken, Terms, Unpaid,
};
pub use subscription::{Split, Subscription, Upcoming};
