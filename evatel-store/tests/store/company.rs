//! A company and its people, for tests of what they may do.

use evatel_core::{
    account::{AccountKind, Language, User},
    audit::Origin,
    login::{LoginName, NewPassword},
};
use evatel_store::{Acting, AuditFilter, NewAccount, NewUser, Owner, Target};
use jiff::Timestamp;

use crate::house::House;

/// A company with an administrator and two employees, sold by the default reseller.
pub(crate) struct Company {
    pub(crate) target: Target,
    pub(crate) people: Vec<User>,
}

impl Company {
    pub(crate) async fn found(house: &House, name: &str) -> Self {
        let new = NewAccount {
            reseller: house.account.reseller.clone(),
            name: name.parse().unwrap(),
            kind: AccountKind::Company,
            language: Language::Fr,
            zone: "America/Toronto".parse().unwrap(),
        };
        let account = house.system().add_account(new).await.unwrap();
        let target = Target::Account(account.id.clone());
        let inside = house.system().enter(&target).await.unwrap();
        let mut people = Vec::new();
        for (name, extension) in [("Anne", "101"), ("Luc", "102"), ("Zoé", "103")] {
            let new = NewUser {
                account: account.id.clone(),
                extension: extension.parse().unwrap(),
                name: name.parse().unwrap(),
            };
            people.push(inside.add_user(new).await.unwrap());
        }
        Self { target, people }
    }

    /// Lets one of its people act, with the roles that he has at this moment.
    pub(crate) async fn acting(&self, person: usize, house: &House) -> Acting {
        let user = Owner::User(self.people[person].id.clone());
        let name: LoginName = format!("person-{}", self.people[person].number).parse().unwrap();
        let password = password(&name);
        let inside = house.system().enter(&self.target).await.unwrap();
        let login = inside.add_login(name, user, password).await.unwrap();
        let now = Timestamp::now();
        let (token, _) = house.store.open_session(&login, now).await.unwrap();
        let acting = house.store.in_session(&token, origin(), now).await.unwrap();
        acting.unwrap()
    }
}

pub(crate) fn origin() -> Origin {
    "192.0.2.7".parse().unwrap()
}

pub(crate) fn password(name: &LoginName) -> NewPassword {
    NewPassword::new("quatre chevaux bleus en hiver".into(), name).unwrap()
}

pub(crate) fn last(entries: u32) -> AuditFilter {
    AuditFilter {
        limit: entries,
        ..AuditFilter::default()
    }
}
