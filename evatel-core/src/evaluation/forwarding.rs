//! From the steps that users wrote to the legs that ring: colleagues are asked in turn, and nobody twice on one way.

use super::{Evaluator, Rule, Rung, RungLeg, Stage};
use crate::{
    account::User,
    calls::LegCause,
    did::DidTarget,
    id::UserId,
    number::{Dialled, E164},
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
    presence::{ForwardLeg, ForwardStep, ForwardTarget, Treatment},
    screening::ScreeningOwner,
};

/// Most users who forward to each other on one way, the first included.
pub const MAX_HOPS: usize = 5;
/// Most users who are asked for one call, on all ways together.
pub const MAX_ASKED: usize = 32;

/// Rings a user's own telephone once, as long as the system is set to.
pub(super) fn devices() -> Treatment {
    let leg = ForwardLeg {
        to: ForwardTarget::Devices,
        confirm: false,
    };
    Treatment::Forward(vec![ForwardStep {
        ring_seconds: 0,
        legs: vec![leg],
    }])
}

/// Who is on the way, and how many were asked.
pub(super) struct Forwarding {
    way: Vec<UserId>,
    asked: usize,
}

impl Forwarding {
    pub(super) fn of(first: &User) -> Self {
        Self {
            way: vec![first.id.clone()],
            asked: 1,
        }
    }

    /// Turns the steps of `user` into stages; a stage in which nobody is left is left out.
    pub(super) fn stages<'a>(
        mut self,
        steps: &[ForwardStep],
        user: &'a User,
        evaluator: &mut Evaluator<'a>,
    ) -> Vec<Stage> {
        let mut stages = Vec::new();
        for step in steps {
            let mut legs: Vec<RungLeg> = Vec::new();
            for leg in self.legs(step, user, evaluator) {
                if legs.iter().all(|known| known.rung != leg.rung) {
                    legs.push(leg);
                }
            }
            if !legs.is_empty() {
                stages.push(Stage {
                    ring_seconds: (step.ring_seconds > 0).then_some(step.ring_seconds),
                    legs,
                });
            }
        }
        stages
    }

    fn legs<'a>(
        &mut self,
        step: &ForwardStep,
        user: &'a User,
        evaluator: &mut Evaluator<'a>,
    ) -> Vec<RungLeg> {
        let mut legs = Vec::new();
        for leg in &step.legs {
            match &leg.to {
                ForwardTarget::Devices => legs.extend(self.device(leg, user, evaluator)),
                ForwardTarget::Number(number) => legs.extend(self.number(leg, number, user, evaluator)),
                ForwardTarget::User(colleague) => legs.extend(self.colleague(colleague, user, evaluator)),
            }
        }
        legs
    }

    fn device(&self, leg: &ForwardLeg, user: &User, evaluator: &mut Evaluator<'_>) -> Option<RungLeg> {
        let there = evaluator.directory.device_of(&user.id).is_some();
        if !there {
            evaluator.tried(Some(&user.id), Rule::NobodyThere, &leg.to, true);
        }
        there.then(|| RungLeg {
            by: user.id.clone(),
            rung: Rung::DeviceOf(user.id.clone()),
            confirm: leg.confirm,
        })
    }

    /// A number: a colleague's is taken for him, so that his callers do not go round through the public network; an
    /// office's own is left out; another must pass the gate.
    fn number<'a>(
        &mut self,
        leg: &ForwardLeg,
        number: &E164,
        user: &'a User,
        evaluator: &mut Evaluator<'a>,
    ) -> Vec<RungLeg> {
        let directory = evaluator.directory;
        let own = directory.did(number).filter(|did| did.account == user.account);
        match own.map(|did| &did.target) {
            Some(DidTarget::SmartNumber { user: colleague }) => self.colleague(colleague, user, evaluator),
            Some(DidTarget::Receptionist { .. }) => {
                evaluator.tried(Some(&user.id), Rule::ForwardLoop, number, true);
                Vec::new()
            }
            None => Self::outside(leg, number, user, evaluator).into_iter().collect(),
        }
    }

    fn outside(
        leg: &ForwardLeg,
        number: &E164,
        user: &User,
        evaluator: &mut Evaluator<'_>,
    ) -> Option<RungLeg> {
        let directory = evaluator.directory;
        let authoriser = Authoriser::Rule {
            user: user.id.clone(),
        };
        let destination = Destination::Dialled(Dialled::Number(number.clone()));
        let request = LegRequest::new(&authoriser, &destination, LegCause::Forward, evaluator.at);
        let decided = authorize_leg(&request, directory);
        let (rule, allowed) = match &decided {
            Ok(plan) => (plan.rule().to_string(), true),
            Err(refusal) => (refusal.rule.to_string(), false),
        };
        evaluator.tried(Some(&user.id), Rule::Gate, format!("{number}: {rule}"), allowed);
        allowed.then(|| RungLeg {
            by: user.id.clone(),
            rung: Rung::Number(number.clone()),
            confirm: leg.confirm,
        })
    }

    /// A colleague rings as the first step of his own status wants it; his voicemail does not take another's call.
    fn colleague<'a>(
        &mut self,
        colleague: &UserId,
        user: &User,
        evaluator: &mut Evaluator<'a>,
    ) -> Vec<RungLeg> {
        let directory = evaluator.directory;
        let found = directory
            .user(colleague)
            .filter(|found| found.account == user.account);
        let (colleague, left_out) = match found {
            Some(found) if self.way.contains(&found.id) => (found, Some(Rule::ForwardLoop)),
            Some(found) if self.way.len() >= MAX_HOPS || self.asked >= MAX_ASKED => {
                (found, Some(Rule::HopLimit))
            }
            Some(found) => (found, None),
            None => {
                evaluator.tried(
                    Some(&user.id),
                    Rule::NobodyThere,
                    format!("user:{colleague}"),
                    true,
                );
                return Vec::new();
            }
        };
        if let Some(rule) = left_out {
            evaluator.tried(Some(&user.id), rule, format!("user:{}", colleague.id), true);
            return Vec::new();
        }
        if evaluator.is_blocked(&[ScreeningOwner::User(colleague.id.clone())], colleague) {
            return Vec::new();
        }
        self.asked += 1;
        let (treatment, _) = evaluator.status_treatment(colleague);
        let Treatment::Forward(steps) = treatment else {
            return Vec::new();
        };
        let Some(first) = steps.first() else {
            return Vec::new();
        };
        self.way.push(colleague.id.clone());
        let legs = self.legs(first, colleague, evaluator);
        self.way.pop();
        legs
    }
}
