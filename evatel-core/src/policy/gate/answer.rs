//! What the gate says: a plan or a refusal, each with what was asked for as people read it.

use smol_str::SmolStr;

use super::Gate;
use crate::{
    class::NumberClass,
    id::AccountId,
    policy::{Destination, LegPlan, MAX_LEG_LENGTH, Refusal, Route, Rule, plan::Failover, trace::Witness},
};

impl<W: Witness> Gate<'_, W> {
    /// Plans a leg that no limit is on.
    pub(super) fn plan(&self, account: &AccountId, route: Route, rule: Rule) -> LegPlan {
        LegPlan {
            account: account.clone(),
            authoriser: self.request.authoriser.clone(),
            cause: self.request.cause,
            class: None,
            failover: Failover::new(),
            limits: Vec::new(),
            max_length: MAX_LEG_LENGTH,
            number: self.shown(),
            price_micros: 0,
            route,
            rule,
        }
    }

    pub(super) fn refuse(&self, rule: Rule) -> Refusal {
        Refusal {
            rule,
            number: self.shown().into(),
            class: None,
        }
    }

    pub(super) fn refuse_class(&self, rule: Rule, class: NumberClass) -> Refusal {
        Refusal {
            class: Some(class),
            ..self.refuse(rule)
        }
    }

    /// Gives the destination as people read it.
    fn shown(&self) -> SmolStr {
        let directory = self.directory;
        match self.request.destination {
            Destination::Contact(id) => {
                let user = self.request.authoriser.user();
                let contact = user.and_then(|user| directory.contact(user, id));
                contact
                    .map_or_else(|| id.as_str(), |contact| contact.number.as_str())
                    .into()
            }
            Destination::Dialled(dialled) => dialled.shown().into(),
            Destination::User(user) => directory
                .user(user)
                .map_or_else(|| user.as_str(), |user| user.extension.as_str())
                .into(),
        }
    }
}
