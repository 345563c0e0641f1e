//! What a change costs, and that somebody said yes to just that.

mod error;
mod places;
mod tally;
#[cfg(test)]
mod tests;

pub use error::{QuoteError, Stale};
pub use places::{DevicePlace, FreeNumber, Seat, Taken, Unpaid};

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use self::tally::Tally;
use super::{Catalogue, CatalogueVersion, ItemKind, Price, ResellerOffer, Subscription, month_end};
use crate::{
    did::DidTarget,
    id::{AccountId, ItemId, QuoteId, ResellerId, SubscriptionId, UserId},
    money::Money,
    number::E164,
    permission::{BillingRight, Grant, Identity},
    word::word_enum,
};

/// How long a quote may be confirmed; it never outlives the month that its shares were counted in.
pub const QUOTE_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// Most pieces of one item in one subscription.
pub const MAX_QUANTITY: u32 = 10_000;

/// What an account wants to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// Ends a subscription with the month.
    Cancel {
        /// Which.
        subscription: SubscriptionId,
    },
    /// Has more of something at once, or fewer from the end of the month on.
    Resize {
        /// Of which.
        subscription: SubscriptionId,
        /// How many in all, at least 1.
        quantity: u32,
    },
    /// Buys something.
    Subscribe {
        /// What.
        item: ItemId,
        /// How many, 1 to [`MAX_QUANTITY`].
        quantity: u32,
        /// For whom, where it is one user's.
        user: Option<UserId>,
    },
    /// Takes a number of the reseller's into service, at the price of the item of the kind `number`.
    TakeNumber {
        /// The number.
        number: E164,
        /// What will answer it.
        target: DidTarget,
    },
}

/// What a quote is made from; another such set at the confirmation makes it stale.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The catalogue in force.
    pub catalogue: &'a Catalogue,
    /// What the account's reseller makes of it.
    pub offer: &'a ResellerOffer,
    /// All subscriptions of the account, and no other's.
    pub subscriptions: &'a [Subscription],
    /// What it has that may take a place which is paid for.
    pub taken: Taken,
    /// Where the account's months begin.
    pub zone: &'a TimeZone,
}

/// What changes would cost. Whoever reads it may say yes until [`Quote::expires_at`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// Who would pay.
    pub account: AccountId,
    /// The catalogue that it was made with.
    pub catalogue: CatalogueVersion,
    /// What was asked for.
    pub changes: Vec<Change>,
    /// What each part costs; their sum is `due_now`.
    pub lines: Vec<QuoteLine>,
    /// What is billed at once, in cents.
    pub due_now: Money,
    /// How much more each whole month costs afterwards; below zero where it costs less.
    pub monthly: Money,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it may be confirmed.
    pub expires_at: Timestamp,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// What is paid for.
    pub item: ItemId,
    /// Why.
    pub kind: LineKind,
    /// How many there are before; a subscription that changed meanwhile makes the quote stale.
    pub before: u32,
    /// How many there are afterwards.
    pub after: u32,
    /// What one costs.
    pub unit: Money,
    /// Days of the month that are paid for, and days that it has.
    pub days: Option<(u32, u32)>,
    /// What is billed at once, rounded half to even to what can be paid.
    pub amount: Money,
}

word_enum! {
    /// Why a line of a quote stands there.
    LineKind ("line of a quote") {
        /// The rest of this month.
        Month = "month",
        /// It holds from the end of the month on: nothing is billed now, nothing paid back.
        NextMonth = "next-month",
        /// Once.
        OneOff = "one-off",
    }
}

/// The proof that somebody who may has said yes to what a quote says. It can be carried out once.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Confirmed {
    quote: Quote,
    by: Identity,
    at: Timestamp,
    bought: Vec<Bought>,
    changed: Vec<Subscription>,
    /// Who sells and bills it.
    reseller: ResellerId,
}

/// A subscription that has no id yet.
#[derive(Debug, PartialEq, Eq)]
struct Bought {
    item: ItemId,
    user: Option<UserId>,
    number: Option<(E164, DidTarget)>,
    price: Price,
    quantity: u32,
}

/// The proof that an account pays for a number: nothing else hands one over to it. Only a confirmed quote makes one.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct SoldNumber {
    number: E164,
    target: DidTarget,
    account: AccountId,
}

/// What a confirmed quote makes of the account. Only [`Confirmed::carry_out`] makes one.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The quote that was confirmed; its lines are what is billed.
    pub quote: Quote,
    /// Who confirmed it.
    pub by: Identity,
    /// Subscriptions that are new.
    pub added: Vec<Subscription>,
    /// Subscriptions that have changed, as they are now.
    pub changed: Vec<Subscription>,
    /// Numbers that the account gets.
    pub numbers: Vec<SoldNumber>,
}

impl Quote {
    /// Says what changes would cost an account at `now`.
    ///
    /// # Errors
    /// [`QuoteError`].
    pub fn new(
        id: QuoteId,
        account: AccountId,
        changes: Vec<Change>,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Result<Self, QuoteError> {
        let mut tally = Tally::new(terms, now);
        let (mut seen, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        for change in &changes {
            if let Change::TakeNumber { number, .. } = change
                && !numbers.insert(number)
            {
                return Err(QuoteError::NumberTwice {
                    number: number.clone(),
                });
            }
            if let Change::Cancel { subscription } | Change::Resize { subscription, .. } = change
                && !seen.insert(subscription)
            {
                return Err(QuoteError::Twice {
                    subscription: subscription.clone(),
                });
            }
            tally.count(change)?;
        }
        terms.check_places(&changes, now)?;
        let Some(monthly) = tally.monthly else {
            return Err(QuoteError::Idle);
        };
        let due_now = Money::sum(tally.lines.iter().map(|line| line.amount), monthly.currency())?;
        let lifetime = now.checked_add(QUOTE_LIFETIME).unwrap_or(now);
        Ok(Self {
            id,
            account,
            catalogue: terms.catalogue.version(),
            changes,
            lines: tally.lines,
            due_now,
            monthly,
            made_at: now,
            expires_at: lifetime.min(month_end(now, terms.zone)),
        })
    }

    /// Says whether somebody with a right to that has to confirm it: it bills now or raises a month.
    pub fn costs(&self) -> bool {
        let is_more = |amount: Money| !amount.is_zero() && !amount.is_negative();
        is_more(self.due_now) || is_more(self.monthly)
    }

    /// Says yes to it.
    ///
    /// # Errors
    /// [`Stale`], wherever anything that it says has changed.
    pub fn confirm(
        self,
        right: &BillingRight,
        terms: &Terms<'_>,
        now: Timestamp,
    ) -> Result<Confirmed, Stale> {
        if *right.account() != self.account {
            return Err(Stale::AnotherAccount);
        }
        self.settle(right.who().clone(), terms, now)
    }

    /// Says yes to what costs nothing, for whoever may do the thing itself.
    ///
    /// # Errors
    /// [`Stale`]; [`Stale::Costs`] where it does cost.
    pub fn accept(self, grant: &Grant, terms: &Terms<'_>, now: Timestamp) -> Result<Confirmed, Stale> {
        if grant.account() != Some(&self.account) {
            return Err(Stale::AnotherAccount);
        }
        if self.costs() {
            return Err(Stale::Costs {
                due_now: self.due_now,
            });
        }
        self.settle(grant.who().clone(), terms, now)
    }

    fn settle(self, by: Identity, terms: &Terms<'_>, now: Timestamp) -> Result<Confirmed, Stale> {
        self.still_holds(terms, now)?;
        let (mut bought, mut changed) = (Vec::new(), Vec::new());
        for change in &self.changes {
            let (subscription, quantity) = match change {
                Change::Subscribe { item, quantity, user } => {
                    let price = terms.price(item)?;
                    bought.push(Bought {
                        item: item.clone(),
                        user: user.clone(),
                        number: None,
                        price,
                        quantity: *quantity,
                    });
                    continue;
                }
                Change::TakeNumber { number, target } => {
                    let (item, price) = terms.number_price()?;
                    bought.push(Bought {
                        item,
                        user: None,
                        number: Some((number.clone(), target.clone())),
                        price,
                        quantity: 1,
                    });
                    continue;
                }
                Change::Cancel { subscription } => (subscription, 0),
                Change::Resize {
                    subscription,
                    quantity,
                } => (subscription, *quantity),
            };
            changed.push(
                terms
                    .subscription(subscription, now)?
                    .resized(quantity, now, terms.zone),
            );
        }
        Ok(Confirmed {
            quote: self,
            by,
            at: now,
            bought,
            changed,
            reseller: terms.offer.reseller.clone(),
        })
    }

    /// Makes the quote once more from what holds now and compares.
    ///
    /// # Errors
    /// [`Stale`] where anything differs.
    pub fn still_holds(&self, terms: &Terms<'_>, now: Timestamp) -> Result<(), Stale> {
        if now < self.made_at || self.expires_at <= now {
            return Err(Stale::Expired {
                expires_at: self.expires_at,
            });
        }
        if terms.catalogue.version() != self.catalogue {
            return Err(Stale::Catalogue {
                quoted: self.catalogue,
                present: terms.catalogue.version(),
            });
        }
        let changes = self.changes.clone();
        // At the moment it was made: a day later the shares are others, and it was these that were read.
        let present = Self::new(
            self.id.clone(),
            self.account.clone(),
            changes,
            terms,
            self.made_at,
        )?;
        for (quoted, present) in self.lines.iter().zip(&present.lines) {
            let item = quoted.item.clone();
            if (quoted.before, quoted.after) != (present.before, present.after) || quoted.kind != present.kind
            {
                return Err(Stale::Quantity { item });
            }
            if quoted != present {
                return Err(Stale::Price { item });
            }
        }
        if *self == present {
            return Ok(());
        }
        // As many lines of one sort more or less, or a sum that nobody counted.
        let lines = self.lines.iter().chain(&present.lines);
        match lines.last() {
            Some(line) => Err(Stale::Price {
                item: line.item.clone(),
            }),
            None => Err(Stale::Gone(QuoteError::Idle)),
        }
    }
}

impl Confirmed {
    /// Gives the quote.
    pub fn quote(&self) -> &Quote {
        &self.quote
    }

    /// Makes the subscriptions; `mint` gives ids for new ones.
    pub fn carry_out(self, mut mint: impl FnMut() -> SubscriptionId) -> Outcome {
        let (mut added, mut numbers) = (Vec::new(), Vec::new());
        for bought in self.bought {
            let (number, target) = bought.number.unzip();
            numbers.extend(number.clone().zip(target).map(|(number, target)| SoldNumber {
                number,
                target,
                account: self.quote.account.clone(),
            }));
            added.push(Subscription {
                id: mint(),
                account: self.quote.account.clone(),
                reseller: self.reseller.clone(),
                user: bought.user,
                number,
                item: bought.item,
                catalogue: self.quote.catalogue,
                price: bought.price,
                quantity: bought.quantity,
                upcoming: None,
                started_at: self.at,
            });
        }
        Outcome {
            added,
            changed: self.changed,
            numbers,
            quote: self.quote,
            by: self.by,
        }
    }
}

impl SoldNumber {
    /// Gives the number.
    pub fn number(&self) -> &E164 {
        &self.number
    }

    /// Gives what will answer it.
    pub fn target(&self) -> &DidTarget {
        &self.target
    }

    /// Gives who pays for it.
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

impl Terms<'_> {
    fn price(&self, item: &ItemId) -> Result<Price, QuoteError> {
        // What a number costs is paid with a number only.
        let found = self
            .catalogue
            .item(item)
            .filter(|found| found.kind != ItemKind::Number);
        let price = found.and_then(|found| self.offer.price(found));
        price.ok_or_else(|| QuoteError::NotOffered { item: item.clone() })
    }

    /// Finds what a number costs. Where several items said so, whoever buys would choose the cheapest.
    fn number_price(&self) -> Result<(ItemId, Price), QuoteError> {
        let kind = self
            .catalogue
            .items()
            .filter(|item| item.kind == ItemKind::Number);
        let mut offered: Vec<_> = kind
            .filter_map(|item| Some((item.id.clone(), self.offer.price(item)?)))
            .collect();
        match (offered.pop(), offered.len()) {
            (Some(only), 0) => Ok(only),
            (None, _) => Err(QuoteError::NumberPrice { offered: 0 }),
            (Some(_), others) => Err(QuoteError::NumberPrice { offered: others + 1 }),
        }
    }

    fn subscription(&self, id: &SubscriptionId, now: Timestamp) -> Result<&Subscription, QuoteError> {
        let found = self
            .subscriptions
            .iter()
            .find(|subscription| subscription.id == *id);
        found
            .filter(|subscription| subscription.quantity_at(now) > 0)
            .ok_or_else(|| QuoteError::NoSubscription {
                subscription: id.clone(),
            })
    }
}
