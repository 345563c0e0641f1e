//! Changing a copy of a directory, row by row, with all that follows from each row.

use std::sync::Arc;

use super::{
    Dangling, Directory, NamedRow, Patch, RowKind, Rows,
    entries::{AccountEntry, ResellerEntry, UserEntry},
};
use crate::{
    account::{Account, Reseller, User},
    device::Device,
    did::Did,
    id::{AccountId, DeviceId, ResellerId, TrunkId, UserId},
    number::E164,
    trunk::Trunk,
};

impl Directory {
    /// Makes the directory that this one becomes by a change; both share all that the change leaves as it is.
    ///
    /// # Errors
    /// A row that points to nothing, or that others still point to when it goes: more changed than the patch says.
    pub fn with(&self, patch: Patch, revision: i64) -> Result<Self, Dangling> {
        let mut next = self.clone();
        next.apply(patch)?;
        next.revision = revision;
        Ok(next)
    }

    pub(super) fn apply(&mut self, patch: Patch) -> Result<(), Dangling> {
        // What is pointed to comes before what points to it, and goes after it.
        for reseller in patch.resellers.present {
            self.put_reseller(reseller);
        }
        let moved = patch.trunks != Rows::default() || patch.routes != Rows::default();
        self.change_trunks(patch.trunks);
        for account in patch.accounts.present {
            self.put_account(account)?;
        }
        for user in patch.users.present {
            self.put_user(user)?;
        }
        for device in patch.devices.present {
            self.put_device(device)?;
        }
        for did in patch.dids.present {
            self.put_did(did)?;
        }
        for number in &patch.dids.gone {
            self.remove_did(number);
        }
        for device in &patch.devices.gone {
            self.remove_device(device);
        }
        for user in &patch.users.gone {
            self.remove_user(user)?;
        }
        for account in &patch.accounts.gone {
            self.remove_account(account)?;
        }
        for reseller in &patch.resellers.gone {
            self.remove_reseller(reseller)?;
        }
        self.routes.change(patch.routes.present, &patch.routes.gone);
        if moved {
            self.find_carriers();
        }
        self.set_offices(patch.offices)?;
        self.set_emergency_places(patch.emergency_places)?;
        self.set_approved_countries(patch.approved_countries)?;
        self.set_presences(patch.presences)?;
        self.set_contacts(patch.contacts)?;
        self.set_screening(patch.screening)?;
        self.set_restrictions(patch.restrictions)?;
        self.set_limits(patch.limits)
    }

    pub(super) fn account_mut(&mut self, id: &AccountId) -> Option<&mut AccountEntry> {
        self.accounts.get_mut(id)
    }

    pub(super) fn user_mut(&mut self, id: &UserId) -> Option<&mut UserEntry> {
        self.users.get_mut(id)
    }

    fn put_reseller(&mut self, reseller: Reseller) {
        match self.resellers.get_mut(&reseller.id) {
            Some(entry) => entry.reseller = reseller,
            None => self.resellers.put(ResellerEntry::new(reseller)),
        }
    }

    fn change_trunks(&mut self, rows: Rows<TrunkId, Trunk>) {
        if rows == Rows::default() {
            return;
        }
        let trunks = Arc::make_mut(&mut self.trunks);
        trunks.extend(rows.present.into_iter().map(|trunk| (trunk.id.clone(), trunk)));
        for id in &rows.gone {
            trunks.remove(id);
        }
    }

    /// Puts the trunks where the routes say. They are few.
    fn find_carriers(&mut self) {
        let slots = self.routes.trunks().iter();
        let carriers = slots.map(|id| self.trunks.get(id.as_ref()?).cloned());
        self.carriers = carriers.collect();
    }

    fn put_account(&mut self, account: Account) -> Result<(), Dangling> {
        let Some(reseller) = self.resellers.place(&account.reseller) else {
            return Err(Dangling::new(
                NamedRow::new(RowKind::Account, &account.id),
                NamedRow::new(RowKind::Reseller, &account.reseller),
            ));
        };
        match self.account_mut(&account.id) {
            Some(entry) => entry.set_account(account, reseller),
            None => self.accounts.put(AccountEntry::new(account, reseller)),
        }
        Ok(())
    }

    fn put_user(&mut self, user: User) -> Result<(), Dangling> {
        let Some(account) = self.accounts.place(&user.account) else {
            return Err(Dangling::new(
                NamedRow::new(RowKind::User, &user.id),
                NamedRow::new(RowKind::Account, &user.account),
            ));
        };
        let known = self.users.get(&user.id).map(|known| known.user().clone());
        if let Some(known) = &known
            && (&known.account, &known.extension) != (&user.account, &user.extension)
        {
            self.leave_account(known);
        }
        if let Some(entry) = self.account_mut(&user.account) {
            let rest = entry.rest_mut();
            rest.users.insert(user.id.clone());
            rest.extensions.insert(user.extension.clone(), user.id.clone());
        }
        match self.user_mut(&user.id) {
            Some(entry) => entry.set_user(user, account),
            None => {
                self.users.put(UserEntry::new(user, account));
            }
        }
        Ok(())
    }

    fn put_device(&mut self, device: Device) -> Result<(), Dangling> {
        let Some(owner) = self.user_mut(&device.user) else {
            return Err(Dangling::new(
                NamedRow::new(RowKind::Device, &device.id),
                NamedRow::new(RowKind::User, &device.user),
            ));
        };
        owner.rest_mut().devices.insert(device.id.clone());
        let user = device.user.clone();
        if let Some(known) = self.devices.put(device)
            && known.user != user
            && let Some(former) = self.user_mut(&known.user)
        {
            former.rest_mut().devices.remove(&known.id);
        }
        Ok(())
    }

    fn put_did(&mut self, did: Did) -> Result<(), Dangling> {
        self.remove_did(&did.number);
        let what = || NamedRow::new(RowKind::Did, &did.number);
        let Some(user) = self.user_mut(did.target.user()) else {
            return Err(Dangling::new(
                what(),
                NamedRow::new(RowKind::User, did.target.user()),
            ));
        };
        user.rest_mut().answers += 1;
        let Some(account) = self.account_mut(&did.account) else {
            return Err(Dangling::new(
                what(),
                NamedRow::new(RowKind::Account, &did.account),
            ));
        };
        account.add_number(did.number.clone());
        self.dids.put(did);
        Ok(())
    }

    fn remove_did(&mut self, number: &E164) {
        let Some(did) = self.dids.remove(number) else {
            return;
        };
        if let Some(account) = self.account_mut(&did.account) {
            account.remove_number(number);
        }
        if let Some(user) = self.user_mut(did.target.user()) {
            user.rest_mut().answers -= 1;
        }
    }

    fn remove_device(&mut self, id: &DeviceId) {
        self.device_rules.remove(id);
        if let Some(device) = self.devices.remove(id)
            && let Some(user) = self.user_mut(&device.user)
        {
            user.rest_mut().devices.remove(id);
        }
    }

    fn remove_user(&mut self, id: &UserId) -> Result<(), Dangling> {
        let Some(entry) = self.users.remove(id) else {
            return Ok(());
        };
        let missing = NamedRow::new(RowKind::User, id);
        if let Some(device) = entry.rest().devices.first() {
            return Err(Dangling::new(NamedRow::new(RowKind::Device, device), missing));
        }
        if entry.rest().answers > 0 {
            let did = self.dids.iter().find(|did| did.target.user() == id);
            let number = did.map_or("", |did| did.number.as_str());
            return Err(Dangling::new(NamedRow::new(RowKind::Did, number), missing));
        }
        self.leave_account(entry.user());
        Ok(())
    }

    fn leave_account(&mut self, user: &User) {
        if let Some(account) = self.account_mut(&user.account) {
            let rest = account.rest_mut();
            rest.users.remove(&user.id);
            // Another user may have his extension by now.
            if rest.extensions.get(&user.extension) == Some(&user.id) {
                rest.extensions.remove(&user.extension);
            }
        }
    }

    fn remove_account(&mut self, id: &AccountId) -> Result<(), Dangling> {
        let Some(entry) = self.accounts.remove(id) else {
            return Ok(());
        };
        let users = &entry.rest().users;
        let user = users.first().map(|user| NamedRow::new(RowKind::User, user));
        let did = entry
            .shown_number()
            .map(|number| NamedRow::new(RowKind::Did, number));
        match user.or(did) {
            Some(what) => Err(Dangling::new(what, NamedRow::new(RowKind::Account, id))),
            None => Ok(()),
        }
    }

    fn remove_reseller(&mut self, id: &ResellerId) -> Result<(), Dangling> {
        let Some(place) = self.resellers.place(id) else {
            return Ok(());
        };
        self.resellers.remove(id);
        match self.accounts.iter().find(|entry| entry.reseller() == place) {
            Some(entry) => Err(Dangling::new(
                NamedRow::new(RowKind::Account, entry.id()),
                NamedRow::new(RowKind::Reseller, id),
            )),
            None => Ok(()),
        }
    }
}
