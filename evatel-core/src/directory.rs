//! The directory: everything a call needs to know, as one immutable snapshot in memory.
//!
//! The daemon swaps a whole one in when the store changed; a call keeps the one it began with for one decision.

mod chain;
mod shortcuts;

pub use chain::{Chain, Said};

use std::collections::HashMap;

use chain::Chains;
use shortcuts::Shortcuts;

use crate::{
    account::{Account, Reseller, User},
    contact::{Contact, ContactOwner, keypad_spelling},
    country::Country,
    device::Device,
    did::Did,
    emergency::EmergencyPlace,
    id::{AccountId, ContactId, DeviceId, ResellerId, TrunkId, UserId},
    limit::{ApprovedCountry, Limits},
    number::{DialPlan, E164, Extension},
    office::Office,
    presence::Presence,
    restriction::Restriction,
    route::{RouteRule, RouteTable},
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

/// An immutable snapshot of [`Records`], indexed for calls.
#[derive(Debug, Default)]
pub struct Directory {
    revision: i64,
    accounts: HashMap<AccountId, Account>,
    chains: Chains,
    contacts: HashMap<ContactOwner, Vec<Contact>>,
    devices: HashMap<DeviceId, Device>,
    dids: HashMap<E164, Did>,
    emergency_places: HashMap<AccountId, EmergencyPlace>,
    offices: HashMap<AccountId, Office>,
    presences: HashMap<UserId, Presence>,
    resellers: HashMap<ResellerId, Reseller>,
    routes: RouteTable,
    screening: HashMap<ScreeningOwner, Vec<ScreeningEntry>>,
    shortcuts: Shortcuts,
    trunks: HashMap<TrunkId, Trunk>,
    users: HashMap<UserId, User>,
}

/// A row that points to one that is not there; the store's foreign keys prevent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} points to {missing}, which does not exist")]
pub struct Dangling {
    what: String,
    missing: String,
}

impl Directory {
    /// Indexes the rows of revision `revision` (counts up by one with each change of the store).
    ///
    /// # Errors
    /// A row that points to nothing: calls may then trust that every owner exists.
    pub fn new(records: Records, revision: i64) -> Result<Self, Dangling> {
        fn index<K: std::hash::Hash + Eq, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
            rows.into_iter().map(|row| (key(&row), row)).collect()
        }
        let mut screening: HashMap<ScreeningOwner, Vec<ScreeningEntry>> = HashMap::new();
        for entry in records.screening {
            screening.entry(entry.owner.clone()).or_default().push(entry);
        }
        screening
            .values_mut()
            .for_each(|list| list.sort_by(|a, b| a.id.cmp(&b.id)));
        let mut contacts: HashMap<ContactOwner, Vec<Contact>> = HashMap::new();
        for contact in records.contacts {
            contacts.entry(contact.owner.clone()).or_default().push(contact);
        }
        contacts
            .values_mut()
            .for_each(|list| list.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id))));
        let shortcuts = Shortcuts::new(&records.devices, &records.dids, &records.trunks, &records.users);
        let directory = Self {
            revision,
            chains: Chains::new(records.restrictions, records.limits, records.approved_countries),
            accounts: index(records.accounts, |row| row.id.clone()),
            contacts,
            devices: index(records.devices, |row| row.id.clone()),
            dids: index(records.dids, |row| row.number.clone()),
            emergency_places: index(records.emergency_places, |row| row.account.clone()),
            offices: records.offices.into_iter().collect(),
            presences: records.presences.into_iter().collect(),
            resellers: index(records.resellers, |row| row.id.clone()),
            routes: RouteTable::new(records.routes),
            screening,
            shortcuts,
            trunks: index(records.trunks, |row| row.id.clone()),
            users: index(records.users, |row| row.id.clone()),
        };
        directory.check_references()?;
        Ok(directory)
    }

    fn check_references(&self) -> Result<(), Dangling> {
        let require = |present: bool, what: String, missing: String| {
            if present {
                Ok(())
            } else {
                Err(Dangling { what, missing })
            }
        };
        for account in self.accounts.values() {
            let present = self.resellers.contains_key(&account.reseller);
            require(
                present,
                format!("account `{}`", account.id),
                format!("reseller `{}`", account.reseller),
            )?;
        }
        for user in self.users.values() {
            let present = self.accounts.contains_key(&user.account);
            require(
                present,
                format!("user `{}`", user.id),
                format!("account `{}`", user.account),
            )?;
        }
        for device in self.devices.values() {
            let present = self.users.contains_key(&device.user);
            require(
                present,
                format!("device `{}`", device.id),
                format!("user `{}`", device.user),
            )?;
        }
        for did in self.dids.values() {
            let user = did.target.user();
            require(
                self.users.contains_key(user),
                format!("DID `{}`", did.number),
                format!("user `{user}`"),
            )?;
            let present = self.accounts.contains_key(&did.account);
            require(
                present,
                format!("DID `{}`", did.number),
                format!("account `{}`", did.account),
            )?;
        }
        Ok(())
    }

    /// Gives the store's revision that this snapshot shows.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Finds the DID of a called number.
    pub fn did(&self, number: &E164) -> Option<&Did> {
        self.dids.get(number)
    }

    /// Lists all DIDs, by number.
    pub fn dids(&self) -> Vec<&Did> {
        let mut all: Vec<_> = self.dids.values().collect();
        all.sort_by(|a, b| a.number.cmp(&b.number));
        all
    }

    /// Lists all accounts, by id.
    pub fn accounts(&self) -> Vec<&Account> {
        let mut all: Vec<_> = self.accounts.values().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Lists the users of an account, by id.
    pub fn users_of(&self, account: &AccountId) -> Vec<&User> {
        let mut all: Vec<_> = self
            .users
            .values()
            .filter(|user| user.account == *account)
            .collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Lists all trunks, by id.
    pub fn trunks(&self) -> Vec<&Trunk> {
        let mut all: Vec<_> = self.trunks.values().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Finds a user.
    pub fn user(&self, id: &UserId) -> Option<&User> {
        self.users.get(id)
    }

    /// Finds an account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Finds the account of a user.
    pub fn account_of(&self, user: &UserId) -> Option<&Account> {
        self.accounts.get(&self.users.get(user)?.account)
    }

    /// Finds a device.
    pub fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// Gives the device that rings for a user: the first by id.
    pub fn device_of(&self, user: &UserId) -> Option<&Device> {
        self.devices.get(self.shortcuts.device_of(user)?)
    }

    /// Finds a user by extension within one account.
    pub fn extension(&self, account: &AccountId, extension: &Extension) -> Option<&User> {
        self.users.get(self.shortcuts.extension(account, extension)?)
    }

    /// Lists whom a user may call by name: his own contacts by name, then those that his account shares.
    pub fn contacts(&self, user: &UserId) -> impl Iterator<Item = &Contact> {
        let own = self.contacts.get(&ContactOwner::User(user.clone()));
        let shared = self
            .users
            .get(user)
            .and_then(|user| self.contacts.get(&ContactOwner::Account(user.account.clone())));
        own.into_iter().chain(shared).flatten()
    }

    /// Finds one of a user's own or shared contacts; another user's is the same as none.
    pub fn contact(&self, user: &UserId, id: &ContactId) -> Option<&Contact> {
        self.contacts(user).find(|contact| contact.id == *id)
    }

    /// Finds whom of a user's own or shared contacts a number belongs to.
    pub fn contact_calling(&self, user: &UserId, number: &E164) -> Option<&Contact> {
        self.contacts(user).find(|contact| contact.has_number(number))
    }

    /// Finds the hours of an account's office, if it has any.
    pub fn office(&self, account: &AccountId) -> Option<&Office> {
        self.offices.get(account)
    }

    /// Finds the rules of a user, if he made any.
    pub fn presence(&self, user: &UserId) -> Option<&Presence> {
        self.presences.get(user)
    }

    /// Lists the entries of lists of callers that somebody set, by id.
    pub fn screening(&self, owner: &ScreeningOwner) -> &[ScreeningEntry] {
        self.screening.get(owner).map_or(&[], Vec::as_slice)
    }

    /// Lists a user's contacts whose name, last name or nickname begins with these keys of the telephone keypad.
    pub fn contacts_spelled(&self, user: &UserId, keys: &str) -> Vec<&Contact> {
        let begins = |name: &str| {
            let words: Vec<&str> = name.split([' ', '-']).collect();
            (0..words.len()).any(|from| keypad_spelling(&words[from..].concat()).starts_with(keys))
        };
        self.contacts(user)
            .filter(|contact| {
                let mut names = std::iter::once(&contact.name).chain(&contact.nicknames);
                !keys.is_empty() && names.any(|name| begins(name.as_str()))
            })
            .collect()
    }

    /// Finds a trunk.
    pub fn trunk(&self, id: &TrunkId) -> Option<&Trunk> {
        self.trunks.get(id)
    }

    /// Gives the trunk for an account's outgoing calls where no route is set: that of its first DID, else the first of all.
    pub fn outgoing_trunk(&self, account: &AccountId) -> Option<&Trunk> {
        let own = self
            .shortcuts
            .first_did(account)
            .and_then(|number| self.dids.get(number));
        own.and_then(|did| self.trunks.get(&did.trunk))
            .or_else(|| self.trunks.get(self.shortcuts.first_trunk()?))
    }

    /// Gives the number that an account shows when it calls out: its first DID.
    pub fn shown_number(&self, account: &AccountId) -> Option<&E164> {
        self.shortcuts.first_did(account)
    }

    /// Gives how an account's people dial: seven digits are completed by the area of the number that it shows.
    pub fn dial_plan(&self, account: &AccountId) -> DialPlan {
        DialPlan::at_home_of(self.shown_number(account))
    }

    /// Finds where an account's emergency calls go.
    pub fn emergency_place(&self, account: &AccountId) -> Option<&EmergencyPlace> {
        self.emergency_places.get(account)
    }

    /// Gives the owners above a user's leg, from the system down, with their rules and limits.
    pub fn chain(&self, user: &User, reseller: &ResellerId, device: Option<&DeviceId>) -> Chain<'_> {
        self.chains.above(reseller, &user.account, &user.id, device)
    }

    /// Says whether an account had a country approved.
    pub fn country_approved(&self, account: &AccountId, country: Country) -> bool {
        self.chains.approved(account, country)
    }

    /// Gives the routes.
    pub fn routes(&self) -> &RouteTable {
        &self.routes
    }
}
