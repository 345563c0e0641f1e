//! Emergency places.

use diesel::{AsChangeset, ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    emergency::EmergencyPlace,
    id::{AccountId, TrunkId},
    name::Name,
    number::E164,
};

use crate::{
    Error, Scope, Store,
    accounts::check_account,
    backend::{in_transaction, on_backend},
    column::AsText,
    dids::check_trunk,
    schema::{dids, emergency_places},
    store::bump_revision,
};

impl Store {
    /// Sets an account's emergency place in place of the one before.
    ///
    /// # Errors
    /// [`Error::CallbackNotOwn`], [`Error::Missing`] for an account or trunk that is not there.
    pub async fn set_emergency_place(&self, place: EmergencyPlace, scope: &Scope) -> Result<(), Error> {
        let only = scope.only();
        in_transaction!(self, link => {
            check_account(&place.account, only.as_ref(), link).await?;
            check_trunk(&place.trunk, link).await?;
            let own = dids::table
                .filter(dids::number.eq(place.callback.as_str()))
                .filter(dids::account_id.eq(place.account.as_str()));
            if own.count().get_result::<i64>(link).await? == 0 {
                return Err(Error::CallbackNotOwn { number: place.callback });
            }
            let row = PlaceRow::from(&place);
            diesel::insert_into(emergency_places::table)
                .values(&row)
                .on_conflict(emergency_places::account_id)
                .do_update()
                .set(&row)
                .execute(link)
                .await?;
            bump_revision!(link, "emergency_places" => place.account.as_str());
            Ok(())
        })
    }

    /// Lists the emergency places within the scope, by account.
    pub async fn emergency_places(&self, scope: &Scope) -> Result<Vec<EmergencyPlace>, Error> {
        let only = scope.only();
        let rows: Vec<PlaceRow> = on_backend!(self, link => {
            let mut query =
                emergency_places::table.select(PlaceRow::as_select()).order(emergency_places::account_id).into_boxed();
            if let Some(only) = &only {
                query = query.filter(emergency_places::account_id.eq_any(only));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = emergency_places)]
pub(crate) struct PlaceRow {
    account_id: AsText<AccountId>,
    street: AsText<Name>,
    city: AsText<Name>,
    province: AsText<Name>,
    callback: AsText<E164>,
    trunk_id: AsText<TrunkId>,
}

impl From<&EmergencyPlace> for PlaceRow {
    fn from(place: &EmergencyPlace) -> Self {
        Self {
            account_id: AsText(place.account.clone()),
            street: AsText(place.street.clone()),
            city: AsText(place.city.clone()),
            province: AsText(place.province.clone()),
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
