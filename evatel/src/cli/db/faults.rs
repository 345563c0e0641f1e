//! What `evatel db check` found, for people.

use evatel_core::directory::NamedRow;
use evatel_store::{Count, Fault};

use crate::cli::desk::Desk;

/// Says what is wrong and where.
pub(super) fn said(fault: &Fault, desk: &Desk<'_>) -> String {
    match fault {
        Fault::AccountLegs(count) => counted("fault-account-legs", count, desk),
        Fault::Dangling(dangling) => {
            let (what, missing) = (named(dangling.what(), desk), named(dangling.missing(), desk));
            desk.say("fault-dangling", &[("what", &what), ("missing", &missing)])
        }
        Fault::File { said } => desk.say("fault-file", &[("said", said)]),
        Fault::KeyMissing { key } => desk.say("fault-key-missing", &[("key", key)]),
        Fault::NoKey => desk.say("fault-no-key", &[]),
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
            desk.say("fault-reference", &values)
        }
        Fault::Reference {
            table,
            row: None,
            parent,
        } => desk.say(
            "fault-reference-unnumbered",
            &[("table", table), ("parent", parent)],
        ),
        Fault::Sealed { table, column, row } => {
            let values = [("table", *table), ("column", column), ("row", row)];
            desk.say("fault-sealed", &values)
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
    desk.say(id, &values)
}

/// Names a row in the reader's language: its kind, and its id where it has one.
fn named(row: &NamedRow, desk: &Desk<'_>) -> String {
    let kind = desk.say(&format!("row-{}", row.kind()), &[]);
    match row.id() {
        Some(id) => format!("{kind} `{id}`"),
        None => kind,
    }
}
