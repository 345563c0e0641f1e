//! Routes by prefix that lie together, found by the digits of a number.

use super::{RouteRule, trunks::Trunks, way::Way};
use crate::{
    prefix::{Prefix, PrefixMap},
    restriction::NumberMatch,
};

/// Routes by prefix. The most exact for a number is found with one search; from there each list leads to the next less
/// exact one that could still be taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// By prefix, those of one prefix by id.
    rules: Box<[RouteRule]>,
    /// The same, as legs look at them.
    ways: Box<[Way]>,
    lists: PrefixMap<List>,
}

/// The routes of one prefix.
#[derive(Debug, Clone, Copy)]
struct List {
    first: u32,
    count: u32,
    /// The list of the next shorter prefix that is not hidden by this one and those between; none is [`ListAt::NONE`].
    next: ListAt,
}

/// Where a [`List`] lies, or nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ListAt(u32);

impl ListAt {
    /// No list.
    const NONE: Self = Self(0);

    fn of(index: usize) -> Self {
        Self(u32::try_from(index + 1).expect("fewer than 2^32 prefixes fit in memory"))
    }

    fn index(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

impl Part {
    /// Indexes routes by prefix; others are left out.
    pub(super) fn new(rules: Vec<RouteRule>, trunks: &Trunks) -> Self {
        let mut rules: Vec<(Prefix, RouteRule)> = rules
            .into_iter()
            .filter_map(|rule| match &rule.matches {
                NumberMatch::Prefix(matches) => Some((matches.prefix().clone(), rule)),
                _ => None,
            })
            .collect();
        rules.sort_by(|(a, rule), (b, other)| a.cmp(b).then_with(|| rule.id.cmp(&other.id)));
        let ways: Box<[Way]> = rules.iter().map(|(_, rule)| trunks.way(rule)).collect();
        let mut lists: Vec<(Prefix, List)> = Vec::with_capacity(rules.len());
        for (at, (prefix, _)) in (0..).zip(&rules) {
            match lists.last_mut() {
                Some((last, list)) if last == prefix => list.count += 1,
                _ => lists.push((
                    prefix.clone(),
                    List {
                        first: at,
                        count: 1,
                        next: ListAt::NONE,
                    },
                )),
            }
        }
        chain(&mut lists, &ways);
        Self {
            rules: rules.into_iter().map(|(_, rule)| rule).collect(),
            ways,
            lists: PrefixMap::new(lists),
        }
    }

    pub(super) fn rules(&self) -> &[RouteRule] {
        &self.rules
    }

    /// Finds the list of the longest prefix of these digits.
    pub(super) fn longest(&self, digits: &str) -> ListAt {
        self.lists.longest_index(digits).map_or(ListAt::NONE, ListAt::of)
    }

    /// Walks the routes from a list on, the most exact first.
    pub(super) fn from(&self, list: ListAt) -> impl Iterator<Item = (&Way, &RouteRule)> {
        let lists = self.lists.values();
        let lists = std::iter::successors(list.index().map(|at| lists[at]), |list| {
            list.next.index().map(|at| lists[at])
        });
        lists.flat_map(|List { first, count, .. }| {
            let these = first as usize..(first + count) as usize;
            self.ways[these.clone()].iter().zip(&self.rules[these])
        })
    }
}

/// Leads from each list to the next one that could still be taken.
fn chain(lists: &mut [(Prefix, List)], ways: &[Way]) {
    let of = |list: List| &ways[list.first as usize..(list.first + list.count) as usize];
    // The lists of the prefixes that the last one begins with, shortest first.
    let mut above: Vec<usize> = Vec::new();
    for at in 0..lists.len() {
        let (prefix, list) = &lists[at];
        while above
            .last()
            .is_some_and(|last| !lists[*last].0.begins(prefix.as_str()))
        {
            above.pop();
        }
        let mut nearer: Vec<&Way> = of(*list).iter().collect();
        let next = above.iter().rev().find(|shorter| {
            let others = of(lists[**shorter].1);
            let open = others
                .iter()
                .any(|other| !nearer.iter().any(|way| way.hides(other)));
            nearer.extend(others);
            open
        });
        lists[at].1.next = next.map_or(ListAt::NONE, |shorter| ListAt::of(*shorter));
        above.push(at);
    }
}
