//! The directory: everything a call needs to know, as one immutable snapshot in memory.
//!
//! The daemon swaps a whole one in when the store changed; a call keeps the one it began with for one decision. A changed
//! one ([`Directory::with`]) shares with the one before all that the change leaves as it is, so that it is made within
//! milliseconds however many numbers there are.
//!
//! - `shards`: a hash table of which copies share the parts that are the same; `places`: the same of rows that others point
//!   to, so that a leg goes from its user to account and reseller without a search; `entries`: what lies in them.
//! - `records`: what a directory is made of, and a change of one; `apply` and `owned`: how the change is made;
//!   `dangling`: what cannot be a part of one.

mod apply;
mod chain;
mod dangling;
mod entries;
mod owned;
mod places;
mod records;
mod shards;
#[cfg(test)]
mod tests;
mod unserved;

pub use chain::{Chain, Said};
pub use dangling::{Dangling, NamedRow, RowKind};
pub(crate) use entries::{AccountEntry, UserEntry};
pub use records::{Patch, Records, Rows};
pub use unserved::Unserved;

use std::{collections::BTreeMap, sync::Arc};

use entries::{DeviceRules, ResellerEntry, SystemEntry};
use places::Places;
use shards::Shards;

use crate::{
    account::{Account, User},
    contact::{Contact, keypad_spelling},
    country::Country,
    device::Device,
    did::Did,
    emergency::EmergencyPlace,
    id::{AccountId, ContactId, DeviceId, ResellerId, TrunkId, UserId},
    number::{DialPlan, E164, Extension},
    office::Office,
    presence::Presence,
    route::{RouteTable, TrunkSlot},
    schedule::Zone,
    screening::{ScreeningEntry, ScreeningOwner},
    trunk::Trunk,
};

/// An immutable snapshot of [`Records`], indexed for calls. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    revision: i64,
    accounts: Places<AccountEntry>,
    /// The trunks that routes lead to, where the routes say.
    carriers: Arc<[Option<Trunk>]>,
    device_rules: Shards<DeviceRules>,
    devices: Shards<Device>,
    dids: Shards<Did>,
    resellers: Places<ResellerEntry>,
    routes: RouteTable,
    system: Arc<SystemEntry>,
    trunks: Arc<BTreeMap<TrunkId, Trunk>>,
    users: Shards<UserEntry>,
}

impl Directory {
    /// Indexes the rows of revision `revision` (counts up by one with each change of the store).
    ///
    /// # Errors
    /// A row that points to nothing: calls may then trust that every owner exists.
    pub fn new(records: Records, revision: i64) -> Result<Self, Dangling> {
        let mut directory = Self {
            revision,
            accounts: Places::for_rows(records.accounts.len()),
            devices: Shards::for_rows(records.devices.len()),
            dids: Shards::for_rows(records.dids.len()),
            users: Shards::for_rows(records.users.len()),
            ..Self::default()
        };
        directory.apply(Patch::from(records))?;
        Ok(directory)
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
        let mut all: Vec<_> = self.dids.iter().collect();
        all.sort_by(|a, b| a.number.cmp(&b.number));
        all
    }

    /// Lists all accounts, by id.
    pub fn accounts(&self) -> Vec<&Account> {
        let mut all: Vec<_> = self.accounts.iter().map(AccountEntry::account).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Lists the users of an account, by id.
    pub fn users_of(&self, account: &AccountId) -> Vec<&User> {
        let users = self.accounts.get(account).map(|entry| &entry.rest().users);
        users
            .into_iter()
            .flatten()
            .filter_map(|id| self.user(id))
            .collect()
    }

    /// Lists all trunks, by id.
    pub fn trunks(&self) -> Vec<&Trunk> {
        self.trunks.values().collect()
    }

    /// Finds a user.
    pub fn user(&self, id: &UserId) -> Option<&User> {
        self.user_entry(id).map(UserEntry::user)
    }

    /// Finds an account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.account_entry(id).map(AccountEntry::account)
    }

    /// Finds the account of a user.
    pub fn account_of(&self, user: &UserId) -> Option<&Account> {
        self.account_above(self.user_entry(user)?)
            .map(AccountEntry::account)
    }

    /// Finds a device.
    pub fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// Gives the device that rings for a user: the first by id.
    pub fn device_of(&self, user: &UserId) -> Option<&Device> {
        self.devices.get(self.users.get(user)?.rest().devices.first()?)
    }

    /// Finds a user by extension within one account.
    pub fn extension(&self, account: &AccountId, extension: &Extension) -> Option<&User> {
        self.user(self.accounts.get(account)?.rest().extensions.get(extension)?)
    }

    /// Lists whom a user may call by name: his own contacts by name, then those that his account shares.
    pub fn contacts(&self, user: &UserId) -> impl Iterator<Item = &Contact> {
        let own = self.user_entry(user);
        let shared = own.and_then(|own| self.account_above(own));
        let lists = [
            own.map(|own| &own.rest().contacts),
            shared.map(|shared| &shared.rest().contacts),
        ];
        lists.into_iter().flatten().flat_map(|list| list.iter())
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
        self.accounts.get(account)?.rest().office.as_deref()
    }

    /// Finds the rules of a user, if he made any.
    pub fn presence(&self, user: &UserId) -> Option<&Presence> {
        self.users.get(user)?.rest().presence.as_deref()
    }

    /// Lists the entries of lists of callers that somebody set, by id.
    pub fn screening(&self, owner: &ScreeningOwner) -> &[ScreeningEntry] {
        match owner {
            ScreeningOwner::System => &self.system.screening,
            ScreeningOwner::Account(id) => self.accounts.get(id).map_or(&[], |entry| &entry.rest().screening),
            ScreeningOwner::User(id) => self.users.get(id).map_or(&[], |entry| &entry.rest().screening),
        }
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

    /// Finds a trunk that routes lead to.
    pub(crate) fn carrier(&self, slot: TrunkSlot) -> Option<&Trunk> {
        self.carriers.get(slot.index())?.as_ref()
    }

    /// Gives the trunk for an account's outgoing calls where no route is set: that of its first DID, else the first of all.
    pub fn outgoing_trunk(&self, account: &AccountId) -> Option<&Trunk> {
        let own = self
            .shown_number(account)
            .and_then(|number| self.dids.get(number));
        own.and_then(|did| self.trunks.get(&did.trunk))
            .or_else(|| self.trunks.values().next())
    }

    /// Gives the number that an account shows when it calls out: its first DID.
    pub fn shown_number(&self, account: &AccountId) -> Option<&E164> {
        self.account_entry(account)?.shown_number()
    }

    /// Gives the time zone in which a user lives: his own, else his account's.
    pub fn zone_of(&self, user: &UserId) -> Option<&Zone> {
        let account = self.account_of(user)?;
        Some(self.user(user)?.zone.as_ref().unwrap_or(&account.zone))
    }

    /// Gives how an account's people dial: seven digits are completed by the area of the number that it shows.
    pub fn dial_plan(&self, account: &AccountId) -> DialPlan {
        DialPlan::at_home_of(self.shown_number(account))
    }

    /// Finds where an account's emergency calls go.
    pub fn emergency_place(&self, account: &AccountId) -> Option<&EmergencyPlace> {
        self.accounts.get(account)?.rest().emergency_place.as_deref()
    }

    /// Gives the number that an emergency centre sees and rings back: that of the account's place, else the one it shows.
    pub fn emergency_callback(&self, account: &AccountId) -> Option<&E164> {
        let place = self.emergency_place(account).map(|place| &place.callback);
        place.or_else(|| self.shown_number(account))
    }

    /// Gives the owners above a user's leg, from the system down, with their rules and limits.
    pub fn chain(&self, user: &User, reseller: &ResellerId, device: Option<&DeviceId>) -> Chain<'_> {
        let account = self.account_entry(&user.account);
        let user = self.user_entry(&user.id);
        Chain::new([
            Some(&self.system.said),
            self.resellers.get(reseller).map(|entry| &entry.said),
            account.map(|entry| &entry.said),
            user.map(|entry| &entry.said),
            self.said_of_device(device),
        ])
    }

    /// Says whether an account had a country approved.
    pub fn country_approved(&self, account: &AccountId, country: Country) -> bool {
        let account = self.account_entry(account);
        account.is_some_and(|entry| entry.approved(country))
    }

    /// Gives the routes.
    pub fn routes(&self) -> &RouteTable {
        &self.routes
    }

    pub(crate) fn account_entry(&self, id: &AccountId) -> Option<&AccountEntry> {
        self.accounts.get(id)
    }

    pub(crate) fn user_entry(&self, id: &UserId) -> Option<&UserEntry> {
        self.users.get(id)
    }

    /// Gives the account of a user; there always is one.
    pub(crate) fn account_above(&self, user: &UserEntry) -> Option<&AccountEntry> {
        self.accounts.at(user.account())
    }

    /// Gives the same as [`Directory::chain`] where user and account were found already.
    pub(crate) fn chain_above<'a>(
        &'a self,
        user: &'a UserEntry,
        account: &'a AccountEntry,
        device: Option<&DeviceId>,
    ) -> Chain<'a> {
        let reseller = self.resellers.at(account.reseller());
        Chain::new([
            Some(&self.system.said),
            reseller.map(|entry| &entry.said),
            Some(&account.said),
            Some(&user.said),
            self.said_of_device(device),
        ])
    }

    fn said_of_device(&self, device: Option<&DeviceId>) -> Option<&Said> {
        let rules = device.and_then(|device| self.device_rules.get(device));
        rules.map(|rules| &rules.said)
    }
}
