//! The snapshot that the daemon decides calls with.
//!
//! `changed` brings one up to now by reading the rows that changed; `named` says which these are.

mod changed;
mod named;

pub use changed::Refreshed;

use diesel::{
    ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, QueryResult, SelectableHelper,
    connection::DefaultLoadingMode,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::User,
    did::Did,
    directory::{Directory, Records},
    emergency::EmergencyPlace,
    id::UserId,
};
use futures_util::TryStreamExt;

use crate::{
    Error, Store,
    accounts::AccountRow,
    backend::{AnyLink, Link, at_one_moment},
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
            Ok((records_within(&mut *link).await?, revision))
        })?;
        let directory = off_runtime(move || Ok(Directory::new(records, revision)?));
        directory.await
    }
}

/// Reads a whole table, row by row into what it is in the domain: a million rows are not kept twice.
///
/// On SQLite all rows are read in one go off the runtime's threads; the wrapper's own `load` copies each value first.
macro_rules! read_all {
    ($link:ident, $row:ty, $query:expr, $into:expr) => {
        match AnyLink::link($link) {
            Link::Postgres(link) => {
                let rows = diesel_async::RunQueryDsl::load_stream::<$row>($query, link).await?;
                rows.map_ok($into).try_collect::<Vec<_>>().await?
            }
            Link::Sqlite(link) => {
                link.spawn_blocking(move |link| {
                    let rows = diesel::RunQueryDsl::load_iter::<$row, DefaultLoadingMode>($query, link)?;
                    rows.map(|row| row.map($into)).collect::<QueryResult<Vec<_>>>()
                })
                .await?
            }
        }
    };
    ($link:ident, $row:ty, $table:ident) => {
        read_all!($link, $row, $table::table.select(<$row>::as_select()), Into::into)
    };
}

async fn records_within(link: &mut impl AnyLink) -> Result<Records, Error> {
    let dids: Vec<Result<Did, Error>> = read_all!(
        link,
        ServiceRow,
        dids::table
            .select(ServiceRow::as_select())
            .filter(dids::state.eq_any(IN_SERVICE)),
        Did::try_from
    );
    let users: Vec<User> = read_all!(
        link,
        (UserRow, Option<AsText<UserId>>),
        users::table
            .left_join(pins::table.on(pins::user_id.eq(users::id)))
            .select((UserRow::as_select(), pins::user_id.nullable())),
        |(row, pin)| row.into_user(pin.is_some())
    );
    let places: Vec<Option<EmergencyPlace>> = read_all!(
        link,
        PlaceRow,
        emergency_places::table.select(PlaceRow::as_select()),
        PlaceRow::usable
    );
    Ok(Records {
        accounts: read_all!(link, AccountRow, accounts),
        approved_countries: read_all!(link, ApprovedRow, approved_countries),
        contacts: read_all!(link, ContactRow, contacts),
        devices: read_all!(link, DeviceRow, devices),
        dids: dids.into_iter().collect::<Result<_, _>>()?,
        emergency_places: places.into_iter().flatten().collect(),
        limits: read_all!(link, LimitsRow, limits),
        offices: read_all!(link, OfficeRow, offices),
        presences: read_all!(link, PresenceRow, presences),
        resellers: read_all!(link, ResellerRow, resellers),
        restrictions: read_all!(link, RestrictionRow, restrictions),
        routes: read_all!(link, RouteRow, routes),
        screening: read_all!(link, ScreeningRow, screening),
        trunks: read_all!(link, TrunkRow, trunks),
        users,
    })
}
