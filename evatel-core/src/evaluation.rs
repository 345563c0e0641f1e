//! The *Test* page: who would be rung by a call to a number at any instant, and by which rule.
//!
//! [`evaluate`] is pure, so the future is as good as now, and it is what answers real calls, too. Its trace has every rule
//! that was tried, in order.
//!
//! A Smart Number: block lists (system, account, user), allow list, then the user's schedule of statuses (status set by
//! hand, holiday, special period, weekly hours, otherwise), then the rules of that status for this caller. A
//! receptionist: block lists of system and account, then the office's schedule. Whoever is not reached that way gets the
//! voicemail of the number's owner.
//!
//! Users may forward to each other: each is asked once on a way, at most [`MAX_HOPS`] follow each other, and what would go
//! round is left out.

mod forwarding;
mod save;
#[cfg(test)]
mod tests;

pub use forwarding::{MAX_ASKED, MAX_HOPS};
pub use save::{ForwardRefused, check_office, check_presence};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    account::User,
    caller::Caller,
    did::DidTarget,
    directory::Directory,
    id::UserId,
    number::E164,
    presence::{CallerFilter, CallerRule, Status, Treatment},
    schedule::{Schedule, Step, Verdict},
    screening::{ScreeningList, ScreeningOwner},
    word::word_enum,
};
use forwarding::Forwarding;

/// What would become of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    /// What the caller would meet.
    pub outcome: Outcome,
    /// The rule that decided it.
    pub rule: Rule,
    /// Every rule that was tried, in order.
    pub trace: Vec<Tried>,
}

/// What a caller meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// The number is nobody's.
    NotInService,
    /// He is refused before answer.
    Rejected,
    /// Somebody is rung, stage after stage, and if nobody takes the call he may leave a message.
    Ring {
        /// Whose voicemail takes the message.
        owner: UserId,
        /// Who rings, in order.
        stages: Vec<Stage>,
    },
    /// He may leave a message at once.
    Voicemail {
        /// Whose voicemail takes it.
        owner: UserId,
    },
}

/// Legs that ring together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// How long, in seconds; nothing means as long as the system is set to ring.
    pub ring_seconds: Option<u16>,
    /// Who.
    pub legs: Vec<RungLeg>,
}

/// Somebody who would be rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RungLeg {
    /// Whose rule causes the leg; he answers for it at the gate.
    pub by: UserId,
    /// Who is rung.
    pub rung: Rung,
    /// He must confirm before he is joined.
    pub confirm: bool,
}

/// Who rings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// A user's telephone.
    DeviceOf(UserId),
    /// A public number.
    Number(E164),
}

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// Whose rule it is; nothing for the number itself.
    pub user: Option<UserId>,
    /// Which.
    pub rule: Rule,
    /// What it is about: a window, a holiday's name, a list's owner, a status, a target.
    pub about: String,
    /// Whether it held.
    pub held: bool,
}

word_enum! {
    /// A rule of an evaluation.
    Rule ("rule") {
        /// The number is somebody's.
        Number = "number",
        /// The caller is blocked.
        BlockList = "block-list",
        /// The caller is always let through.
        AllowList = "allow-list",
        /// A state was set by hand.
        Override = "override",
        /// The local day is a holiday.
        Holiday = "holiday",
        /// The local day is in a special period.
        SpecialPeriod = "special-period",
        /// A window of the week holds.
        WeeklyHours = "weekly-hours",
        /// No other rule of the schedule holds.
        Otherwise = "otherwise",
        /// A rule of the status, for some callers.
        CallerRule = "caller-rule",
        /// What a status does as long as nobody made rules for it.
        StatusDefault = "status-default",
        /// There are no rules: the telephone rings.
        NoRules = "no-rules",
        /// The gate lets a leg through, or not.
        Gate = "gate",
        /// Somebody who is already on the way.
        ForwardLoop = "forward-loop",
        /// Too many forward to each other.
        HopLimit = "hop-limit",
        /// A target that is not there.
        NobodyThere = "nobody-there",
        /// Nobody is left to ring.
        Voicemail = "voicemail",
    }
}

impl From<Step> for Rule {
    fn from(step: Step) -> Self {
        match step {
            Step::Override => Self::Override,
            Step::Holiday => Self::Holiday,
            Step::SpecialPeriod => Self::SpecialPeriod,
            Step::WeeklyHours => Self::WeeklyHours,
            Step::Otherwise => Self::Otherwise,
        }
    }
}

/// Says what would become of a call to `number` by `caller` at an instant.
pub fn evaluate(number: &E164, caller: &Caller, at: Timestamp, directory: &Directory) -> Evaluation {
    let mut evaluator = Evaluator {
        caller,
        at,
        directory,
        trace: Vec::new(),
    };
    let (outcome, rule) = evaluator.number(number);
    Evaluation {
        outcome,
        rule,
        trace: evaluator.trace,
    }
}

struct Evaluator<'a> {
    caller: &'a Caller,
    at: Timestamp,
    directory: &'a Directory,
    trace: Vec<Tried>,
}

impl<'a> Evaluator<'a> {
    fn number(&mut self, number: &E164) -> (Outcome, Rule) {
        let directory = self.directory;
        let owner = directory.did(number).and_then(|did| {
            let user = directory.user(did.target.user())?;
            Some((&did.target, user))
        });
        self.tried(None, Rule::Number, number, owner.is_some());
        match owner {
            None => (Outcome::NotInService, Rule::Number),
            Some((DidTarget::Receptionist { .. }, operator)) => self.receptionist(operator),
            Some((DidTarget::SmartNumber { .. }, user)) => self.smart_number(user),
        }
    }

    fn receptionist(&mut self, operator: &'a User) -> (Outcome, Rule) {
        let account = ScreeningOwner::Account(operator.account.clone());
        if self.is_blocked(&[ScreeningOwner::System, account], operator) {
            return (Outcome::Rejected, Rule::BlockList);
        }
        let Some(office) = self.directory.office(&operator.account) else {
            self.tried(Some(&operator.id), Rule::NoRules, "", true);
            return self.ring_devices(operator, Rule::NoRules);
        };
        let verdict = self.schedule(office.schedule(), operator);
        let rule = verdict.reason.step().into();
        self.treat(office.treatment(*verdict.state), operator, rule)
    }

    fn smart_number(&mut self, user: &'a User) -> (Outcome, Rule) {
        let account = ScreeningOwner::Account(user.account.clone());
        let own = ScreeningOwner::User(user.id.clone());
        if self.is_blocked(&[ScreeningOwner::System, account.clone(), own.clone()], user) {
            return (Outcome::Rejected, Rule::BlockList);
        }
        if self.is_listed(ScreeningList::Allow, &[account, own], user, Rule::AllowList) {
            return self.ring_devices(user, Rule::AllowList);
        }
        let (treatment, rule) = self.status_treatment(user);
        self.treat(&treatment, user, rule)
    }

    /// Finds what a user's status, and its rules for this caller, do with the caller.
    fn status_treatment(&mut self, user: &'a User) -> (Treatment, Rule) {
        let Some(presence) = self.directory.presence(&user.id) else {
            self.tried(Some(&user.id), Rule::NoRules, "", true);
            return (forwarding::devices(), Rule::NoRules);
        };
        let status = self.schedule(presence.schedule(), user).state;
        match (presence.rules(status), status) {
            (Some(rules), _) => match self.caller_rule(rules, status, user) {
                Some(rule) => (rule.then.clone(), Rule::CallerRule),
                None => (Treatment::Voicemail, Rule::CallerRule),
            },
            (None, Status::Predefined(predefined)) if predefined.rings_by_default() => {
                self.tried(Some(&user.id), Rule::StatusDefault, status, true);
                (forwarding::devices(), Rule::StatusDefault)
            }
            (None, _) => {
                self.tried(Some(&user.id), Rule::StatusDefault, status, true);
                (Treatment::Voicemail, Rule::StatusDefault)
            }
        }
    }

    fn caller_rule(
        &mut self,
        rules: &'a [CallerRule],
        status: &Status,
        user: &'a User,
    ) -> Option<&'a CallerRule> {
        for (at, rule) in rules.iter().enumerate() {
            let held = self.filter_fits(&rule.who, user);
            let about = format!("{status} {}: {}", at + 1, rule.who);
            self.tried(Some(&user.id), Rule::CallerRule, about, held);
            if held {
                return Some(rule);
            }
        }
        None
    }

    fn filter_fits(&self, filter: &CallerFilter, user: &User) -> bool {
        let directory = self.directory;
        match filter {
            CallerFilter::Everybody => true,
            CallerFilter::Caller(wanted) => wanted.covers(self.caller),
            CallerFilter::Contacts => self
                .caller
                .number()
                .is_some_and(|number| directory.contact_calling(&user.id, number).is_some()),
            CallerFilter::Contact(id) => {
                let contact = directory.contact(&user.id, id);
                let number = self.caller.number();
                contact
                    .zip(number)
                    .is_some_and(|(contact, number)| contact.has_number(number))
            }
            CallerFilter::Vip => {
                let account = ScreeningOwner::Account(user.account.clone());
                let own = ScreeningOwner::User(user.id.clone());
                [account, own]
                    .iter()
                    .any(|owner| self.finds(ScreeningList::Vip, owner))
            }
        }
    }

    /// Notes the rules of a schedule down to the one that holds.
    fn schedule<S: std::fmt::Display>(&mut self, schedule: &'a Schedule<S>, user: &User) -> Verdict<'a, S> {
        let verdict = schedule.at(self.at);
        let decided = verdict.reason.step();
        for (_, step) in Step::ALL.iter().take_while(|(_, step)| *step != decided) {
            self.tried(Some(&user.id), (*step).into(), "", false);
        }
        let reason = verdict.reason.to_string();
        let about = match reason.as_str() {
            "" => verdict.state.to_string(),
            reason => format!("{reason} → {}", verdict.state),
        };
        self.tried(Some(&user.id), decided.into(), about, true);
        verdict
    }

    fn is_blocked(&mut self, owners: &[ScreeningOwner], user: &User) -> bool {
        self.is_listed(ScreeningList::Block, owners, user, Rule::BlockList)
    }

    fn is_listed(&mut self, list: ScreeningList, owners: &[ScreeningOwner], user: &User, rule: Rule) -> bool {
        for owner in owners {
            let held = self.finds(list, owner);
            self.tried(Some(&user.id), rule, owner, held);
            if held {
                return true;
            }
        }
        false
    }

    fn finds(&self, list: ScreeningList, owner: &ScreeningOwner) -> bool {
        let entries = self.directory.screening(owner);
        entries
            .iter()
            .any(|entry| entry.list == list && entry.caller.covers(self.caller))
    }

    fn ring_devices(&mut self, user: &'a User, rule: Rule) -> (Outcome, Rule) {
        self.treat(&forwarding::devices(), user, rule)
    }

    fn treat(&mut self, treatment: &Treatment, user: &'a User, rule: Rule) -> (Outcome, Rule) {
        let owner = user.id.clone();
        match treatment {
            Treatment::Reject => (Outcome::Rejected, rule),
            Treatment::Voicemail => (Outcome::Voicemail { owner }, rule),
            Treatment::Forward(steps) => {
                let stages = Forwarding::of(user).stages(steps, user, self);
                if stages.is_empty() {
                    self.tried(Some(&owner), Rule::Voicemail, "", true);
                    return (Outcome::Voicemail { owner }, Rule::Voicemail);
                }
                (Outcome::Ring { owner, stages }, rule)
            }
        }
    }

    fn tried(&mut self, user: Option<&UserId>, rule: Rule, about: impl ToString, held: bool) {
        self.trace.push(Tried {
            user: user.cloned(),
            rule,
            about: about.to_string(),
            held,
        });
    }
}
