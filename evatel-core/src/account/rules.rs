//! What must hold of resellers, accounts and roles whatever changes: pure, asked by the store within its transactions.

use crate::{
    account::{
        Account, AccountKind, AccountStatus, InvalidTransition, Reseller, ResellerStatus, Role, Roles,
    },
    did::{DidState, DidTarget},
    id::{AccountId, ResellerId},
};

/// Why a change of an account, a reseller or a role cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The account or reseller that the system begins with stays.
    #[error("the default {what} cannot be closed: the system is used and sold through it")]
    Default {
        /// `reseller` or `account`.
        what: &'static str,
    },
    /// The account is closed.
    #[error("account `{account}` is closed: it takes no number")]
    ClosedAccount {
        /// Which.
        account: AccountId,
    },
    /// The reseller sells no more.
    #[error("reseller `{reseller}` is closed: it takes no account")]
    ClosedReseller {
        /// Which.
        reseller: ResellerId,
    },
    /// Nobody would be left who may decide for the company.
    #[error("the last administrator of a company cannot lose his role: give it to somebody else first")]
    LastAdministrator,
    /// An account in production is reached by a number.
    #[error("{}", need(*kind))]
    NoNumber {
        /// A company needs one at its receptionist, a professional his Smart Number.
        kind: AccountKind,
    },
    /// Roles are for employees.
    #[error("a professional decides for himself: he has no roles")]
    RolesOfProfessional,
    /// The state cannot become that one.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

fn need(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Company => {
            "a company in production needs at least one number that its virtual receptionist answers: assign one first"
        }
        AccountKind::Professional => {
            "a professional in production needs at least one Smart Number: assign one first"
        }
    }
}

/// Checks a change of an account's state. `numbers` counts those that its receptionist answers (company) or
/// that are his Smart Numbers (professional).
///
/// # Errors
/// [`Broken::Default`], [`Broken::NoNumber`], [`Broken::Transition`].
pub fn check_status(account: &Account, to: AccountStatus, numbers: usize) -> Result<AccountStatus, Broken> {
    let to = account.status.change_to(to)?;
    if to == AccountStatus::Closed && account.is_default {
        return Err(Broken::Default { what: "account" });
    }
    if to != account.status {
        check_numbers(account.kind, to, numbers)?;
    }
    Ok(to)
}

/// Says whether a number in this state is one by which such an account is reached: a company's receptionist, a professional's
/// Smart Number.
pub fn reaches(kind: AccountKind, state: &DidState) -> bool {
    let (DidState::Assigned { target } | DidState::PortOutPending { target }) = state else {
        return false;
    };
    match kind {
        AccountKind::Company => matches!(target, DidTarget::Receptionist { .. }),
        AccountKind::Professional => matches!(target, DidTarget::SmartNumber { .. }),
    }
}

/// Checks that an account in `status` has the number by which it is reached; ask it with what would be left before
/// one is released or aimed elsewhere, too.
///
/// # Errors
/// [`Broken::NoNumber`].
pub fn check_numbers(kind: AccountKind, status: AccountStatus, numbers: usize) -> Result<(), Broken> {
    if status == AccountStatus::Active && numbers == 0 {
        return Err(Broken::NoNumber { kind });
    }
    Ok(())
}

/// Checks that a reseller may be closed; its accounts are closed with it.
///
/// # Errors
/// [`Broken::Default`].
pub fn check_close_reseller(reseller: &Reseller) -> Result<(), Broken> {
    if reseller.is_default {
        return Err(Broken::Default { what: "reseller" });
    }
    Ok(())
}

/// Checks that an account takes numbers.
///
/// # Errors
/// [`Broken::ClosedAccount`].
pub fn check_open(account: &Account) -> Result<(), Broken> {
    match account.status {
        AccountStatus::Closed => Err(Broken::ClosedAccount {
            account: account.id.clone(),
        }),
        _ => Ok(()),
    }
}

/// Checks that a reseller takes accounts.
///
/// # Errors
/// [`Broken::ClosedReseller`].
pub fn check_sells(reseller: &Reseller) -> Result<(), Broken> {
    match reseller.status {
        ResellerStatus::Active => Ok(()),
        ResellerStatus::Closed => Err(Broken::ClosedReseller {
            reseller: reseller.id.clone(),
        }),
    }
}

/// Checks that an employee's roles may become others. `other_administrators` counts the company's administrators
/// beside him; `None` for the roles he would have is his removal.
///
/// # Errors
/// [`Broken::LastAdministrator`], [`Broken::RolesOfProfessional`].
pub fn check_roles(
    kind: AccountKind,
    from: Roles,
    to: Option<Roles>,
    other_administrators: usize,
) -> Result<(), Broken> {
    if kind == AccountKind::Professional && to.is_some_and(|roles| roles != Roles::NONE) {
        return Err(Broken::RolesOfProfessional);
    }
    let stays = to.is_some_and(|roles| roles.contains(Role::Administrator));
    if from.contains(Role::Administrator) && !stays && other_administrators == 0 {
        return Err(Broken::LastAdministrator);
    }
    Ok(())
}

/// Checks that an account may go to another reseller.
///
/// # Errors
/// [`Broken::Default`] for the default account, [`Broken::ClosedReseller`].
pub fn check_moves(account: &Account, to: &Reseller) -> Result<(), Broken> {
    if account.is_default {
        return Err(Broken::Default { what: "account" });
    }
    check_sells(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{BillingMode, Language};

    fn reseller(id: &str, is_default: bool) -> Reseller {
        Reseller {
            id: id.parse().unwrap(),
            name: "Reseller".parse().unwrap(),
            billing: if is_default {
                BillingMode::Delegated
            } else {
                BillingMode::SelfBilled
            },
            status: ResellerStatus::Active,
            is_default,
        }
    }

    fn account(kind: AccountKind, status: AccountStatus) -> Account {
        Account {
            id: "acc-1".parse().unwrap(),
            reseller: "north".parse().unwrap(),
            name: "Roy".parse().unwrap(),
            kind,
            status,
            language: Language::Fr,
            zone: "America/Toronto".parse().unwrap(),
            records_calls: false,
            is_default: false,
        }
    }

    #[test]
    fn an_account_enters_production_with_a_number_and_keeps_one_while_it_is_there() {
        for kind in [AccountKind::Company, AccountKind::Professional] {
            let trial = account(kind, AccountStatus::Trial);
            let refused = check_status(&trial, AccountStatus::Active, 0);
            assert_eq!(refused, Err(Broken::NoNumber { kind }));
            assert_eq!(
                check_status(&trial, AccountStatus::Active, 1),
                Ok(AccountStatus::Active)
            );
            assert_eq!(
                check_numbers(kind, AccountStatus::Active, 0),
                Err(Broken::NoNumber { kind })
            );
            assert_eq!(check_numbers(kind, AccountStatus::Suspended, 0), Ok(()));
        }
    }

    #[test]
    fn the_default_reseller_and_the_default_account_cannot_be_closed_nor_moved() {
        let mut own = account(AccountKind::Professional, AccountStatus::Active);
        own.is_default = true;
        let refused = Err(Broken::Default { what: "account" });
        assert_eq!(check_status(&own, AccountStatus::Closed, 1), refused);
        assert_eq!(
            check_status(&own, AccountStatus::Suspended, 1),
            Ok(AccountStatus::Suspended)
        );
        let default = reseller("north", true);
        assert_eq!(
            check_close_reseller(&default),
            Err(Broken::Default { what: "reseller" })
        );
        assert_eq!(check_close_reseller(&reseller("south", false)), Ok(()));
        let south = reseller("south", false);
        assert_eq!(
            check_moves(&own, &south),
            Err(Broken::Default { what: "account" })
        );
        let other = account(AccountKind::Company, AccountStatus::Active);
        assert_eq!(check_moves(&other, &south), Ok(()));
        let closed = Reseller {
            status: ResellerStatus::Closed,
            ..south
        };
        let refused = check_moves(&other, &closed);
        assert!(
            matches!(refused, Err(Broken::ClosedReseller { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn the_last_administrator_of_a_company_can_neither_be_demoted_nor_removed() {
        let company = AccountKind::Company;
        let admin = Roles::from(Role::Administrator);
        for to in [None, Some(Roles::NONE), Some(Role::OfficeManager.into())] {
            assert_eq!(check_roles(company, admin, to, 0), Err(Broken::LastAdministrator));
            assert_eq!(check_roles(company, admin, to, 1), Ok(()));
        }
        assert_eq!(
            check_roles(company, admin, Some(admin.with(Role::Receptionist)), 0),
            Ok(())
        );
        assert_eq!(
            check_roles(company, Roles::NONE, None, 0),
            Ok(()),
            "a company may begin without one"
        );
        let professional = AccountKind::Professional;
        assert_eq!(
            check_roles(professional, Roles::NONE, Some(admin), 0),
            Err(Broken::RolesOfProfessional)
        );
    }
}
