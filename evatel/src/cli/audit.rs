//! `evatel audit`

use clap::{Args, Subcommand};
use evatel_core::{audit::Facts, permission::Identity};
use evatel_store::{AuditFilter, KeptAuditEntry};
use jiff::Timestamp;
use serde_json::json;

use super::{
    answer::{Answer, date, table},
    csv,
    desk::Desk,
    failure::Failure,
    owner::Where,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lists what was done, newest first: who, as whom, what, before and after, from where
    List(List),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel audit list --limit 20
  evatel audit list --account acc-1m7c2k9q4x8v6t3r5y --since 2026-11-01T00:00:00-04:00 --json
  evatel audit list --before 1841
  evatel audit list --limit 100000 --csv > audit.csv

--before gives the page after the one that ended with this key.")]
pub(super) struct List {
    #[command(flatten)]
    place: Where,
    /// Only those before the entry with this key
    #[arg(long, value_name = "KEY")]
    before: Option<i64>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Only those of the thing with this id
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// Only those since then (RFC 3339)
    #[arg(long)]
    since: Option<Timestamp>,
    /// Only those before then (RFC 3339)
    #[arg(long)]
    until: Option<Timestamp>,
    /// As CSV
    #[arg(long)]
    csv: bool,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let Self::List(list) = self;
        let store = desk.store().await?;
        let filter = AuditFilter {
            before: list.before,
            limit: list.limit,
            object: list.object,
            since: list.since,
            until: list.until,
        };
        let entries = desk.acting(&store).audit(&list.place.target(), &filter).await?;
        let human = if list.csv {
            csv::sheet(COLUMNS, entries.iter().map(cells))
        } else {
            show(&entries, desk)
        };
        Ok(Answer::new(entries, human))
    }
}

const COLUMNS: [&str; 12] = [
    "key", "at", "who", "as_whom", "action", "matter", "object", "reseller", "account", "before", "after",
    "origin",
];

fn cells(kept: &KeptAuditEntry) -> [String; 12] {
    let entry = &kept.entry;
    // As JSON, which programs read back whatever is in it.
    let facts = |facts: &Option<Facts>| {
        facts
            .as_ref()
            .map_or_else(String::new, |facts| json!(facts).to_string())
    };
    [
        kept.key.to_string(),
        entry.at.to_string(),
        name(&entry.who),
        entry.as_whom.as_ref().map_or_else(String::new, name),
        entry.action.to_string(),
        entry.matter.to_string(),
        entry.object.clone(),
        entry
            .reseller
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        entry
            .account
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        facts(&entry.before),
        facts(&entry.after),
        entry.origin.to_string(),
    ]
}

fn show(entries: &[KeptAuditEntry], desk: &Desk<'_>) -> String {
    let rows: Vec<_> = entries
        .iter()
        .map(|kept| {
            let entry = &kept.entry;
            let facts = |facts: &Option<Facts>| facts.as_ref().map_or_else(String::new, ToString::to_string);
            [
                kept.key.to_string(),
                date(entry.at),
                name(&entry.who),
                entry.as_whom.as_ref().map_or_else(String::new, name),
                format!("{} {}", entry.action, entry.matter),
                entry.object.escape_debug().to_string(),
                facts(&entry.before),
                facts(&entry.after),
                entry.origin.to_string(),
            ]
        })
        .collect();
    let headings = [
        "head-key",
        "head-at",
        "head-who",
        "head-as-whom",
        "head-what",
        "head-id",
        "head-before",
        "head-after",
        "head-origin",
    ];
    table(desk.texts.headings(headings), &rows)
}

fn name(identity: &Identity) -> String {
    match identity {
        Identity::Account { account } => account.to_string(),
        Identity::Reseller { reseller, login } => match login {
            Some(login) => format!("{reseller} {login}"),
            None => reseller.to_string(),
        },
        Identity::System { name } => name.to_string(),
        Identity::User { user } => user.to_string(),
    }
}
