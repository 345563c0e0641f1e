//! Routes by prefix that lie together, found by the digits of a number.

use std::ops::Range;

use super::{Candidates, RouteRule, candidates::Wanted, trunks::Trunks, way::Way};
use crate::{
    prefix::{Prefix, PrefixMap},
    restriction::NumberMatch,
};

/// Routes by prefix. The most exact for a number is found with one search; from there each list leads to the next less
/// exact one that could still be taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// By prefix, those of one prefix by id; at the end those that are never taken, for others of their prefix hide them.
    rules: Box<[RouteRule]>,
    /// Those that may be taken, as legs look at them.
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
        let mut part = Unfinished::default();
        for (prefix, rule) in rules {
            let way = trunks.way(&rule);
            part.add(prefix, rule, way);
        }
        part.chain();
        part.rules.append(&mut part.hidden);
        Self {
            rules: part.rules.into(),
            ways: part.ways.into(),
            lists: PrefixMap::new(part.lists),
        }
    }

    pub(super) fn rules(&self) -> &[RouteRule] {
        &self.rules
    }

    /// Finds the list of the longest prefix of these digits.
    pub(super) fn longest(&self, digits: &str) -> ListAt {
        self.lists.longest_index(digits).map_or(ListAt::NONE, ListAt::of)
    }

    /// Offers the routes from a list on, the most exact first; says whether there is no trunk left to look for.
    pub(super) fn offer<'a>(
        &'a self,
        list: ListAt,
        candidates: &mut Candidates<'a>,
        wanted: Wanted<'_>,
    ) -> bool {
        let mut next = list;
        while let Some(at) = next.index() {
            let list = self.lists.values()[at];
            if candidates.take(&self.ways[list.range()], &self.rules[list.range()], wanted) {
                return true;
            }
            next = list.next;
        }
        false
    }
}

impl List {
    fn range(self) -> Range<usize> {
        self.first as usize..(self.first + self.count) as usize
    }
}

/// A [`Part`] while routes are added, by prefix and by id.
#[derive(Default)]
struct Unfinished {
    rules: Vec<RouteRule>,
    ways: Vec<Way>,
    hidden: Vec<RouteRule>,
    lists: Vec<(Prefix, List)>,
}

impl Unfinished {
    fn add(&mut self, prefix: Prefix, rule: RouteRule, way: Way) {
        match self.lists.last_mut() {
            Some((last, list)) if *last == prefix => {
                if self.ways[list.range()].iter().any(|known| known.hides(&way)) {
                    self.hidden.push(rule);
                    return;
                }
                list.count += 1;
            }
            _ => {
                let first = u32::try_from(self.ways.len()).expect("fewer than 2^32 routes fit in memory");
                let list = List {
                    first,
                    count: 1,
                    next: ListAt::NONE,
                };
                self.lists.push((prefix, list));
            }
        }
        self.rules.push(rule);
        self.ways.push(way);
    }

    /// Leads from each list to the next one that could still be taken.
    fn chain(&mut self) {
        // The lists of the prefixes that the last one begins with, shortest first.
        let mut above: Vec<usize> = Vec::new();
        for at in 0..self.lists.len() {
            let (prefix, list) = &self.lists[at];
            while above
                .last()
                .is_some_and(|last| !self.lists[*last].0.begins(prefix.as_str()))
            {
                above.pop();
            }
            let mut nearer: Vec<&Way> = self.ways[list.range()].iter().collect();
            let next = above.iter().rev().find(|shorter| {
                let others = &self.ways[self.lists[**shorter].1.range()];
                let open = others
                    .iter()
                    .any(|other| !nearer.iter().any(|way| way.hides(other)));
                nearer.extend(others);
                open
            });
            let next = next.map_or(ListAt::NONE, |shorter| ListAt::of(*shorter));
            self.lists[at].1.next = next;
            above.push(at);
        }
    }
}
