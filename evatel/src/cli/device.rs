//! `evatel device`

use clap::{Args, Subcommand};
use evatel_core::{
    device::{DeviceRecord, Hardware, MacAddress},
    id::{AccountId, DeviceId, UserId},
    name::Name,
};
use evatel_store::{DeviceChange, NewDevice, REALM, Store, Target};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::{Listing, Trial},
    values::{self, OrNone},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds a telephone and shows its secret, this once
    Add(Add),
    /// Lists the telephones
    #[command(after_help = "Examples:
  evatel device list
  evatel device list --account acc-1m7c2k9q4x8v6t3r5y --csv > telephones.csv")]
    List(Listing),
    /// Removes a telephone
    Remove(Remove),
    /// Gives a telephone another secret and shows it, this once
    Secret(Which),
    /// Changes a telephone, or whose it is
    Set(Set),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel device add --name Bureau
  evatel device add --name Bureau --model \"Yealink T54W\" --mac 80:5e:c0:12:34:56")]
pub(super) struct Add {
    /// What you call it
    #[arg(long)]
    name: Name,
    /// Whose it is [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
    /// What its maker calls it
    #[arg(long)]
    model: Option<Name>,
    /// The MAC address on its label; one telephone is one device at a time
    #[arg(long)]
    mac: Option<MacAddress>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The secret before opens nothing any more once `evatel provision apply` has told Asterisk.

Example:
  evatel device secret dev-1m7c2k9q4x8v6t3r5y"
)]
pub(super) struct Which {
    /// The telephone
    device: DeviceId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(
    after_help = "A telephone that goes to another account is let go by the first one: `--mac none`, or `evatel device remove`.

Examples:
  evatel device set dev-1m7c2k9q4x8v6t3r5y --name Accueil --user usr-1m7c2k9q4x8v6t3r5y
  evatel device set dev-1m7c2k9q4x8v6t3r5y --model \"Yealink T54W\" --mac 80:5e:c0:12:34:56
  evatel device set dev-1m7c2k9q4x8v6t3r5y --mac none --dry-run"
)]
pub(super) struct Set {
    /// The telephone
    device: DeviceId,
    /// What you call it
    #[arg(long)]
    name: Option<Name>,
    /// Whose it is, another user of the same account
    #[arg(long)]
    user: Option<UserId>,
    /// What its maker calls it, or none
    #[arg(long, value_parser = |text: &str| values::or_none(text, values::parsed::<Name>))]
    model: Option<OrNone<Name>>,
    /// The MAC address on its label, or none
    #[arg(long, value_parser = |text: &str| values::or_none(text, values::parsed::<MacAddress>))]
    mac: Option<OrNone<MacAddress>>,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel device remove dev-1m7c2k9q4x8v6t3r5y --dry-run")]
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
                    hardware: Hardware {
                        mac: add.mac,
                        model: add.model,
                    },
                };
                let (device, secret) = inside.add_device(new).await?;
                if add.trial.dry_run {
                    // There is no such telephone, so its secret is worth nothing.
                    let human = show(std::slice::from_ref(&device), &Names::default(), desk);
                    return Ok(Answer::new(json!({ "device": device }), human));
                }
                Ok(told_once(&device, &secret, desk))
            }
            Self::List(list) => {
                let form = list.form;
                let devices = desk.acting(&store).devices(&list.target()).await?;
                let names = Names::of_things(&devices, form, &store, desk).await?;
                let human = form.text(&devices, SHEET, || show(&devices, &names, desk));
                Ok(Answer::new(devices, human))
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
            Self::Secret(Which { device, trial }) => {
                let account = account_of(&device, &store).await?;
                let inside = desk.inside(account.clone(), &trial, &store).await?;
                let secret = inside.renew_device_secret(&device).await?;
                let devices = inside.devices(&Target::Account(account)).await?;
                let found = devices.into_iter().find(|one| one.device.id == device);
                let record = found.ok_or_else(|| missing(&device))?;
                if trial.dry_run {
                    // The secret before still holds.
                    let human = show(std::slice::from_ref(&record), &Names::default(), desk);
                    return Ok(Answer::new(json!({ "device": record }), human));
                }
                Ok(told_once(&record, &secret, desk))
            }
            Self::Set(set) => {
                let change = DeviceChange {
                    mac: set.mac.map(|mac| mac.0),
                    model: set.model.map(|model| model.0),
                    name: set.name,
                    user: set.user,
                };
                if change == DeviceChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-device-set",
                    ));
                }
                let account = account_of(&set.device, &store).await?;
                let inside = desk.inside(account, &set.trial, &store).await?;
                let device = inside.change_device(&set.device, change).await?;
                let human = show(std::slice::from_ref(&device), &Names::default(), desk);
                Ok(Answer::new(device, human))
            }
        }
    }
}

/// Tells what is entered at a telephone; its secret this once.
fn told_once(record: &DeviceRecord, secret: &SecretString, desk: &Desk<'_>) -> Answer {
    let (id, secret) = (record.device.id.as_str(), secret.expose_secret());
    let lines = [
        desk.say("device-user", &[("user", id)]),
        desk.say("device-secret", &[("secret", secret)]),
        desk.say("device-realm", &[("realm", REALM)]),
        desk.say("device-once", &[]),
    ];
    let json = json!({
        "device": record,
        "sip_user": id,
        "secret": secret,
        "realm": REALM,
    });
    Answer::new(json, lines.join("\n"))
}

/// Finds the account that a telephone is in.
pub(super) async fn account_of(device: &DeviceId, store: &Store) -> Result<AccountId, Failure> {
    let owner = store.owner_of_device(device).await?;
    let owner = owner.ok_or_else(|| missing(device))?;
    Ok(desk::user(Some(owner), store).await?.account)
}

fn missing(device: &DeviceId) -> evatel_store::Error {
    evatel_store::Error::Missing {
        what: "device",
        id: device.to_string(),
    }
}

const SHEET: &Sheet<DeviceRecord> = &[
    ("id", |record| record.device.id.to_string()),
    ("name", |record| record.device.name.to_string()),
    ("user", |record| record.device.user.to_string()),
    ("model", |record| csv::optional(record.hardware.model.as_ref())),
    ("mac", |record| csv::optional(record.hardware.mac)),
];

fn show(devices: &[DeviceRecord], names: &Names, desk: &Desk<'_>) -> String {
    let row = |DeviceRecord { device, hardware }: &DeviceRecord| {
        [
            device.id.to_string(),
            device.name.to_string(),
            names.of(&device.user),
            hardware.model.as_ref().map_or_else(String::new, Name::to_string),
            hardware.mac.map_or_else(String::new, |mac| mac.to_string()),
        ]
    };
    let rows: Vec<_> = devices.iter().map(row).collect();
    let headings = ["head-id", "head-name", "head-user", "head-model", "head-mac"];
    table(desk.texts.headings(headings), &rows)
}
