//! Whose rows somebody may see.

use evatel_core::id::AccountId;

/// Limits every read and write of tenant rows. A row outside the scope is the same as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Reach);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    Account(AccountId),
    System,
}

impl Scope {
    /// Sees one account only.
    pub fn account(account: AccountId) -> Self {
        Self(Reach::Account(account))
    }

    /// Sees everything: the daemon and the operator's command line.
    pub fn system() -> Self {
        Self(Reach::System)
    }

    /// Gives the only account that may be seen, where there is such a limit.
    pub(crate) fn only(&self) -> Option<String> {
        match &self.0 {
            Reach::Account(account) => Some(account.as_str().to_owned()),
            Reach::System => None,
        }
    }

    /// Says whether rows of `account` may be seen.
    pub fn covers(&self, account: &AccountId) -> bool {
        match &self.0 {
            Reach::Account(own) => own == account,
            Reach::System => true,
        }
    }
}
