//! What the gate says: a plan or a refusal, each with what was asked for as people read it.

use super::Gate;
use crate::{
    class::NumberClass,
    id::AccountId,
    number::Dialled,
    policy::{
        Destination, LegPlan, MAX_LEG_LENGTH, Refusal, Route, Rule, asked::Asked, plan::Spares,
        trace::Witness,
    },
};

impl<W: Witness> Gate<'_, W> {
    /// Plans a leg that no limit is on.
    pub(super) fn plan(&self, account: &AccountId, route: Route, rule: Rule) -> LegPlan {
        LegPlan {
            account: account.clone(),
            authoriser: self.request.authoriser.clone(),
            cause: self.request.cause,
            class: None,
            failover: Spares::new(),
            limits: Vec::new(),
            max_length: MAX_LEG_LENGTH,
            number: self.asked(),
            price_micros: 0,
            route,
            rule,
            shown: None,
        }
    }

    pub(super) fn refuse(&self, rule: Rule) -> Refusal {
        Refusal {
            rule,
            number: self.asked().as_str().to_owned(),
            class: None,
        }
    }

    pub(super) fn refuse_class(&self, rule: Rule, class: NumberClass) -> Refusal {
        Refusal {
            class: Some(class),
            ..self.refuse(rule)
        }
    }

    fn asked(&self) -> Asked {
        let directory = self.directory;
        match self.request.destination {
            Destination::Contact(id) => {
                let user = self.request.authoriser.user();
                let contact = user.and_then(|user| directory.contact(user, id));
                match contact {
                    Some(contact) => Asked::Number(contact.number.clone()),
                    None => Asked::Inside(id.as_str().into()),
                }
            }
            Destination::Dialled(Dialled::Extension(extension)) => Asked::Inside(extension.as_str().into()),
            Destination::Dialled(Dialled::Number(number)) => Asked::Number(number.clone()),
            Destination::Dialled(Dialled::Special(code)) => Asked::Code((*code).into()),
            Destination::User(user) => {
                let shown = directory
                    .user(user)
                    .map_or_else(|| user.as_str(), |user| user.extension.as_str());
                Asked::Inside(shown.into())
            }
        }
    }
}
