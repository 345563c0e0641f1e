//! What owners above a leg say of it: their rules and limits, found without a search.

use std::collections::{HashMap, HashSet};

use crate::{
    country::Country,
    id::{AccountId, DeviceId, ResellerId, UserId},
    limit::{ApprovedCountry, LimitOwner, Limits},
    restriction::{Restriction, RestrictionOwner, RuleSet},
};

/// Rules, limits and approvals by owner.
#[derive(Debug, Default)]
pub(super) struct Chains {
    system: Option<Said>,
    resellers: HashMap<ResellerId, Said>,
    accounts: HashMap<AccountId, Said>,
    users: HashMap<UserId, Said>,
    devices: HashMap<DeviceId, Said>,
    approved: HashMap<AccountId, HashSet<Country>>,
}

/// What one owner says.
#[derive(Debug, Default)]
pub struct Said {
    /// His restrictions.
    pub rules: Option<RuleSet>,
    /// His limits.
    pub limits: Option<Limits>,
}

/// The owners above one leg, from the system down; who says nothing is left out.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a>([Option<&'a Said>; 5]);

impl<'a> Chain<'a> {
    /// Walks the restrictions of each owner.
    pub fn rules(self) -> impl Iterator<Item = &'a RuleSet> {
        self.0
            .into_iter()
            .flatten()
            .filter_map(|said| said.rules.as_ref())
    }

    /// Walks the limits of each owner.
    pub fn limits(self) -> impl Iterator<Item = &'a Limits> {
        self.0
            .into_iter()
            .flatten()
            .filter_map(|said| said.limits.as_ref())
    }
}

impl Chains {
    pub(super) fn new(
        restrictions: Vec<Restriction>,
        limits: Vec<Limits>,
        approved: Vec<ApprovedCountry>,
    ) -> Self {
        let mut chains = Self::default();
        let mut by_owner: HashMap<RestrictionOwner, Vec<Restriction>> = HashMap::new();
        for restriction in restrictions {
            by_owner
                .entry(restriction.owner.clone())
                .or_default()
                .push(restriction);
        }
        for (owner, rules) in by_owner {
            chains.said(owner).rules = Some(RuleSet::new(rules));
        }
        for limit in limits {
            let owner = match &limit.owner {
                LimitOwner::System => RestrictionOwner::System,
                LimitOwner::Reseller(id) => RestrictionOwner::Reseller(id.clone()),
                LimitOwner::Account(id) => RestrictionOwner::Account(id.clone()),
                LimitOwner::User(id) => RestrictionOwner::User(id.clone()),
            };
            chains.said(owner).limits = Some(limit);
        }
        for ApprovedCountry { account, country } in approved {
            chains.approved.entry(account).or_default().insert(country);
        }
        chains
    }

    fn said(&mut self, owner: RestrictionOwner) -> &mut Said {
        match owner {
            RestrictionOwner::System => self.system.get_or_insert_default(),
            RestrictionOwner::Reseller(id) => self.resellers.entry(id).or_default(),
            RestrictionOwner::Account(id) => self.accounts.entry(id).or_default(),
            RestrictionOwner::User(id) => self.users.entry(id).or_default(),
            RestrictionOwner::Device(id) => self.devices.entry(id).or_default(),
        }
    }

    pub(super) fn above(
        &self,
        reseller: &ResellerId,
        account: &AccountId,
        user: &UserId,
        device: Option<&DeviceId>,
    ) -> Chain<'_> {
        Chain([
            self.system.as_ref(),
            self.resellers.get(reseller),
            self.accounts.get(account),
            self.users.get(user),
            device.and_then(|device| self.devices.get(device)),
        ])
    }

    pub(super) fn approved(&self, account: &AccountId, country: Country) -> bool {
        self.approved
            .get(account)
            .is_some_and(|countries| countries.contains(&country))
    }
}
