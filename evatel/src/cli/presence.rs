//! `evatel presence`, `evatel office` and `evatel screening`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use evatel_core::{
    id::{AccountId, ScreeningId, UserId},
    office::{Office, OfficeState},
    presence::{Presence, Status},
    schedule::{Override, Zone},
    screening::{CallerMatch, ScreeningEntry, ScreeningList, ScreeningOwner},
};
use evatel_store::{NewScreening, Scope, Store};
use jiff::Timestamp;
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    moment,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Sets a user's statuses, when each holds, and what becomes of his callers then
    Set(SetFile),
    /// Shows what was set, as the file that `set` takes
    Show(OfUser),
    /// Sets the user's status by hand, or takes that back with `auto`
    Status(SetStatus),
    /// Removes the rules: the user's telephone rings whenever he is called
    Remove(OfUser),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: evatel presence set --file luc.json

The file, with a schedule as `evatel schedule explain --help` shows it:
  { \"schedule\": { \"zone\": \"America/Toronto\", \"otherwise\": \"after-hours\",
                  \"weekly\": [{ \"when\": \"mon-fri 09:00-17:00\", \"state\": \"working\" }] },
    \"statuses\": [{ \"status\": \"working\", \"rules\": [
        { \"who\": \"anonymous\", \"then\": \"reject\" },
        { \"who\": \"vip\", \"then\": { \"forward\": [
            { \"ring_seconds\": 20, \"legs\": [{ \"to\": \"devices\" }] },
            { \"ring_seconds\": 25, \"legs\": [{ \"to\": \"user:USER\" }, { \"to\": \"+15145550142\", \"confirm\": true }] }] } },
        { \"who\": \"everybody\", \"then\": \"voicemail\" }] }] }
Callers: everybody, vip, contacts, contact:CONTACT, anonymous, +15145550142, +1900*
Statuses: unavailable working in-meeting out-of-office vacation business-trip after-hours weekends, or one's own with rules")]
pub(super) struct SetFile {
    /// The rules, a JSON document
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    of: OfUser,
}

#[derive(Debug, Args)]
pub(super) struct OfUser {
    /// Whose [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel presence status in-meeting --until 15:30
  evatel presence status vacation --until 2027-01-04T09:00
  evatel presence status auto")]
pub(super) struct SetStatus {
    /// A status, or `auto` for what the schedule says
    status: String,
    /// Until when: an hour on the clock of the schedule's zone, a local time or an instant
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    of: OfUser,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let (store, scope) = (desk.store().await?, Scope::system());
        match self {
            Self::Set(set) => {
                let presence: Presence = desk.read_json(&set.file)?;
                let user = desk::user(set.of.user, &store).await?;
                let directory = store.load_directory().await?;
                store
                    .set_presence(&user, presence.clone(), &directory, &scope)
                    .await?;
                Ok(Answer::new(
                    presence,
                    desk.say("presence-set", &[("name", user.name.as_str())]),
                ))
            }
            Self::Show(of) => {
                let user = desk::user(of.user, &store).await?;
                let presence = presence_of(&user.id, &store).await?;
                Ok(document(presence))
            }
            Self::Status(set) => {
                let user = desk::user(set.of.user, &store).await?;
                let presence = presence_of(&user.id, &store).await?;
                let zone = presence.schedule().zone();
                let manual = match set.status.as_str() {
                    "auto" => None,
                    text => {
                        let status = text.parse::<Status>();
                        let status =
                            status.map_err(|error| Failure::input(error.to_string(), "hint-status"))?;
                        Some(by_hand(status, set.until.as_deref(), zone)?)
                    }
                };
                let presence = store.set_status(&user.id, manual, &scope).await?;
                let state = presence.schedule().at(Timestamp::now()).state.to_string();
                let human = desk.say("status-now", &[("name", user.name.as_str()), ("state", &state)]);
                Ok(Answer::new(json!({ "user": user.id, "status": state }), human))
            }
            Self::Remove(of) => {
                let user = desk::user(of.user, &store).await?.id;
                store.remove_presence(&user, &scope).await?;
                let human = desk.say("removed", &[("id", user.as_str())]);
                Ok(Answer::new(json!({ "removed": user }), human))
            }
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum OfficeVerb {
    /// Sets when the office is open, and what becomes of callers to its main number
    Set(SetOffice),
    /// Shows what was set, as the file that `set` takes
    Show(OfAccount),
    /// Opens or closes the office by hand, or takes that back with `auto`
    Status(SetOfficeStatus),
    /// Removes the hours: the operator is rung whenever the main number is called
    Remove(OfAccount),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: evatel office set --file office.json

The file, with a schedule as `evatel schedule explain --help` shows it:
  { \"schedule\": { \"zone\": \"America/Toronto\", \"otherwise\": \"closed\",
                  \"holidays\": { \"calendar\": { \"province\": \"qc\" }, \"state\": \"closed\" },
                  \"weekly\": [{ \"when\": \"mon-fri 09:00-17:00\", \"state\": \"open\" }] },
    \"open\": { \"forward\": [{ \"ring_seconds\": 25, \"legs\": [{ \"to\": \"devices\" }] }] },
    \"closed\": \"voicemail\" }")]
pub(super) struct SetOffice {
    /// The hours, a JSON document
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Who answers for its forwards; the hours are those of his account [default: the user that init made]
    #[arg(long)]
    operator: Option<UserId>,
}

#[derive(Debug, Args)]
pub(super) struct OfAccount {
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel office status closed --until 13:00
  evatel office status auto")]
pub(super) struct SetOfficeStatus {
    /// `open`, `closed`, or `auto` for what the hours say
    #[arg(value_parser = ["open", "closed", "auto"])]
    status: String,
    /// Until when: an hour on the clock of the office, a local time or an instant
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    of: OfAccount,
}

impl OfficeVerb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let (store, scope) = (desk.store().await?, Scope::system());
        match self {
            Self::Set(set) => {
                let office: Office = desk.read_json(&set.file)?;
                let operator = desk::user(set.operator, &store).await?;
                let directory = store.load_directory().await?;
                store
                    .set_office(&operator, office.clone(), &directory, &scope)
                    .await?;
                Ok(Answer::new(office, desk.say("office-set", &[])))
            }
            Self::Show(of) => {
                let account = desk::account(of.account, &store).await?;
                Ok(document(office_of(&account.id, &store).await?))
            }
            Self::Status(set) => {
                let account = desk::account(set.of.account, &store).await?.id;
                let office = office_of(&account, &store).await?;
                let manual = match set.status.parse::<OfficeState>() {
                    Ok(state) => Some(by_hand(state, set.until.as_deref(), office.schedule().zone())?),
                    Err(_) => None,
                };
                let office = store.set_office_status(&account, manual, &scope).await?;
                let state = office.schedule().at(Timestamp::now()).state.word();
                let human = desk.say(&format!("office-{state}"), &[]);
                Ok(Answer::new(json!({ "account": account, "status": state }), human))
            }
            Self::Remove(of) => {
                let account = desk::account(of.account, &store).await?.id;
                store.remove_office(&account, &scope).await?;
                let human = desk.say("removed", &[("id", account.as_str())]);
                Ok(Answer::new(json!({ "removed": account }), human))
            }
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum ScreeningVerb {
    /// Blocks callers, always lets them through, or makes them important
    Add(AddScreening),
    /// Lists the entries
    List,
    /// Removes an entry
    Remove(RemoveScreening),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel screening add block anonymous
  evatel screening add vip +15145550142 --user usr-1m7c2k9q4x8v6t3r5y
  evatel screening add block \"+1900*\" --system")]
pub(super) struct AddScreening {
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
}

#[derive(Debug, Args)]
pub(super) struct RemoveScreening {
    /// The entry
    entry: ScreeningId,
}

impl ScreeningVerb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let (store, scope) = (desk.store().await?, Scope::system());
        match self {
            Self::Add(add) => {
                let owner = match (add.system, add.account) {
                    (true, _) => ScreeningOwner::System,
                    (false, Some(account)) => ScreeningOwner::Account(account),
                    (false, None) => ScreeningOwner::User(desk::user(add.user, &store).await?.id),
                };
                let new = NewScreening {
                    caller: add.caller,
                    list: add.list,
                    owner,
                };
                let entry = store.add_screening(new, &scope).await?;
                let human = show(std::slice::from_ref(&entry), desk);
                Ok(Answer::new(entry, human))
            }
            Self::List => {
                let entries = store.screening(&scope).await?;
                Ok(Answer::new(&entries, show(&entries, desk)))
            }
            Self::Remove(remove) => {
                store.remove_screening(&remove.entry, &scope).await?;
                let human = desk.say("removed", &[("id", remove.entry.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.entry }), human))
            }
        }
    }
}

fn show(entries: &[ScreeningEntry], desk: &Desk<'_>) -> String {
    let row = |entry: &ScreeningEntry| {
        [
            entry.id.to_string(),
            entry.list.to_string(),
            entry.caller.to_string(),
            entry.owner.to_string(),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-id", "head-list", "head-caller", "head-holds-for"]),
        &rows,
    )
}

async fn presence_of(user: &UserId, store: &Store) -> Result<Presence, Failure> {
    let directory = store.load_directory().await?;
    let missing = || evatel_store::Error::Missing {
        what: "presence of user",
        id: user.to_string(),
    };
    Ok(directory.presence(user).cloned().ok_or_else(missing)?)
}

async fn office_of(account: &AccountId, store: &Store) -> Result<Office, Failure> {
    let directory = store.load_directory().await?;
    let missing = || evatel_store::Error::Missing {
        what: "office of account",
        id: account.to_string(),
    };
    Ok(directory.office(account).cloned().ok_or_else(missing)?)
}

/// Makes an override that holds from now on.
fn by_hand<S>(state: S, until: Option<&str>, zone: &Zone) -> Result<Override<S>, Failure> {
    let now = Timestamp::now();
    let until = until.map(|text| moment::until(text, zone, now)).transpose();
    Ok(Override {
        state,
        since: Some(now),
        until: until.map_err(|reason| Failure::input(reason, "hint-until"))?,
    })
}

/// Shows a document as the file that it came from.
fn document(document: impl serde::Serialize) -> Answer {
    let human = serde_json::to_string_pretty(&document).expect("domain types have text keys only");
    Answer::new(document, human)
}
