//! `evatel audit`

use clap::{Args, Subcommand};
use evatel_core::{audit::Facts, permission::Identity};
use evatel_store::{AuditFilter, KeptAuditEntry};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    answer::{Answer, date, table},
    csv::{self, Form, Sheet},
    desk::Desk,
    failure::Failure,
    names::Names,
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
    #[command(flatten)]
    form: Form,
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
        let names = Names::of_things(&entries, list.form, &store, desk).await?;
        let human = list.form.text(&entries, SHEET, || show(&entries, &names, desk));
        Ok(Answer::new(entries, human))
    }
}

const SHEET: &Sheet<KeptAuditEntry> = &[
    ("key", |kept| kept.key.to_string()),
    ("at", |kept| kept.entry.at.to_string()),
    ("who", |kept| name(&kept.entry.who)),
    ("as_whom", |kept| {
        csv::optional(kept.entry.as_whom.as_ref().map(name))
    }),
    ("action", |kept| kept.entry.action.to_string()),
    ("matter", |kept| kept.entry.matter.to_string()),
    ("object", |kept| kept.entry.object.clone()),
    ("reseller", |kept| csv::optional(kept.entry.reseller.as_ref())),
    ("account", |kept| csv::optional(kept.entry.account.as_ref())),
    ("before", |kept| document(kept.entry.before.as_ref())),
    ("after", |kept| document(kept.entry.after.as_ref())),
    ("origin", |kept| kept.entry.origin.to_string()),
];

/// Writes facts as JSON, which programs read back whatever is in it.
fn document(facts: Option<&Facts>) -> String {
    csv::optional(facts.map(|facts| json!(facts)))
}

fn show(entries: &[KeptAuditEntry], names: &Names, desk: &Desk<'_>) -> String {
    let row = |kept: &KeptAuditEntry| {
        let entry = &kept.entry;
        [
            kept.key.to_string(),
            date(entry.at),
            names.of(name(&entry.who)),
            csv::optional(entry.as_whom.as_ref().map(|whom| names.of(name(whom)))),
            format!(
                "{} {}",
                desk.word(entry.action.word()),
                desk.word(entry.matter.word())
            ),
            entry.object.escape_debug().to_string(),
            changed(entry.before.as_ref(), entry.after.as_ref(), desk),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    let headings = [
        "head-key",
        "head-at",
        "head-who",
        "head-as-whom",
        "head-what",
        "head-id",
        "head-changed",
    ];
    format!(
        "{}\n{}",
        table(desk.texts.headings(headings), &rows),
        desk.say("audit-more", &[])
    )
}

/// Sums up what became of a thing: each field that differs with its value before and after, as far as a line of a
/// terminal goes.
fn changed(before: Option<&Facts>, after: Option<&Facts>, desk: &Desk<'_>) -> String {
    let before = before.map_or(Value::Null, |facts| json!(facts));
    let after = after.map_or(Value::Null, |facts| json!(facts));
    let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (old, new) = (fields(&before), fields(&after));
    let mut names: Vec<&String> = new
        .keys()
        .chain(old.keys().filter(|name| !new.contains_key(*name)))
        .collect();
    // What a new thing does not have says nothing.
    let says = |name: &&String| {
        old.get(*name) != new.get(*name) && (old.contains_key(*name) || !new[*name].is_null())
    };
    names.retain(says);
    let told = names
        .into_iter()
        .map(|name| match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => format!("{name}: {} → {}", short(old, desk), short(new, desk)),
            (None, Some(new)) => format!("{name}: {}", short(new, desk)),
            (old, None) => format!(
                "{name}: {} → -",
                old.map(|old| short(old, desk)).unwrap_or_default()
            ),
        });
    clipped(&told.collect::<Vec<_>>().join(", "), CHANGED_CHARS)
}

/// Writes a value in a few characters, without anything that a terminal would obey; of what has parts the one that says
/// most of it.
fn short(value: &Value, desk: &Desk<'_>) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => desk.word(text.escape_debug()),
        Value::Array(several) => format!("[{}]", several.len()),
        Value::Object(parts) => {
            let said = TELLING.iter().find_map(|name| parts.get(*name)?.as_str());
            said.map_or_else(|| "…".to_owned(), |said| desk.word(said.escape_debug()))
        }
        value => value.to_string(),
    };
    clipped(&text, VALUE_CHARS)
}

/// The parts by which a value is known, the most telling first.
const TELLING: [&str; 6] = ["status", "value", "name", "id", "kind", "level"];

fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    kept + "…"
}

/// How much of what changed is shown in a line.
const CHANGED_CHARS: usize = 80;

/// How much of one value is shown.
const VALUE_CHARS: usize = 32;

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
