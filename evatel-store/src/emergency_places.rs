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

use crate::{
    Acting, Error, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    feed::bump_revision,
    schema::{dids, emergency_places},
    trunks::check_trunk,
};

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
                Ok(Done::replaced((), &place.account, before.as_ref(), &place))
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

    /// Lists the emergency places of a target and all below it, by account.
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
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// Finds an account's emergency place, within somebody's transaction.
pub(crate) async fn place_within(
    account: &AccountId,
    link: &mut impl AnyLink,
) -> Result<Option<EmergencyPlace>, Error> {
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
    province: AsText<CivicProvince>,
    callback: AsText<E164>,
    trunk_id: AsText<TrunkId>,
}

impl From<&EmergencyPlace> for PlaceRow {
    fn from(place: &EmergencyPlace) -> Self {
        Self {
            account_id: AsText(place.account.clone()),
            street: AsText(place.street.clone()),
            city: AsText(place.city.clone()),
            province: AsText(place.province),
            callback: AsText(place.callback.clone()),
            trunk_id: AsText(place.trunk.clone()),
        }
    }
}

impl From<PlaceRow> for EmergencyPlace {
    fn from(row: PlaceRow) -> Self {
        Self {
            account: row.account_id.0,
            street: row.street.0,
            city: row.city.0,
            province: row.province.0,
            callback: row.callback.0,
            trunk: row.trunk_id.0,
        }
    }
}
