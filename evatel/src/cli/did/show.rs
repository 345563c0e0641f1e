//! Numbers as people and scripts read them.

use evatel_core::{
    did::{DidRecord, DidState, DidTarget, Flag, Holder, NumberEvent},
    id::AccountId,
    number::E164,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{
    answer::{Answer, date, table},
    csv::{self, Form, Sheet},
    desk::Desk,
    names::Names,
};

/// Answers with one number, and with what emergency services would be told.
pub(super) fn one(record: &DidRecord, flag: Option<Flag>, desk: &Desk<'_>) -> Answer {
    let mut human = rows(std::slice::from_ref(record), &Names::default(), desk);
    if let (Some(flag), Some(account)) = (flag, record.owner.account()) {
        human += "\n";
        human += &told_to_emergency(flag, account, &record.number, desk);
    }
    let mut json = value(record);
    json["flag"] = json!(flag);
    Answer::new(json, human)
}

/// Says what emergency services are told for a number that has no address of its own, and how it gets one.
pub(in crate::cli) fn told_to_emergency(
    flag: Flag,
    account: &AccountId,
    number: &E164,
    desk: &Desk<'_>,
) -> String {
    let note = match flag {
        Flag::AccountsEmergencyAddress => "did-address-of-account",
        Flag::NoEmergencyAddress => "did-no-address",
    };
    desk.say(
        note,
        &[("account", account.as_str()), ("number", number.as_str())],
    )
}

/// Answers with many numbers.
pub(super) fn list(records: &[DidRecord], form: Form, names: &Names, desk: &Desk<'_>) -> Answer {
    let json: Vec<_> = records.iter().map(value).collect();
    Answer::new(json, form.text(records, SHEET, || rows(records, names, desk)))
}

/// `number`, `trunk` and `user` are columns that the import reads.
const SHEET: &Sheet<DidRecord> = &[
    ("number", |record| record.number.to_string()),
    ("trunk", |record| record.trunk.to_string()),
    ("status", |record| record.state.status().to_string()),
    ("reseller", |record| csv::optional(record.owner.reseller())),
    ("account", |record| csv::optional(record.owner.account())),
    ("user", |record| {
        csv::optional(record.state.target().map(DidTarget::user))
    }),
    ("until", |record| csv::optional(until(record))),
];

const HISTORY: &Sheet<NumberEvent> = &[
    ("at", |event| event.at.to_string()),
    ("number", |event| event.number.to_string()),
    ("verb", |event| event.verb.to_string()),
    ("status", |event| event.to.to_string()),
    ("reason", |event| csv::optional(event.reason.as_ref())),
    ("owner", |event| event.owner.to_string()),
    ("by", |event| event.by.to_string()),
];

/// Answers with what was done with a number.
pub(super) fn history(events: &[NumberEvent], form: Form, names: &Names, desk: &Desk<'_>) -> Answer {
    Answer::new(events, form.text(events, HISTORY, || told(events, names, desk)))
}

fn told(events: &[NumberEvent], names: &Names, desk: &Desk<'_>) -> String {
    let row = |event: &NumberEvent| {
        [
            date(event.at),
            desk.word(event.verb),
            match &event.reason {
                Some(reason) => format!("{}: {reason}", desk.word(event.to)),
                None => desk.word(event.to),
            },
            names.owner(&event.owner, desk),
            names.of(&event.by),
        ]
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-at", "head-done", "head-status", "head-owner", "head-by"]),
        &rows,
    )
}

fn rows(records: &[DidRecord], names: &Names, desk: &Desk<'_>) -> String {
    let row = |record: &DidRecord| {
        [
            record.number.to_string(),
            desk.word(record.state.status()),
            names.owner(&record.owner, desk),
            record
                .state
                .target()
                .map_or_else(String::new, |target| names.of(target.user())),
            names.of(&record.trunk),
            until(record).map_or_else(String::new, date),
        ]
    };
    let rows: Vec<_> = records.iter().map(row).collect();
    table(
        desk.texts.headings([
            "head-number",
            "head-status",
            "head-owner",
            "head-user",
            "head-trunk",
            "head-until",
        ]),
        &rows,
    )
}

/// Gives a number as one flat object.
fn value(record: &DidRecord) -> Value {
    let holder = match &record.state {
        DidState::Reserved {
            holder: Holder::Account(owner),
            ..
        } => json!({ "account": owner.account }),
        DidState::Reserved {
            holder: Holder::Reseller { reseller },
            ..
        } => json!({ "reseller": reseller }),
        DidState::PortInPending { then: Some(then) } | DidState::PortInRejected { then: Some(then), .. } => {
            json!({ "account": then.owner.account })
        }
        _ => Value::Null,
    };
    let reason = match &record.state {
        DidState::PortInRejected { reason, .. } => Some(reason),
        _ => None,
    };
    json!({
        "id": record.id,
        "number": record.number,
        "trunk": record.trunk,
        "status": record.state.status(),
        "reseller": record.owner.reseller(),
        "account": record.owner.account(),
        "target": record.state.target(),
        "reserved_for": holder,
        "until": until(record),
        "reason": reason,
        "emergency_address": record.emergency_address,
    })
}

fn until(record: &DidRecord) -> Option<Timestamp> {
    match &record.state {
        DidState::Reserved { until, .. } | DidState::Quarantined { until, .. } => Some(*until),
        _ => None,
    }
}
