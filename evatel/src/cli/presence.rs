//! `evatel presence`

use std::{path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use evatel_core::{
    id::UserId,
    presence::{Presence, Status},
    schedule::{Override, Zone},
};
use evatel_store::Acting;
use jiff::Timestamp;
use serde_json::json;

use super::{
    answer::Answer,
    desk::{self, Desk},
    failure::Failure,
    moment,
    owner::Trial,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Sets a user's statuses, when each holds, and what becomes of his callers then
    Set(SetFile),
    /// Shows what was set, as the file that `set` takes
    #[command(after_help = "Example:\n  evatel presence show --user usr-1m7c2k9q4x8v6t3r5y > luc.json")]
    Show(OfUser),
    /// Sets the user's status by hand, or takes that back with `auto`
    Status(SetStatus),
    /// Removes the rules: the user's telephone rings whenever he is called
    #[command(after_help = "Example:\n  evatel presence remove --user usr-1m7c2k9q4x8v6t3r5y --dry-run")]
    Remove(TryUser),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  evatel presence set --file luc.json

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
    of: TryUser,
}

#[derive(Debug, Args)]
pub(super) struct OfUser {
    /// Whose [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
}

/// A user, and whether to try only.
#[derive(Debug, Args)]
pub(super) struct TryUser {
    /// Whose [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
    #[command(flatten)]
    trial: Trial,
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
    of: TryUser,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Set(set) => {
                let presence: Presence = desk.read_json(&set.file)?;
                let user = desk::user(set.of.user, &store).await?;
                let acting = desk.inside(user.account, &set.of.trial, &store).await?;
                let directory = Arc::new(store.load_directory().await?);
                acting
                    .set_presence(&user.id, presence.clone(), &directory)
                    .await?;
                let human = desk.say("presence-set", &[("name", user.name.as_str())]);
                Ok(Answer::new(presence, human))
            }
            Self::Show(of) => {
                let user = desk::user(of.user, &store).await?;
                let acting = desk.inside(user.account, &Trial::default(), &store).await?;
                Ok(document(presence_of(&user.id, &acting).await?))
            }
            Self::Status(set) => {
                let user = desk::user(set.of.user, &store).await?;
                let acting = desk.inside(user.account, &set.of.trial, &store).await?;
                let presence = presence_of(&user.id, &acting).await?;
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
                let presence = acting.set_status(&user.id, manual).await?;
                let state = presence.schedule().at(Timestamp::now()).state.to_string();
                let human = desk.say("status-now", &[("name", user.name.as_str()), ("state", &state)]);
                Ok(Answer::new(json!({ "user": user.id, "status": state }), human))
            }
            Self::Remove(of) => {
                let user = desk::user(of.user, &store).await?;
                let acting = desk.inside(user.account, &of.trial, &store).await?;
                acting.remove_presence(&user.id).await?;
                let human = desk.say("removed", &[("id", user.id.as_str())]);
                Ok(Answer::new(json!({ "removed": user.id }), human))
            }
        }
    }
}

async fn presence_of(user: &UserId, acting: &Acting) -> Result<Presence, Failure> {
    let missing = || evatel_store::Error::Missing {
        what: "presence of user",
        id: user.to_string(),
    };
    Ok(acting.presence(user).await?.ok_or_else(missing)?)
}

/// Makes an override that holds from now on.
pub(super) fn by_hand<S>(state: S, until: Option<&str>, zone: &Zone) -> Result<Override<S>, Failure> {
    let now = Timestamp::now();
    let until = until.map(|text| moment::until(text, zone, now)).transpose();
    Ok(Override {
        state,
        since: Some(now),
        until: until.map_err(|reason| Failure::input(reason, "hint-until"))?,
    })
}

/// Shows a document as the file that it came from.
pub(super) fn document(document: impl serde::Serialize) -> Answer {
    let human = serde_json::to_string_pretty(&document).expect("domain types have text keys only");
    Answer::new(document, human)
}
