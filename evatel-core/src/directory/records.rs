//! What a directory is made of, and what changes one.

use std::{collections::HashMap, hash::Hash};

use super::Directory;
use crate::{
    account::{Account, Reseller, User},
    contact::{Contact, ContactOwner},
    country::Country,
    device::Device,
    did::Did,
    emergency::EmergencyPlace,
    id::{AccountId, DeviceId, ResellerId, RouteId, TrunkId, UserId},
    limit::{ApprovedCountry, LimitOwner, Limits},
    number::E164,
    office::Office,
    presence::Presence,
    restriction::{Restriction, RestrictionOwner},
    route::RouteRule,
    screening::{ScreeningEntry, ScreeningOwner},
    trunk::Trunk,
};

/// The rows that make a [`Directory`], in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// All accounts.
    pub accounts: Vec<Account>,
    /// All countries that accounts had approved.
    pub approved_countries: Vec<ApprovedCountry>,
    /// All contacts.
    pub contacts: Vec<Contact>,
    /// All devices.
    pub devices: Vec<Device>,
    /// All DIDs.
    pub dids: Vec<Did>,
    /// All emergency places.
    pub emergency_places: Vec<EmergencyPlace>,
    /// All limits.
    pub limits: Vec<Limits>,
    /// The offices of accounts that have hours.
    pub offices: Vec<(AccountId, Office)>,
    /// The presences of users who have rules.
    pub presences: Vec<(UserId, Presence)>,
    /// All resellers.
    pub resellers: Vec<Reseller>,
    /// All restrictions.
    pub restrictions: Vec<Restriction>,
    /// All routes.
    pub routes: Vec<RouteRule>,
    /// All entries of lists of callers.
    pub screening: Vec<ScreeningEntry>,
    /// All trunks.
    pub trunks: Vec<Trunk>,
    /// All users.
    pub users: Vec<User>,
}

/// Some rows of one kind, as they are at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<K, R> {
    /// Those that are there; each takes the place of the one with its key.
    pub present: Vec<R>,
    /// The keys of those that are not, or no longer.
    pub gone: Vec<K>,
}

impl<K, R> Default for Rows<K, R> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<K, R> From<Vec<R>> for Rows<K, R> {
    fn from(present: Vec<R>) -> Self {
        Self {
            present,
            gone: Vec::new(),
        }
    }
}

/// What changed in a [`Directory`], as it is at one moment.
///
/// What belongs to an owner comes as all that he has now. A row that went from one owner to another thus changes two of
/// them. What belongs to an account or a user goes with it, and need not be named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    /// Accounts.
    pub accounts: Rows<AccountId, Account>,
    /// All countries that an account had approved.
    pub approved_countries: Vec<(AccountId, Vec<Country>)>,
    /// All contacts of an owner.
    pub contacts: Vec<(ContactOwner, Vec<Contact>)>,
    /// Devices.
    pub devices: Rows<DeviceId, Device>,
    /// DIDs in service.
    pub dids: Rows<E164, Did>,
    /// The emergency place of an account.
    pub emergency_places: Vec<(AccountId, Option<EmergencyPlace>)>,
    /// The limits of an owner.
    pub limits: Vec<(LimitOwner, Option<Limits>)>,
    /// The office of an account.
    pub offices: Vec<(AccountId, Option<Office>)>,
    /// The presence of a user.
    pub presences: Vec<(UserId, Option<Presence>)>,
    /// Resellers.
    pub resellers: Rows<ResellerId, Reseller>,
    /// All restrictions of an owner.
    pub restrictions: Vec<(RestrictionOwner, Vec<Restriction>)>,
    /// Routes.
    pub routes: Rows<RouteId, RouteRule>,
    /// All entries of an owner's lists of callers.
    pub screening: Vec<(ScreeningOwner, Vec<ScreeningEntry>)>,
    /// Trunks.
    pub trunks: Rows<TrunkId, Trunk>,
    /// Users.
    pub users: Rows<UserId, User>,
}

impl From<Records> for Patch {
    /// Takes all records as changes of a directory that has none.
    fn from(records: Records) -> Self {
        let approved = by_owner(records.approved_countries, |row| row.account.clone()).into_iter();
        let places = records.emergency_places.into_iter();
        Self {
            accounts: records.accounts.into(),
            approved_countries: approved
                .map(|(account, rows)| (account, rows.into_iter().map(|row| row.country).collect()))
                .collect(),
            contacts: by_owner(records.contacts, |row| row.owner.clone()),
            devices: records.devices.into(),
            dids: records.dids.into(),
            emergency_places: places.map(|row| (row.account.clone(), Some(row))).collect(),
            limits: records
                .limits
                .into_iter()
                .map(|row| (row.owner.clone(), Some(row)))
                .collect(),
            offices: whole(records.offices),
            presences: whole(records.presences),
            resellers: records.resellers.into(),
            restrictions: by_owner(records.restrictions, |row| row.owner.clone()),
            routes: records.routes.into(),
            screening: by_owner(records.screening, |row| row.owner.clone()),
            trunks: records.trunks.into(),
            users: records.users.into(),
        }
    }
}

impl Directory {
    /// Gives the rows that it is made of, each kind by key: to compare two directories, for instance.
    pub fn records(&self) -> Records {
        let mut records = Records {
            devices: self.devices.iter().cloned().collect(),
            dids: self.dids().into_iter().cloned().collect(),
            resellers: self
                .resellers
                .iter()
                .map(|entry| entry.reseller.clone())
                .collect(),
            routes: self.routes.iter().cloned().collect(),
            screening: self.system.screening.to_vec(),
            trunks: self.trunks.values().cloned().collect(),
            ..Records::default()
        };
        let mut said = vec![&self.system.said];
        said.extend(self.resellers.iter().map(|entry| &entry.said));
        said.extend(self.device_rules.iter().map(|rules| &rules.said));
        for entry in self.accounts.iter() {
            let (id, rest) = (entry.id(), entry.rest());
            said.push(&entry.said);
            records.accounts.push(entry.account().clone());
            records.contacts.extend_from_slice(&rest.contacts);
            records.screening.extend_from_slice(&rest.screening);
            records
                .emergency_places
                .extend(rest.emergency_place.as_deref().cloned());
            records
                .offices
                .extend(rest.office.as_deref().map(|office| (id.clone(), office.clone())));
            let approved = rest.approved.iter().map(|country| ApprovedCountry {
                account: id.clone(),
                country: *country,
            });
            records.approved_countries.extend(approved);
        }
        for entry in self.users.iter() {
            let (id, rest) = (entry.id(), entry.rest());
            said.push(&entry.said);
            records.users.push(entry.user().clone());
            records.contacts.extend_from_slice(&rest.contacts);
            records.screening.extend_from_slice(&rest.screening);
            records.presences.extend(
                rest.presence
                    .as_deref()
                    .map(|presence| (id.clone(), presence.clone())),
            );
        }
        records.limits = said.iter().filter_map(|said| said.limits().cloned()).collect();
        let rules = said.iter().filter_map(|said| said.rules());
        records.restrictions = rules.flat_map(|rules| rules.all()).cloned().collect();
        records.sort();
        records
    }
}

impl Records {
    pub(super) fn sort(&mut self) {
        self.accounts.sort_by(|a, b| a.id.cmp(&b.id));
        self.approved_countries
            .sort_by(|a, b| (&a.account, a.country).cmp(&(&b.account, b.country)));
        self.contacts.sort_by(|a, b| a.id.cmp(&b.id));
        self.devices.sort_by(|a, b| a.id.cmp(&b.id));
        self.dids.sort_by(|a, b| a.number.cmp(&b.number));
        self.emergency_places.sort_by(|a, b| a.account.cmp(&b.account));
        self.limits.sort_by(|a, b| a.owner.cmp(&b.owner));
        self.offices.sort_by(|a, b| a.0.cmp(&b.0));
        self.presences.sort_by(|a, b| a.0.cmp(&b.0));
        self.resellers.sort_by(|a, b| a.id.cmp(&b.id));
        self.restrictions.sort_by(|a, b| a.id.cmp(&b.id));
        self.routes.sort_by(|a, b| a.id.cmp(&b.id));
        self.screening.sort_by(|a, b| a.id.cmp(&b.id));
        self.trunks.sort_by(|a, b| a.id.cmp(&b.id));
        self.users.sort_by(|a, b| a.id.cmp(&b.id));
    }
}

/// Groups rows by whose they are.
fn by_owner<O: Eq + Hash, R>(rows: Vec<R>, owner: impl Fn(&R) -> O) -> Vec<(O, Vec<R>)> {
    let mut groups: HashMap<O, Vec<R>> = HashMap::new();
    for row in rows {
        groups.entry(owner(&row)).or_default().push(row);
    }
    groups.into_iter().collect()
}

fn whole<K, R>(rows: Vec<(K, R)>) -> Vec<(K, Option<R>)> {
    rows.into_iter().map(|(key, row)| (key, Some(row))).collect()
}
