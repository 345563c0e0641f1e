//! Changing what belongs to an owner: it comes as the whole of what he has now.

use std::sync::Arc;

use super::{
    Dangling, Directory, NamedRow, RowKind,
    chain::Said,
    entries::{AccountEntry, DeviceRules, UserEntry},
};
use crate::{
    contact::{Contact, ContactOwner},
    country::Country,
    emergency::EmergencyPlace,
    id::{AccountId, UserId},
    limit::{LimitOwner, Limits},
    office::Office,
    presence::Presence,
    restriction::{Restriction, RestrictionOwner, RuleSet},
    screening::{ScreeningEntry, ScreeningOwner},
};

type Applied = Result<(), Dangling>;

impl Directory {
    pub(super) fn set_offices(&mut self, offices: Vec<(AccountId, Option<Office>)>) -> Applied {
        for (account, office) in offices {
            let what = office.as_ref().map(|_| NamedRow::without_id(RowKind::Office));
            if let Some(entry) = self.owning_account(&account, what)? {
                entry.rest_mut().office = office.map(Arc::new);
            }
        }
        Ok(())
    }

    pub(super) fn set_emergency_places(
        &mut self,
        places: Vec<(AccountId, Option<EmergencyPlace>)>,
    ) -> Applied {
        for (account, place) in places {
            let what = place
                .as_ref()
                .map(|_| NamedRow::without_id(RowKind::EmergencyPlace));
            if let Some(entry) = self.owning_account(&account, what)? {
                entry.rest_mut().emergency_place = place.map(Arc::new);
            }
        }
        Ok(())
    }

    pub(super) fn set_approved_countries(&mut self, approved: Vec<(AccountId, Vec<Country>)>) -> Applied {
        for (account, countries) in approved {
            let what = countries
                .first()
                .map(|country| NamedRow::new(RowKind::ApprovedCountry, country));
            if let Some(entry) = self.owning_account(&account, what)? {
                entry.rest_mut().approved = countries.into();
            }
        }
        Ok(())
    }

    pub(super) fn set_presences(&mut self, presences: Vec<(UserId, Option<Presence>)>) -> Applied {
        for (user, presence) in presences {
            let what = presence.as_ref().map(|_| NamedRow::without_id(RowKind::Presence));
            if let Some(entry) = self.owning_user(&user, what)? {
                entry.rest_mut().presence = presence.map(Arc::new);
            }
        }
        Ok(())
    }

    pub(super) fn set_contacts(&mut self, contacts: Vec<(ContactOwner, Vec<Contact>)>) -> Applied {
        for (owner, mut rows) in contacts {
            rows.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
            let what = rows.first().map(|row| NamedRow::new(RowKind::Contact, &row.id));
            let place = match &owner {
                ContactOwner::Account(id) => self
                    .owning_account(id, what)?
                    .map(|entry| &mut entry.rest_mut().contacts),
                ContactOwner::User(id) => self
                    .owning_user(id, what)?
                    .map(|entry| &mut entry.rest_mut().contacts),
            };
            if let Some(place) = place {
                *place = rows.into();
            }
        }
        Ok(())
    }

    pub(super) fn set_screening(&mut self, screening: Vec<(ScreeningOwner, Vec<ScreeningEntry>)>) -> Applied {
        for (owner, mut rows) in screening {
            rows.sort_by(|a, b| a.id.cmp(&b.id));
            let what = rows
                .first()
                .map(|row| NamedRow::new(RowKind::ScreeningEntry, &row.id));
            let place = match &owner {
                ScreeningOwner::System => Some(&mut Arc::make_mut(&mut self.system).screening),
                ScreeningOwner::Account(id) => self
                    .owning_account(id, what)?
                    .map(|entry| &mut entry.rest_mut().screening),
                ScreeningOwner::User(id) => self
                    .owning_user(id, what)?
                    .map(|entry| &mut entry.rest_mut().screening),
            };
            if let Some(place) = place {
                *place = rows.into();
            }
        }
        Ok(())
    }

    pub(super) fn set_restrictions(
        &mut self,
        restrictions: Vec<(RestrictionOwner, Vec<Restriction>)>,
    ) -> Applied {
        for (owner, rows) in restrictions {
            let what = rows
                .first()
                .map(|row| NamedRow::new(RowKind::Restriction, &row.id));
            let rules = (!rows.is_empty()).then(|| RuleSet::new(rows));
            let said = match owner {
                RestrictionOwner::Device(id) => {
                    match (rules, self.devices.get(&id)) {
                        (None, _) => drop(self.device_rules.remove(&id)),
                        (Some(rules), Some(device)) => {
                            let rules = DeviceRules::new(device.id.clone(), rules);
                            self.device_rules.put(rules);
                        }
                        (Some(_), None) => {
                            return Err(Dangling::new(
                                what.unwrap_or(NamedRow::without_id(RowKind::Restriction)),
                                NamedRow::new(RowKind::Device, id),
                            ));
                        }
                    }
                    continue;
                }
                RestrictionOwner::System => self.said(&LimitOwner::System, what)?,
                RestrictionOwner::Reseller(id) => self.said(&LimitOwner::Reseller(id), what)?,
                RestrictionOwner::Account(id) => self.said(&LimitOwner::Account(id), what)?,
                RestrictionOwner::User(id) => self.said(&LimitOwner::User(id), what)?,
            };
            if let Some(said) = said {
                said.set_rules(rules);
            }
        }
        Ok(())
    }

    pub(super) fn set_limits(&mut self, limits: Vec<(LimitOwner, Option<Limits>)>) -> Applied {
        for (owner, row) in limits {
            let what = row.as_ref().map(|_| NamedRow::without_id(RowKind::Limits));
            if let Some(said) = self.said(&owner, what)? {
                said.limits = row.map(Arc::new);
            }
        }
        Ok(())
    }

    fn said(&mut self, owner: &LimitOwner, what: Option<NamedRow>) -> Result<Option<&mut Said>, Dangling> {
        Ok(match owner {
            LimitOwner::System => Some(&mut Arc::make_mut(&mut self.system).said),
            LimitOwner::Reseller(id) => {
                let entry = self.resellers.get_mut(id);
                there(entry, what, || NamedRow::new(RowKind::Reseller, id))?.map(|entry| &mut entry.said)
            }
            LimitOwner::Account(id) => self.owning_account(id, what)?.map(|entry| &mut entry.said),
            LimitOwner::User(id) => self.owning_user(id, what)?.map(|entry| &mut entry.said),
        })
    }

    fn owning_account(
        &mut self,
        id: &AccountId,
        what: Option<NamedRow>,
    ) -> Result<Option<&mut AccountEntry>, Dangling> {
        there(self.account_mut(id), what, || NamedRow::new(RowKind::Account, id))
    }

    fn owning_user(
        &mut self,
        id: &UserId,
        what: Option<NamedRow>,
    ) -> Result<Option<&mut UserEntry>, Dangling> {
        there(self.user_mut(id), what, || NamedRow::new(RowKind::User, id))
    }
}

/// Refuses something that belongs to nobody; that he who is not there has nothing is fine.
fn there<E>(
    owner: Option<E>,
    what: Option<NamedRow>,
    missing: impl Fn() -> NamedRow,
) -> Result<Option<E>, Dangling> {
    match (owner, what) {
        (None, Some(what)) => Err(Dangling::new(what, missing())),
        (owner, _) => Ok(owner),
    }
}
