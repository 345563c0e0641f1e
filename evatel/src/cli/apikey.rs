//! `evatel apikey`

use clap::{Args, Subcommand};
use evatel_core::{id::ApiKeyId, name::Name, permission::KeyScope};
use evatel_store::{ApiKey, NewApiKey, Target};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{
    answer::{Answer, date, table},
    csv::{self, Sheet},
    desk::Desk,
    failure::Failure,
    login::{inside, owner, owner_word},
    names::Names,
    owner::{Listing, Trial, Whose},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Makes a key for a program, and shows it this once
    Add(Add),
    /// Lists the keys, without their secrets
    #[command(after_help = "Examples:\n  evatel apikey list\n  evatel apikey list --csv > keys.csv")]
    List(Listing),
    /// Takes a key away at once
    Revoke(Revoke),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel apikey add --name billing --scope \"call-log:read invoices:read\" --days 90 --reseller res-06fk2x3n9s7m1q0c8v
  evatel apikey add --name provisioning --scope \"*:write\" --system")]
pub(super) struct Add {
    /// What it is for
    #[arg(long)]
    name: Name,
    /// What it may do: *:read, *:write, or matters such as "numbers:write call-log:read"
    #[arg(long)]
    scope: KeyScope,
    /// How many days it lasts, 1 to 366
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel apikey revoke key-1m7c2k9q4x8v6t3r5y")]
pub(super) struct Revoke {
    /// The key's id: what stands before the underscore
    key: ApiKeyId,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let acting = desk.acting(&store);
        match self {
            Self::Add(add) => {
                let new = NewApiKey {
                    name: add.name,
                    owner: add.whose.owner(),
                    scope: add.scope,
                    life: SignedDuration::from_hours(24 * i64::from(add.days)),
                };
                let acting = inside(&new.owner, desk.trying(acting, &add.trial), &store).await?;
                let (key, secret) = acting.add_key(new, Timestamp::now()).await?;
                let human = [
                    show(std::slice::from_ref(&key), &Names::default(), desk),
                    desk.say("key-secret", &[("key", secret.expose_secret())]),
                    desk.say("key-once", &[]),
                ];
                Ok(Answer::new(
                    json!({ "key": key, "secret": secret.expose_secret() }),
                    human.join("\n"),
                ))
            }
            Self::List(list) => {
                let form = list.form;
                let keys = acting.keys(&list.target()).await?;
                let names = Names::of_things(&keys, form, &store, desk).await?;
                let human = form.text(&keys, SHEET, || show(&keys, &names, desk));
                Ok(Answer::new(keys, human))
            }
            Self::Revoke(Revoke { key, trial }) => {
                let keys = acting.keys(&Target::System).await?;
                let missing = || evatel_store::Error::Missing {
                    what: "API key",
                    id: key.to_string(),
                };
                let found = keys.into_iter().find(|each| each.id == key).ok_or_else(missing)?;
                let acting = inside(&found.owner, desk.trying(acting, &trial), &store).await?;
                acting.revoke_key(&key).await?;
                let human = desk.say("removed", &[("id", key.as_str())]);
                Ok(Answer::new(json!({ "removed": key }), human))
            }
        }
    }
}

const SHEET: &Sheet<ApiKey> = &[
    ("id", |key| key.id.to_string()),
    ("name", |key| key.name.to_string()),
    ("owner", |key| owner_word(&key.owner)),
    ("scope", |key| key.scope.to_string()),
    ("expires_at", |key| key.expires_at.to_string()),
    ("used_at", |key| csv::optional(key.used_at)),
];

fn show(keys: &[ApiKey], names: &Names, desk: &Desk<'_>) -> String {
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            [
                key.id.to_string(),
                key.name.to_string(),
                owner(&key.owner, names, desk),
                key.scope.to_string(),
                date(key.expires_at),
                key.used_at.map_or_else(String::new, date),
            ]
        })
        .collect();
    let headings = [
        "head-id",
        "head-name",
        "head-owner",
        "head-scope",
        "head-expires",
        "head-used",
    ];
    table(desk.texts.headings(headings), &rows)
}
