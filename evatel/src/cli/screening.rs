//! `evatel screening`

use clap::{Args, Subcommand};
use evatel_core::{
    id::{AccountId, ScreeningId, UserId},
    screening::{CallerMatch, ScreeningEntry, ScreeningList, ScreeningOwner},
};
use evatel_store::{Acting, NewScreening, Store};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Blocks callers, always lets them through, or makes them important
    Add(Add),
    /// Lists the entries of an account and its users
    List(List),
    /// Removes an entry
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel screening add block anonymous
  evatel screening add vip +15145550142 --user usr-1m7c2k9q4x8v6t3r5y
  evatel screening add block \"+1900*\" --system")]
pub(super) struct Add {
    /// The list: allow, block or vip
    list: ScreeningList,
    /// Which callers: a number, first digits as `+1900*`, or `anonymous`
    caller: CallerMatch,
    /// For the calls of this user [default: the user that init made]
    #[arg(long, conflicts_with_all = ["account", "system"])]
    user: Option<UserId>,
    /// For the calls of this account
    #[arg(long, conflicts_with = "system")]
    account: Option<AccountId>,
    /// For all calls
    #[arg(long)]
    system: bool,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel screening list
  evatel screening list --system --csv > blocked.csv")]
pub(super) struct List {
    /// Whose [default: the account that init made]
    #[arg(long, conflicts_with = "system")]
    account: Option<AccountId>,
    /// Those that hold for all calls
    #[arg(long)]
    system: bool,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel screening remove scr-1m7c2k9q4x8v6t3r5y --dry-run")]
pub(super) struct Remove {
    /// The entry
    entry: ScreeningId,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Add(add) => {
                let owner = match (add.system, add.account) {
                    (true, _) => ScreeningOwner::System,
                    (false, Some(account)) => ScreeningOwner::Account(account),
                    (false, None) => ScreeningOwner::User(desk::user(add.user, &store).await?.id),
                };
                let acting = inside_of(&owner, &add.trial, &store, desk).await?;
                let new = NewScreening {
                    caller: add.caller,
                    list: add.list,
                    owner,
                };
                let entry = acting.add_screening(new).await?;
                let human = show(std::slice::from_ref(&entry), &Names::default(), desk);
                Ok(Answer::new(entry, human))
            }
            Self::List(list) => {
                let owner = if list.system {
                    ScreeningOwner::System
                } else {
                    ScreeningOwner::Account(desk::account(list.account, &store).await?.id)
                };
                let acting = inside_of(&owner, &Trial::default(), &store, desk).await?;
                let entries = acting.screening(&owner).await?;
                let names = Names::of_things(&entries, list.form, &store, desk).await?;
                let human = list.form.text(&entries, SHEET, || show(&entries, &names, desk));
                Ok(Answer::new(entries, human))
            }
            Self::Remove(Remove { entry, trial }) => {
                let owner = store.screening_entry(&entry).await?.owner;
                let acting = inside_of(&owner, &trial, &store, desk).await?;
                acting.remove_screening(&entry).await?;
                let human = desk.say("removed", &[("id", entry.as_str())]);
                Ok(Answer::new(json!({ "removed": entry }), human))
            }
        }
    }
}

/// Enters the account whose calls a list is for; the system's lists are set from outside of all.
async fn inside_of(
    owner: &ScreeningOwner,
    trial: &Trial,
    store: &Store,
    desk: &Desk<'_>,
) -> Result<Acting, Failure> {
    let account = match owner {
        ScreeningOwner::System => return Ok(desk.trying(desk.acting(store), trial)),
        ScreeningOwner::Account(account) => account.clone(),
        ScreeningOwner::User(user) => desk::user(Some(user.clone()), store).await?.account,
    };
    desk.inside(account, trial, store).await
}

const SHEET: &Sheet<ScreeningEntry> = &[
    ("id", |entry| entry.id.to_string()),
    ("list", |entry| entry.list.to_string()),
    ("caller", |entry| entry.caller.to_string()),
    ("owner", |entry| entry.owner.to_string()),
];

fn show(entries: &[ScreeningEntry], names: &Names, desk: &Desk<'_>) -> String {
    let row = |entry: &ScreeningEntry| {
        [
            entry.id.to_string(),
            desk.word(entry.list),
            desk.word(&entry.caller),
            names.owner(&entry.owner, desk),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-id", "head-list", "head-caller", "head-holds-for"]),
        &rows,
    )
}
