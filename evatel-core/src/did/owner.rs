//! Who a number belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ResellerId};

/// An account with the reseller that it is a customer of; the pair is read together and never drifts apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountOwner {
    /// The account.
    pub account: AccountId,
    /// Its reseller, into whose pool the number falls back.
    pub reseller: ResellerId,
}

/// The one owner of a number. The chain is system, reseller, account; whoever lets go leaves it to the one before.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Owner {
    /// A customer.
    Account(AccountOwner),
    /// A reseller's pool.
    Reseller {
        /// Whose pool.
        reseller: ResellerId,
    },
    /// The operator's pool.
    System,
}

impl Owner {
    /// Gives who owned it before, and owns it again after a release.
    pub fn previous(&self) -> Self {
        match self {
            Self::Account(AccountOwner { reseller, .. }) => Self::Reseller {
                reseller: reseller.clone(),
            },
            Self::Reseller { .. } | Self::System => Self::System,
        }
    }

    /// Gives the reseller in the chain.
    pub fn reseller(&self) -> Option<&ResellerId> {
        match self {
            Self::Account(AccountOwner { reseller, .. }) | Self::Reseller { reseller } => Some(reseller),
            Self::System => None,
        }
    }

    /// Gives the account at its end.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Account(owner) => Some(&owner.account),
            Self::Reseller { .. } | Self::System => None,
        }
    }
}

impl fmt::Display for Owner {
    /// Writes `system`, `reseller:ID` or `account:ID`, as the history has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(owner) => write!(f, "account:{}", owner.account),
            Self::Reseller { reseller } => write!(f, "reseller:{reseller}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// For whom a number is kept while nobody has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Holder {
    /// For one customer.
    Account(AccountOwner),
    /// For any customer of one reseller.
    Reseller {
        /// Whose customers.
        reseller: ResellerId,
    },
}

impl Holder {
    /// Gives the reseller who holds it or whose customer does.
    pub fn reseller(&self) -> &ResellerId {
        match self {
            Self::Account(AccountOwner { reseller, .. }) | Self::Reseller { reseller } => reseller,
        }
    }

    /// Says whether the number may go to this account.
    pub fn admits(&self, taker: &AccountOwner) -> bool {
        match self {
            Self::Account(owner) => owner == taker,
            Self::Reseller { reseller } => *reseller == taker.reseller,
        }
    }
}
