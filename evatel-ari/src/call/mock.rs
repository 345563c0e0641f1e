//! A daemon's side of calls for tests, that says what the test expects it to be asked.
#![allow(missing_docs, reason = "mockall writes the expectations, one for each method")]

use std::sync::Arc;

use evatel_core::{
    directory::Directory,
    flow::PinVerdict,
    id::{ReservationId, UserId},
    policy::{Ledger, LedgerError, LegPlan},
};
use secrecy::SecretString;

use super::office::{CallRecord, Office};

mockall::mock! {
    /// An [`Office`] whose answers the test gives; each is there at once.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use evatel_ari::call::MockOffice;
    /// use evatel_core::directory::Directory;
    ///
    /// let mut office = MockOffice::new();
    /// office.expect_directory().returning(|| Arc::new(Directory::default()));
    /// office.expect_record().returning(|_| ());
    /// office.expect_reserve().never();
    /// ```
    #[derive(Debug)]
    pub Office {
        pub fn directory(&self) -> Arc<Directory>;
        pub fn check_pin(&self, user: &UserId, digits: &SecretString) -> PinVerdict;
        pub fn record(&self, record: CallRecord);
        pub fn kept(&self);
        pub fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError>;
        pub fn release(&self, reservation: &ReservationId);
    }
}

impl Ledger for MockOffice {
    async fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        Self::reserve(self, plan)
    }

    async fn release(&self, reservation: &ReservationId) {
        Self::release(self, reservation);
    }
}

impl Office for MockOffice {
    fn directory(&self) -> Arc<Directory> {
        Self::directory(self)
    }

    async fn check_pin(&self, user: &UserId, digits: &SecretString) -> PinVerdict {
        Self::check_pin(self, user, digits)
    }

    async fn record(&self, record: CallRecord) {
        Self::record(self, record);
    }

    async fn kept(&self) {
        Self::kept(self);
    }
}
