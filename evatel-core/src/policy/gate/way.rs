//! The ways out for a leg: telephones inside, trunks outside.

use super::{Gate, Outgoing};
use crate::{
    account::User,
    id::{AccountId, TrunkId},
    number::{CarrierNumber, E164, SpecialCode},
    policy::{LegPlan, MAX_LEG_LENGTH, Outcome, Refusal, Route, Rule, Step, plan::Spare, trace::Witness},
    trunk::Trunk,
};

impl<W: Witness> Gate<'_, W> {
    pub(super) fn internal(&self, rung: &User, rule: Rule) -> Result<LegPlan, Refusal> {
        let Some(device) = self.directory.device_of(&rung.id) else {
            return Err(self.refuse(Rule::NoDevice));
        };
        let route = Route::Device {
            device: device.id.clone(),
        };
        Ok(self.plan(&rung.account, route, rule))
    }

    /// Goes over the trunk of the account's emergency place, and over its own where that one fails.
    pub(super) fn emergency_ways(&self, account: &AccountId, code: SpecialCode) -> Result<LegPlan, Refusal> {
        // Without a place the call still goes out: the place is missed when it is assigned, not now.
        let place = self.directory.emergency_place(account);
        let first = place.and_then(|place| self.directory.trunk(&place.trunk));
        let other = self.directory.outgoing_trunk(account);
        let callback = self.directory.emergency_callback(account);
        let mut ways = first.into_iter().chain(other);
        let Some(trunk) = ways.next() else {
            return Err(self.refuse(Rule::NoRoute));
        };
        let spare = ways.filter(|spare| spare.id != trunk.id);
        Ok(LegPlan {
            failover: spare.map(Spare::from).collect(),
            shown: callback.cloned(),
            ..self.plan(account, over(trunk, code.into(), callback), Rule::EmergencyAlways)
        })
    }

    /// Finds the routes for a number that may be called; `dial` writes it as a trunk's carrier wants it.
    pub(super) fn ways(
        &mut self,
        outgoing: Outgoing<'_>,
        dial: impl Fn(&Trunk) -> CarrierNumber,
        only: Option<&TrunkId>,
        rule: Rule,
    ) -> Result<LegPlan, Refusal> {
        let directory = self.directory;
        let class = outgoing.called.numbering.class;
        let shown = outgoing.account.shown_number();
        let (mut counted, mut max_length) = (Vec::new(), MAX_LEG_LENGTH);
        for limits in outgoing.chain.limits() {
            max_length = max_length.min(limits.max_length().unwrap_or(MAX_LEG_LENGTH));
            if class.is_toll() && limits.are_counted() {
                counted.push(limits.clone());
            }
        }
        let way = |trunk: &Trunk| over(trunk, dial(trunk), shown);
        let table = directory.routes();
        let no_route = || self.refuse_class(Rule::NoRoute, class);
        if table.is_empty() {
            let trunk = match only {
                Some(only) => directory.trunk(only),
                None => directory.outgoing_trunk(outgoing.account.id()),
            };
            let trunk = trunk.ok_or_else(no_route)?;
            return Ok(LegPlan {
                class: Some(class),
                max_length,
                limits: counted,
                ..self.plan(outgoing.account.id(), way(trunk), rule)
            });
        }
        let draw = self.request.at.map_or(0, |at| at.as_microsecond().unsigned_abs());
        let candidates = table.candidates(outgoing.called, draw, only);
        let mut ways = candidates
            .ways()
            .filter_map(|(slot, price)| Some((price, directory.carrier(slot)?)));
        let (price, trunk) = ways.next().ok_or_else(no_route)?;
        for rule in candidates.iter() {
            self.witness.note(|| Step {
                rule: format!("route:{}", rule.id),
                outcome: Outcome::Way,
                about: format!("{} over {}, priority {}", rule.matches, rule.trunk, rule.priority),
            });
        }
        Ok(LegPlan {
            class: Some(class),
            max_length,
            price_micros: price.unwrap_or(0),
            failover: ways.map(|(_, trunk)| Spare::from(trunk)).collect(),
            limits: counted,
            shown: shown.cloned(),
            ..self.plan(outgoing.account.id(), way(trunk), rule)
        })
    }
}

/// Makes a route over a trunk; both numbers are written as its carrier wants them.
fn over(trunk: &Trunk, dial_number: CarrierNumber, shown: Option<&E164>) -> Route {
    Route::Trunk {
        trunk: trunk.id.clone(),
        caller_number: shown.map(|number| trunk.format.write(number)),
        dial_number,
    }
}
