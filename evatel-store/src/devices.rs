//! Devices and what they prove themselves with.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable,
    Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    device::{Device, DeviceRecord, Hardware, MacAddress},
    id::{AccountId, DeviceId, UserId},
    name::Name,
    offer::DevicePlace,
    permission::{Action, Matter},
};
use jiff::Timestamp;
use md5::{Digest, Md5};
use secrecy::SecretString;

use crate::{
    Acting, Error, Scope, Store, Target,
    acting::{Done, Permit, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    feed::bump_revision,
    keys::Spot,
    mint,
    schema::{devices, users},
    sealed,
    shop::Shop,
};

/// The realm of our SIP digests, in the switch's configuration as well (RFC 3261 §22.1).
pub const REALM: &str = "evatel";

/// A device to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// What people call it.
    pub name: Name,
    /// Whose it is.
    pub user: UserId,
    /// What stands on the desk.
    pub hardware: Hardware,
}

impl NewDevice {
    /// Makes one of which nobody has said what stands on the desk.
    pub fn new(name: Name, user: UserId) -> Self {
        Self {
            name,
            user,
            hardware: Hardware::default(),
        }
    }
}

/// What to change of a device; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceChange {
    /// The address on its label; `Some(None)` lets go of it.
    pub mac: Option<Option<MacAddress>>,
    /// What its maker calls it.
    pub model: Option<Option<Name>>,
    /// What people call it.
    pub name: Option<Name>,
    /// Whose it is: another user of the same account.
    pub user: Option<UserId>,
}

/// What the switch needs to check a device: for provisioning only.
#[derive(Debug, Clone)]
pub struct DeviceCredential {
    /// The device; its id is the SIP user name.
    pub device: DeviceId,
    /// MD5 of `id:realm:secret` in hexadecimal (RFC 7616 §3.4.2), as Asterisk's `md5_cred` takes it.
    pub ha1: SecretString,
}

impl Store {
    /// Lists the devices within the scope, oldest first.
    pub async fn devices(&self, scope: &Scope) -> Result<Vec<Device>, Error> {
        let only = scope.only();
        let rows: Vec<DeviceRow> = on_backend!(self, link => {
            let mut query = devices::table
                .inner_join(users::table.on(users::id.eq(devices::user_id)))
                .select(DeviceRow::as_select())
                .order(devices::id)
                .into_boxed();
            if let Some(only) = &only {
                query = query.filter(users::account_id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Says whose a device is, whoever's it is: to be touched, its owner has to be within reach.
    pub async fn owner_of_device(&self, device: &DeviceId) -> Result<Option<UserId>, Error> {
        let owner: Result<AsText<UserId>, _> = on_backend!(self, link => devices::table
            .select(devices::user_id)
            .filter(devices::id.eq(device.as_str()))
            .first(link));
        Ok(owner.optional()?.map(|owner| owner.0))
    }

    /// Lists what the switch needs to check each device, oldest device first.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::KeyMissing`], [`Error::Sealed`] for one that cannot be opened.
    pub async fn device_credentials(&self) -> Result<Vec<DeviceCredential>, Error> {
        let rows: Vec<(AsText<DeviceId>, Option<String>, Option<String>)> = on_backend!(self, link =>
            devices::table.select((devices::id, devices::ha1, devices::secret)).order(devices::id).load(link))?;
        let credential = |(id, plain, sealed): (AsText<DeviceId>, _, _)| {
            let ha1 = match (plain, sealed) {
                (_, Some(sealed)) => self
                    .keys()
                    .ok_or(Error::NoKey)?
                    .open(String::as_str(&sealed), spot(&id.0))?,
                // The table's CHECK admits no other row: one of before, not sealed yet.
                (plain, None) => SecretString::from(Option::<String>::unwrap_or_default(plain)),
            };
            Ok(DeviceCredential { device: id.0, ha1 })
        };
        rows.into_iter().map(credential).collect()
    }
}

impl Acting {
    /// Adds a device and gives its secret, which is told once: only a digest is kept, and that sealed.
    ///
    /// # Errors
    /// [`Error::NoKey`] without a key to seal it with ([`Store::with_keys`]), [`Error::KeyMissing`] where the others are
    /// sealed with another one; [`Error::Unpaid`] where a telephone costs and no place is free that the account pays for;
    /// [`Error::MacTaken`]; [`Error::Missing`] where there is no such user within reach, [`Error::Refused`].
    pub async fn add_device(&self, new: NewDevice) -> Result<(DeviceRecord, SecretString), Error> {
        let record = DeviceRecord {
            device: Device {
                id: mint::id("dev")?,
                user: new.user,
                name: new.name,
            },
            hardware: new.hardware,
        };
        let (id, mac) = (record.device.id.clone(), record.hardware.mac);
        let secret = mint::secret()?;
        let (keys, digest) = (self.store().keys().cloned(), ha1(&id, &secret));
        let target = Target::User(record.device.user.clone());
        let added = command!(self, Action::Order, Matter::Devices, target, |permit, link| {
            let shop = Shop::of(&permit, &mut *link).await?;
            let place = shop.terms().device_place(Timestamp::now())?;
            let sealed = sealed::seal(&digest, spot(&id), keys.as_deref(), &mut *link).await?;
            insert(&record, sealed, place, &mut *link).await?;
            bump_revision!(link, "devices" => id.as_str());
            Ok(Done::made(record, id))
        });
        let record = added.map_err(|error: Error| error.or_mac_taken(mac))?;
        Ok((record, secret.into()))
    }

    /// Changes a device and gives it as it is now; its secret stays.
    ///
    /// # Errors
    /// [`Error::MacTaken`] as long as another device has the address; [`Error::Missing`] where there is no such device, or no
    /// such user in its account; [`Error::Refused`].
    pub async fn change_device(
        &self,
        device: &DeviceId,
        change: DeviceChange,
    ) -> Result<DeviceRecord, Error> {
        let (id, acting) = (device.clone(), self.clone());
        let mac = change.mac.flatten();
        let target = self.owner_as_target(device).await?;
        let changed = command!(self, Action::Write, Matter::Devices, target, |permit, link| {
            let before = device_within(&id, &permit, &mut *link).await?;
            if let Some(user) = &change.user {
                let missing = || Error::missing("user", user);
                let other = Target::User(user.clone());
                let there = acting
                    .permit(Action::Write, Matter::Devices, &other, &mut *link)
                    .await?;
                // What another account has is the same as none, also for whoever may change both.
                let account = |permit: &Permit| permit.place.account().map(|place| place.account.clone());
                if account(&there) != account(&permit) {
                    return Err(missing());
                }
            }
            let after = DeviceRecord {
                device: Device {
                    id: id.clone(),
                    name: change.name.unwrap_or_else(|| before.device.name.clone()),
                    user: change.user.unwrap_or_else(|| before.device.user.clone()),
                },
                hardware: Hardware {
                    mac: change.mac.unwrap_or(before.hardware.mac),
                    model: change.model.unwrap_or_else(|| before.hardware.model.clone()),
                },
            };
            if after != before {
                diesel::update(devices::table.filter(devices::id.eq(id.as_str())))
                    .set((DeviceRow::from(&after.device), HardwareRow::from(&after.hardware)))
                    .execute(link)
                    .await?;
                bump_revision!(link, "devices" => id.as_str());
            }
            Ok(Done::changed(after.clone(), &id, &before, &after))
        });
        changed.map_err(|error: Error| error.or_mac_taken(mac))
    }

    /// Gives a device another secret, which is told once; the one before opens nothing any more, once the switch has been
    /// told.
    ///
    /// # Errors
    /// [`Error::NoKey`] and [`Error::KeyMissing`] as [`Acting::add_device`]; [`Error::Missing`], [`Error::Refused`].
    pub async fn renew_device_secret(&self, device: &DeviceId) -> Result<SecretString, Error> {
        let secret = mint::secret()?;
        let (id, keys, digest) = (device.clone(), self.store().keys().cloned(), ha1(device, &secret));
        let target = self.owner_as_target(device).await?;
        command!(self, Action::Write, Matter::Devices, target, |permit, link| {
            device_within(&id, &permit, &mut *link).await?;
            let sealed = sealed::seal(&digest, spot(&id), keys.as_deref(), &mut *link).await?;
            diesel::update(devices::table.filter(devices::id.eq(id.as_str())))
                .set((devices::secret.eq(sealed), devices::ha1.eq(None::<String>)))
                .execute(link)
                .await?;
            bump_revision!(link, "devices" => id.as_str());
            Ok(Done::told((), id))
        })?;
        Ok(secret.into())
    }

    /// Lists the devices of a target and all below it, oldest first.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn devices(&self, target: &Target) -> Result<Vec<DeviceRecord>, Error> {
        let rows: Vec<(DeviceRow, HardwareRow)> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Devices, target, &mut *link).await?;
            let mut query = devices::table
                .inner_join(users::table.on(users::id.eq(devices::user_id)))
                .select((DeviceRow::as_select(), HardwareRow::as_select()))
                .order(devices::id)
                .into_boxed();
            if let Some(only) = permit.accounts().only() {
                query = query.filter(users::account_id.eq_any(&only));
            }
            if let Some(user) = permit.place.user() {
                query = query.filter(devices::user_id.eq(user.to_string()));
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(into_record).collect())
    }

    /// Removes a device.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn remove_device(&self, device: &DeviceId) -> Result<(), Error> {
        let id = device.clone();
        let target = self.owner_as_target(device).await?;
        command!(self, Action::Write, Matter::Devices, target, |permit, link| {
            let before = device_within(&id, &permit, &mut *link).await?;
            diesel::delete(devices::table.filter(devices::id.eq(id.as_str())))
                .execute(link)
                .await?;
            bump_revision!(link, "devices" => id.as_str());
            Ok(Done::removed((), &id, &before))
        })
    }

    /// Finds the user whose a device is, where whoever acts may see him: somebody else's is the same as none.
    async fn owner_as_target(&self, device: &DeviceId) -> Result<Target, Error> {
        let missing = || Error::missing("device", device);
        let owner = self.store().owner_of_device(device).await?;
        let target = owner.map_or_else(Target::nobody, Target::User);
        match self.may(Action::Read, Matter::Devices, &target).await {
            Err(Error::Missing { .. }) => Err(missing()),
            Err(error) => Err(error),
            Ok(_) => Ok(target),
        }
    }
}

/// Lets go of the addresses of an account's telephones, which go to somebody else; gives each device before and after.
pub(crate) async fn let_go_of_hardware(
    account: &AccountId,
    link: &mut impl AnyLink,
) -> Result<Vec<(DeviceRecord, DeviceRecord)>, Error> {
    let rows: Vec<(DeviceRow, HardwareRow)> = on_link!(link, link => devices::table
        .inner_join(users::table.on(users::id.eq(devices::user_id)))
        .select((DeviceRow::as_select(), HardwareRow::as_select()))
        .filter(users::account_id.eq(account.as_str()))
        .filter(devices::mac.is_not_null())
        .order(devices::id)
        .load(link))?;
    let mut changed = Vec::new();
    for before in rows.into_iter().map(into_record) {
        let one = devices::table.filter(devices::id.eq(before.device.id.as_str()));
        let none = devices::mac.eq(None::<String>);
        on_link!(link, link => diesel::update(one).set(none).execute(link))?;
        let mut after = before.clone();
        after.hardware.mac = None;
        changed.push((before, after));
    }
    Ok(changed)
}

/// Finds a device within somebody's transaction, as long as it is whose it was when the right was asked for.
async fn device_within(
    device: &DeviceId,
    permit: &Permit,
    link: &mut impl AnyLink,
) -> Result<DeviceRecord, Error> {
    let missing = || Error::missing("device", device);
    let owner = permit.place.user().ok_or_else(missing)?;
    let found: Result<(DeviceRow, HardwareRow), _> = on_link!(link, link => devices::table
        .select((DeviceRow::as_select(), HardwareRow::as_select()))
        .filter(devices::id.eq(device.as_str()))
        .filter(devices::user_id.eq(owner.as_str()))
        .first(link));
    found.optional()?.map(into_record).ok_or_else(missing)
}

async fn insert(
    record: &DeviceRecord,
    sealed: String,
    _paid: DevicePlace,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let row = (
        DeviceRow::from(&record.device),
        HardwareRow::from(&record.hardware),
        devices::secret.eq(sealed),
    );
    on_link!(link, link => diesel::insert_into(devices::table).values(row).execute(link))?;
    Ok(())
}

fn spot(device: &DeviceId) -> Spot<'_> {
    Spot {
        table: "devices",
        row: device.as_str(),
        column: "secret",
    }
}

fn ha1(device: &DeviceId, secret: &str) -> String {
    let digest = Md5::digest(format!("{device}:{REALM}:{secret}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = devices)]
pub(crate) struct DeviceRow {
    id: AsText<DeviceId>,
    user_id: AsText<UserId>,
    name: AsText<Name>,
}

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        Self {
            id: AsText(device.id.clone()),
            user_id: AsText(device.user.clone()),
            name: AsText(device.name.clone()),
        }
    }
}

impl From<DeviceRow> for Device {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id.0,
            user: row.user_id.0,
            name: row.name.0,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = devices, treat_none_as_null = true)]
struct HardwareRow {
    mac: Option<AsText<MacAddress>>,
    model: Option<AsText<Name>>,
}

impl From<&Hardware> for HardwareRow {
    fn from(hardware: &Hardware) -> Self {
        Self {
            mac: hardware.mac.map(AsText),
            model: hardware.model.clone().map(AsText),
        }
    }
}

fn into_record((device, hardware): (DeviceRow, HardwareRow)) -> DeviceRecord {
    DeviceRecord {
        device: device.into(),
        hardware: Hardware {
            mac: hardware.mac.map(|mac| mac.0),
            model: hardware.model.map(|model| model.0),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_that_a_telephone_computes() {
        // `printf '%s' 'dev-1:evatel:secret' | md5sum`
        assert_eq!(
            ha1(&"dev-1".parse().unwrap(), "secret"),
            "a49e4e7cc03495581776a97714a9b37b"
        );
    }
}
