//! `evatel device`

use clap::{Args, Subcommand};
use evatel_core::{
    device::Device,
    id::{AccountId, DeviceId, UserId},
    name::Name,
};
use evatel_store::{NewDevice, REALM, Store};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    owner::{Trial, Where},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a telephone and shows its secret, this once
    Add(Add),
    /// Lists the telephones
    List(Where),
    /// Removes a telephone
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel device add --name Bureau")]
pub(super) struct Add {
    /// What you call it
    #[arg(long)]
    name: Name,
    /// Whose it is [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The telephone
    device: DeviceId,
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Add(add) => {
                let user = desk::user(add.user, &store).await?;
                let inside = desk.inside(user.account, &add.trial, &store).await?;
                let new = NewDevice {
                    name: add.name,
                    user: user.id,
                };
                let (device, secret) = inside.add_device(new).await?;
                if add.trial.dry_run {
                    // There is no such telephone, so its secret is worth nothing.
                    let human = show(std::slice::from_ref(&device), desk);
                    return Ok(Answer::new(json!({ "device": device }), human));
                }
                let secret = secret.expose_secret();
                let lines = [
                    desk.say("device-user", &[("user", device.id.as_str())]),
                    desk.say("device-secret", &[("secret", secret)]),
                    desk.say("device-realm", &[("realm", REALM)]),
                    desk.say("device-once", &[]),
                ];
                let json = json!({
                    "device": device,
                    "sip_user": device.id,
                    "secret": secret,
                    "realm": REALM,
                });
                Ok(Answer::new(json, lines.join("\n")))
            }
            Self::List(place) => {
                let devices = desk.acting(&store).devices(&place.target()).await?;
                Ok(Answer::new(&devices, show(&devices, desk)))
            }
            Self::Remove(Remove { device, trial }) => {
                let account = account_of(&device, &store).await?;
                desk.inside(account, &trial, &store)
                    .await?
                    .remove_device(&device)
                    .await?;
                let human = desk.say("removed", &[("id", device.as_str())]);
                Ok(Answer::new(json!({ "removed": device }), human))
            }
        }
    }
}

/// Finds the account that a telephone is in.
pub(super) async fn account_of(device: &DeviceId, store: &Store) -> Result<AccountId, Failure> {
    let missing = || evatel_store::Error::Missing {
        what: "device",
        id: device.to_string(),
    };
    let owner = store.owner_of_device(device).await?.ok_or_else(missing)?;
    Ok(desk::user(Some(owner), store).await?.account)
}

fn show(devices: &[Device], desk: &Desk<'_>) -> String {
    let row = |device: &Device| {
        [
            device.id.to_string(),
            device.name.to_string(),
            device.user.to_string(),
        ]
    };
    let rows: Vec<_> = devices.iter().map(row).collect();
    table(desk.texts.headings(["head-id", "head-name", "head-user"]), &rows)
}
