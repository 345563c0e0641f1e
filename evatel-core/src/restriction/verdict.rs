//! How the rules about one number are weighed.

use super::{Effect, Level, Restriction};
use crate::number::SpecialCode;

/// What the rules about one number come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// This rule closes it.
    Denied(&'a Restriction),
    /// No rule closes it; where its class is closed by default, no rule opens it either.
    Silent {
        /// The rule that opens it.
        opened_by: Option<&'a Restriction>,
        /// The rule that asks for a PIN.
        pin: Option<&'a Restriction>,
    },
}

/// Weighs rules that are all about one number and hold now; their order does not matter.
///
/// - A rule that closes, or asks for a PIN, counts unless a softer one overrules it ([`overrules`]).
/// - The strictest that counts decides; of several that close, the one set highest, then the most exact.
/// - An exception opens a class that is closed by default only where the system or the reseller set it.
pub fn judge<'a>(matching: &[&'a Restriction]) -> Verdict<'a> {
    let stands = |rule: &Restriction| !matching.iter().any(|softer| overrules(softer, rule));
    let first_of = |effect| {
        let standing = matching.iter().filter(move |rule| rule.effect == effect);
        let standing = standing.filter(|rule| effect == Effect::Allow || stands(rule));
        standing.copied().min_by_key(|rule| {
            let exactness = std::cmp::Reverse(rule.matches.fixed_digits());
            (rule.set_by, exactness, &rule.id)
        })
    };
    match first_of(Effect::Deny) {
        Some(denial) => Verdict::Denied(denial),
        None => Verdict::Silent {
            opened_by: first_of(Effect::Allow).filter(|rule| rule.set_by <= Level::Reseller),
            pin: first_of(Effect::RequirePin),
        },
    }
}

/// Says whether a softer rule is an exception from a stricter one.
///
/// It must be set at the stricter rule's level or above, and either hold for fewer (an exception for a user from a rule
/// of his account) and name its numbers no less exactly, or hold for the same and name them more exactly. So what an
/// owner closes for himself stays closed whatever is opened above, and a tie closes.
pub fn overrules(softer: &Restriction, stricter: &Restriction) -> bool {
    if softer.effect >= stricter.effect || softer.set_by > stricter.set_by {
        return false;
    }
    let exactness = |rule: &Restriction| rule.matches.fixed_digits();
    match softer.owner.level().cmp(&stricter.owner.level()) {
        std::cmp::Ordering::Greater => exactness(softer) >= exactness(stricter),
        std::cmp::Ordering::Equal => {
            softer.set_by == stricter.set_by && exactness(softer) > exactness(stricter)
        }
        std::cmp::Ordering::Less => false,
    }
}

/// Says whether a rule counts for a service code: 211, 711 and 811 are closed by the system only.
pub(crate) fn counts_for(code: SpecialCode, rule: &Restriction) -> bool {
    !code.only_system_closes() || rule.set_by == Level::System
}
