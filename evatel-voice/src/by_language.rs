//! One of a thing for each language.

use evatel_core::account::Language;

/// One for English and one for French, which may be the same. Two recognisers are a recogniser
/// ([`crate::transcribe::Transcriber`]), two voices a voice ([`crate::synth::Synthesizer`]): each takes its language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByLanguage<T> {
    /// For who speaks English.
    pub english: T,
    /// For who speaks French.
    pub french: T,
}

impl<T> ByLanguage<T> {
    /// Gives that of a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &T {
        match language {
            Language::En => &self.english,
            Language::Fr => &self.french,
        }
    }
}
