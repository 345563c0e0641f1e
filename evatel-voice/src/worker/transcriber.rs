//! The workers as recognisers: for whoever asks, and for one call.

use std::{
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
};

use evatel_core::account::Language;
use metrics::{counter, gauge};

use super::{pool::WorkerPool, seat::Seat};
use crate::{
    sound::Band,
    transcribe::{Error, Hints, Session, Transcriber},
};

impl Transcriber for WorkerPool {
    fn open(&self, language: Language) -> Result<Session, Error> {
        self.open_for(language, &Hints::default())
    }

    fn open_for(&self, _language: Language, known: &Hints<'_>) -> Result<Session, Error> {
        let sessions = self.sessions();
        if sessions >= self.most_sessions() {
            return Err(Error::Busy { sessions });
        }
        Ok(self.begin(known, None))
    }

    fn band(&self, _: Language) -> Band {
        self.best_band()
    }

    fn levels(&self, _: Language) -> Option<RangeInclusive<f32>> {
        self.levels_of_speech()
    }

    fn for_call(&self) -> Option<Arc<dyn Transcriber>> {
        Some(Arc::new(OfCall {
            pool: self.clone(),
            seat: Mutex::default(),
        }))
    }
}

/// The workers as one call has them. With its seat it is heard to its end, however many want to be.
#[derive(Debug)]
struct OfCall {
    pool: WorkerPool,
    seat: Mutex<Option<Seat>>,
}

impl OfCall {
    /// Gives what `with` makes of the call's seat, which is taken at first.
    fn seated<T>(&self, with: impl FnOnce(&Seat) -> T) -> Result<T, Error> {
        let mut seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        match &*seat {
            Some(seat) => Ok(with(seat)),
            None => Ok(with(seat.insert(self.sit_down()?))),
        }
    }

    fn sit_down(&self) -> Result<Seat, Error> {
        match self.pool.seat() {
            Ok(seat) => {
                gauge!("evatel_speech_calls").increment(1.0);
                Ok(seat)
            }
            Err(overload) => {
                counter!("evatel_speech_refused_total", "why" => overload.word()).increment(1);
                Err(Error::Overloaded(overload))
            }
        }
    }
}

impl Drop for OfCall {
    fn drop(&mut self) {
        let seat = self.seat.get_mut().unwrap_or_else(PoisonError::into_inner);
        if seat.take().is_some() {
            gauge!("evatel_speech_calls").decrement(1.0);
        }
    }
}

impl Transcriber for OfCall {
    fn open(&self, language: Language) -> Result<Session, Error> {
        self.open_for(language, &Hints::default())
    }

    fn open_for(&self, _: Language, known: &Hints<'_>) -> Result<Session, Error> {
        self.seated(|seat| self.pool.begin(known, Some(seat)))
    }

    fn band(&self, language: Language) -> Band {
        self.pool.band(language)
    }

    fn levels(&self, language: Language) -> Option<RangeInclusive<f32>> {
        self.pool.levels(language)
    }

    fn admit(&self, _: Language) -> Result<(), Error> {
        self.seated(|_| ())
    }
}
