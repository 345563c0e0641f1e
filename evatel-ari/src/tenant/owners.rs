//! Whose each channel, bridge and playback is, as far as we have heard or made it. It only remembers: losing an entry costs a request,
//! never the truth.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::id::TenantId;
use crate::subject::Subject;

/// What is known of owners.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    owners: Mutex<HashMap<Subject, TenantId>>,
    listens: AtomicBool,
}

impl Owners {
    /// Says whether somebody keeps it up to date already, and that somebody does from now on.
    pub(super) fn is_listening(&self) -> bool {
        self.listens.swap(true, Ordering::Relaxed)
    }

    /// Notes whose something is, whosever it was.
    pub(super) fn note(&self, subject: Subject, tenant: &TenantId) {
        self.lock().insert(subject, tenant.clone());
    }

    /// Notes whose something will be; false if it is another's already.
    pub(super) fn reserve(&self, subject: &Subject, tenant: &TenantId) -> bool {
        let mut owners = self.lock();
        *owners.entry(subject.clone()).or_insert_with(|| tenant.clone()) == *tenant
    }

    pub(super) fn forget(&self, subject: &Subject) {
        self.lock().remove(subject);
    }

    pub(super) fn known(&self, subject: &Subject) -> Option<TenantId> {
        self.lock().get(subject).cloned()
    }

    /// Lists all that somebody owns.
    pub(super) fn owned(&self) -> Vec<Subject> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, TenantId>> {
        // Nothing panics while it is held: an insert, a remove, a look.
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
