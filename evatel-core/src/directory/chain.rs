//! What owners above a leg say of it: their rules and limits, found without a search.

use std::sync::Arc;

use crate::{
    class::{ClassSet, NumberClass},
    limit::Limits,
    restriction::RuleSet,
};

/// What one owner says.
#[derive(Debug, Clone, Default)]
pub struct Said {
    rules: Option<Arc<RuleSet>>,
    pub(super) limits: Option<Arc<Limits>>,
    /// The classes of the numbers that his rules may be about: who calls another need not look at them.
    about: ClassSet,
}

impl Said {
    /// Gives his restrictions.
    pub fn rules(&self) -> Option<&RuleSet> {
        self.rules.as_deref()
    }

    /// Gives his limits.
    pub fn limits(&self) -> Option<&Limits> {
        self.limits.as_deref()
    }

    pub(super) fn set_rules(&mut self, rules: Option<RuleSet>) {
        self.about = rules.as_ref().map_or_else(ClassSet::default, RuleSet::classes);
        self.rules = rules.map(Arc::new);
    }
}

/// The owners above one leg, from the system down; who is not there is left out.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a> {
    said: [Option<&'a Said>; OWNERS],
    /// The classes of the numbers that any rule may be about.
    about: ClassSet,
    has_limits: bool,
}

/// System, reseller, account, user, device.
const OWNERS: usize = 5;

impl<'a> Chain<'a> {
    pub(super) fn new(said: [Option<&'a Said>; OWNERS]) -> Self {
        let (mut about, mut has_limits) = (ClassSet::default(), false);
        for said in said.iter().flatten() {
            about = about.and(said.about);
            has_limits |= said.limits.is_some();
        }
        Self {
            said,
            about,
            has_limits,
        }
    }

    /// Walks the restrictions of each owner.
    pub fn rules(self) -> impl Iterator<Item = &'a RuleSet> {
        self.said.into_iter().flatten().filter_map(Said::rules)
    }

    /// Says whether any rule may be about a number of this class.
    pub(crate) fn speaks_of(self, class: NumberClass) -> bool {
        self.about.contains(class)
    }

    /// Walks the restrictions of each owner, but for those none of which is about a number of this class.
    pub(crate) fn rules_about(self, class: NumberClass) -> impl Iterator<Item = &'a RuleSet> {
        let said = self.said.into_iter().flatten();
        said.filter(move |said| said.about.contains(class))
            .filter_map(Said::rules)
    }

    /// Walks the limits of each owner.
    pub fn limits(self) -> impl Iterator<Item = &'a Limits> {
        let owners = if self.has_limits { OWNERS } else { 0 };
        let said = self.said.into_iter().take(owners).flatten();
        said.filter_map(Said::limits)
    }
}
