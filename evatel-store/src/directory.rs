//! The snapshot that the daemon decides calls with.
//!
//! `changed` brings one up to now by reading the rows that changed; `named` says which these are.

mod changed;
mod named;

pub use changed::Refreshed;

use diesel::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::Did,
    directory::{Directory, Records},
    id::UserId,
};

use crate::{
    Error, Store,
    accounts::AccountRow,
    backend::at_one_moment,
    column::AsText,
    contacts::ContactRow,
    devices::DeviceRow,
    did_rows::{IN_SERVICE, ServiceRow},
    emergency_places::PlaceRow,
    limits::{ApprovedRow, LimitsRow},
    presences::{OfficeRow, PresenceRow},
    resellers::ResellerRow,
    restrictions::RestrictionRow,
    routes::RouteRow,
    schema::{
        accounts, approved_countries, contacts, devices, dids, emergency_places, limits, meta, offices, pins,
        presences, resellers, restrictions, routes, screening, trunks, users,
    },
    screening::ScreeningRow,
    store::off_runtime,
    trunks::TrunkRow,
    users::UserRow,
};

impl Store {
    /// Reads everything that calls are decided with, as it is at one moment, with its revision.
    pub async fn load_directory(&self) -> Result<Directory, Error> {
        let (records, revision) = at_one_moment!(self, link => {
            let revision: i64 = meta::table.select(meta::revision).first(link).await?;
            let accounts: Vec<AccountRow> = accounts::table.select(AccountRow::as_select()).load(link).await?;
            let contacts: Vec<ContactRow> = contacts::table.select(ContactRow::as_select()).load(link).await?;
            let devices: Vec<DeviceRow> = devices::table.select(DeviceRow::as_select()).load(link).await?;
            let dids: Vec<ServiceRow> = dids::table
                .select(ServiceRow::as_select())
                .filter(dids::state.eq_any(IN_SERVICE))
                .load(link)
                .await?;
            let offices: Vec<OfficeRow> = offices::table.select(OfficeRow::as_select()).load(link).await?;
            let presences: Vec<PresenceRow> = presences::table.select(PresenceRow::as_select()).load(link).await?;
            let screening: Vec<ScreeningRow> = screening::table.select(ScreeningRow::as_select()).load(link).await?;
            let places: Vec<PlaceRow> = emergency_places::table.select(PlaceRow::as_select()).load(link).await?;
            let resellers: Vec<ResellerRow> = resellers::table.select(ResellerRow::as_select()).load(link).await?;
            let restrictions: Vec<RestrictionRow> =
                restrictions::table.select(RestrictionRow::as_select()).load(link).await?;
            let routes: Vec<RouteRow> = routes::table.select(RouteRow::as_select()).load(link).await?;
            let limits: Vec<LimitsRow> = limits::table.select(LimitsRow::as_select()).load(link).await?;
            let approved: Vec<ApprovedRow> =
                approved_countries::table.select(ApprovedRow::as_select()).load(link).await?;
            let trunks: Vec<TrunkRow> = trunks::table.select(TrunkRow::as_select()).load(link).await?;
            let users: Vec<(UserRow, Option<AsText<UserId>>)> = users::table
                .left_join(pins::table.on(pins::user_id.eq(users::id)))
                .select((UserRow::as_select(), pins::user_id.nullable()))
                .load(link)
                .await?;
            let records = Records {
                accounts: accounts.into_iter().map(Into::into).collect(),
                approved_countries: approved.into_iter().map(Into::into).collect(),
                contacts: contacts.into_iter().map(Into::into).collect(),
                devices: devices.into_iter().map(Into::into).collect(),
                dids: dids.into_iter().map(Did::try_from).collect::<Result<_, _>>()?,
                emergency_places: places.into_iter().map(Into::into).collect(),
                limits: limits.into_iter().map(Into::into).collect(),
                offices: offices.into_iter().map(Into::into).collect(),
                presences: presences.into_iter().map(Into::into).collect(),
                resellers: resellers.into_iter().map(Into::into).collect(),
                restrictions: restrictions.into_iter().map(Into::into).collect(),
                routes: routes.into_iter().map(Into::into).collect(),
                screening: screening.into_iter().map(Into::into).collect(),
                trunks: trunks.into_iter().map(Into::into).collect(),
                users: users.into_iter().map(|(row, pin)| row.into_user(pin.is_some())).collect(),
            };
            Ok((records, revision))
        })?;
        let directory = off_runtime(move || Ok(Directory::new(records, revision)?));
        directory.await
    }
}
