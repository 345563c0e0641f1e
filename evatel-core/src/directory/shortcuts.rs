//! Answers that would otherwise be searched for on every call.

use std::collections::HashMap;

use crate::{
    account::User,
    device::Device,
    did::Did,
    id::{AccountId, DeviceId, TrunkId, UserId},
    number::{E164, Extension},
    trunk::Trunk,
};

/// Firsts and extensions, found at once.
#[derive(Debug, Default)]
pub(super) struct Shortcuts {
    devices: HashMap<UserId, DeviceId>,
    dids: HashMap<AccountId, E164>,
    extensions: HashMap<AccountId, HashMap<Extension, UserId>>,
    trunk: Option<TrunkId>,
}

impl Shortcuts {
    pub(super) fn new(devices: &[Device], dids: &[Did], trunks: &[Trunk], users: &[User]) -> Self {
        let mut shortcuts = Self {
            trunk: trunks.iter().map(|trunk| &trunk.id).min().cloned(),
            ..Self::default()
        };
        for device in devices {
            keep_first(&mut shortcuts.devices, &device.user, &device.id);
        }
        for did in dids {
            keep_first(&mut shortcuts.dids, &did.account, &did.number);
        }
        for user in users {
            let extensions = shortcuts.extensions.entry(user.account.clone()).or_default();
            extensions.insert(user.extension.clone(), user.id.clone());
        }
        shortcuts
    }

    pub(super) fn device_of(&self, user: &UserId) -> Option<&DeviceId> {
        self.devices.get(user)
    }

    pub(super) fn extension(&self, account: &AccountId, extension: &Extension) -> Option<&UserId> {
        self.extensions.get(account)?.get(extension)
    }

    pub(super) fn first_did(&self, account: &AccountId) -> Option<&E164> {
        self.dids.get(account)
    }

    pub(super) fn first_trunk(&self) -> Option<&TrunkId> {
        self.trunk.as_ref()
    }
}

fn keep_first<K: Clone + Eq + std::hash::Hash, V: Clone + Ord>(
    firsts: &mut HashMap<K, V>,
    key: &K,
    value: &V,
) {
    match firsts.get_mut(key) {
        Some(first) if value < first => *first = value.clone(),
        Some(_) => {}
        None => drop(firsts.insert(key.clone(), value.clone())),
    }
}
