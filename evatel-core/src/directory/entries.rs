//! What is kept of each account and of each user: all that a call asks of them lies together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{chain::Said, places::Place, shards::Keyed};
use crate::{
    account::{Account, AccountStatus, Reseller, User},
    contact::Contact,
    country::Country,
    device::Device,
    did::Did,
    emergency::EmergencyPlace,
    id::{AccountId, DeviceId, ResellerId, UserId},
    number::{E164, Extension},
    office::Office,
    presence::Presence,
    restriction::RuleSet,
    screening::ScreeningEntry,
};

/// An account as every leg asks for it. All the rest that is kept by it lies apart, as with [`UserEntry`].
#[derive(Debug, Clone)]
pub(crate) struct AccountEntry {
    id: AccountId,
    reseller: Place,
    status: AccountStatus,
    /// The first of its numbers.
    shown: Option<E164>,
    pub(super) said: Said,
    rest: Arc<AccountRest>,
}

/// The rest that is kept by an account.
#[derive(Debug, Clone)]
pub(super) struct AccountRest {
    account: Account,
    pub(super) approved: Arc<[Country]>,
    /// By name.
    pub(super) contacts: Arc<[Contact]>,
    dids: BTreeSet<E164>,
    pub(super) emergency_place: Option<Arc<EmergencyPlace>>,
    pub(super) extensions: BTreeMap<Extension, UserId>,
    pub(super) office: Option<Arc<Office>>,
    /// By id.
    pub(super) screening: Arc<[ScreeningEntry]>,
    pub(super) users: BTreeSet<UserId>,
}

impl AccountEntry {
    pub(super) fn new(account: Account, reseller: Place) -> Self {
        Self {
            id: account.id.clone(),
            reseller,
            status: account.status,
            shown: None,
            said: Said::default(),
            rest: Arc::new(AccountRest {
                account,
                approved: Arc::default(),
                contacts: Arc::default(),
                dids: BTreeSet::new(),
                emergency_place: None,
                extensions: BTreeMap::new(),
                office: None,
                screening: Arc::default(),
                users: BTreeSet::new(),
            }),
        }
    }

    pub(crate) fn id(&self) -> &AccountId {
        &self.id
    }

    pub(super) fn reseller(&self) -> Place {
        self.reseller
    }

    pub(crate) fn status(&self) -> AccountStatus {
        self.status
    }

    /// Gives the number that the account shows when it calls out: its first.
    pub(crate) fn shown_number(&self) -> Option<&E164> {
        self.shown.as_ref()
    }

    pub(crate) fn account(&self) -> &Account {
        &self.rest.account
    }

    pub(super) fn set_account(&mut self, account: Account, reseller: Place) {
        self.reseller = reseller;
        self.status = account.status;
        self.rest_mut().account = account;
    }

    pub(super) fn add_number(&mut self, number: E164) {
        self.rest_mut().dids.insert(number);
        self.shown = self.rest.dids.first().cloned();
    }

    pub(super) fn remove_number(&mut self, number: &E164) {
        self.rest_mut().dids.remove(number);
        self.shown = self.rest.dids.first().cloned();
    }

    /// Says whether a country was approved.
    pub(crate) fn approved(&self, country: Country) -> bool {
        self.rest.approved.contains(&country)
    }

    pub(super) fn rest(&self) -> &AccountRest {
        &self.rest
    }

    pub(super) fn rest_mut(&mut self) -> &mut AccountRest {
        Arc::make_mut(&mut self.rest)
    }
}

/// A user as every leg asks for him. All the rest that is kept by him lies apart, so that the table of users is small:
/// with it the processor's caches hold most of what legs ask. A row of the table is one line of a cache.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct UserEntry {
    id: UserId,
    account: Place,
    pub(super) said: Said,
    rest: Arc<UserRest>,
}

/// The rest that is kept by a user.
#[derive(Debug, Clone)]
pub(super) struct UserRest {
    user: User,
    /// How many DIDs lead to him.
    pub(super) answers: usize,
    /// By name.
    pub(super) contacts: Arc<[Contact]>,
    pub(super) devices: BTreeSet<DeviceId>,
    pub(super) presence: Option<Arc<Presence>>,
    /// By id.
    pub(super) screening: Arc<[ScreeningEntry]>,
}

impl UserEntry {
    pub(super) fn new(user: User, account: Place) -> Self {
        Self {
            id: user.id.clone(),
            account,
            said: Said::default(),
            rest: Arc::new(UserRest {
                user,
                answers: 0,
                contacts: Arc::default(),
                devices: BTreeSet::new(),
                presence: None,
                screening: Arc::default(),
            }),
        }
    }

    pub(crate) fn id(&self) -> &UserId {
        &self.id
    }

    pub(super) fn account(&self) -> Place {
        self.account
    }

    pub(crate) fn user(&self) -> &User {
        &self.rest.user
    }

    pub(super) fn set_user(&mut self, user: User, account: Place) {
        self.account = account;
        self.rest_mut().user = user;
    }

    pub(super) fn rest(&self) -> &UserRest {
        &self.rest
    }

    pub(super) fn rest_mut(&mut self) -> &mut UserRest {
        Arc::make_mut(&mut self.rest)
    }
}

/// A reseller and what it says of its accounts' legs.
#[derive(Debug, Clone)]
pub(super) struct ResellerEntry {
    pub(super) reseller: Reseller,
    pub(super) said: Said,
}

impl ResellerEntry {
    pub(super) fn new(reseller: Reseller) -> Self {
        Self {
            reseller,
            said: Said::default(),
        }
    }
}

/// What the system says of everybody's legs and callers.
#[derive(Debug, Clone, Default)]
pub(super) struct SystemEntry {
    pub(super) said: Said,
    /// By id.
    pub(super) screening: Arc<[ScreeningEntry]>,
}

/// The restrictions of a device; few devices have any.
#[derive(Debug, Clone)]
pub(super) struct DeviceRules {
    pub(super) device: DeviceId,
    pub(super) said: Said,
}

impl DeviceRules {
    pub(super) fn new(device: DeviceId, rules: RuleSet) -> Self {
        let mut said = Said::default();
        said.set_rules(Some(rules));
        Self { device, said }
    }
}

impl Keyed for AccountEntry {
    type Key = AccountId;
    fn key(&self) -> &AccountId {
        &self.id
    }
}

impl Keyed for UserEntry {
    type Key = UserId;
    fn key(&self) -> &UserId {
        &self.id
    }
}

impl Keyed for ResellerEntry {
    type Key = ResellerId;
    fn key(&self) -> &ResellerId {
        &self.reseller.id
    }
}

impl Keyed for Device {
    type Key = DeviceId;
    fn key(&self) -> &DeviceId {
        &self.id
    }
}

impl Keyed for DeviceRules {
    type Key = DeviceId;
    fn key(&self) -> &DeviceId {
        &self.device
    }
}

impl Keyed for Did {
    type Key = E164;
    fn key(&self) -> &E164 {
        &self.number
    }
}
