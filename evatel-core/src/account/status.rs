//! The states of accounts and resellers, and how one becomes another.

use crate::word::word_enum;

word_enum! {
    /// Where an account stands between trial and closed. Incoming calls pass in every state but `closed`, and a person's
    /// emergency call passes in every state.
    AccountStatus ("account status") {
        /// In production: it has its numbers and is billed.
        Active = "active",
        /// Ended. Its rows stay, its numbers are in quarantine; only whoever sold it may take it back.
        Closed = "closed",
        /// Ordered, and not yet in service: no outgoing call but emergency and internal ones.
        Pending = "pending",
        /// Not in service for a while: no outgoing call but emergency and internal ones.
        Suspended = "suspended",
        /// Tries the service, as far as its restrictions let it.
        Trial = "trial",
    }
}

word_enum! {
    /// Whether a reseller sells.
    ResellerStatus ("reseller status") {
        /// It sells.
        Active = "active",
        /// It is gone, and all its accounts with it. Its rows stay.
        Closed = "closed",
    }
}

/// Refuses a change of state that is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account that is `{from}` cannot become `{to}`: it can become {}", list(*from))]
pub struct InvalidTransition {
    /// What it is.
    pub from: AccountStatus,
    /// What it should have become.
    pub to: AccountStatus,
}

impl AccountStatus {
    /// Lists what this state may become.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Trial => &[Self::Pending, Self::Active, Self::Suspended, Self::Closed],
            Self::Pending => &[Self::Active, Self::Suspended, Self::Closed],
            Self::Active => &[Self::Suspended, Self::Closed],
            Self::Suspended => &[Self::Active, Self::Closed],
            Self::Closed => &[Self::Pending],
        }
    }

    /// Makes this state another. The same state again is no change and passes.
    ///
    /// # Errors
    /// A change that [`AccountStatus::next`] does not list.
    pub fn change_to(self, to: Self) -> Result<Self, InvalidTransition> {
        if self == to || self.next().contains(&to) {
            Ok(to)
        } else {
            Err(InvalidTransition { from: self, to })
        }
    }

    /// Says whether legs towards the outside may be made, as far as the state is concerned.
    pub fn may_call_out(self) -> bool {
        matches!(self, Self::Active | Self::Trial)
    }
}

fn list(from: AccountStatus) -> String {
    let words: Vec<_> = from.next().iter().map(|to| format!("`{to}`")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_state_is_either_listed_or_refused_with_what_is_possible() {
        // Rows: from; columns in the same order: to. `=` is no change, `x` is listed.
        let order = ["trial", "pending", "active", "suspended", "closed"];
        let table = [
            "= x x x x", // trial
            ". = x x x", // pending
            ". . = x x", // active
            ". . x = x", // suspended
            ". x . . =", // closed
        ];
        for (row, from) in table.iter().zip(order) {
            for (cell, to) in row.split(' ').zip(order) {
                let (from, to): (AccountStatus, AccountStatus) = (from.parse().unwrap(), to.parse().unwrap());
                assert_eq!(from.change_to(to).is_ok(), cell != ".", "{from} to {to}");
            }
        }
        let error = AccountStatus::Active.change_to(AccountStatus::Trial).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an account that is `active` cannot become `trial`: it can become `suspended`, `closed`"
        );
    }
}
