//! Forwards that ring outside now: what comes back from there is no new call.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use evatel_core::{caller::Caller, id::AccountId, number::E164};

/// The forwards that ring, by the account and the number that it shows outside.
#[derive(Debug, Default)]
pub(super) struct Forwards(Mutex<HashMap<(AccountId, E164), usize>>);

/// One of them; it rings until this is dropped.
#[derive(Debug)]
pub(super) struct Forwarded {
    key: (AccountId, E164),
    forwards: Arc<Forwards>,
}

impl Forwards {
    /// Notes a forward of an account that shows this number.
    pub(super) fn rings(self: &Arc<Self>, account: &AccountId, shown: &E164) -> Forwarded {
        let key = (account.clone(), shown.clone());
        *self.ringing().entry(key.clone()).or_default() += 1;
        Forwarded {
            key,
            forwards: self.clone(),
        }
    }

    /// Says whether a call to an account is one of its own forwards, sent back by the network: it shows the account's number.
    pub(super) fn are_back(&self, account: &AccountId, caller: &Caller) -> bool {
        let Some(number) = caller.number() else {
            return false;
        };
        self.ringing().contains_key(&(account.clone(), number.clone()))
    }

    fn ringing(&self) -> MutexGuard<'_, HashMap<(AccountId, E164), usize>> {
        // Each change is one step: after a panic the map is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        let mut ringing = self.forwards.ringing();
        if let Some(count) = ringing.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                ringing.remove(&self.key);
            }
        }
    }
}
