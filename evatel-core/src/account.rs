//! Who exists: resellers, accounts and their users.
//!
//! - [`AccountStatus`]: from trial to closed, with the changes that are listed; [`rules`]: what must hold of all of them.
//! - [`Role`], [`Roles`]: what an employee is for his company beside being one.
//! - [`BillingMode`], [`ResellerProfile`], [`Brand`]: how a reseller sells and shows itself.
//! - [`UserNo`]: the number by which a person is known in the whole system; [`import`]: many people at once from CSV.

pub mod import;
mod number;
mod profile;
mod role;
pub mod rules;
mod status;

pub use number::{InvalidUserNo, UserNo};
pub use profile::{BillingMode, Brand, Domain, InvalidText, MailAddress, ResellerProfile, WebAddress};
pub use role::{Role, Roles};
pub use status::{AccountStatus, InvalidTransition, ResellerStatus};

use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, ResellerId, UserId},
    name::Name,
    number::Extension,
    schedule::Zone,
    word::word_enum,
};

/// Sells the service to accounts. The system starts with one, marked as default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reseller {
    /// Its id.
    pub id: ResellerId,
    /// Its trade name.
    pub name: Name,
    /// Who writes its customers' invoices.
    pub billing: BillingMode,
    /// Whether it sells.
    pub status: ResellerStatus,
    /// The reseller that `evatel init` made; it cannot be closed.
    pub is_default: bool,
}

/// A customer of a reseller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Who sold it.
    pub reseller: ResellerId,
    /// The company's or the person's name.
    pub name: Name,
    /// Many users or one.
    pub kind: AccountKind,
    /// May it call?
    pub status: AccountStatus,
    /// The language that the assistant speaks on its numbers.
    pub language: Language,
    /// Where its clocks are: hours and holidays are read there.
    pub zone: Zone,
    /// Calls are recorded, and each party is told so first. Off by default.
    pub records_calls: bool,
    /// The account that `evatel init` made; it cannot be closed.
    pub is_default: bool,
}

/// A person: the holder of a professional account or an employee of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// His id.
    pub id: UserId,
    /// Whose account he is in.
    pub account: AccountId,
    /// His name as the assistant says it.
    pub name: Name,
    /// His extension, unique in the account.
    pub extension: Extension,
    /// His number, unique in the system.
    pub number: UserNo,
    /// What he is for his company; none for a professional.
    pub roles: Roles,
    /// His language, where it is not his account's.
    pub language: Option<Language>,
    /// Where he is, where it is not his account's zone.
    pub zone: Option<Zone>,
    /// He has a PIN and may thus use the assistant from any telephone.
    pub has_pin: bool,
}

word_enum! {
    /// What sort of customer an account is.
    AccountKind ("account kind") {
        /// A company with employees.
        Company = "company",
        /// One person.
        Professional = "professional",
    }
}

word_enum! {
    /// A language of the assistant and of the texts.
    Language ("language") {
        /// English as in Canada.
        En = "en",
        /// French as in Québec.
        Fr = "fr",
    }
}
