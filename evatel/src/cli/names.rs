//! Names beside ids, for people.

use std::collections::HashMap;

use evatel_core::permission::Matter;
use evatel_store::{Acting, Store, Target};

use super::{csv::Form, desk::Desk, failure::Failure};

/// The names of what rows name by id.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// Reads them where a list is for people: of resellers, accounts, users, carriers and their trunks.
    pub(super) async fn read(form: Form, store: &Store, desk: &Desk<'_>) -> Result<Self, Failure> {
        if form.is_csv() || desk.json {
            return Ok(Self::default());
        }
        let acting = desk.acting(store);
        let mut names = HashMap::new();
        for card in acting.resellers(&Target::System).await? {
            names.insert(card.reseller.id.to_string(), card.reseller.name.to_string());
        }
        for account in acting.accounts(&Target::System).await? {
            names.insert(account.id.to_string(), account.name.to_string());
        }
        let users = acting.reading(Matter::Users, &Target::System).await?;
        for user in store.users(&users).await? {
            names.insert(user.id.to_string(), user.name.to_string());
        }
        of_carriers(&acting, &mut names).await?;
        Ok(Self(names))
    }

    /// Writes an id, or an owner as `user:ID`, with the name that it has: `Luc Roy (usr-…)`.
    pub(super) fn of(&self, id: impl ToString) -> String {
        let written = id.to_string();
        let id = written.rsplit_once(':').map_or(written.as_str(), |(_, id)| id);
        match self.0.get(id) {
            Some(name) => format!("{name} ({id})"),
            None => written,
        }
    }

    /// Writes whose something is, as `user:ID` or `system` say it.
    pub(super) fn owner(&self, owner: impl ToString, desk: &Desk<'_>) -> String {
        match owner.to_string().as_str() {
            "system" => desk.say("the-system", &[]),
            owner => self.of(owner),
        }
    }
}

async fn of_carriers(acting: &Acting, names: &mut HashMap<String, String>) -> Result<(), Failure> {
    for itsp in acting.itsps().await? {
        names.insert(itsp.id.to_string(), itsp.name.to_string());
    }
    for trunk in acting.trunks().await? {
        names.insert(trunk.id.to_string(), trunk.name.to_string());
    }
    Ok(())
}
