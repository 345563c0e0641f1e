//! The house in which every scenario plays.

use evatel_core::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Reseller, ResellerStatus, Roles, User, UserNo,
    },
    contact::{Contact, ContactOwner},
    device::Device,
    did::{Did, DidTarget},
    directory::{Directory, Records},
    id::{DeviceId, UserId},
    number::NumberFormat,
    trunk::Trunk,
};

use super::script::Scenario;

/// The owner's telephone.
pub(super) fn device() -> DeviceId {
    known("phone")
}

/// The owner.
pub(super) fn owner() -> UserId {
    known("luc")
}

/// Luc Roy with his telephone, his number, his contacts near and abroad, and those of the scenario.
pub(super) fn directory(scenario: &Scenario) -> Directory {
    let contact = |id: String, name, number, nicknames| Contact {
        nicknames,
        ..Contact::new(known(&id), ContactOwner::User(owner()), name, number)
    };
    let always = [
        ("marie", "Marie Tremblay", "+15145550142"),
        ("mario", "Mario Roy", "+15145550143"),
        ("pierre", "Pierre Dupont", "+33142764978"),
    ];
    let always =
        always.map(|(id, name, number)| contact(id.to_owned(), known(name), known(number), Vec::new()));
    let own = scenario.contacts.iter().zip(1..).map(|(new, number)| {
        contact(
            format!("contact-{number}"),
            new.name.clone(),
            new.number.clone(),
            new.nicknames.clone(),
        )
    });
    let records = Records {
        resellers: vec![Reseller {
            id: known("reseller"),
            name: known("Revendeur"),
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        }],
        accounts: vec![Account {
            id: known("account"),
            reseller: known("reseller"),
            name: known("Luc Roy"),
            kind: AccountKind::Professional,
            status: AccountStatus::Active,
            language: scenario.language,
            zone: known("America/Toronto"),
            records_calls: scenario.records_calls,
            is_default: true,
        }],
        users: vec![User {
            id: owner(),
            account: known("account"),
            name: known("Luc Roy"),
            extension: known("101"),
            number: UserNo::FIRST,
            roles: Roles::NONE,
            language: None,
            zone: None,
            has_pin: scenario.pin.is_some(),
        }],
        devices: vec![Device {
            id: device(),
            user: owner(),
            name: known("Bureau"),
        }],
        trunks: vec![Trunk {
            id: known("trunk"),
            name: known("Carrier"),
            peer: known("192.0.2.1"),
            format: NumberFormat::National10,
        }],
        dids: vec![Did {
            id: known("number"),
            number: known("+15145550199"),
            trunk: known("trunk"),
            account: known("account"),
            target: DidTarget::SmartNumber { user: owner() },
        }],
        contacts: always.into_iter().chain(own).collect(),
        ..Records::default()
    };
    Directory::new(records, 1).expect("the rows of the house point to each other")
}

/// Reads a value that is written in this file.
fn known<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("what this file writes is well formed")
}
