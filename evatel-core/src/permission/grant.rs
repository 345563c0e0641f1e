//! What the answer says.

use crate::{
    id::AccountId,
    permission::{
        actor::{Identity, Standing},
        matrix::{Action, Matter},
    },
};

/// Yes: what it covers, and whether it may cost. Only [`can`](super::can) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Grant {
    pub(super) action: Action,
    pub(super) matter: Matter,
    pub(super) charge: Charge,
    pub(super) detail: Detail,
    pub(super) standing: Standing,
    pub(super) who: Identity,
    pub(super) account: Option<AccountId>,
}

/// Whether what was granted may cost the account something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Charge {
    /// It may be done where it costs nothing. What costs is quoted, and confirmed by somebody with a [`BillingRight`].
    ByOthers,
    /// It costs nothing by its nature.
    None,
    /// It may cost: quoted first, then confirmed, by him or another with a [`BillingRight`].
    Confirm,
}

/// How much of a thing may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Of calls: when, how long, with what result and over which line; with whom only in the form of a class.
    Technical,
    /// Of calls: those of the main line.
    MainLine,
    /// Of calls: what is billed by, no recording and nothing that was said.
    Metadata,
    /// All of it.
    Full,
}

/// The proof that somebody may confirm what costs an account something: no quote is confirmed without one.
///
/// Only [`Grant::billing_right`] makes one, and a grant comes from [`can`](super::can) only.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct BillingRight {
    who: Identity,
    account: AccountId,
}

/// No, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It may be done by whoever enters the account (or the reseller) first, and then under both names.
    #[error("{action} of {matter} is done from within: enter the account first")]
    EnterFirst {
        /// What was asked.
        action: Action,
        /// Of what.
        matter: Matter,
    },
    /// The reseller names the first administrator only; those after him are the company's affair.
    #[error("the company has an administrator: he names the others")]
    HasAdministrator,
    /// The key is not for that.
    #[error("this key is not for {action} of {matter}")]
    KeyScope {
        /// What was asked.
        action: Action,
        /// Of what.
        matter: Matter,
    },
    /// There is no such thing within his reach: the same answer as for one that does not exist.
    #[error("there is no such thing")]
    Missing,
    /// It costs, and whoever asks has no right to confirm it.
    #[error("{action} of {matter} may cost: somebody with the right to confirm it must do so")]
    NeedsConfirmation {
        /// What was asked.
        action: Action,
        /// Of what.
        matter: Matter,
    },
    /// Others may, not he.
    #[error(
        "{} may not do that ({action} of {matter}): it is for {}",
        list(standings),
        list(allowed)
    )]
    NotAllowed {
        /// What was asked.
        action: Action,
        /// Of what.
        matter: Matter,
        /// What he is.
        standings: Vec<Standing>,
        /// Whose it is.
        allowed: Vec<Standing>,
    },
    /// The reseller's customers are billed by the other one of reseller and system.
    #[error("this reseller's customers are billed by {by}")]
    OthersBilling {
        /// `the system` or `the reseller itself`.
        by: &'static str,
    },
    /// What people wrote or said to each other is read by themselves only.
    #[error("{matter} are read by the person himself only, not by who entered his account")]
    Private {
        /// Of what.
        matter: Matter,
    },
}

impl Grant {
    /// Says what was granted.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Says to what.
    pub fn matter(&self) -> Matter {
        self.matter
    }

    /// Says whether it may cost.
    pub fn charge(&self) -> Charge {
        self.charge
    }

    /// Says how much may be read.
    pub fn detail(&self) -> Detail {
        self.detail
    }

    /// Says as what it was granted: an employee who is administrator as well acts for the account.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Says who was granted it.
    pub fn who(&self) -> &Identity {
        &self.who
    }

    /// Says in whose account, where it is in one.
    pub fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// Gives the right to confirm what it costs.
    ///
    /// # Errors
    /// [`Refusal::NeedsConfirmation`] where he has none, or where there is no account to bill.
    pub fn billing_right(&self) -> Result<BillingRight, Refusal> {
        match (&self.account, self.charge) {
            (Some(account), Charge::Confirm) => Ok(BillingRight {
                who: self.who.clone(),
                account: account.clone(),
            }),
            _ => Err(Refusal::NeedsConfirmation {
                action: self.action,
                matter: self.matter,
            }),
        }
    }
}

impl BillingRight {
    /// Says who confirms.
    pub fn who(&self) -> &Identity {
        &self.who
    }

    /// Says whom it costs.
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

impl Refusal {
    /// Says whether the asker must not learn that the thing exists.
    pub fn is_missing(&self) -> bool {
        *self == Self::Missing
    }
}

fn list(standings: &[Standing]) -> String {
    let words: Vec<_> = standings.iter().map(|standing| standing.word()).collect();
    if words.is_empty() {
        "nobody".to_owned()
    } else {
        words.join(", ")
    }
}
