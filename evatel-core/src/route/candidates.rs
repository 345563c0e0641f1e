//! The routes for one leg, in the order in which they are tried.

use smallvec::SmallVec;

use super::{
    RouteRule,
    way::{TrunkSlot, Way},
};
use crate::restriction::Called;

/// Most trunks that are tried for one leg.
pub const MAX_CANDIDATES: usize = 4;

/// The routes for one leg, best first, at most [`MAX_CANDIDATES`].
#[derive(Debug, Default)]
pub struct Candidates<'a> {
    chosen: SmallVec<[(Way, &'a RouteRule); MAX_CANDIDATES]>,
}

impl<'a> Candidates<'a> {
    /// Walks them, best first.
    pub fn iter(&self) -> impl Iterator<Item = &'a RouteRule> + '_ {
        self.chosen.iter().map(|(_, rule)| *rule)
    }

    /// Walks where they lead to, with the price of a minute, best first. Reads nothing of the rules themselves.
    pub(crate) fn ways(&self) -> impl Iterator<Item = (TrunkSlot, Option<i64>)> + '_ {
        self.chosen.iter().map(|(way, _)| (way.trunk, way.price_micros()))
    }

    /// Takes the first route of each trunk that takes the number; says whether there is none left to look for.
    pub(super) fn take(&mut self, ways: &[Way], rules: &'a [RouteRule], wanted: Wanted<'_>) -> bool {
        let class = wanted.called.numbering.class;
        let digits = wanted.called.digits.len();
        for (way, rule) in ways.iter().zip(rules) {
            let other = wanted.only.is_some_and(|only| only != way.trunk);
            let known = |(known, _): &(Way, _)| known.trunk == way.trunk;
            if other || !way.takes(class, digits) || self.chosen.iter().any(known) {
                continue;
            }
            self.chosen.push((*way, rule));
            if self.chosen.len() >= wanted.most {
                return true;
            }
        }
        false
    }

    /// Puts them in order. `draw` spreads legs over equally good ones by their weights.
    pub(super) fn put_in_order(&mut self, draw: u64) {
        self.chosen.sort_unstable_by(|(a, rule), (b, other)| {
            let by_rank = a.rank().cmp(&b.rank()).then_with(|| b.weight.cmp(&a.weight));
            by_rank.then_with(|| rule.trunk.cmp(&other.trunk))
        });
        self.chosen.truncate(MAX_CANDIDATES);
        self.spread(draw);
    }

    /// Puts one of the equally good first, by weight.
    fn spread(&mut self, draw: u64) {
        let [(best, _), others @ ..] = self.chosen.as_slice() else {
            return;
        };
        let equal = |way: &Way| way.rank() == best.rank();
        if !others.first().is_some_and(|(second, _)| equal(second)) {
            return;
        }
        let weights = || {
            let equals = self.chosen.iter().take_while(|(way, _)| equal(way));
            equals.map(|(way, _)| u64::from(way.weight))
        };
        let total: u64 = weights().sum();
        if total == 0 {
            return;
        }
        let mut left = draw % total;
        let drawn = weights().position(|weight| {
            let here = left < weight;
            left = left.saturating_sub(weight);
            here
        });
        if let Some(drawn) = drawn {
            self.chosen[..=drawn].rotate_right(1);
        }
    }
}

/// What routes are looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) called: Called<'a>,
    /// The only trunk that may be taken.
    pub(super) only: Option<TrunkSlot>,
    /// So many trunks are enough: there are no more.
    pub(super) most: usize,
}
