//! Who exists here: one person, his telephone, his number, a contact.

use evatel_core::{
    account::{Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User, UserNo},
    contact::{Contact, ContactOwner},
    device::Device,
    did::{Did, DidTarget},
    directory::{Directory, Records},
    number::NumberFormat,
    trunk::Trunk,
};

use crate::Failure;

/// Builds the snapshot that calls are decided with; an integrator fills it from his own database.
pub fn directory() -> Result<Directory, Failure> {
    let records = Records {
        resellers: vec![Reseller { id: "house".parse()?, name: "House".parse()?, billing: BillingMode::Delegated, status: ResellerStatus::Active, is_default: true }],
        accounts: vec![Account {
            id: "gagnon".parse()?,
            reseller: "house".parse()?,
            name: "Luc Gagnon".parse()?,
            kind: AccountKind::Professional,
            status: AccountStatus::Active,
            language: Language::Fr,
            zone: "America/Toronto".parse()?,
            records_calls: false,
            is_default: true,
        }],
        users: vec![User {
            id: "luc".parse()?,
            account: "gagnon".parse()?,
            name: "Luc Gagnon".parse()?,
            extension: "101".parse()?,
            number: UserNo::FIRST,
            roles: Roles::NONE,
            language: None,
            zone: None,
            has_pin: false,
        }],
        devices: vec![Device { id: "desk-phone".parse()?, user: "luc".parse()?, name: "Desk".parse()? }],
        trunks: vec![Trunk {
            id: "carrier".parse()?,
            name: "Carrier".parse()?,
            peer: "192.0.2.10".parse()?,
            format: NumberFormat::National10,
        }],
        dids: vec![Did {
            id: "main".parse()?,
            number: "+15145550199".parse()?,
            trunk: "carrier".parse()?,
            account: "gagnon".parse()?,
            target: DidTarget::SmartNumber { user: "luc".parse()? },
        }],
        contacts: vec![Contact::new(
            "marie".parse()?,
            ContactOwner::User("luc".parse()?),
            "Marie Tremblay".parse()?,
            "+15145550142".parse()?,
        )],
        ..Records::default()
    };
    Ok(Directory::new(records, 1)?)
}
