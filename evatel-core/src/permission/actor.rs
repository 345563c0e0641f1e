//! Who acts.

use serde::{Deserialize, Serialize};

use crate::{
    account::{AccountKind, Role, Roles},
    id::{AccountId, LoginId, ResellerId, UserId},
    name::Name,
    permission::{
        KeyScope,
        place::{AccountPlace, Place},
    },
    word::word_enum,
};

/// Somebody who acts: with which rights, and who is behind it.
///
/// Made by whoever has checked the person: the store from a session or a key, the command line from the operating
/// system. Roles are as of that moment; the store's commands read them anew within their transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    principal: Principal,
    entered_by: Option<Identity>,
    key: Option<KeyScope>,
}

/// Whose rights somebody acts with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Principal {
    /// Somebody from above who entered an account: he acts as its administrator, and reads no private message.
    Account {
        /// The account.
        account: AccountId,
        /// Who sold it.
        reseller: ResellerId,
        /// Company or professional.
        kind: AccountKind,
    },
    /// An administrator of a reseller.
    Reseller {
        /// The reseller.
        reseller: ResellerId,
        /// The login; none where somebody from above entered.
        login: Option<LoginId>,
    },
    /// An administrator of the system.
    System {
        /// His name: a login's, or that of the operating system's user.
        name: Name,
    },
    /// An employee or a professional.
    User {
        /// Who.
        user: UserId,
        /// His account.
        account: AccountId,
        /// Who sold it.
        reseller: ResellerId,
        /// Company: he is an employee. Professional: he decides for himself.
        kind: AccountKind,
        /// What he is for his company.
        roles: Roles,
    },
}

/// A principal's name in the audit, without rights.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Identity {
    /// The administrator of an account, entered from above.
    Account {
        /// The account.
        account: AccountId,
    },
    /// An administrator of a reseller.
    Reseller {
        /// The reseller.
        reseller: ResellerId,
        /// The login; none where somebody from above entered.
        login: Option<LoginId>,
    },
    /// An administrator of the system.
    System {
        /// His name.
        name: Name,
    },
    /// A user.
    User {
        /// Who.
        user: UserId,
    },
}

word_enum! {
    /// A column of the table of permissions.
    Standing ("standing") {
        /// Administers the system.
        SystemAdmin = "system-admin",
        /// Administers a reseller.
        ResellerAdmin = "reseller-admin",
        /// Administers a company.
        Administrator = "administrator",
        /// Manages a company's office.
        OfficeManager = "office-manager",
        /// Answers a company's main line.
        Receptionist = "receptionist",
        /// Looks after a company's telephones.
        TechSupport = "tech-support",
        /// Works for a company.
        Employee = "employee",
        /// Has an account of his own.
        Professional = "professional",
    }
}

impl Actor {
    /// An administrator of the system.
    pub fn system(name: Name) -> Self {
        Self::from(Principal::System { name })
    }

    /// An administrator of a reseller.
    pub fn reseller(reseller: ResellerId, login: LoginId) -> Self {
        Self::from(Principal::Reseller {
            reseller,
            login: Some(login),
        })
    }

    /// An employee with his roles, or a professional, whose roles count for nothing.
    pub fn user(user: UserId, place: &AccountPlace, roles: Roles) -> Self {
        Self::from(Principal::User {
            user,
            account: place.account.clone(),
            reseller: place.reseller.clone(),
            kind: place.kind,
            roles,
        })
    }

    /// Limits what the actor may do to what a key is for.
    #[must_use]
    pub fn with_key(mut self, key: KeyScope) -> Self {
        self.key = Some(key);
        self
    }

    /// Gives the person with the rights of a place below, which he was let into.
    pub(super) fn within(&self, principal: Principal) -> Self {
        Self {
            principal,
            // Whoever went through a reseller into its account is still himself.
            entered_by: Some(self.who()),
            key: self.key.clone(),
        }
    }

    /// Gives the same actor with other roles, as they are now.
    #[must_use]
    pub fn with_roles(mut self, now: Roles) -> Self {
        if let Principal::User { roles, .. } = &mut self.principal {
            *roles = now;
        }
        self
    }

    /// Says whose rights these are.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Says who the person is, wherever he has entered.
    pub fn who(&self) -> Identity {
        self.entered_by
            .clone()
            .unwrap_or_else(|| self.principal.identity())
    }

    /// Says as whom he acts, where that is somebody else.
    pub fn as_whom(&self) -> Option<Identity> {
        self.entered_by.as_ref().map(|_| self.principal.identity())
    }

    /// Says whether he acts in his own name.
    pub fn is_in_person(&self) -> bool {
        self.entered_by.is_none()
    }

    /// Gives what the key is for, where a program acts with one.
    pub fn key(&self) -> Option<&KeyScope> {
        self.key.as_ref()
    }

    /// Lists the columns of the table that hold for him; an employee's roles add to his being one.
    pub fn standings(&self) -> Vec<Standing> {
        match &self.principal {
            Principal::System { .. } => vec![Standing::SystemAdmin],
            Principal::Reseller { .. } => vec![Standing::ResellerAdmin],
            Principal::Account {
                kind: AccountKind::Company,
                ..
            } => vec![Standing::Administrator],
            Principal::Account {
                kind: AccountKind::Professional,
                ..
            } => vec![Standing::Professional],
            Principal::User {
                kind: AccountKind::Professional,
                ..
            } => vec![Standing::Professional],
            Principal::User { roles, .. } => roles
                .iter()
                .map(|role| match role {
                    Role::Administrator => Standing::Administrator,
                    Role::OfficeManager => Standing::OfficeManager,
                    Role::Receptionist => Standing::Receptionist,
                    Role::TechSupport => Standing::TechSupport,
                })
                .chain([Standing::Employee])
                .collect(),
        }
    }
}

impl From<Principal> for Actor {
    fn from(principal: Principal) -> Self {
        Self {
            principal,
            entered_by: None,
            key: None,
        }
    }
}

impl Principal {
    fn identity(&self) -> Identity {
        match self {
            Self::Account { account, .. } => Identity::Account {
                account: account.clone(),
            },
            Self::Reseller { reseller, login } => Identity::Reseller {
                reseller: reseller.clone(),
                login: login.clone(),
            },
            Self::System { name } => Identity::System { name: name.clone() },
            Self::User { user, .. } => Identity::User { user: user.clone() },
        }
    }

    /// Says whether a place is his own level or below it.
    pub fn covers(&self, place: &Place) -> bool {
        match self {
            Self::System { .. } => true,
            Self::Reseller { reseller, .. } => place.reseller().is_some_and(|(id, _)| id == reseller),
            Self::Account { account, .. } | Self::User { account, .. } => {
                place.account().is_some_and(|place| place.account == *account)
            }
        }
    }

    /// Says whether a place is one of those above him.
    pub(super) fn is_below(&self, place: &Place) -> bool {
        match place {
            Place::System => true,
            Place::Reseller { reseller: above, .. } => match self {
                Self::Account { reseller, .. } | Self::User { reseller, .. } => reseller == above,
                Self::Reseller { .. } | Self::System { .. } => false,
            },
            Place::Account(_) | Place::User { .. } => false,
        }
    }

    /// Says whether a place is of his own level: what is set there is his to change.
    pub(super) fn is_level_of(&self, place: &Place) -> bool {
        match self {
            Self::System { .. } => *place == Place::System,
            Self::Reseller { .. } => matches!(place, Place::Reseller { .. }) && self.covers(place),
            Self::Account { .. } | Self::User { .. } => self.covers(place),
        }
    }

    /// Says whether a place is the user himself. A professional is his account.
    pub(super) fn is_self(&self, place: &Place) -> bool {
        match self {
            Self::User {
                user,
                kind: AccountKind::Company,
                ..
            } => place.user() == Some(user),
            Self::User {
                kind: AccountKind::Professional,
                ..
            } => self.covers(place),
            _ => false,
        }
    }
}
