//! A recogniser for each language: public models that hear words know one.

use std::{ops::RangeInclusive, sync::Arc};

use evatel_core::account::Language;

use super::{Error, Hints, Session, Transcriber};
use crate::{ByLanguage, sound::Band};

impl Transcriber for ByLanguage<Arc<dyn Transcriber>> {
    fn open(&self, language: Language) -> Result<Session, Error> {
        self.of(language).open(language)
    }

    fn open_for(&self, language: Language, known: &Hints<'_>) -> Result<Session, Error> {
        self.of(language).open_for(language, known)
    }

    fn band(&self, language: Language) -> Band {
        self.of(language).band(language)
    }

    fn levels(&self, language: Language) -> Option<RangeInclusive<f32>> {
        self.of(language).levels(language)
    }

    fn admit(&self, language: Language) -> Result<(), Error> {
        self.of(language).admit(language)
    }

    fn for_call(&self) -> Option<Arc<dyn Transcriber>> {
        let seat = |of: &Arc<dyn Transcriber>| of.for_call().unwrap_or_else(|| of.clone());
        Some(Arc::new(Self {
            english: seat(&self.english),
            french: seat(&self.french),
        }))
    }
}
