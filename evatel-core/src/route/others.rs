//! Routes by class, country or service code.

use std::{cmp::Reverse, ops::Range};

use super::{Candidates, RouteRule, candidates::Wanted, trunks::Trunks, way::Way};
use crate::{
    class::NumberClass,
    country::Country,
    restriction::{Called, NumberMatch},
};

/// Routes that name no first digits. Those about the same numbers lie side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Others {
    rules: Box<[RouteRule]>,
    /// The same, as legs look at them.
    ways: Box<[Way]>,
    classes: [Range<usize>; NumberClass::ALL.len()],
    codes: Vec<(u16, Range<usize>)>,
    /// By country.
    countries: Vec<(Country, Range<usize>)>,
}

impl Others {
    /// Indexes routes; those by prefix are left out.
    pub(super) fn new(mut rules: Vec<RouteRule>, trunks: &Trunks) -> Self {
        rules.sort_by_cached_key(|rule| {
            let exactness = Reverse(rule.matches.fixed_digits());
            (exactness, rule.matches.to_string(), rule.id.clone())
        });
        let mut others = Self {
            ways: rules.iter().map(|rule| trunks.way(rule)).collect(),
            ..Self::default()
        };
        let mut begin = 0;
        for same in rules.chunk_by(|a, b| a.matches == b.matches) {
            let range = begin..begin + same.len();
            begin = range.end;
            match &same[0].matches {
                NumberMatch::Class(class) => others.classes[*class as usize] = range,
                NumberMatch::Code(code) => others.codes.push((*code, range)),
                NumberMatch::Country(country) => others.countries.push((*country, range)),
                NumberMatch::Prefix(_) => {}
            }
        }
        others.rules = rules.into();
        others
    }

    pub(super) fn rules(&self) -> &[RouteRule] {
        &self.rules
    }

    /// Offers the routes about a number, the most exact first.
    pub(super) fn offer<'a>(&'a self, candidates: &mut Candidates<'a>, wanted: Wanted<'_>) {
        let class = &self.classes[wanted.called.numbering.class as usize];
        for range in [self.exact(wanted.called), Some(class)].into_iter().flatten() {
            if candidates.take(&self.ways[range.clone()], &self.rules[range.clone()], wanted) {
                return;
            }
        }
    }

    /// Finds the routes by service code or by country.
    fn exact(&self, called: Called<'_>) -> Option<&Range<usize>> {
        if called.is_code() {
            let code: u16 = called.digits.parse().ok()?;
            return self
                .codes
                .iter()
                .find(|(known, _)| *known == code)
                .map(|(_, range)| range);
        }
        let country = called.numbering.country?;
        let at = self
            .countries
            .binary_search_by_key(&country, |(known, _)| *known)
            .ok()?;
        Some(&self.countries[at].1)
    }
}
