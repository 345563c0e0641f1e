//! Why there is no quote, or none any more.

use jiff::Timestamp;

use super::MAX_QUANTITY;
use crate::{
    id::{ItemId, SubscriptionId},
    money::{Money, MoneyError},
    number::E164,
    offer::{CatalogueVersion, ItemKind},
};

/// Why there is no quote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Nothing would change.
    #[error("nothing would change")]
    Idle,
    /// Amounts that cannot be added.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The same number twice in one quote.
    #[error("`{number}` stands there twice")]
    NumberTwice {
        /// The number.
        number: E164,
    },
    /// A number is sold for one price; this account's offer has none, or several.
    #[error(
        "a number is sold where the offer has one item of the kind `number`: this account's has {offered}"
    )]
    NumberPrice {
        /// How many items of that kind the offer has.
        offered: usize,
    },
    /// What is paid for a number goes with the number.
    #[error(
        "`{subscription}` is paid for `{number}`: it ends with the month in which the number is released"
    )]
    OfNumber {
        /// The subscription.
        subscription: SubscriptionId,
        /// The number.
        number: E164,
    },
    /// Not an item that is sold to this account.
    #[error("there is no item `{item}` in this account's offer")]
    NotOffered {
        /// The item.
        item: ItemId,
    },
    /// Not a subscription of this account that goes on.
    #[error("this account has no subscription `{subscription}` that goes on")]
    NoSubscription {
        /// The subscription.
        subscription: SubscriptionId,
    },
    /// More is there than would be paid for.
    #[error(
        "the account has {taken} of the kind `{kind}` and would pay for {paid}: what takes the place is removed first"
    )]
    PlacesTaken {
        /// What sort of item.
        kind: ItemKind,
        /// For how many it would pay.
        paid: u32,
        /// How many it has.
        taken: u32,
    },
    /// None, or too many.
    #[error("a quantity is 1 to {MAX_QUANTITY}, not {given}")]
    Quantity {
        /// What was given.
        given: u32,
    },
    /// A seat is nobody's in particular: whoever leaves makes it free for the next.
    #[error("a seat is the account's: it is bought for no user in particular")]
    SeatForUser,
    /// The same subscription twice in one quote.
    #[error("subscription `{subscription}` is changed twice: ask for one change of it")]
    Twice {
        /// The subscription.
        subscription: SubscriptionId,
    },
}

/// Why a quote cannot be confirmed; a new one shows what holds now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// The right is for another account; whoever has it learns no more.
    #[error("there is no such quote")]
    AnotherAccount,
    /// The catalogue has changed.
    #[error("the catalogue has changed since (version {quoted}, now {present}): ask for a new quote")]
    Catalogue {
        /// The version that it was made with.
        quoted: CatalogueVersion,
        /// The version in force.
        present: CatalogueVersion,
    },
    /// It costs, and whoever confirms has no right to that.
    #[error("it costs {due_now} now: somebody with the right to confirm it must do so")]
    Costs {
        /// What is billed at once.
        due_now: Money,
    },
    /// Its time is over.
    #[error("the quote held until {expires_at}: ask for a new one")]
    Expired {
        /// Until when.
        expires_at: Timestamp,
    },
    /// What was asked for cannot be had any more.
    #[error("what was quoted cannot be had any more: {0}")]
    Gone(#[from] QuoteError),
    /// The price has changed.
    #[error("the price of `{item}` has changed since: ask for a new quote")]
    Price {
        /// The item.
        item: ItemId,
    },
    /// The account has another quantity than the quote went out from.
    #[error("how many there are of `{item}` has changed since: ask for a new quote")]
    Quantity {
        /// The item.
        item: ItemId,
    },
}
