//! Where a call comes in: from what the dialplan says of it to the flow that runs it.

use std::sync::Arc;

use evatel_core::{
    account::Language,
    caller::Caller,
    calls::{DecisionWord, HangupCause, LegCause},
    did::{Did, DidStatus},
    directory::{Directory, Unserved},
    evaluation::{Outcome, Rule, evaluate},
    flow::{Flow, Greetings, Round, Setting},
    id::{AccountId, DeviceId, TrunkId, UserId},
    number::{ASSISTANT_CODE, E164},
    policy::Authoriser,
};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    emergencies::Emergencies,
    forwards::Forwards,
    office::{Office, Settings},
};
use crate::switch::Offer;

/// A call that may begin: its flow and what the call log says of its first leg.
pub(super) struct Entry {
    pub(super) flow: Flow,
    pub(super) language: Language,
    pub(super) account: Option<AccountId>,
    /// Whose contacts, whose Smart Number.
    pub(super) user: Option<UserId>,
    pub(super) called: String,
    /// The device that calls; a caller from outside is known by his number only.
    pub(super) device: Option<DeviceId>,
    pub(super) cause: LegCause,
    pub(super) authoriser: String,
    pub(super) decision: DecisionWord,
    pub(super) rule: &'static str,
}

/// What is known beside the directory when a call comes in.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) settings: &'a Settings,
    pub(super) emergencies: &'a Emergencies,
    pub(super) forwards: &'a Forwards,
}

impl Entry {
    /// Finds the flow of an offered call; a number that the snapshot has not in service is asked the office for.
    pub(super) async fn find<O: Office>(offer: &Offer, known: Known<'_>, office: &O) -> Self {
        let mut directory = office.directory();
        let dialled = by_carrier(offer, &directory);
        if let Some((trunk, number)) = &dialled
            && directory.did(number).is_none()
        {
            match office.unserved(number, trunk).await {
                Unserved::InService(newer) => directory = newer,
                Unserved::OutOfService { status, account } => {
                    return turned_away(account, number, HangupCause::UnallocatedNumber, rule_of(status));
                }
            }
        }
        let number = dialled.map(|(_, number)| number);
        let house = House {
            directory: &directory,
            known,
        };
        let args: Vec<&str> = offer.entry.iter().map(String::as_str).collect();
        match args[..] {
            ["trunk", _, called] => {
                let Ok(caller) = offer.caller.number.parse();
                house.trunk_call(number.as_ref(), called, &caller)
            }
            ["device", device, called] => house.device_call(device, called),
            _ => refused(
                args.join(","),
                HangupCause::Interworking,
                "unknown-entry",
                LegCause::Inbound,
            ),
        }
    }
}

/// Reads the number that a carrier's call is for, as its trunk writes numbers. The dialplan passes `trunk` or `device`, its
/// id, and the digits.
fn by_carrier(offer: &Offer, directory: &Directory) -> Option<(TrunkId, E164)> {
    let [kind, trunk, called] = &offer.entry[..] else {
        return None;
    };
    let trunk = (kind == "trunk").then(|| trunk.parse().ok()).flatten()?;
    let number = directory.trunk(&trunk)?.format.read(called).ok()?;
    Some((trunk, number))
}

/// Says in the call log why nobody answers a number.
fn rule_of(status: Option<DidStatus>) -> &'static str {
    match status {
        Some(DidStatus::Quarantined) => "number-rests",
        Some(DidStatus::Reserved) => "number-reserved",
        Some(DidStatus::Suspended) => "number-suspended",
        Some(DidStatus::Ordered | DidStatus::PortInPending | DidStatus::PortInRejected) => {
            "number-not-here-yet"
        }
        _ => "unassigned-number",
    }
}

struct House<'a> {
    directory: &'a Arc<Directory>,
    known: Known<'a>,
}

impl House<'_> {
    /// Asks the rules of whoever's number it is; the trace of them all is what `evatel evaluate` shows.
    fn trunk_call(&self, number: Option<&E164>, called: &str, caller: &Caller) -> Entry {
        let Some(did) = number.and_then(|number| self.directory.did(number)) else {
            let called = number.map_or_else(|| called.to_owned(), |number| number.as_str().to_owned());
            return refused(
                called,
                HangupCause::UnallocatedNumber,
                "unassigned-number",
                LegCause::Inbound,
            );
        };
        let user = did.target.user();
        if let Some(entry) = self.emergency_call_back(did) {
            return entry;
        }
        if self.known.forwards.are_back(&did.account, caller) {
            // Busy, so that no carrier tries another way: the forward has failed, and its caller may leave his message.
            return turned_away(
                Some(did.account.clone()),
                &did.number,
                HangupCause::Busy,
                Rule::ForwardLoop.word(),
            );
        }
        let evaluation = evaluate(&did.number, caller, Timestamp::now(), self.directory);
        let rounds = match &evaluation.outcome {
            Outcome::NotInService => None,
            Outcome::Rejected => {
                let (account, rule) = (Some(did.account.clone()), evaluation.rule.word());
                return turned_away(account, &did.number, HangupCause::Rejected, rule);
            }
            Outcome::Ring { stages, .. } => Some(Round::of_stages(stages)),
            Outcome::Voicemail { .. } => Some(Vec::new()),
        };
        let Some((rounds, (setting, language))) = rounds.zip(self.setting(user)) else {
            return refused(
                called.to_owned(),
                HangupCause::UnallocatedNumber,
                "unassigned-number",
                LegCause::Inbound,
            );
        };
        let (flow, language) = match self.known.settings.dialogues.get(&did.number) {
            Some(dialogue) => (Flow::dialogue(dialogue.clone(), setting), dialogue.language),
            None => {
                let mut setting = setting;
                setting.greetings.front_desk = self.known.settings.greetings.of(&did.number);
                (Flow::front_desk_ringing(rounds, setting), language)
            }
        };
        Entry {
            flow,
            language,
            account: Some(did.account.clone()),
            user: Some(user.clone()),
            called: did.number.as_str().to_owned(),
            device: None,
            cause: LegCause::Inbound,
            authoriser: Authoriser::OutsideCaller.to_string(),
            decision: DecisionWord::Allow,
            rule: match evaluation.rule {
                Rule::NoRules => "smart-number",
                rule => rule.word(),
            },
        }
    }

    /// Puts a call straight through to whoever called the emergency centre lately, at the number that the centre saw and
    /// at his own. The centre calls back from any number, or from none.
    fn emergency_call_back(&self, did: &Did) -> Option<Entry> {
        let user = self.known.emergencies.caller_of(&did.account, Timestamp::now())?;
        let seen = self.directory.emergency_callback(&did.account) == Some(&did.number);
        let (setting, language) = self
            .setting(&user)
            .filter(|_| seen || *did.target.user() == user)?;
        Some(Entry {
            flow: Flow::straight_through(setting),
            language,
            account: Some(did.account.clone()),
            user: Some(user),
            called: did.number.as_str().to_owned(),
            device: None,
            cause: LegCause::Inbound,
            authoriser: Authoriser::OutsideCaller.to_string(),
            decision: DecisionWord::Allow,
            rule: CALL_BACK,
        })
    }

    fn device_call(&self, device: &str, called: &str) -> Entry {
        let device = device.parse().ok().and_then(|id| self.directory.device(&id));
        let Some((device, (setting, language))) =
            device.and_then(|device| Some((device, self.setting(&device.user)?)))
        else {
            return refused(
                called.to_owned(),
                HangupCause::Rejected,
                "unknown-device",
                LegCause::Dial,
            );
        };
        let user = device.user.clone();
        let account = self.directory.user(&user).map(|user| user.account.clone());
        let (flow, cause) = if called == ASSISTANT_CODE {
            (Flow::assistant(device.id.clone(), setting), LegCause::Assistant)
        } else {
            let plan = account.as_ref().map(|account| self.directory.dial_plan(account));
            match plan.unwrap_or_default().read(called) {
                Ok(dialled) => (Flow::direct(device.id.clone(), dialled, setting), LegCause::Dial),
                Err(_) => {
                    return refused(
                        called.to_owned(),
                        HangupCause::InvalidNumber,
                        "no-number",
                        LegCause::Dial,
                    );
                }
            }
        };
        Entry {
            flow,
            language,
            account,
            authoriser: Authoriser::Device {
                device: device.id.clone(),
                user: user.clone(),
            }
            .to_string(),
            user: Some(user),
            called: called.to_owned(),
            device: Some(device.id.clone()),
            cause,
            decision: DecisionWord::Allow,
            rule: "authenticated-device",
        }
    }

    fn setting(&self, user: &UserId) -> Option<(Setting, Language)> {
        let account = self.directory.account_of(user)?;
        let zone = self.directory.zone_of(user);
        let zone = zone.map_or(TimeZone::UTC, |zone| zone.time_zone().clone());
        let setting = Setting {
            began: Timestamp::now().to_zoned(zone),
            directory: self.directory.clone(),
            greetings: Greetings {
                assistant: self.known.settings.greetings.assistant.clone(),
                front_desk: None,
            },
            language: account.language,
            records_calls: account.records_calls,
            ring_timeout: self.known.settings.ring_timeout,
            skills: self.known.settings.skilled.skills.clone(),
            user: user.clone(),
        };
        Some((setting, account.language))
    }
}

/// Refuses a call from outside to one of our numbers; its entry is in the log of whose the number is.
fn turned_away(account: Option<AccountId>, number: &E164, cause: HangupCause, rule: &'static str) -> Entry {
    Entry {
        account,
        ..refused(number.as_str().to_owned(), cause, rule, LegCause::Inbound)
    }
}

fn refused(called: String, cause: HangupCause, rule: &'static str, why: LegCause) -> Entry {
    Entry {
        flow: Flow::rejected(cause),
        language: Language::Fr,
        account: None,
        user: None,
        called,
        device: None,
        cause: why,
        authoriser: Authoriser::OutsideCaller.to_string(),
        decision: DecisionWord::Deny,
        rule,
    }
}

/// By which the emergency centre is put through to whoever called it.
pub(super) const CALL_BACK: &str = "emergency-call-back";
