//! A ledger for tests that says what the test expects it to be asked.
#![allow(missing_docs, reason = "mockall writes the expectations, one for each method")]

use super::{Ledger, LedgerError, LegPlan};
use crate::id::ReservationId;

mockall::mock! {
    /// A [`Ledger`] whose answers the test gives; each is there at once.
    ///
    /// ```
    /// use evatel_core::policy::{Ledger, LedgerError, LegPlan, MockLedger};
    ///
    /// async fn is_full(plan: &LegPlan, ledger: &impl Ledger) -> bool {
    ///     matches!(ledger.reserve(plan).await, Err(LedgerError::Full { .. }))
    /// }
    ///
    /// let mut ledger = MockLedger::new();
    /// ledger.expect_reserve().returning(|_| Err(LedgerError::Full { max: 2 }));
    /// ledger.expect_release().never();
    /// # let _ = |plan: LegPlan| async move { is_full(&plan, &ledger).await };
    /// ```
    #[derive(Debug)]
    pub Ledger {
        pub fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError>;
        pub fn release(&self, reservation: &ReservationId);
    }
}

impl Ledger for MockLedger {
    async fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        Self::reserve(self, plan)
    }

    async fn release(&self, reservation: &ReservationId) {
        Self::release(self, reservation);
    }
}
