//! Reading just the rows that changed, to bring a snapshot up to now.

use std::{collections::BTreeSet, fmt::Display};

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::User,
    contact::{Contact, ContactOwner},
    did::Did,
    directory::{Dangling, Directory, Patch},
    emergency::EmergencyPlace,
    id::{AccountId, UserId},
    limit::ApprovedCountry,
    number::E164,
    restriction::{Restriction, RestrictionOwner},
    screening::{ScreeningEntry, ScreeningOwner},
};

use super::named::{Named, Owners, owned, rows, single};
use crate::{
    Changes, Error, Store,
    accounts::AccountRow,
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    contacts::ContactRow,
    devices::DeviceRow,
    did_rows::{IN_SERVICE, ServiceRow},
    emergency_places::PlaceRow,
    feed::changes_within,
    limits::{ApprovedRow, LimitsRow},
    presences::{OfficeRow, PresenceRow},
    resellers::ResellerRow,
    restrictions::RestrictionRow,
    routes::RouteRow,
    schema::{
        accounts, approved_countries, contacts, devices, dids, emergency_places, limits, offices, pins,
        presences, resellers, restrictions, routes, screening, trunks, users,
    },
    screening::ScreeningRow,
    store::off_runtime,
    trunks::TrunkRow,
    users::UserRow,
};

/// How a snapshot was brought up to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// So many changes were read; all else is shared with the snapshot before.
    Changes(usize),
    /// All was read: too much had changed, or it was not known what.
    Whole,
    /// All was read, because more had changed than was told: a fault of whoever changed it.
    WholeFor(Dangling),
}

impl Store {
    /// Makes the snapshot of now from an earlier one: reads what changed since, or all where that is not known.
    pub async fn refresh_directory(&self, known: &Directory) -> Result<(Directory, Refreshed), Error> {
        let since = known.revision();
        let changed = at_one_moment!(self, link => {
            let Changes::Rows { revision, rows } = changes_within(since, &mut *link).await? else {
                return Ok(None);
            };
            let Some(named) = Named::of(&rows) else { return Ok(None) };
            Ok(Some((patch_within(named, &mut *link).await?, revision, rows.len())))
        })?;
        let Some((patch, revision, count)) = changed else {
            return Ok((self.load_directory().await?, Refreshed::Whole));
        };
        let known = known.clone();
        match off_runtime(move || Ok(known.with(patch, revision))).await? {
            Ok(directory) => Ok((directory, Refreshed::Changes(count))),
            Err(dangling) => Ok((self.load_directory().await?, Refreshed::WholeFor(dangling))),
        }
    }
}

/// Reads the rows of a table that have one of these keys, as what they are in the domain; asks nothing for none.
macro_rules! rows_with {
    ($keys:expr, $table:ident . $column:ident as $row:ty, $link:ident) => {{
        let keys = texts($keys);
        let mut found: Vec<$row> = Vec::new();
        if !keys.is_empty() {
            found = on_link!($link, link => $table::table
                .select(<$row>::as_select())
                .filter($table::$column.eq_any(&keys))
                .load(link))?;
        }
        found.into_iter().map(Into::into).collect::<Vec<_>>()
    }};
}

async fn patch_within(named: Named, link: &mut impl AnyLink) -> Result<Patch, Error> {
    let accounts = rows_with!(&named.accounts, accounts.id as AccountRow, link);
    let approved = rows_with!(
        &named.approved_countries,
        approved_countries.account_id as ApprovedRow,
        link
    );
    let contacts = contacts_of(&named.contacts, link).await?;
    let devices = rows_with!(&named.devices, devices.id as DeviceRow, link);
    let dids = dids_at(&named.dids, link).await?;
    let places = places_of(&named.emergency_places, link).await?;
    let limits = rows_with!(&named.limits, limits.owner as LimitsRow, link);
    let offices = rows_with!(&named.offices, offices.account_id as OfficeRow, link);
    let presences = rows_with!(&named.presences, presences.user_id as PresenceRow, link);
    let resellers = rows_with!(&named.resellers, resellers.id as ResellerRow, link);
    let restrictions = restrictions_of(&named.restrictions, link).await?;
    let routes = rows_with!(&named.routes, routes.id as RouteRow, link);
    let screening = screening_of(&named.screening, link).await?;
    let trunks = rows_with!(&named.trunks, trunks.id as TrunkRow, link);
    let users = users_with(&named.users, link).await?;

    let approved = owned(named.approved_countries, approved, |row: &ApprovedCountry| {
        &row.account
    })
    .into_iter();
    Ok(Patch {
        accounts: rows(named.accounts, accounts, |row| &row.id),
        approved_countries: approved
            .map(|(account, rows)| (account, rows.into_iter().map(|row| row.country).collect()))
            .collect(),
        contacts: owned(named.contacts, contacts, |row| &row.owner),
        devices: rows(named.devices, devices, |row| &row.id),
        dids: rows(named.dids, dids, |row| &row.number),
        emergency_places: single(named.emergency_places, places, |row| &row.account),
        limits: single(named.limits, limits, |row| &row.owner),
        offices: unpaired(single(named.offices, offices, |row| &row.0)),
        presences: unpaired(single(named.presences, presences, |row| &row.0)),
        resellers: rows(named.resellers, resellers, |row| &row.id),
        restrictions: owned(named.restrictions, restrictions, |row| &row.owner),
        routes: rows(named.routes, routes, |row| &row.id),
        screening: owned(named.screening, screening, |row| &row.owner),
        trunks: rows(named.trunks, trunks, |row| &row.id),
        users: rows(named.users, users, |row| &row.id),
    })
}

async fn users_with(ids: &BTreeSet<UserId>, link: &mut impl AnyLink) -> Result<Vec<User>, Error> {
    let ids = texts(ids);
    let rows: Vec<(UserRow, Option<AsText<UserId>>)> = on_link!(link, link => users::table
        .left_join(pins::table.on(pins::user_id.eq(users::id)))
        .select((UserRow::as_select(), pins::user_id.nullable()))
        .filter(users::id.eq_any(&ids))
        .load(link))?;
    Ok(rows
        .into_iter()
        .map(|(row, pin)| row.into_user(pin.is_some()))
        .collect())
}

async fn dids_at(numbers: &BTreeSet<E164>, link: &mut impl AnyLink) -> Result<Vec<Did>, Error> {
    let numbers = texts(numbers);
    let rows: Vec<ServiceRow> = on_link!(link, link => dids::table
        .select(ServiceRow::as_select())
        .filter(dids::number.eq_any(&numbers))
        .filter(dids::state.eq_any(IN_SERVICE))
        .load(link))?;
    rows.into_iter().map(Did::try_from).collect()
}

/// Reads the emergency places of accounts, but for those that cannot be used.
async fn places_of(
    accounts: &BTreeSet<AccountId>,
    link: &mut impl AnyLink,
) -> Result<Vec<EmergencyPlace>, Error> {
    let accounts = texts(accounts);
    let rows: Vec<PlaceRow> = on_link!(link, link => emergency_places::table
        .select(PlaceRow::as_select())
        .filter(emergency_places::account_id.eq_any(&accounts))
        .load(link))?;
    Ok(rows.into_iter().filter_map(PlaceRow::usable).collect())
}

async fn contacts_of(
    owners: &BTreeSet<ContactOwner>,
    link: &mut impl AnyLink,
) -> Result<Vec<Contact>, Error> {
    let owners = Owners::of(owners);
    let rows: Vec<ContactRow> = on_link!(link, link => contacts::table
        .select(ContactRow::as_select())
        .filter(contacts::account_id.eq_any(&owners.accounts).or(contacts::user_id.eq_any(&owners.users)))
        .load(link))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn screening_of(
    owners: &BTreeSet<ScreeningOwner>,
    link: &mut impl AnyLink,
) -> Result<Vec<ScreeningEntry>, Error> {
    let owners = Owners::of(owners);
    let rows: Vec<ScreeningRow> = on_link!(link, link => {
        let mut query = screening::table
            .select(ScreeningRow::as_select())
            .filter(screening::account_id.eq_any(&owners.accounts))
            .or_filter(screening::user_id.eq_any(&owners.users))
            .into_boxed();
        if owners.system {
            query = query.or_filter(screening::account_id.is_null().and(screening::user_id.is_null()));
        }
        query.load(link)
    })?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn restrictions_of(
    owners: &BTreeSet<RestrictionOwner>,
    link: &mut impl AnyLink,
) -> Result<Vec<Restriction>, Error> {
    let owners = Owners::of(owners);
    let rows: Vec<RestrictionRow> = on_link!(link, link => {
        let mut query = restrictions::table
            .select(RestrictionRow::as_select())
            .filter(restrictions::reseller_id.eq_any(&owners.resellers))
            .or_filter(restrictions::account_id.eq_any(&owners.accounts))
            .or_filter(restrictions::user_id.eq_any(&owners.users))
            .or_filter(restrictions::device_id.eq_any(&owners.devices))
            .into_boxed();
        if owners.system {
            let nobody = restrictions::reseller_id
                .is_null()
                .and(restrictions::account_id.is_null())
                .and(restrictions::user_id.is_null())
                .and(restrictions::device_id.is_null());
            query = query.or_filter(nobody);
        }
        query.load(link)
    })?;
    Ok(rows.into_iter().map(Into::into).collect())
}

fn texts<K: Display>(keys: &BTreeSet<K>) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn unpaired<K, R>(rows: Vec<(K, Option<(K, R)>)>) -> Vec<(K, Option<R>)> {
    rows.into_iter()
        .map(|(key, row)| (key, row.map(|(_, row)| row)))
        .collect()
}
