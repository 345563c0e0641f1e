//! Numbers as people and scripts read them.

use evatel_core::{
    did::{DidRecord, DidState, Flag, Holder, NumberEvent},
    id::AccountId,
    number::E164,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{
    answer::{Answer, date, table},
    csv,
    desk::Desk,
};

/// Answers with one number, and with what emergency services would be told.
pub(super) fn one(record: &DidRecord, flag: Option<Flag>, desk: &Desk<'_>) -> Answer {
    let mut human = rows(std::slice::from_ref(record), desk);
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
pub(super) fn list(records: &[DidRecord], desk: &Desk<'_>) -> Answer {
    let json: Vec<_> = records.iter().map(value).collect();
    Answer::new(json, rows(records, desk))
}

/// Answers with many numbers as CSV; `number`, `trunk` and `user` are columns that the import reads.
pub(super) fn csv(records: &[DidRecord]) -> Answer {
    let heading = [
        "number", "trunk", "status", "reseller", "account", "user", "until",
    ];
    let id = |id: Option<&str>| id.unwrap_or_default().to_owned();
    let cells = |record: &DidRecord| {
        [
            record.number.to_string(),
            record.trunk.to_string(),
            record.state.status().to_string(),
            id(record.owner.reseller().map(|id| id.as_str())),
            id(record.owner.account().map(|id| id.as_str())),
            id(record.state.target().map(|target| target.user().as_str())),
            until(record).map_or_else(String::new, |until| until.to_string()),
        ]
    };
    let json: Vec<_> = records.iter().map(value).collect();
    Answer::new(json, csv::sheet(heading, records.iter().map(cells)))
}

/// Sets a history as a table.
pub(super) fn history(events: &[NumberEvent], desk: &Desk<'_>) -> String {
    let row = |event: &NumberEvent| {
        [
            date(event.at),
            event.verb.to_string(),
            match &event.reason {
                Some(reason) => format!("{}: {reason}", event.to),
                None => event.to.to_string(),
            },
            event.owner.to_string(),
            event.by.to_string(),
        ]
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-at", "head-done", "head-status", "head-owner", "head-by"]),
        &rows,
    )
}

fn rows(records: &[DidRecord], desk: &Desk<'_>) -> String {
    let row = |record: &DidRecord| {
        [
            record.number.to_string(),
            record.state.status().to_string(),
            record.owner.to_string(),
            record
                .state
                .target()
                .map_or_else(String::new, |target| target.user().to_string()),
            record.trunk.to_string(),
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
