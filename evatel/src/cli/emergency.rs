//! `evatel emergency`

use clap::{Args, Subcommand};
use evatel_core::{
    emergency::EmergencyPlace,
    id::{AccountId, TrunkId},
    name::Name,
    number::E164,
};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    owner::{Trial, Where},
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Forgets an account's emergency place
    Remove(Remove),
    /// Sets an account's civic address, its number to ring back and the trunk for its emergency calls
    Set(Set),
    /// Shows the emergency places
    Show(Where),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  evatel emergency set --street \"1200, rue Sainte-Catherine Ouest\" --city Montréal --province QC --callback 5145550199")]
pub(super) struct Set {
    /// Number and street, with the unit
    #[arg(long)]
    street: Name,
    /// City
    #[arg(long)]
    city: Name,
    /// Province or territory in two letters
    #[arg(long, value_parser = values::province)]
    province: Name,
    /// One of the account's own numbers, which the operator rings back
    #[arg(long, value_parser = values::public_number)]
    callback: E164,
    /// The trunk that reaches the emergency centre [default: the only one]
    #[arg(long)]
    trunk: Option<TrunkId>,
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Emergency calls then leave by the account's first trunk and tell no address.

Example:
  evatel emergency remove --account acc-1m7c2k9q4x8v6t3r5y"
)]
pub(super) struct Remove {
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Remove(Remove { account, trial }) => {
                let account = desk::account(account, &store).await?.id;
                let inside = desk.inside(account.clone(), &trial, &store).await?;
                inside.remove_emergency_place(&account).await?;
                let human = desk.say("removed", &[("id", account.as_str())]);
                Ok(Answer::new(json!({ "removed": account }), human))
            }
            Self::Set(set) => {
                let place = EmergencyPlace {
                    account: desk::account(set.account, &store).await?.id,
                    street: set.street,
                    city: set.city,
                    province: set.province,
                    callback: set.callback,
                    trunk: desk::trunk(set.trunk, &store, desk.texts).await?.id,
                };
                desk.inside(place.account.clone(), &set.trial, &store)
                    .await?
                    .set_emergency_place(place.clone())
                    .await?;
                let human = show(std::slice::from_ref(&place), desk);
                Ok(Answer::new(place, human))
            }
            Self::Show(place) => {
                let places = desk.acting(&store).emergency_places(&place.target()).await?;
                let human = if places.is_empty() {
                    desk.say("no-emergency-place", &[])
                } else {
                    show(&places, desk)
                };
                Ok(Answer::new(&places, human))
            }
        }
    }
}

fn show(places: &[EmergencyPlace], desk: &Desk<'_>) -> String {
    let row = |place: &EmergencyPlace| {
        let address = format!("{}, {} ({})", place.street, place.city, place.province);
        [
            place.account.to_string(),
            address,
            place.callback.to_string(),
            place.trunk.to_string(),
        ]
    };
    let rows: Vec<_> = places.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-account", "head-address", "head-callback", "head-trunk"]),
        &rows,
    )
}
