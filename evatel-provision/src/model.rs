//! What the templates see: checked text, in a fixed order.

use evatel_core::{
    directory::Directory,
    id::AccountId,
    number::{E164, NumberFormat},
};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::{
    escape::{Unfit, dialplan, ini},
    secret::DeviceSecret,
    site::{MediaClient, Site, WATCHDOG_SECONDS},
};

#[derive(Debug, Serialize)]
pub(crate) struct Model {
    site: SiteModel,
    accounts: Vec<AccountModel>,
    devices: Vec<DeviceModel>,
    dids: Vec<DidModel>,
    trunks: Vec<TrunkModel>,
}

#[derive(Debug, Serialize)]
struct SiteModel {
    app: String,
    ari_password: String,
    ari_user: String,
    directories: Vec<String>,
    http_ip: String,
    http_port: u16,
    language: &'static str,
    max_calls: u32,
    media_clients: Vec<MediaClientModel>,
    media_password: String,
    realm: &'static str,
    root: String,
    rtp_end: u16,
    rtp_start: u16,
    sip_bind: String,
    watchdog: u8,
    wideband: bool,
}

#[derive(Debug, Serialize)]
struct MediaClientModel {
    name: String,
    uri: String,
}

#[derive(Debug, Serialize)]
struct AccountModel {
    id: String,
    emergency: Option<EmergencyModel>,
    extensions: Vec<ExtensionModel>,
}

#[derive(Debug, Serialize)]
struct EmergencyModel {
    callback: String,
    trunk: String,
}

#[derive(Debug, Serialize)]
struct ExtensionModel {
    digits: String,
    device: String,
}

#[derive(Debug, Serialize)]
struct DeviceModel {
    id: String,
    account: String,
    extension: String,
    ha1: String,
    language: &'static str,
    name: String,
    person: String,
}

#[derive(Debug, Serialize)]
struct DidModel {
    device: Option<String>,
    forms: Vec<String>,
}

#[derive(Debug, Serialize)]
struct TrunkModel {
    id: String,
    name: String,
    address: String,
    peer: String,
}

impl Model {
    /// Checks every text that goes into a file. Devices without a secret are left out: they could not register.
    pub(crate) fn new(site: &Site, directory: &Directory, secrets: &[DeviceSecret]) -> Result<Self, Unfit> {
        let mut secrets: Vec<_> = secrets.iter().collect();
        secrets.sort_by(|a, b| a.device.cmp(&b.device));
        Ok(Self {
            site: SiteModel::new(site)?,
            accounts: accounts(directory)?,
            devices: secrets
                .into_iter()
                .filter_map(|secret| device(secret, directory).transpose())
                .collect::<Result<_, _>>()?,
            dids: dids(directory)?,
            trunks: trunks(directory)?,
        })
    }
}

impl SiteModel {
    fn new(site: &Site) -> Result<Self, Unfit> {
        Ok(Self {
            app: dialplan(&site.app)?.to_owned(),
            ari_password: ini(site.ari_password.expose_secret())?.to_owned(),
            ari_user: dialplan(&site.ari_user)?.to_owned(),
            directories: site
                .directories
                .iter()
                .map(|line| ini(line).map(str::to_owned))
                .collect::<Result<_, _>>()?,
            http_ip: site.http_bind.ip().to_string(),
            http_port: site.http_bind.port(),
            language: site.language.word(),
            max_calls: site.max_calls,
            media_clients: media_clients(site)?,
            media_password: MediaClient::password(&site.ari_password)
                .expose_secret()
                .to_owned(),
            realm: "evatel",
            root: ini(&site.root.to_string_lossy())?.to_owned(),
            rtp_end: *site.rtp_ports.end(),
            rtp_start: *site.rtp_ports.start(),
            sip_bind: site.sip_bind.to_string(),
            watchdog: WATCHDOG_SECONDS,
            wideband: site.wideband,
        })
    }
}

fn media_clients(site: &Site) -> Result<Vec<MediaClientModel>, Unfit> {
    [MediaClient::of_daemon, MediaClient::of_doctor]
        .map(|of| of(&site.app, site.media_port))
        .into_iter()
        .map(|client| {
            Ok(MediaClientModel {
                name: dialplan(&client.name)?.to_owned(),
                uri: client.uri(),
            })
        })
        .collect()
}

fn accounts(directory: &Directory) -> Result<Vec<AccountModel>, Unfit> {
    directory
        .accounts()
        .into_iter()
        .map(|account| {
            let mut extensions = Vec::new();
            for user in directory.users_of(&account.id) {
                if let Some(device) = directory.device_of(&user.id) {
                    let digits = dialplan(user.extension.as_str())?.to_owned();
                    extensions.push(ExtensionModel {
                        digits,
                        device: dialplan(device.id.as_str())?.to_owned(),
                    });
                }
            }
            let emergency = emergency(&account.id, directory)?;
            Ok(AccountModel {
                id: dialplan(account.id.as_str())?.to_owned(),
                emergency,
                extensions,
            })
        })
        .collect()
}

/// Finds where emergency calls go: to the account's place, and without one over its trunk all the same.
fn emergency(account: &AccountId, directory: &Directory) -> Result<Option<EmergencyModel>, Unfit> {
    let (trunk, callback) = match directory.emergency_place(account) {
        Some(place) => (directory.trunk(&place.trunk), Some(&place.callback)),
        None => (directory.outgoing_trunk(account), directory.shown_number(account)),
    };
    let Some(trunk) = trunk else { return Ok(None) };
    let callback = callback.map(|number| trunk.format.write(number));
    let callback = callback
        .as_ref()
        .map(|number| dialplan(number.as_str()))
        .transpose()?;
    Ok(Some(EmergencyModel {
        callback: callback.unwrap_or_default().to_owned(),
        trunk: dialplan(trunk.id.as_str())?.to_owned(),
    }))
}

fn device(secret: &DeviceSecret, directory: &Directory) -> Result<Option<DeviceModel>, Unfit> {
    let Some(device) = directory.device(&secret.device) else {
        return Ok(None);
    };
    let Some(user) = directory.user(&device.user) else {
        return Ok(None);
    };
    let Some(account) = directory.account_of(&device.user) else {
        return Ok(None);
    };
    Ok(Some(DeviceModel {
        id: dialplan(device.id.as_str())?.to_owned(),
        account: dialplan(account.id.as_str())?.to_owned(),
        extension: dialplan(user.extension.as_str())?.to_owned(),
        ha1: dialplan(secret.ha1.expose_secret())?.to_owned(),
        language: account.language.word(),
        name: ini(device.name.as_str())?.to_owned(),
        person: ini(user.name.as_str())?.replace('"', "'"),
    }))
}

fn dids(directory: &Directory) -> Result<Vec<DidModel>, Unfit> {
    let mut models = Vec::new();
    for did in directory.dids() {
        let device = match directory.device_of(did.target.user()) {
            Some(device) => Some(dialplan(device.id.as_str())?.to_owned()),
            None => None,
        };
        models.push(DidModel {
            device,
            forms: written_forms(&did.number),
        });
    }
    Ok(models)
}

/// Lists every way in which a carrier may write a number: the dialplan cannot canonicalise.
fn written_forms(number: &E164) -> Vec<String> {
    let mut forms: Vec<String> = NumberFormat::ALL
        .iter()
        .map(|(_, format)| format.write(number).to_string())
        .collect();
    forms.push(number.digits().to_owned());
    forms.sort();
    forms.dedup();
    forms
}

fn trunks(directory: &Directory) -> Result<Vec<TrunkModel>, Unfit> {
    directory
        .trunks()
        .into_iter()
        .map(|trunk| {
            Ok(TrunkModel {
                id: dialplan(trunk.id.as_str())?.to_owned(),
                name: ini(trunk.name.as_str())?.to_owned(),
                address: trunk.peer.ip.to_string(),
                peer: trunk.peer.to_string(),
            })
        })
        .collect()
}
