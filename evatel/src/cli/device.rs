//! `evatel device`

use clap::{Args, Subcommand};
use evatel_core::{
    device::Device,
    id::{DeviceId, UserId},
    name::Name,
};
use evatel_store::{NewDevice, REALM, Scope};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a telephone and shows its secret, this once
    Add(Add),
    /// Lists the telephones
    List,
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
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The telephone
    device: DeviceId,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let scope = Scope::system();
        match self {
            Self::Add(add) => {
                let user = desk::user(add.user, &store).await?.id;
                let (device, secret) = store
                    .add_device(NewDevice { name: add.name, user }, &scope)
                    .await?;
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
            Self::List => {
                let devices = store.devices(&scope).await?;
                Ok(Answer::new(&devices, show(&devices, desk)))
            }
            Self::Remove(remove) => {
                store.remove_device(&remove.device, &scope).await?;
                let human = desk.say("removed", &[("id", remove.device.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.device }), human))
            }
        }
    }
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
