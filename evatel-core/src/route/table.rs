//! All routes, found by number; a copy that changes a few shares the others.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    Candidates, RouteRule,
    candidates::Wanted,
    others::Others,
    part::{ListAt, Part},
    trunks::Trunks,
    way::TrunkSlot,
};
use crate::{
    id::{RouteId, TrunkId},
    restriction::{Called, NumberMatch},
};

/// All routes, found by number. Cheap to clone.
///
/// A price list has up to a million prefixes, too many to index anew for each change: they lie in parts by their first
/// 4 digits, and a change makes anew the parts that it touches.
#[derive(Debug, Clone)]
pub struct RouteTable {
    /// By class, country or service code.
    others: Arc<Others>,
    /// By fewer digits than [`HEAD_DIGITS`].
    short: Arc<Part>,
    /// At the place that the first digits are the number of.
    heads: Arc<[Head]>,
    trunks: Arc<Trunks>,
}

/// What there is by prefix for numbers with the same first digits.
#[derive(Debug, Clone, Default)]
struct Head {
    /// By more digits than these, or just these.
    long: Option<Arc<Part>>,
    /// Where the shorter prefixes of these digits begin.
    short: ListAt,
}

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
            short: Arc::default(),
            heads: vec![Head::default(); HEADS].into(),
            trunks: Arc::default(),
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
        self.trunks.len() == 0
    }

    /// Walks all routes.
    pub fn iter(&self) -> impl Iterator<Item = &RouteRule> {
        let long = (0..HEADS).map(Place::Long);
        let places = [Place::Others, Place::Short].into_iter().chain(long);
        places.flat_map(|place| self.rules(place))
    }

    /// Lists the trunks that routes lead to by their [`TrunkSlot`]s, with gaps.
    pub(crate) fn trunks(&self) -> &[Option<TrunkId>] {
        self.trunks.slots()
    }

    /// Finds the routes for a number, at most [`MAX_CANDIDATES`](super::MAX_CANDIDATES), in the order in which they are to
    /// be tried; each takes the number's class.
    ///
    /// Of one trunk, the route that names the number most exactly stands for it. `draw` is any number that differs from
    /// leg to leg; it spreads legs over routes of equal priority and price by their weights.
    pub fn candidates<'a>(&'a self, called: Called<'_>, draw: u64, only: Option<&TrunkId>) -> Candidates<'a> {
        let mut candidates = Candidates::default();
        let only = only.map(|only| self.trunks.slot(only));
        if only == Some(None) {
            return candidates;
        }
        let only: Option<TrunkSlot> = only.flatten();
        let most = if only.is_some() { 1 } else { self.trunks.len() };
        let wanted = Wanted { called, only, most };
        self.offer(&mut candidates, wanted);
        candidates.put_in_order(draw);
        candidates
    }

    /// Offers the routes about a number, the most exact first, until there is no trunk left to look for.
    fn offer<'a>(&'a self, candidates: &mut Candidates<'a>, wanted: Wanted<'_>) {
        let digits = wanted.called.digits;
        if !wanted.called.is_code() {
            let short = match head(digits) {
                None => self.short.longest(digits),
                Some(head) => {
                    let Head { long, short } = &self.heads[head];
                    if let Some(part) = long
                        && part.offer(part.longest(digits), candidates, wanted)
                    {
                        return;
                    }
                    *short
                }
            };
            if self.short.offer(short, candidates, wanted) {
                return;
            }
        }
        self.others.offer(candidates, wanted);
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
                let others = self.rules(place).iter().filter(|rule| !named.contains(&rule.id));
                touched.insert(place, others.cloned().collect());
            }
        }
        for rule in present {
            let place = Place::of(&rule.matches);
            let rules = touched.entry(place).or_insert_with(|| self.rules(place).to_vec());
            rules.push(rule);
        }
        for (place, rules) in touched {
            self.replace(place, rules);
        }
    }

    /// Finds where routes lie: they are known by id only, so all are looked at.
    fn places_of(&self, named: &HashSet<&RouteId>) -> Vec<Place> {
        let holds = |rules: &[RouteRule]| rules.iter().any(|rule| named.contains(&rule.id));
        let long = (0..HEADS).map(Place::Long);
        let places = [Place::Others, Place::Short].into_iter().chain(long);
        places.filter(|place| holds(self.rules(*place))).collect()
    }

    fn rules(&self, place: Place) -> &[RouteRule] {
        match place {
            Place::Others => self.others.rules(),
            Place::Short => self.short.rules(),
            Place::Long(head) => self.heads[head].long.as_deref().map_or(&[], Part::rules),
        }
    }

    fn replace(&mut self, place: Place, rules: Vec<RouteRule>) {
        let mut trunks = std::mem::take(&mut self.trunks);
        let counts = Arc::make_mut(&mut trunks);
        // In before out: a trunk that goes on keeps its place.
        rules.iter().for_each(|rule| counts.count_in(&rule.trunk));
        let former = self.rules(place).iter();
        former.for_each(|rule| counts.count_out(&rule.trunk));
        match place {
            Place::Others => self.others = Arc::new(Others::new(rules, &trunks)),
            Place::Short => {
                self.short = Arc::new(Part::new(rules, &trunks));
                for (number, head) in Arc::make_mut(&mut self.heads).iter_mut().enumerate() {
                    head.short = self.short.longest(&format!("{number:0HEAD_DIGITS$}"));
                }
            }
            Place::Long(head) => {
                let part = (!rules.is_empty()).then(|| Arc::new(Part::new(rules, &trunks)));
                Arc::make_mut(&mut self.heads)[head].long = part;
            }
        }
        self.trunks = trunks;
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
/// So many numbers have so many digits.
const HEADS: usize = 10_usize.pow(HEAD_DIGITS as u32);
