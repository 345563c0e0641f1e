//! `evatel emergency`

use clap::{Args, Subcommand};
use evatel_core::{
    emergency::{CivicProvince, EmergencyPlace},
    id::{AccountId, TrunkId},
    name::Name,
    number::E164,
};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::Sheet,
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::{Listing, Trial},
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Forgets an account's emergency place
    Remove(Remove),
    /// Sets an account's civic address, its number to ring back and the trunk for its emergency calls
    Set(Set),
    /// Shows the emergency places
    #[command(after_help = "Examples:
  evatel emergency show
  evatel emergency show --account acc-1m7c2k9q4x8v6t3r5y --csv > places.csv")]
    Show(Listing),
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
    /// Province or territory in two letters: AB BC MB NB NL NS NT NU ON PE QC SK YT
    #[arg(long)]
    province: CivicProvince,
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
                let human = show(std::slice::from_ref(&place), &Names::default(), desk);
                Ok(Answer::new(place, human))
            }
            Self::Show(list) => {
                let form = list.form;
                let places = desk.acting(&store).emergency_places(&list.target()).await?;
                let names = Names::of_things(&places, form, &store, desk).await?;
                let human = form.text(&places, SHEET, || match places[..] {
                    [] => desk.say("no-emergency-place", &[]),
                    _ => show(&places, &names, desk),
                });
                Ok(Answer::new(places, human))
            }
        }
    }
}

const SHEET: &Sheet<EmergencyPlace> = &[
    ("account", |place| place.account.to_string()),
    ("street", |place| place.street.to_string()),
    ("city", |place| place.city.to_string()),
    ("province", |place| place.province.to_string()),
    ("callback", |place| place.callback.to_string()),
    ("trunk", |place| place.trunk.to_string()),
];

fn show(places: &[EmergencyPlace], names: &Names, desk: &Desk<'_>) -> String {
    let row = |place: &EmergencyPlace| {
        let address = format!("{}, {} ({})", place.street, place.city, place.province);
        [
            names.of(&place.account),
            address,
            place.callback.to_string(),
            names.of(&place.trunk),
        ]
    };
    let rows: Vec<_> = places.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-account", "head-address", "head-callback", "head-trunk"]),
        &rows,
    )
}
