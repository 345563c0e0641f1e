//! Which of several voices speaks.

use std::sync::Arc;

use metrics::counter;
use tracing::warn;

use super::{Manner, Speaking, Synthesizer};
use crate::ByLanguage;

impl Synthesizer for ByLanguage<Arc<dyn Synthesizer>> {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        self.of(manner.language).speak(sentence, manner)
    }

    fn voice(&self, manner: Manner) -> String {
        self.of(manner.language).voice(manner)
    }
}

/// A voice, and another that says what the first one cannot: the call goes on.
#[derive(Clone, Debug)]
pub struct WithFallback {
    /// Speaks.
    pub first: Arc<dyn Synthesizer>,
    /// Speaks instead of it. Put a memory before each voice, not before both: a sentence that this one said would stay in it.
    pub second: Arc<dyn Synthesizer>,
}

impl Synthesizer for WithFallback {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(async move {
            match self.first.speak(sentence, manner).await {
                Ok(clip) => Ok(clip),
                Err(error) => {
                    counter!("evatel_voice_fallbacks_total").increment(1);
                    warn!(%error, "Another voice speaks: {error}");
                    self.second.speak(sentence, manner).await
                }
            }
        })
    }

    fn voice(&self, manner: Manner) -> String {
        self.first.voice(manner)
    }
}

#[cfg(test)]
mod tests {
    use evatel_core::account::Language;

    use super::*;
    use crate::{
        scripted::ScriptedSynthesizer,
        synth::{Espeak, EspeakConfig},
    };

    #[tokio::test]
    async fn each_language_has_its_voice() {
        let [english, french] = [(); 2].map(|()| Arc::new(ScriptedSynthesizer::default()));
        let voices: ByLanguage<Arc<dyn Synthesizer>> = ByLanguage {
            english: english.clone(),
            french: french.clone(),
        };
        voices.speak("Hello.", Language::En.into()).await.unwrap();
        voices.speak("Bonjour.", Language::Fr.into()).await.unwrap();
        assert_eq!(
            (english.spoken(), french.spoken()),
            (vec!["Hello.".to_owned()], vec!["Bonjour.".to_owned()])
        );
    }

    #[tokio::test]
    async fn what_a_voice_cannot_say_another_says() {
        let missing = EspeakConfig {
            program: "espeak-nowhere".into(),
            ..EspeakConfig::default()
        };
        let second = Arc::new(ScriptedSynthesizer::default());
        let voice = WithFallback {
            first: Arc::new(Espeak::new(missing)),
            second: second.clone(),
        };
        let clip = voice.speak("Bonjour.", Language::Fr.into()).await.unwrap();
        assert!(!clip.is_empty());
        assert_eq!(second.spoken(), ["Bonjour."]);
    }
}
