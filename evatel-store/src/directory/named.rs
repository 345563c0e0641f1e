//! What is to be read anew, by table.

use std::{collections::BTreeSet, str::FromStr};

use evatel_core::{
    contact::ContactOwner,
    directory::Rows,
    id::{AccountId, DeviceId, ResellerId, RouteId, TrunkId, UserId},
    limit::LimitOwner,
    number::E164,
    restriction::RestrictionOwner,
    screening::ScreeningOwner,
};

use crate::Changed;

/// The keys of rows, or the owners whose rows are meant, of each table of the snapshot.
#[derive(Default)]
pub(super) struct Named {
    pub(super) accounts: BTreeSet<AccountId>,
    pub(super) approved_countries: BTreeSet<AccountId>,
    pub(super) contacts: BTreeSet<ContactOwner>,
    pub(super) devices: BTreeSet<DeviceId>,
    pub(super) dids: BTreeSet<E164>,
    pub(super) emergency_places: BTreeSet<AccountId>,
    pub(super) limits: BTreeSet<LimitOwner>,
    pub(super) offices: BTreeSet<AccountId>,
    pub(super) presences: BTreeSet<UserId>,
    pub(super) resellers: BTreeSet<ResellerId>,
    pub(super) restrictions: BTreeSet<RestrictionOwner>,
    pub(super) routes: BTreeSet<RouteId>,
    pub(super) screening: BTreeSet<ScreeningOwner>,
    pub(super) trunks: BTreeSet<TrunkId>,
    pub(super) users: BTreeSet<UserId>,
}

impl Named {
    /// Sorts changes by table; none where one cannot be read, as that of a newer version.
    pub(super) fn of(changes: &[Changed]) -> Option<Self> {
        let mut named = Self::default();
        for Changed { table, id } in changes {
            match table.as_str() {
                "accounts" => drop(named.accounts.insert(key(id)?)),
                "approved_countries" => drop(named.approved_countries.insert(key(id)?)),
                "contacts" => drop(named.contacts.insert(contact_owner(id)?)),
                "devices" => drop(named.devices.insert(key(id)?)),
                "dids" => drop(named.dids.insert(key(id)?)),
                "emergency_places" => drop(named.emergency_places.insert(key(id)?)),
                "limits" => drop(named.limits.insert(limit_owner(id)?)),
                "offices" => drop(named.offices.insert(key(id)?)),
                "presences" => drop(named.presences.insert(key(id)?)),
                "resellers" => drop(named.resellers.insert(key(id)?)),
                "restrictions" => drop(named.restrictions.insert(restriction_owner(id)?)),
                "routes" => drop(named.routes.insert(key(id)?)),
                "screening" => drop(named.screening.insert(screening_owner(id)?)),
                "trunks" => drop(named.trunks.insert(key(id)?)),
                "users" => drop(named.users.insert(key(id)?)),
                table if BESIDE.contains(&table) => {}
                _ => return None,
            }
        }
        Some(named)
    }
}

/// Whose rows are meant, by kind of owner, as the columns of a table have them.
#[derive(Default)]
pub(super) struct Owners {
    pub(super) system: bool,
    pub(super) resellers: Vec<String>,
    pub(super) accounts: Vec<String>,
    pub(super) users: Vec<String>,
    pub(super) devices: Vec<String>,
}

impl Owners {
    /// Sorts owners by kind, from their text form.
    pub(super) fn of<O: std::fmt::Display>(owners: &BTreeSet<O>) -> Self {
        let mut sorted = Self::default();
        for owner in owners {
            let owner = owner.to_string();
            match owner.split_once(':') {
                None => sorted.system = true,
                Some(("reseller", id)) => sorted.resellers.push(id.to_owned()),
                Some(("account", id)) => sorted.accounts.push(id.to_owned()),
                Some(("user", id)) => sorted.users.push(id.to_owned()),
                Some((_, id)) => sorted.devices.push(id.to_owned()),
            }
        }
        sorted
    }
}

/// Pairs the rows that are there with the keys of those that are not.
pub(super) fn rows<K: Clone + Ord, R>(
    mut named: BTreeSet<K>,
    present: Vec<R>,
    key: impl Fn(&R) -> &K,
) -> Rows<K, R> {
    for row in &present {
        named.remove(key(row));
    }
    Rows {
        present,
        gone: named.into_iter().collect(),
    }
}

/// Gives each owner what he has now, nothing too.
pub(super) fn owned<O: Clone + Ord, R>(
    named: BTreeSet<O>,
    rows: Vec<R>,
    owner: impl Fn(&R) -> &O,
) -> Vec<(O, Vec<R>)> {
    let mut owned: Vec<(O, Vec<R>)> = named.into_iter().map(|owner| (owner, Vec::new())).collect();
    for row in rows {
        if let Ok(at) = owned.binary_search_by(|(whose, _)| whose.cmp(owner(&row))) {
            owned[at].1.push(row);
        }
    }
    owned
}

/// Gives each owner the one row that he has now, or none.
pub(super) fn single<O: Clone + Ord, R>(
    named: BTreeSet<O>,
    rows: Vec<R>,
    owner: impl Fn(&R) -> &O,
) -> Vec<(O, Option<R>)> {
    let owned = owned(named, rows, owner).into_iter();
    owned.map(|(owner, mut rows)| (owner, rows.pop())).collect()
}

fn key<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn contact_owner(text: &str) -> Option<ContactOwner> {
    match text.split_once(':')? {
        ("account", id) => key(id).map(ContactOwner::Account),
        ("user", id) => key(id).map(ContactOwner::User),
        _ => None,
    }
}

fn screening_owner(text: &str) -> Option<ScreeningOwner> {
    match text.split_once(':') {
        None => (text == "system").then_some(ScreeningOwner::System),
        Some(("account", id)) => key(id).map(ScreeningOwner::Account),
        Some(("user", id)) => key(id).map(ScreeningOwner::User),
        Some(_) => None,
    }
}

fn limit_owner(text: &str) -> Option<LimitOwner> {
    match text.split_once(':') {
        None => (text == "system").then_some(LimitOwner::System),
        Some(("reseller", id)) => key(id).map(LimitOwner::Reseller),
        Some(("account", id)) => key(id).map(LimitOwner::Account),
        Some(("user", id)) => key(id).map(LimitOwner::User),
        Some(_) => None,
    }
}

fn restriction_owner(text: &str) -> Option<RestrictionOwner> {
    match text.split_once(':') {
        None => (text == "system").then_some(RestrictionOwner::System),
        Some(("reseller", id)) => key(id).map(RestrictionOwner::Reseller),
        Some(("account", id)) => key(id).map(RestrictionOwner::Account),
        Some(("user", id)) => key(id).map(RestrictionOwner::User),
        Some(("device", id)) => key(id).map(RestrictionOwner::Device),
        Some(_) => None,
    }
}

/// Tables whose changes are told although the snapshot has nothing of them: provisioning is to be run anew.
const BESIDE: [&str; 2] = ["itsps", "trunk_contracts"];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str, id: &str) -> bool {
        let changed = Changed {
            table: table.into(),
            id: id.into(),
        };
        Named::of(&[changed]).is_some()
    }

    #[test]
    fn every_owner_is_read_back_as_he_is_written() {
        let owners = [
            RestrictionOwner::System,
            RestrictionOwner::Reseller("r-1".parse().unwrap()),
            RestrictionOwner::Account("a-1".parse().unwrap()),
            RestrictionOwner::User("u-1".parse().unwrap()),
            RestrictionOwner::Device("d-1".parse().unwrap()),
        ];
        for owner in owners {
            assert_eq!(restriction_owner(&owner.to_string()), Some(owner));
        }
        let owners = [
            LimitOwner::System,
            LimitOwner::Reseller("r-1".parse().unwrap()),
            LimitOwner::Account("a-1".parse().unwrap()),
            LimitOwner::User("u-1".parse().unwrap()),
        ];
        for owner in owners {
            assert_eq!(limit_owner(&owner.to_string()), Some(owner));
        }
        for owner in ["account:a-1", "user:u-1"] {
            assert_eq!(contact_owner(owner).unwrap().to_string(), owner);
            assert_eq!(screening_owner(owner).unwrap().to_string(), owner);
        }
        assert_eq!(screening_owner("system"), Some(ScreeningOwner::System));
    }

    #[test]
    fn what_cannot_be_read_is_not_left_out() {
        assert!(read("users", "usr-1") && read("itsps", "its-1"));
        for (table, id) in [
            ("users", "a b"),
            ("contacts", "con-1"),
            ("limits", "all"),
            ("*", ""),
            ("voicemail", "v-1"),
        ] {
            assert!(!read(table, id), "{table} {id}");
        }
    }
}
