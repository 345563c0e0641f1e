//! What the owners above a leg say of it: their restrictions, and what their limits forbid.

use smallvec::SmallVec;

use super::{Gate, Outgoing};
use crate::{
    calls::LegCause,
    id::TrunkId,
    number::SpecialCode,
    policy::{Joined, Outcome, Refusal, Rule, Step, trace::Witness},
    restriction::{self, Level, Restriction, Verdict, counts_for, judge},
};

impl<W: Witness> Gate<'_, W> {
    /// Weighs the restrictions; gives the rule that allows and the only trunk that may be taken.
    pub(super) fn weigh<'b>(
        &mut self,
        outgoing: Outgoing<'b>,
        code: Option<SpecialCode>,
        default: Rule,
    ) -> Result<(Rule, Option<&'b TrunkId>), Refusal> {
        let class = outgoing.called.numbering.class;
        if !W::CURIOUS && !outgoing.chain.speaks_of(class) {
            // Most numbers: no rule is about them.
            return if class.open_by_default() {
                Ok((default, None))
            } else {
                Err(self.refuse_class(Rule::ClassClosed(class), class))
            };
        }
        let matching = self.matching(outgoing, code);
        let only = matching
            .iter()
            .filter(|rule| rule.set_by <= Level::Reseller && rule.trunk.is_some())
            .min_by_key(|rule| {
                (
                    rule.set_by,
                    std::cmp::Reverse(rule.matches.fixed_digits()),
                    &rule.id,
                )
            })
            .and_then(|rule| rule.trunk.as_ref());
        match judge(&matching) {
            Verdict::Denied(denial) => Err(self.refuse_class(Rule::Restriction(denial.id.clone()), class)),
            Verdict::Silent { opened_by: None, .. } if !class.open_by_default() => {
                Err(self.refuse_class(Rule::ClassClosed(class), class))
            }
            Verdict::Silent { pin: Some(rule), .. } => {
                if self.request.authoriser.gave_pin() {
                    Ok((Rule::Restriction(rule.id.clone()), only))
                } else {
                    Err(self.refuse_class(Rule::PinRequired(rule.id.clone()), class))
                }
            }
            Verdict::Silent { opened_by, .. } => {
                let rule = opened_by.map_or(default, |rule| Rule::Restriction(rule.id.clone()));
                Ok((rule, only))
            }
        }
    }

    /// Gathers the restrictions about this number that hold now.
    fn matching<'b>(
        &mut self,
        outgoing: Outgoing<'b>,
        code: Option<SpecialCode>,
    ) -> SmallVec<[&'b Restriction; 8]> {
        let counts = |rule: &Restriction| code.is_none_or(|code| counts_for(code, rule));
        let at = self.request.at;
        let mut matching: SmallVec<[&Restriction; 8]> = SmallVec::new();
        for rules in outgoing.chain.rules_about(outgoing.called.numbering.class) {
            matching.extend(
                rules
                    .about(outgoing.called)
                    .filter(|rule| counts(rule) && rule.holds_at(at)),
            );
        }
        if W::CURIOUS {
            for rule in outgoing.chain.rules().flat_map(restriction::RuleSet::all) {
                let softer = matching
                    .iter()
                    .find(|softer| restriction::overrules(softer, rule));
                let outcome = if !rule.matches.covers(outgoing.called) || !counts(rule) {
                    Outcome::OtherNumbers
                } else if !rule.holds_at(at) {
                    Outcome::OtherTime
                } else if softer.is_some() {
                    Outcome::Overruled
                } else {
                    Outcome::Passed
                };
                self.witness.note(|| Step {
                    rule: Rule::Restriction(rule.id.clone()).to_string(),
                    outcome,
                    about: format!(
                        "{}: {} {}, set by {}",
                        rule.name, rule.effect, rule.matches, rule.set_by
                    ),
                });
            }
        }
        matching
    }

    /// Refuses to join a party outside to toll outside, unless somebody above lets the account do so.
    pub(super) fn check_joined(&self, outgoing: Outgoing<'_>) -> Result<(), Refusal> {
        let class = outgoing.called.numbering.class;
        let joins = matches!(
            self.request.cause,
            LegCause::ConferenceAdd | LegCause::TransferAttended | LegCause::TransferBlind
        );
        if !joins || self.request.joined != Joined::Outside || !class.is_toll() {
            return Ok(());
        }
        let mut said = outgoing
            .chain
            .limits()
            .filter_map(|limits| limits.joins_outside)
            .peekable();
        if said.peek().is_some() && said.all(|joins| joins) {
            Ok(())
        } else {
            Err(self.refuse_class(Rule::OutsideToOutside, class))
        }
    }

    pub(super) fn check_country(&self, outgoing: Outgoing<'_>) -> Result<(), Refusal> {
        let numbering = outgoing.called.numbering;
        let Some(country) = numbering.country else {
            return Ok(());
        };
        let asked = || outgoing.chain.limits().any(|limits| limits.approves_countries);
        let at_home = numbering.class.open_by_default();
        if !at_home && asked() && !outgoing.account.approved(country) {
            return Err(self.refuse_class(Rule::CountryNotApproved(country), numbering.class));
        }
        Ok(())
    }
}
