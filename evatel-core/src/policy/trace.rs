//! Every rule that was tried, for people and for tests.

use serde::Serialize;

use super::{LegPlan, Refusal};
use crate::word::word_enum;

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The rule, as the call log would name it.
    pub rule: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What is worth knowing: the name of a restriction, the class, the trunk.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
}

word_enum! {
    /// What came of a rule.
    Outcome ("outcome") {
        /// It decided.
        Decided = "decided",
        /// It is about other numbers.
        OtherNumbers = "other-numbers",
        /// It holds at other times.
        OtherTime = "other-time",
        /// An exception goes before it.
        Overruled = "overruled",
        /// It had nothing against the leg, or did not decide.
        Passed = "passed",
        /// It is a way out for the leg.
        Way = "way",
    }
}

/// A decision with how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What [`super::authorize_leg`] says.
    pub decision: Result<LegPlan, Refusal>,
    /// Every rule that was tried, in order; the last one that decided is the decision's own.
    pub trace: Vec<Step>,
}

/// Who wants to know; nobody costs nothing.
pub(super) trait Witness {
    /// Says whether every rule should be told, not only what is needed to decide.
    const CURIOUS: bool;

    fn note(&mut self, step: impl FnOnce() -> Step);
}

impl Witness for () {
    const CURIOUS: bool = false;

    fn note(&mut self, _: impl FnOnce() -> Step) {}
}

impl Witness for Vec<Step> {
    const CURIOUS: bool = true;

    fn note(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}
