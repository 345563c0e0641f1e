//! Devices and what they prove themselves with.

use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    device::Device,
    id::{DeviceId, UserId},
    name::Name,
    offer::DevicePlace,
    permission::{Action, Matter},
};
use jiff::Timestamp;
use md5::{Digest, Md5};
use secrecy::SecretString;

use crate::{
    Acting, Error, Scope, Store, Target,
    acting::{Done, command},
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
    /// [`Error::Missing`] where there is no such user within reach, [`Error::Refused`].
    pub async fn add_device(&self, new: NewDevice) -> Result<(Device, SecretString), Error> {
        let device = Device {
            id: mint::id("dev")?,
            user: new.user,
            name: new.name,
        };
        let secret = mint::secret()?;
        let (keys, digest) = (self.store().keys().cloned(), ha1(&device.id, &secret));
        let target = Target::User(device.user.clone());
        let device: Device = command!(self, Action::Order, Matter::Devices, target, |permit, link| {
            let shop = Shop::of(&permit, &mut *link).await?;
            let place = shop.terms().device_place(Timestamp::now())?;
            let sealed = sealed::seal(&digest, spot(&device.id), keys.as_deref(), &mut *link).await?;
            insert(&device, sealed, place, &mut *link).await?;
            bump_revision!(link, "devices" => device.id.as_str());
            let id = device.id.clone();
            Ok(Done::made(device, id))
        })?;
        Ok((device, secret.into()))
    }

    /// Lists the devices of a target and all below it, oldest first.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn devices(&self, target: &Target) -> Result<Vec<Device>, Error> {
        let rows: Vec<DeviceRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Devices, target, &mut *link).await?;
            let mut query = devices::table
                .inner_join(users::table.on(users::id.eq(devices::user_id)))
                .select(DeviceRow::as_select())
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
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a device.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn remove_device(&self, device: &DeviceId) -> Result<(), Error> {
        let (id, missing) = (device.clone(), || Error::missing("device", device));
        let owner = self.store().owner_of_device(device).await?.ok_or_else(missing)?;
        let target = Target::User(owner);
        let removed = command!(self, Action::Write, Matter::Devices, target, |_permit, link| {
            let one = devices::table.filter(devices::id.eq(id.as_str()));
            let before: Option<DeviceRow> =
                one.select(DeviceRow::as_select()).first(link).await.optional()?;
            let before = Device::from(before.ok_or_else(|| Error::missing("device", &id))?);
            diesel::delete(one).execute(link).await?;
            bump_revision!(link, "devices" => id.as_str());
            Ok(Done::removed((), &id, &before))
        });
        // Somebody else's is the same as none.
        removed.map_err(|error: Error| match error {
            Error::Missing { .. } => missing(),
            error => error,
        })
    }
}

async fn insert(
    device: &Device,
    sealed: String,
    _paid: DevicePlace,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let row = (DeviceRow::from(device), devices::secret.eq(sealed));
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

#[derive(Queryable, Selectable, Insertable)]
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
