//! The rules of one owner, found by number.

use std::collections::BTreeMap;

use super::{Called, NumberMatch, Restriction};
use crate::{
    class::ClassSet,
    prefix::{Prefix, PrefixMap},
};

/// The rules of one owner. Those by prefix are found by the number's digits, whatever their count; the others are few.
#[derive(Debug, Clone)]
pub struct RuleSet {
    others: Vec<Restriction>,
    by_prefix: PrefixMap<Vec<Restriction>>,
}

impl RuleSet {
    /// Indexes rules of one owner.
    pub fn new(rules: impl IntoIterator<Item = Restriction>) -> Self {
        let mut others = Vec::new();
        let mut by_prefix: BTreeMap<Prefix, Vec<Restriction>> = BTreeMap::new();
        for rule in rules {
            match &rule.matches {
                NumberMatch::Prefix(matches) => {
                    by_prefix.entry(matches.prefix().clone()).or_default().push(rule);
                }
                _ => others.push(rule),
            }
        }
        others.sort_by(|a, b| a.id.cmp(&b.id));
        by_prefix
            .values_mut()
            .for_each(|rules| rules.sort_by(|a, b| a.id.cmp(&b.id)));
        Self {
            others,
            by_prefix: PrefixMap::new(by_prefix),
        }
    }

    /// Lists the rules about this number, whatever the time; those by class first, then by growing prefix.
    pub fn about<'a>(&'a self, called: Called<'a>) -> impl Iterator<Item = &'a Restriction> + 'a {
        let by_prefix = self.by_prefix.all(called.digits).flatten();
        self.others
            .iter()
            .chain(by_prefix)
            .filter(move |rule| rule.matches.covers(called))
    }

    /// Gives the classes of the numbers that any rule may be about.
    pub(crate) fn classes(&self) -> ClassSet {
        let all = self.all().map(|rule| rule.matches.classes());
        all.fold(ClassSet::default(), ClassSet::and)
    }

    /// Lists all rules.
    pub fn all(&self) -> impl Iterator<Item = &Restriction> {
        self.others.iter().chain(self.by_prefix.values().iter().flatten())
    }
}
