//! The workers as recognisers: for whoever asks, and for one call.

use std::{
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
};

use evatel_core::account::Language;

use super::{pool::WorkerPool, seat::Seat};
use crate::transcribe::{Error, Session, Transcriber};

impl Transcriber for WorkerPool {
    fn open(&self, language: Language) -> Result<Session, Error> {
        self.open_for(language, &[])
    }

    fn open_for(&self, _language: Language, names: &[&str]) -> Result<Session, Error> {
        let sessions = self.sessions();
        if sessions >= self.shared().most_calls {
            return Err(Error::Busy { sessions });
        }
        Ok(self.begin(names))
    }

    fn levels(&self, _: Language) -> Option<RangeInclusive<f32>> {
        self.shared().levels.clone()
    }

    fn for_call(&self) -> Option<Arc<dyn Transcriber>> {
        Some(Arc::new(OfCall::new(self.clone())))
    }
}

/// The workers as one call has them. With its seat it is heard to its end, however many want to be.
#[derive(Debug)]
struct OfCall {
    pool: WorkerPool,
    seat: Mutex<Option<Seat>>,
}

impl OfCall {
    fn new(pool: WorkerPool) -> Self {
        let seat = Mutex::default();
        Self { pool, seat }
    }
}

impl Transcriber for OfCall {
    fn open(&self, language: Language) -> Result<Session, Error> {
        self.open_for(language, &[])
    }

    fn open_for(&self, language: Language, names: &[&str]) -> Result<Session, Error> {
        self.admit(language)?;
        Ok(self.pool.begin(names))
    }

    fn levels(&self, language: Language) -> Option<RangeInclusive<f32>> {
        self.pool.levels(language)
    }

    fn admit(&self, _: Language) -> Result<(), Error> {
        let mut seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        if seat.is_none() {
            *seat = Some(Seat::take(self.pool.shared())?);
        }
        Ok(())
    }
}
