//! The routes for one leg, in the order in which they are tried.

use std::cmp::Reverse;

use smallvec::SmallVec;

use super::RouteRule;
use crate::id::TrunkId;

/// Most trunks that are tried for one leg.
pub const MAX_CANDIDATES: usize = 4;

/// The routes for one leg, best first, at most [`MAX_CANDIDATES`].
#[derive(Debug, Default)]
pub struct Candidates<'a> {
    rules: SmallVec<[&'a RouteRule; MAX_CANDIDATES]>,
}

impl<'a> Candidates<'a> {
    /// Takes the first rule of each trunk, best first; walks no further once `most` trunks were found.
    ///
    /// `draw` spreads legs over equally good ones by their weights.
    pub(super) fn choose(rules: impl Iterator<Item = &'a RouteRule>, most: usize, draw: u64) -> Self {
        let mut chosen = Self::default();
        for rule in rules {
            if chosen.rules.iter().all(|known| known.trunk != rule.trunk) {
                chosen.rules.push(rule);
                if chosen.rules.len() >= most {
                    break;
                }
            }
        }
        chosen.rules.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        chosen.rules.truncate(MAX_CANDIDATES);
        chosen.spread(draw);
        chosen
    }

    /// Walks them, best first.
    pub fn iter(&self) -> impl Iterator<Item = &'a RouteRule> + '_ {
        self.rules.iter().copied()
    }

    /// Puts one of the equally good first, by weight.
    fn spread(&mut self, draw: u64) {
        let Some(best) = self.rules.first() else { return };
        let equal =
            |rule: &RouteRule| (rule.priority, rule.price_micros) == (best.priority, best.price_micros);
        let weights = || {
            self.iter()
                .take_while(|rule| equal(rule))
                .map(|rule| u64::from(rule.weight))
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
            self.rules[..=drawn].rotate_right(1);
        }
    }
}

fn order(rule: &RouteRule) -> (u16, i64, Reverse<u16>, &TrunkId) {
    (
        rule.priority,
        rule.price_micros.unwrap_or(i64::MAX),
        Reverse(rule.weight),
        &rule.trunk,
    )
}
