//! How a refusal is said.

use super::prompt::Prompt;
use crate::policy::{Refusal, Rule};

/// Finds the words for a refusal: the reason that helps the person, never more than he may know.
pub(super) fn spoken(refusal: &Refusal) -> Prompt {
    match (&refusal.rule, refusal.class) {
        (Rule::CallerHasNoAuthority, _) => Prompt::RefusedNoAuthority,
        (Rule::AccountSuspended, _) => Prompt::RefusedAccount,
        (Rule::EmergencyNeedsDevice, _) => Prompt::RefusedEmergency,
        (Rule::LegLimit | Rule::Limit(..), _) => Prompt::RefusedLimit,
        (Rule::TrunkFull(..), _) => Prompt::RefusedLines,
        (Rule::ClassClosed(_) | Rule::CountryNotApproved(_) | Rule::Restriction(_), Some(class)) => {
            Prompt::RefusedClass {
                class: class.word().to_owned(),
            }
        }
        (Rule::PinRequired(_), _) => Prompt::RefusedPin,
        _ => Prompt::RefusedOther,
    }
}
