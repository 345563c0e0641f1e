//! A route as a leg looks at it: the few numbers by which it is taken and put in order.

use super::{ClassSet, RouteRule};
use crate::{class::NumberClass, restriction::NumberMatch};

/// The place of a trunk in a [`RouteTable`](super::RouteTable)'s list of trunks. Two ways over one trunk are known by it
/// without a look at the trunk's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TrunkSlot(pub(super) u32);

impl TrunkSlot {
    /// Gives the place as an index.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A route without its names, in 24 bytes: a price list has a million, and a leg reads several. Its [`RouteRule`] lies
/// in a list of its own, at the same place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    /// [`UNPRICED`] where there is none.
    price_micros: i64,
    classes: ClassSet,
    pub(super) trunk: TrunkSlot,
    priority: u16,
    pub(super) weight: u16,
    shortest: u8,
    longest: u8,
}

/// Goes after every price.
const UNPRICED: i64 = i64::MAX;

impl Way {
    pub(super) fn new(rule: &RouteRule, trunk: TrunkSlot) -> Self {
        let (lengths, classes) = match &rule.matches {
            NumberMatch::Prefix(prefix) => (prefix.lengths(), rule.classes),
            NumberMatch::Class(named) => ((0, u8::MAX), rule.classes.with(*named)),
            NumberMatch::Code(_) | NumberMatch::Country(_) => ((0, u8::MAX), rule.classes),
        };
        Self {
            price_micros: rule.price_micros.unwrap_or(UNPRICED),
            classes,
            trunk,
            priority: rule.priority,
            weight: rule.weight,
            shortest: lengths.0,
            longest: lengths.1,
        }
    }

    /// Says whether it takes numbers of this class and length, where it is about such numbers.
    pub(super) fn takes(&self, class: NumberClass, digits: usize) -> bool {
        self.classes.contains(class)
            && (usize::from(self.shortest)..=usize::from(self.longest)).contains(&digits)
    }

    /// Says whether it takes every number of the other's that it is about, over the same trunk: then the other is never
    /// taken for one.
    pub(super) fn hides(&self, other: &Self) -> bool {
        self.trunk == other.trunk
            && self.classes.contains_all(other.classes)
            && self.shortest <= other.shortest
            && self.longest >= other.longest
    }

    /// What decides which is tried first, but for the weight.
    pub(super) fn rank(&self) -> (u16, i64) {
        (self.priority, self.price_micros)
    }

    /// Gives its price of a minute, if it has one.
    pub(super) fn price_micros(&self) -> Option<i64> {
        (self.price_micros != UNPRICED).then_some(self.price_micros)
    }
}
