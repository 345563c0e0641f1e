//! What owners above a leg say of it: their rules and limits, found without a search.

use std::sync::Arc;

use crate::{limit::Limits, restriction::RuleSet};

/// What one owner says.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// His restrictions.
    pub rules: Option<Arc<RuleSet>>,
    /// His limits.
    pub limits: Option<Arc<Limits>>,
}

/// The owners above one leg, from the system down; who is not there is left out.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a>(pub(super) [Option<&'a Said>; 5]);

impl<'a> Chain<'a> {
    /// Walks the restrictions of each owner.
    pub fn rules(self) -> impl Iterator<Item = &'a RuleSet> {
        self.0
            .into_iter()
            .flatten()
            .filter_map(|said| said.rules.as_deref())
    }

    /// Walks the limits of each owner.
    pub fn limits(self) -> impl Iterator<Item = &'a Limits> {
        self.0
            .into_iter()
            .flatten()
            .filter_map(|said| said.limits.as_deref())
    }
}
