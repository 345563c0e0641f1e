//! All routes, found by number; a copy that changes a few shares the others.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use arrayvec::ArrayVec;
use smallvec::SmallVec;

use super::{Candidates, RouteRule};
use crate::{
    id::{RouteId, TrunkId},
    prefix::{MAX_PREFIX_DIGITS, Prefix, PrefixMap},
    restriction::{Called, NumberMatch},
};

/// All routes, found by number. Cheap to clone.
///
/// A price list has up to a million prefixes, too many to index anew for each change: they lie in parts by their first
/// 4 digits, and a change makes anew the parts that it touches.
#[derive(Debug, Clone)]
pub struct RouteTable {
    /// By class, country or service code; the most exact first.
    others: Arc<[RouteRule]>,
    /// By fewer digits than [`HEAD_DIGITS`].
    short: Arc<Part>,
    /// By more: at the place that the first digits are the number of.
    long: Arc<[Option<Arc<Part>>]>,
    /// The trunks with how many routes lead to each.
    trunks: BTreeMap<TrunkId, usize>,
}

/// Routes by prefix; those of one prefix by id. Most prefixes have one.
type Part = PrefixMap<SmallVec<[RouteRule; 1]>>;

/// Where a route lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Others,
    Short,
    Long(usize),
}

impl Default for RouteTable {
    fn default() -> Self {
        Self {
            others: Arc::default(),
            short: Arc::new(PrefixMap::new([])),
            long: vec![None; 10_usize.pow(HEAD_DIGITS as u32)].into(),
            trunks: BTreeMap::new(),
        }
    }
}

impl RouteTable {
    /// Indexes routes; a price list of a million prefixes is fine.
    pub fn new(rules: impl IntoIterator<Item = RouteRule>) -> Self {
        let mut table = Self::default();
        table.change(rules.into_iter().collect(), &[]);
        table
    }

    /// Says whether there is no route at all.
    pub fn is_empty(&self) -> bool {
        self.trunks.is_empty()
    }

    /// Walks all routes.
    pub fn iter(&self) -> impl Iterator<Item = &RouteRule> {
        let long = (0..self.long.len()).map(Place::Long);
        let places = [Place::Others, Place::Short].into_iter().chain(long);
        places.flat_map(|place| self.rules(place))
    }

    /// Finds the routes for a number, at most [`MAX_CANDIDATES`](super::MAX_CANDIDATES), in the order in which they are to
    /// be tried; each takes the number's class.
    ///
    /// Of one trunk, the route that names the number most exactly stands for it. `draw` is any number that differs from
    /// leg to leg; it spreads legs over routes of equal priority and price by their weights.
    pub fn candidates<'a>(&'a self, called: Called<'a>, draw: u64, only: Option<&TrunkId>) -> Candidates<'a> {
        let long = head(called.digits).and_then(|head| self.long[head].as_deref());
        let short = self.short.all(called.digits);
        let by_prefix: ArrayVec<_, { MAX_PREFIX_DIGITS + HEAD_DIGITS }> = short
            .chain(long.into_iter().flat_map(|part| part.all(called.digits)))
            .collect();
        let by_prefix = by_prefix.into_iter().rev().flatten();
        let taken = by_prefix
            .chain(self.others.iter())
            .filter(|rule| rule.takes(called) && only.is_none_or(|only| rule.trunk == *only));
        let most = if only.is_some() { 1 } else { self.trunks.len() };
        Candidates::choose(taken, most, draw)
    }

    /// Puts routes in and takes others out, by their ids.
    pub(crate) fn change(&mut self, present: Vec<RouteRule>, gone: &[RouteId]) {
        if present.is_empty() && gone.is_empty() {
            return;
        }
        let mut touched: BTreeMap<Place, Vec<RouteRule>> = BTreeMap::new();
        if !self.is_empty() {
            let named: HashSet<&RouteId> = present.iter().map(|rule| &rule.id).chain(gone).collect();
            for place in self.places_of(&named) {
                let others = self.rules(place).filter(|rule| !named.contains(&rule.id));
                touched.insert(place, others.cloned().collect());
            }
        }
        for rule in present {
            let place = Place::of(&rule.matches);
            let rules = touched
                .entry(place)
                .or_insert_with(|| self.rules(place).cloned().collect());
            rules.push(rule);
        }
        for (place, rules) in touched {
            self.replace(place, rules);
        }
    }

    /// Finds where routes lie: they are known by id only, so all are looked at.
    fn places_of(&self, named: &HashSet<&RouteId>) -> Vec<Place> {
        let holds = |part: &Part| {
            part.values()
                .iter()
                .flatten()
                .any(|rule| named.contains(&rule.id))
        };
        let others = self.others.iter().any(|rule| named.contains(&rule.id));
        let long = self.long.iter().enumerate();
        let long = long.filter(|(_, part)| part.as_deref().is_some_and(holds));
        let mut places: Vec<Place> = long.map(|(head, _)| Place::Long(head)).collect();
        places.extend(others.then_some(Place::Others));
        places.extend(holds(&self.short).then_some(Place::Short));
        places
    }

    fn rules(&self, place: Place) -> impl Iterator<Item = &RouteRule> {
        let (others, part): (&[RouteRule], Option<&Part>) = match place {
            Place::Others => (&self.others, None),
            Place::Short => (&[], Some(&self.short)),
            Place::Long(head) => (&[], self.long[head].as_deref()),
        };
        let by_prefix = part.into_iter().flat_map(|part| part.values().iter().flatten());
        others.iter().chain(by_prefix)
    }

    fn replace(&mut self, place: Place, mut rules: Vec<RouteRule>) {
        let mut trunks = std::mem::take(&mut self.trunks);
        for rule in self.rules(place) {
            if let Some(count) = trunks.get_mut(&rule.trunk) {
                *count -= 1;
            }
        }
        for rule in &rules {
            *trunks.entry(rule.trunk.clone()).or_default() += 1;
        }
        trunks.retain(|_, count| *count > 0);
        self.trunks = trunks;
        match place {
            Place::Others => {
                rules.sort_by(|a, b| {
                    let exactness = |rule: &RouteRule| Reverse(rule.matches.fixed_digits());
                    exactness(a).cmp(&exactness(b)).then_with(|| a.id.cmp(&b.id))
                });
                self.others = rules.into();
            }
            Place::Short => self.short = Arc::new(part(rules)),
            Place::Long(head) => {
                let part = (!rules.is_empty()).then(|| Arc::new(part(rules)));
                Arc::make_mut(&mut self.long)[head] = part;
            }
        }
    }
}

impl Place {
    fn of(matches: &NumberMatch) -> Self {
        match matches {
            NumberMatch::Prefix(matches) => head(matches.prefix().as_str()).map_or(Self::Short, Self::Long),
            _ => Self::Others,
        }
    }
}

/// Indexes routes by prefix only.
fn part(rules: Vec<RouteRule>) -> Part {
    let mut by_prefix: Vec<(Prefix, SmallVec<[RouteRule; 1]>)> = Vec::with_capacity(rules.len());
    let mut rules: Vec<(Prefix, RouteRule)> = rules
        .into_iter()
        .filter_map(|rule| Some((prefix_of(&rule)?, rule)))
        .collect();
    rules.sort_by(|(a, rule), (b, other)| a.cmp(b).then_with(|| rule.id.cmp(&other.id)));
    for (prefix, rule) in rules {
        match by_prefix.last_mut() {
            Some((last, same)) if *last == prefix => same.push(rule),
            _ => by_prefix.push((prefix, SmallVec::from_elem(rule, 1))),
        }
    }
    PrefixMap::new(by_prefix)
}

fn prefix_of(rule: &RouteRule) -> Option<Prefix> {
    match &rule.matches {
        NumberMatch::Prefix(matches) => Some(matches.prefix().clone()),
        _ => None,
    }
}

/// Reads the first digits as a number; none where there are fewer. What is no digit ends them.
fn head(digits: &str) -> Option<usize> {
    let first = digits.as_bytes().get(..HEAD_DIGITS)?;
    first.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + usize::from(digit - b'0'))
    })
}

/// Digits by which a price list is cut into parts. The longest lists name North American exchanges, 800 to an area of
/// four digits with its country code.
const HEAD_DIGITS: usize = 4;
