//! Where a thing stands in the tree: system, reseller, account, user.

use crate::{
    account::{AccountKind, BillingMode},
    id::{AccountId, ResellerId, UserId},
    permission::matrix::Matter,
};

/// A thing that somebody wants to do something to: of what sort it is, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Of what sort.
    pub matter: Matter,
    /// Whose.
    pub place: Place,
}

/// A place in the tree, with what a decision must know of the places above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An account as a whole.
    Account(AccountPlace),
    /// A reseller's own level: its profile, pool, offer.
    Reseller {
        /// Which.
        reseller: ResellerId,
        /// Who bills its customers.
        billing: BillingMode,
    },
    /// Above all resellers.
    System,
    /// One user of an account.
    User {
        /// His account.
        account: AccountPlace,
        /// Which.
        user: UserId,
    },
}

/// An account in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPlace {
    /// Which.
    pub account: AccountId,
    /// Who sold it.
    pub reseller: ResellerId,
    /// Who bills that reseller's customers.
    pub billing: BillingMode,
    /// Company or professional.
    pub kind: AccountKind,
    /// Somebody in it is its administrator.
    pub has_administrator: bool,
}

impl AccountPlace {
    /// Names a thing of the account as a whole.
    pub fn resource(&self, matter: Matter) -> Resource {
        Place::Account(self.clone()).resource(matter)
    }

    /// Names a thing of one of its users.
    pub fn user_resource(&self, user: UserId, matter: Matter) -> Resource {
        let account = self.clone();
        Place::User { account, user }.resource(matter)
    }
}

impl Place {
    /// Names a thing here.
    pub fn resource(self, matter: Matter) -> Resource {
        Resource { matter, place: self }
    }

    /// Gives the account, where the place is in one.
    pub fn account(&self) -> Option<&AccountPlace> {
        match self {
            Self::Account(account) | Self::User { account, .. } => Some(account),
            Self::Reseller { .. } | Self::System => None,
        }
    }

    /// Gives the reseller at or above the place, and who bills its customers.
    pub fn reseller(&self) -> Option<(&ResellerId, BillingMode)> {
        match self {
            Self::Reseller { reseller, billing } => Some((reseller, *billing)),
            Self::Account(account) | Self::User { account, .. } => Some((&account.reseller, account.billing)),
            Self::System => None,
        }
    }

    /// Gives the user, where the place is one's.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User { user, .. } => Some(user),
            _ => None,
        }
    }
}
