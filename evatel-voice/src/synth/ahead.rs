//! Texts spoken before anybody wants them, so that the memory of a voice has them.

use super::{CacheLimit, Manner, Synthesizer, sentences};

/// What was spoken ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ahead {
    /// How many sentences.
    pub spoken: usize,
    /// How many could not be.
    pub failed: usize,
    /// How many were left out: the voice failed too often, or half of its memory is full.
    pub left: usize,
}

/// A voice that fails so often in a row will not speak the next sentence either.
const MOST_FAILED: usize = 3;

/// Speaks texts with a voice that keeps what it spoke, one sentence after the other, so that calls hardly notice it. Half of `memory` is left
/// for what calls say besides. Dropping it stops it.
pub async fn speak_ahead(
    voice: &dyn Synthesizer,
    texts: impl IntoIterator<Item = (String, Manner)>,
    memory: CacheLimit,
) -> Ahead {
    let all: Vec<(String, Manner)> = texts
        .into_iter()
        .flat_map(|(text, manner)| {
            sentences(&text)
                .into_iter()
                .map(move |sentence| (sentence, manner))
        })
        .collect();
    let mut ahead = Ahead::default();
    let (mut bytes, mut failed_in_a_row) = (0, 0);
    for (index, (sentence, manner)) in all.iter().enumerate() {
        if failed_in_a_row >= MOST_FAILED || bytes > memory.0 / 2 {
            ahead.left = all.len() - index;
            break;
        }
        match voice.speak(sentence, *manner).await {
            Ok(clip) => {
                bytes += 2 * clip.samples().len();
                ahead.spoken += 1;
                failed_in_a_row = 0;
            }
            Err(error) => {
                tracing::debug!(%error, "A sentence could not be spoken ahead");
                ahead.failed += 1;
                failed_in_a_row += 1;
            }
        }
    }
    ahead
}

#[cfg(test)]
mod tests {
    use evatel_core::account::Language;

    use super::*;
    use crate::{
        scripted::ScriptedSynthesizer,
        synth::{Cached, Espeak, EspeakConfig},
    };

    fn texts(all: &[&str]) -> Vec<(String, Manner)> {
        let manner = Manner::from(Language::Fr);
        all.iter().map(|text| ((*text).to_owned(), manner)).collect()
    }

    #[tokio::test]
    async fn what_was_spoken_ahead_is_not_spoken_again() {
        let scripted = std::sync::Arc::new(ScriptedSynthesizer::default());
        let voice = Cached::new(scripted.clone(), CacheLimit::default());
        let ahead = speak_ahead(&voice, texts(&["Un. Deux.", "Trois."]), CacheLimit::default()).await;
        assert_eq!((ahead.spoken, ahead.failed, ahead.left), (3, 0, 0));
        voice.speak("Deux.", Language::Fr.into()).await.unwrap();
        assert_eq!(scripted.spoken(), ["Un.", "Deux.", "Trois."]);
    }

    #[tokio::test]
    async fn half_of_the_memory_is_left() {
        // 400 ms of sound each: 6,400 bytes.
        let twenty = "Vingt lettres ici ok.";
        let voice = ScriptedSynthesizer::default();
        let ahead = speak_ahead(&voice, texts(&[twenty; 10]), CacheLimit(26_000)).await;
        assert_eq!((ahead.spoken, ahead.left), (2, 8));
    }

    #[tokio::test]
    async fn a_voice_that_does_not_speak_is_left_alone() {
        let voice = Espeak::new(EspeakConfig {
            program: "espeak-nowhere".into(),
            ..EspeakConfig::default()
        });
        let ahead = speak_ahead(
            &voice,
            texts(&["Un.", "Deux.", "Trois.", "Quatre."]),
            CacheLimit::default(),
        )
        .await;
        assert_eq!((ahead.spoken, ahead.failed, ahead.left), (0, 3, 1));
    }
}
