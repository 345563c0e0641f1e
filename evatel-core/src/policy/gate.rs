//! The gate: the order in which rules are asked.

use smallvec::SmallVec;

use super::{
    Destination, Explanation, Joined, LegPlan, LegRequest, MAX_LEG_LENGTH, Outcome, Refusal, Route, Rule,
    Step, plan::Terms, trace::Witness,
};
use crate::{
    account::User,
    calls::LegCause,
    class::NumberClass,
    directory::{AccountEntry, Chain, Directory, UserEntry},
    id::TrunkId,
    limit::Limits,
    number::{Dialled, E164, SpecialCode},
    restriction::{self, Called, Level, Restriction, Verdict, counts_for, judge},
    trunk::Trunk,
};

/// Most forwards of one call.
pub const MAX_FORWARDS: usize = 5;

/// Decides whether somebody may cause a leg, and by which routes.
///
/// Order: authority and cause, emergency, internal, account state, forwarding loops, length, restrictions with their
/// exceptions ([`judge`]), the class's default, joining two outside parties, countries to be approved, routes. It
/// neither waits nor counts.
///
/// # Errors
/// A [`Refusal`] with the rule that decided; a domain value, to be said to the caller and logged.
pub fn authorize_leg(request: &LegRequest<'_>, directory: &Directory) -> Result<LegPlan, Refusal> {
    Gate::new(request, directory, ()).decide().0
}

/// Decides as [`authorize_leg`] does and tells every rule that was tried. Slower: for people and for tests.
pub fn explain_leg(request: &LegRequest<'_>, directory: &Directory) -> Explanation {
    let (decision, mut trace) = Gate::new(request, directory, Vec::new()).decide();
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
    user: &'a UserEntry,
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

    fn decide(mut self) -> (Result<LegPlan, Refusal>, W) {
        let decision = self.user().and_then(|user| self.destination(user));
        (decision, self.witness)
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

    fn destination(&mut self, entry: &'a UserEntry) -> Result<LegPlan, Refusal> {
        let directory = self.directory;
        let user = &entry.user;
        match self.request.destination {
            Destination::Contact(id) => match directory.contact(&user.id, id) {
                Some(contact) => self.public(entry, &contact.number),
                None => Err(self.refuse(Rule::NobodyThere)),
            },
            Destination::User(rung) => match directory.user(rung) {
                Some(rung) if rung.account == user.account => self.internal(user, rung, Rule::OwnRule),
                _ => Err(self.refuse(Rule::NobodyThere)),
            },
            Destination::Dialled(Dialled::Special(SpecialCode::Service(code))) => {
                self.service(entry, SpecialCode::Service(*code))
            }
            Destination::Dialled(Dialled::Special(code)) => self.emergency(user, *code),
            Destination::Dialled(Dialled::Extension(extension)) => {
                match directory.extension(&user.account, extension) {
                    Some(rung) => self.internal(user, rung, Rule::Internal),
                    None => Err(self.refuse(Rule::NobodyThere)),
                }
            }
            Destination::Dialled(Dialled::Number(number)) => self.public(entry, number),
        }
    }

    fn internal(&mut self, user: &User, rung: &User, rule: Rule) -> Result<LegPlan, Refusal> {
        let Some(device) = self.directory.device_of(&rung.id) else {
            return Err(self.refuse(Rule::NoDevice));
        };
        let route = Route::Device {
            device: device.id.clone(),
        };
        Ok(self.plan(user, route, rule))
    }

    /// Asks for a person at a device, and for nothing else: no state, restriction, limit or hour is looked at.
    fn emergency(&mut self, user: &User, code: SpecialCode) -> Result<LegPlan, Refusal> {
        let person_at_device = self.request.authoriser.device().is_some();
        let person_acts = matches!(self.request.cause, LegCause::Dial | LegCause::VoiceAssistant);
        if !person_at_device || !person_acts {
            return Err(self.refuse(Rule::EmergencyNeedsDevice));
        }
        // Without a place the call still goes out: the place is missed when it is assigned, not now.
        let place = self.directory.emergency_place(&user.account);
        let first = place.and_then(|place| self.directory.trunk(&place.trunk));
        let other = self.directory.outgoing_trunk(&user.account);
        let callback = place.map(|place| &place.callback);
        let callback = callback.or_else(|| self.directory.shown_number(&user.account));
        let mut ways = first.into_iter().chain(other);
        let Some(trunk) = ways.next() else {
            return Err(self.refuse(Rule::NoRoute));
        };
        let spare = ways.filter(|spare| spare.id != trunk.id);
        let failover = spare.map(|spare| over(spare, code.digits(), callback)).collect();
        let terms = Terms {
            failover,
            limits: Vec::new(),
            max_length: MAX_LEG_LENGTH,
            price_micros: 0,
        };
        Ok(LegPlan {
            terms: terms.kept(),
            ..self.plan(user, over(trunk, code.digits(), callback), Rule::EmergencyAlways)
        })
    }

    fn service(&mut self, user: &'a UserEntry, code: SpecialCode) -> Result<LegPlan, Refusal> {
        let digits = code.digits();
        let account = self.account_in_service(user)?;
        let outgoing = Outgoing {
            user,
            account,
            called: Called::code(&digits),
            chain: self.chain(user, account),
        };
        let (rule, only) = self.weigh(outgoing, Some(code), Rule::ServiceCode)?;
        self.route(outgoing, None, only, rule)
    }

    fn public(&mut self, user: &'a UserEntry, number: &'a E164) -> Result<LegPlan, Refusal> {
        let account = self.account_in_service(user)?;
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
        self.check_forward(number, class)?;
        if number.digits().len() > numbering.most_digits {
            return Err(self.refuse_class(Rule::OverDialled, class));
        }
        let outgoing = Outgoing {
            user,
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
        self.route(outgoing, Some(number), only, rule)
    }

    fn account_in_service(&mut self, user: &UserEntry) -> Result<&'a AccountEntry, Refusal> {
        let entry = self.directory.account_entry(&user.user.account);
        let entry = entry.ok_or_else(|| self.refuse(Rule::UnknownUser))?;
        let status = entry.account.status;
        if !status.may_call_out() {
            return Err(self.refuse(Rule::AccountSuspended));
        }
        self.witness.note(|| Step {
            rule: "account-state".to_owned(),
            outcome: Outcome::Passed,
            about: status.to_string(),
        });
        Ok(entry)
    }

    fn chain(&self, user: &'a UserEntry, account: &'a AccountEntry) -> Chain<'a> {
        let device = self.request.authoriser.device();
        let reseller = &account.account.reseller;
        self.directory
            .chain_of(Some(user), Some(account), reseller, device)
    }

    fn check_forward(&self, number: &E164, class: NumberClass) -> Result<(), Refusal> {
        if self.request.cause != LegCause::Forward {
            return Ok(());
        }
        let forwarded = self.request.forwarded;
        let owner = self
            .request
            .authoriser
            .user()
            .and_then(|user| self.directory.user(user));
        let own = self.directory.did(number).map(|did| &did.account) == owner.map(|user| &user.account);
        if own || forwarded.contains(number) {
            return Err(self.refuse_class(Rule::ForwardLoop, class));
        }
        if forwarded.len() >= MAX_FORWARDS {
            return Err(self.refuse_class(Rule::TooManyForwards, class));
        }
        Ok(())
    }

    /// Weighs the restrictions; gives the rule that allows and the only trunk that may be taken.
    fn weigh<'b>(
        &mut self,
        outgoing: Outgoing<'b>,
        code: Option<SpecialCode>,
        default: Rule,
    ) -> Result<(Rule, Option<&'b TrunkId>), Refusal> {
        let class = outgoing.called.numbering.class;
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
        for rules in outgoing.chain.rules() {
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
    fn check_joined(&self, outgoing: Outgoing<'_>) -> Result<(), Refusal> {
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

    fn check_country(&self, outgoing: Outgoing<'_>) -> Result<(), Refusal> {
        let numbering = outgoing.called.numbering;
        let Some(country) = numbering.country else {
            return Ok(());
        };
        let asked = outgoing.chain.limits().any(|limits| limits.approves_countries);
        let at_home = numbering.class.open_by_default();
        if asked && !at_home && !outgoing.account.approved(country) {
            return Err(self.refuse_class(Rule::CountryNotApproved(country), numbering.class));
        }
        Ok(())
    }

    /// Finds the ways out.
    fn route(
        &mut self,
        outgoing: Outgoing<'_>,
        number: Option<&E164>,
        only: Option<&TrunkId>,
        rule: Rule,
    ) -> Result<LegPlan, Refusal> {
        let directory = self.directory;
        let class = outgoing.called.numbering.class;
        let shown = outgoing.account.shown_number();
        let way = |trunk: &Trunk| {
            let digits = number.map_or_else(
                || outgoing.called.digits.to_owned(),
                |number| trunk.format.write(number),
            );
            over(trunk, digits, shown)
        };
        let table = directory.routes();
        let no_route = || self.refuse_class(Rule::NoRoute, class);
        let (route, failover, price_micros) = if table.is_empty() {
            let trunk = match only {
                Some(only) => directory.trunk(only),
                None => directory.outgoing_trunk(&outgoing.account.account.id),
            };
            (way(trunk.ok_or_else(no_route)?), Vec::new(), 0)
        } else {
            let draw = self.request.at.map_or(0, |at| at.as_microsecond().unsigned_abs());
            let candidates = table.candidates(outgoing.called, draw, only);
            let mut ways = candidates
                .iter()
                .filter_map(|rule| Some((rule, directory.trunk(&rule.trunk)?)));
            let (first, trunk) = ways.next().ok_or_else(no_route)?;
            let failover = ways.map(|(_, trunk)| way(trunk)).collect();
            for rule in candidates.iter() {
                self.witness.note(|| Step {
                    rule: format!("route:{}", rule.id),
                    outcome: Outcome::Way,
                    about: format!("{} over {}, priority {}", rule.matches, rule.trunk, rule.priority),
                });
            }
            (way(trunk), failover, first.price_micros.unwrap_or(0))
        };
        let lengths = outgoing.chain.limits().filter_map(Limits::max_length);
        let counted = outgoing
            .chain
            .limits()
            .filter(|limits| class.is_toll() && limits.are_counted());
        let terms = Terms {
            failover,
            limits: counted.cloned().collect(),
            max_length: lengths.fold(MAX_LEG_LENGTH, std::cmp::Ord::min),
            price_micros,
        };
        Ok(LegPlan {
            class: Some(class),
            terms: terms.kept(),
            ..self.plan(&outgoing.user.user, route, rule)
        })
    }

    /// Plans a leg that no limit is on.
    fn plan(&mut self, user: &User, route: Route, rule: Rule) -> LegPlan {
        LegPlan {
            account: user.account.clone(),
            authoriser: self.request.authoriser.clone(),
            cause: self.request.cause,
            class: None,
            number: self.shown(),
            route,
            rule,
            terms: None,
        }
    }

    fn refuse(&self, rule: Rule) -> Refusal {
        Refusal {
            rule,
            number: self.shown(),
            class: None,
        }
    }

    fn refuse_class(&self, rule: Rule, class: NumberClass) -> Refusal {
        Refusal {
            class: Some(class),
            ..self.refuse(rule)
        }
    }

    /// Gives the destination as people read it.
    fn shown(&self) -> String {
        let directory = self.directory;
        match self.request.destination {
            Destination::Contact(id) => {
                let user = self.request.authoriser.user();
                let contact = user.and_then(|user| directory.contact(user, id));
                contact.map_or_else(|| id.to_string(), |contact| contact.number.as_str().to_owned())
            }
            Destination::Dialled(dialled) => dialled.shown(),
            Destination::User(user) => directory
                .user(user)
                .map_or_else(|| user.to_string(), |user| user.extension.as_str().to_owned()),
        }
    }
}

/// Makes a route over a trunk; both numbers are written as its carrier wants them.
fn over(trunk: &Trunk, dial_number: String, shown: Option<&E164>) -> Route {
    Route::Trunk {
        trunk: trunk.id.clone(),
        caller_number: shown.map(|number| trunk.format.write(number)),
        dial_number,
    }
}
