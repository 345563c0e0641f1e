//! Emergency places.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    emergency::{CivicProvince, EmergencyPlace},
    id::{AccountId, TrunkId},
    name::Name,
    number::E164,
    permission::{Action, Matter},
};
use serde::Serialize;

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    feed::bump_revision,
    schema::{dids, emergency_places},
    trunks::check_trunk,
};

/// An emergency place whose province is none, as an older version took it: emergency services are told nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnusablePlace {
    /// Whose it is.
    pub account: AccountId,
    /// What stands there for the province.
    pub province: String,
}

/// An account's emergency place as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum KeptPlace {
    Unusable(UnusablePlace),
    Usable(EmergencyPlace),
}

impl Store {
    /// Lists the emergency places that calls are decided without, because their province is none; by account.
    pub async fn unusable_places(&self) -> Result<Vec<UnusablePlace>, Error> {
        let rows: Vec<PlaceRow> = on_backend!(self, link => emergency_places::table
            .select(PlaceRow::as_select())
            .order(emergency_places::account_id)
            .load(link))?;
        let unusable = rows.into_iter().filter_map(|row| match row.into() {
            KeptPlace::Unusable(place) => Some(place),
            KeptPlace::Usable(_) => None,
        });
        Ok(unusable.collect())
    }
}

impl Acting {
    /// Sets an account's emergency place in place of the one before.
    ///
    /// # Errors
    /// [`Error::CallbackNotOwn`]; [`Error::Missing`] for an account or trunk that is not there, [`Error::Refused`].
    pub async fn set_emergency_place(&self, place: EmergencyPlace) -> Result<(), Error> {
        let target = Target::Account(place.account.clone());
        command!(
            self,
            Action::Write,
            Matter::EmergencyPlaces,
            target,
            |_permit, link| {
                check_trunk(&place.trunk, &mut *link).await?;
                let own = dids::table
                    .filter(dids::number.eq(place.callback.as_str()))
                    .filter(dids::account_id.eq(place.account.as_str()));
                if own.count().get_result::<i64>(link).await? == 0 {
                    return Err(Error::CallbackNotOwn {
                        number: place.callback,
                    });
                }
                let before = place_within(&place.account, &mut *link).await?;
                let row = PlaceRow::from(&place);
                diesel::insert_into(emergency_places::table)
                    .values(&row)
                    .on_conflict(emergency_places::account_id)
                    .do_update()
                    .set(&row)
                    .execute(link)
                    .await?;
                bump_revision!(link, "emergency_places" => place.account.as_str());
                let account = place.account.clone();
                Ok(Done::replaced(
                    (),
                    account,
                    before.as_ref(),
                    &KeptPlace::Usable(place),
                ))
            }
        )
    }

    /// Forgets an account's emergency place: its emergency calls then leave by its first trunk and tell no address.
    ///
    /// # Errors
    /// [`Error::Missing`] for an account that is not there or has none, [`Error::Refused`].
    pub async fn remove_emergency_place(&self, account: &AccountId) -> Result<(), Error> {
        let (target, account) = (Target::Account(account.clone()), account.clone());
        command!(
            self,
            Action::Write,
            Matter::EmergencyPlaces,
            target,
            |_permit, link| {
                let before = place_within(&account, &mut *link).await?;
                let before = before.ok_or_else(|| Error::missing("emergency place of account", &account))?;
                diesel::delete(
                    emergency_places::table.filter(emergency_places::account_id.eq(account.as_str())),
                )
                .execute(link)
                .await?;
                bump_revision!(link, "emergency_places" => account.as_str());
                Ok(Done::removed((), &account, &before))
            }
        )
    }

    /// Lists the emergency places of a target and all below it, by account; without those that cannot be used.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn emergency_places(&self, target: &Target) -> Result<Vec<EmergencyPlace>, Error> {
        let rows: Vec<PlaceRow> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::EmergencyPlaces, target, &mut *link).await?;
            let mut query =
                emergency_places::table.select(PlaceRow::as_select()).order(emergency_places::account_id).into_boxed();
            if let Some(only) = permit.accounts().only() {
                query = query.filter(emergency_places::account_id.eq_any(&only));
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().filter_map(PlaceRow::usable).collect())
    }
}

/// Finds an account's emergency place, within somebody's transaction.
pub(crate) async fn place_within(
    account: &AccountId,
    link: &mut impl AnyLink,
) -> Result<Option<KeptPlace>, Error> {
    let row: Result<PlaceRow, _> = on_link!(link, link => emergency_places::table
        .select(PlaceRow::as_select())
        .filter(emergency_places::account_id.eq(account.as_str()))
        .first(link));
    Ok(row.optional()?.map(Into::into))
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = emergency_places)]
pub(crate) struct PlaceRow {
    account_id: AsText<AccountId>,
    street: AsText<Name>,
    city: AsText<Name>,
    province: String,
    callback: AsText<E164>,
    trunk_id: AsText<TrunkId>,
}

impl From<&EmergencyPlace> for PlaceRow {
    fn from(place: &EmergencyPlace) -> Self {
        Self {
            account_id: AsText(place.account.clone()),
            street: AsText(place.street.clone()),
            city: AsText(place.city.clone()),
            province: place.province.to_string(),
            callback: AsText(place.callback.clone()),
            trunk_id: AsText(place.trunk.clone()),
        }
    }
}

impl From<PlaceRow> for KeptPlace {
    fn from(row: PlaceRow) -> Self {
        let account = row.account_id.0;
        match row.province.parse::<CivicProvince>() {
            Ok(province) => Self::Usable(EmergencyPlace {
                account,
                street: row.street.0,
                city: row.city.0,
                province,
                callback: row.callback.0,
                trunk: row.trunk_id.0,
            }),
            Err(_) => Self::Unusable(UnusablePlace {
                account,
                province: row.province,
            }),
        }
    }
}

impl PlaceRow {
    /// Gives the place, if it can be used.
    pub(crate) fn usable(self) -> Option<EmergencyPlace> {
        match self.into() {
            KeptPlace::Unusable(_) => None,
            KeptPlace::Usable(place) => Some(place),
        }
    }
}
