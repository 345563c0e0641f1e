//! What `evatel db check` found, for people, and what to do about it.

use evatel_core::directory::NamedRow;
use evatel_store::{Count, Fault, Unreached, UnusablePlace};

use crate::cli::desk::Desk;

/// Says what is wrong and where, and the remedy; `key_file` is where the key should be.
pub(super) fn said(fault: &Fault, key_file: &str, desk: &Desk<'_>) -> String {
    let key_file = ("path", key_file);
    match fault {
        Fault::AccountLegs(count) => counted("fault-account-legs", count, desk),
        Fault::Dangling(dangling) => {
            let (what, missing) = (named(dangling.what(), desk), named(dangling.missing(), desk));
            both("fault-dangling", &[("what", &what), ("missing", &missing)], desk)
        }
        Fault::EmergencyAddress { number } => {
            both("fault-emergency-address", &[("number", number.as_str())], desk)
        }
        Fault::EmergencyPlace(UnusablePlace { account, province }) => {
            let values = [("account", account.as_str()), ("province", province)];
            both("fault-emergency-place", &values, desk)
        }
        Fault::File { said } => both("fault-file", &[("said", said)], desk),
        Fault::KeyMissing { key } => both("fault-key-missing", &[("key", key), key_file], desk),
        Fault::NoKey => both("fault-no-key", &[key_file], desk),
        Fault::NoNumber(Unreached { account, kind }) => {
            let remedy = desk.say(&format!("remedy-fault-no-number-{kind}"), &[("account", account)]);
            format!(
                "{}; {remedy}",
                desk.say("fault-no-number", &[("account", account)])
            )
        }
        Fault::Reference {
            table,
            row: Some(row),
            parent,
        } => {
            let values = [
                ("table", table.as_str()),
                ("row", &row.to_string()),
                ("parent", parent),
            ];
            both("fault-reference", &values, desk)
        }
        Fault::Reference {
            table,
            row: None,
            parent,
        } => {
            let values = [("table", table.as_str()), ("parent", parent)];
            both("fault-reference-unnumbered", &values, desk)
        }
        Fault::Sealed { table, column, row } => {
            let values = [("table", *table), ("column", column), ("row", row)];
            both("fault-sealed", &values, desk)
        }
        Fault::TollLegs(count) => counted("fault-toll-legs", count, desk),
        Fault::TrunkCalls(count) => counted("fault-trunk-calls", count, desk),
    }
}

fn counted(id: &str, count: &Count, desk: &Desk<'_>) -> String {
    let values = [
        ("owner", count.owner.as_str()),
        ("legs", &count.legs.to_string()),
        ("places", &count.places.to_string()),
    ];
    both(id, &values, desk)
}

/// Says a fault and its remedy, whose text has the fault's name.
fn both(id: &str, values: &[(&'static str, &str)], desk: &Desk<'_>) -> String {
    let remedy = desk.say(&format!("remedy-{id}"), values);
    format!("{}; {remedy}", desk.say(id, values))
}

/// Names a row in the reader's language: its kind, and its id where it has one.
fn named(row: &NamedRow, desk: &Desk<'_>) -> String {
    let kind = desk.say(&format!("row-{}", row.kind()), &[]);
    match row.id() {
        Some(id) => format!("{kind} `{id}`"),
        None => kind,
    }
}
