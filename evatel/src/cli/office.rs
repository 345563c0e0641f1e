//! `evatel office`

use std::{path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use evatel_core::{
    id::{AccountId, UserId},
    office::{Office, OfficeState},
};
use evatel_store::Acting;
use jiff::Timestamp;
use serde_json::json;

use super::{
    answer::Answer,
    desk::{self, Desk},
    failure::Failure,
    owner::Trial,
    presence::{by_hand, document},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Sets when the office is open, and what becomes of callers to its main number
    Set(SetOffice),
    /// Shows what was set, as the file that `set` takes
    #[command(after_help = "Example:\n  evatel office show --account acc-1m7c2k9q4x8v6t3r5y > office.json")]
    Show(OfAccount),
    /// Opens or closes the office by hand, or takes that back with `auto`
    Status(SetOfficeStatus),
    /// Removes the hours: the operator is rung whenever the main number is called
    #[command(after_help = "Example:\n  evatel office remove --account acc-1m7c2k9q4x8v6t3r5y --dry-run")]
    Remove(TryAccount),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  evatel office set --file office.json

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
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct OfAccount {
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

/// An account, and whether to try only.
#[derive(Debug, Args)]
pub(super) struct TryAccount {
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    trial: Trial,
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
    of: TryAccount,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Set(set) => {
                let office: Office = desk.read_json(&set.file)?;
                let operator = desk::user(set.operator, &store).await?;
                let acting = desk.inside(operator.account, &set.trial, &store).await?;
                let directory = Arc::new(store.load_directory().await?);
                acting
                    .set_office(&operator.id, office.clone(), &directory)
                    .await?;
                Ok(Answer::new(office, desk.say("office-set", &[])))
            }
            Self::Show(of) => {
                let account = desk::account(of.account, &store).await?.id;
                let acting = desk.inside(account.clone(), &Trial::default(), &store).await?;
                Ok(document(office_of(&account, &acting).await?))
            }
            Self::Status(set) => {
                let account = desk::account(set.of.account, &store).await?.id;
                let acting = desk.inside(account.clone(), &set.of.trial, &store).await?;
                let office = office_of(&account, &acting).await?;
                let manual = match set.status.parse::<OfficeState>() {
                    Ok(state) => Some(by_hand(state, set.until.as_deref(), office.schedule().zone())?),
                    Err(_) => None,
                };
                let office = acting.set_office_status(&account, manual).await?;
                let state = office.schedule().at(Timestamp::now()).state.word();
                let human = desk.say(&format!("office-{state}"), &[]);
                Ok(Answer::new(json!({ "account": account, "status": state }), human))
            }
            Self::Remove(of) => {
                let account = desk::account(of.account, &store).await?.id;
                let acting = desk.inside(account.clone(), &of.trial, &store).await?;
                acting.remove_office(&account).await?;
                let human = desk.say("removed", &[("id", account.as_str())]);
                Ok(Answer::new(json!({ "removed": account }), human))
            }
        }
    }
}

async fn office_of(account: &AccountId, acting: &Acting) -> Result<Office, Failure> {
    let missing = || evatel_store::Error::Missing {
        what: "office of account",
        id: account.to_string(),
    };
    Ok(acting.office(account).await?.ok_or_else(missing)?)
}
