//! The gate: the order in which rules are asked.
//!
//! `weighing` asks what the owners above a leg say of it, `way` finds the trunks that carry it, `answer` makes the plan or
//! the refusal.

mod answer;
mod way;
mod weighing;

use super::{Destination, Explanation, LegPlan, LegRequest, Outcome, Refusal, Rule, Step, trace::Witness};
use crate::{
    calls::LegCause,
    class::NumberClass,
    directory::{AccountEntry, Chain, Directory, UserEntry},
    id::AccountId,
    number::{CarrierNumber, Dialled, E164, SpecialCode},
    restriction::Called,
};

/// Most forwards of one call.
pub const MAX_FORWARDS: usize = 5;

/// Decides whether somebody may cause a leg, and by which routes.
///
/// Order: authority and cause, emergency, internal, account state, forwarding loops, length, restrictions with their
/// exceptions ([`judge`](crate::restriction::judge)), the class's default, joining two outside parties, countries to be
/// approved, routes. It neither waits nor counts.
///
/// # Errors
/// A [`Refusal`] with the rule that decided; a domain value, to be said to the caller and logged.
pub fn authorize_leg(request: &LegRequest<'_>, directory: &Directory) -> Result<LegPlan, Refusal> {
    Gate::new(request, directory, ()).decide()
}

/// Decides as [`authorize_leg`] does and tells every rule that was tried. Slower: for people and for tests.
pub fn explain_leg(request: &LegRequest<'_>, directory: &Directory) -> Explanation {
    let mut gate = Gate::new(request, directory, Vec::new());
    let decision = gate.decide();
    let mut trace = gate.witness;
    let rule = match &decision {
        Ok(plan) => plan.rule(),
        Err(refusal) => &refusal.rule,
    };
    let rule = rule.to_string();
    match trace
        .iter_mut()
        .rev()
        .find(|step| step.rule == rule && step.outcome != Outcome::Way)
    {
        Some(step) => step.outcome = Outcome::Decided,
        None => trace.push(Step {
            rule,
            outcome: Outcome::Decided,
            about: String::new(),
        }),
    }
    Explanation { decision, trace }
}

struct Gate<'a, W> {
    request: &'a LegRequest<'a>,
    directory: &'a Directory,
    witness: W,
}

/// A public number or service code on its way out.
#[derive(Clone, Copy)]
struct Outgoing<'a> {
    account: &'a AccountEntry,
    called: Called<'a>,
    chain: Chain<'a>,
}

impl<'a, W: Witness> Gate<'a, W> {
    fn new(request: &'a LegRequest<'a>, directory: &'a Directory, witness: W) -> Self {
        Self {
            request,
            directory,
            witness,
        }
    }

    fn decide(&mut self) -> Result<LegPlan, Refusal> {
        let user = self.user()?;
        self.destination(user)
    }

    fn user(&self) -> Result<&'a UserEntry, Refusal> {
        let authoriser = self.request.authoriser;
        let Some(user) = authoriser.user() else {
            return Err(self.refuse(Rule::CallerHasNoAuthority));
        };
        let user = self
            .directory
            .user_entry(user)
            .ok_or_else(|| self.refuse(Rule::UnknownUser))?;
        if authoriser.may_cause(self.request.cause) {
            Ok(user)
        } else {
            Err(self.refuse(Rule::NotHisToCause))
        }
    }

    fn destination(&mut self, user: &'a UserEntry) -> Result<LegPlan, Refusal> {
        let directory = self.directory;
        let account = directory.account_above(user);
        let account = account.ok_or_else(|| self.refuse(Rule::UnknownUser))?;
        match self.request.destination {
            Destination::Contact(id) => match directory.contact(user.id(), id) {
                Some(contact) => self.public(user, account, &contact.number),
                None => Err(self.refuse(Rule::NobodyThere)),
            },
            Destination::User(rung) => match directory.user(rung) {
                Some(rung) if rung.account == *account.id() => self.internal(rung, Rule::OwnRule),
                _ => Err(self.refuse(Rule::NobodyThere)),
            },
            Destination::Dialled(Dialled::Special(SpecialCode::Service(code))) => {
                self.service(user, account, SpecialCode::Service(*code))
            }
            Destination::Dialled(Dialled::Special(code)) => self.emergency(account.id(), *code),
            Destination::Dialled(Dialled::Extension(extension)) => {
                match directory.extension(account.id(), extension) {
                    Some(rung) => self.internal(rung, Rule::Internal),
                    None => Err(self.refuse(Rule::NobodyThere)),
                }
            }
            Destination::Dialled(Dialled::Number(number)) => self.public(user, account, number),
        }
    }

    /// Asks for a person at a device, and for nothing else: no state, restriction, limit or hour is looked at.
    fn emergency(&self, account: &AccountId, code: SpecialCode) -> Result<LegPlan, Refusal> {
        let person_at_device = self.request.authoriser.device().is_some();
        let person_acts = matches!(self.request.cause, LegCause::Dial | LegCause::VoiceAssistant);
        if person_at_device && person_acts {
            self.emergency_ways(account, code)
        } else {
            Err(self.refuse(Rule::EmergencyNeedsDevice))
        }
    }

    fn service(
        &mut self,
        user: &'a UserEntry,
        account: &'a AccountEntry,
        code: SpecialCode,
    ) -> Result<LegPlan, Refusal> {
        let digits = CarrierNumber::from(code);
        self.check_in_service(account)?;
        let outgoing = Outgoing {
            account,
            called: Called::code(digits.as_str()),
            chain: self.chain(user, account),
        };
        let (rule, only) = self.weigh(outgoing, Some(code), Rule::ServiceCode)?;
        self.ways(outgoing, |_| digits, only, rule)
    }

    fn public(
        &mut self,
        user: &'a UserEntry,
        account: &'a AccountEntry,
        number: &'a E164,
    ) -> Result<LegPlan, Refusal> {
        self.check_in_service(account)?;
        let numbering = number.numbering();
        let class = numbering.class;
        self.witness.note(|| Step {
            rule: "class".to_owned(),
            outcome: Outcome::Passed,
            about: match numbering.country {
                Some(country) => format!("{class}, {country}"),
                None => class.to_string(),
            },
        });
        self.check_forward(account, number, class)?;
        if number.digits().len() > numbering.most_digits {
            return Err(self.refuse_class(Rule::OverDialled, class));
        }
        let outgoing = Outgoing {
            account,
            called: Called {
                digits: number.digits(),
                numbering,
            },
            chain: self.chain(user, account),
        };
        let (rule, only) = self.weigh(outgoing, None, Rule::ClassOpen(class))?;
        self.check_joined(outgoing)?;
        self.check_country(outgoing)?;
        self.ways(outgoing, |trunk| trunk.format.write(number), only, rule)
    }

    fn check_in_service(&mut self, account: &AccountEntry) -> Result<(), Refusal> {
        let status = account.status();
        if !status.may_call_out() {
            return Err(self.refuse(Rule::AccountSuspended));
        }
        self.witness.note(|| Step {
            rule: "account-state".to_owned(),
            outcome: Outcome::Passed,
            about: status.to_string(),
        });
        Ok(())
    }

    fn chain(&self, user: &'a UserEntry, account: &'a AccountEntry) -> Chain<'a> {
        let device = self.request.authoriser.device();
        self.directory.chain_above(user, account, device)
    }

    fn check_forward(
        &self,
        account: &AccountEntry,
        number: &E164,
        class: NumberClass,
    ) -> Result<(), Refusal> {
        if self.request.cause != LegCause::Forward {
            return Ok(());
        }
        let forwarded = self.request.forwarded;
        let did = self.directory.did(number);
        let own = did.is_some_and(|did| did.account == *account.id());
        if own || forwarded.contains(number) {
            return Err(self.refuse_class(Rule::ForwardLoop, class));
        }
        if forwarded.len() >= MAX_FORWARDS {
            return Err(self.refuse_class(Rule::TooManyForwards, class));
        }
        Ok(())
    }
}
