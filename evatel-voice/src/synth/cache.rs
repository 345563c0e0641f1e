//! Spoken sentences kept, so that a prompt is synthesised once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Manner, Speaking, Synthesizer};
use crate::frame::Clip;

/// How many bytes of sound a cache keeps; the sentence used longest ago goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLimit(pub usize);

impl Default for CacheLimit {
    /// 32 MiB: about half an hour of prompts.
    fn default() -> Self {
        Self(32 << 20)
    }
}

/// Any voice with a memory.
#[derive(Debug)]
pub struct Cached<S> {
    inner: S,
    kept: Mutex<Lru>,
}

impl<S: Synthesizer> Cached<S> {
    /// Puts a memory of this size before a voice.
    #[must_use]
    pub fn new(inner: S, limit: CacheLimit) -> Self {
        Self {
            inner,
            kept: Mutex::new(Lru::new(limit.0)),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Lru> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Synthesizer> Synthesizer for Cached<S> {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(async move {
            let key: Key = (self.inner.voice(manner).into(), sentence.into());
            if let Some(clip) = self.kept().take(&key) {
                return Ok(clip);
            }
            let clip = self.inner.speak(sentence, manner).await?;
            self.kept().keep(key, clip.clone());
            Ok(clip)
        })
    }

    fn voice(&self, manner: Manner) -> String {
        self.inner.voice(manner)
    }
}

type Key = (Arc<str>, Arc<str>);

#[derive(Debug)]
struct Lru {
    limit: usize,
    bytes: usize,
    clock: u64,
    clips: HashMap<Key, (u64, Clip)>,
    by_age: BTreeMap<u64, Key>,
}

impl Lru {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            bytes: 0,
            clock: 0,
            clips: HashMap::new(),
            by_age: BTreeMap::new(),
        }
    }

    fn take(&mut self, key: &Key) -> Option<Clip> {
        let (used, clip) = self.clips.get_mut(key)?;
        self.clock += 1;
        self.by_age.remove(used);
        *used = self.clock;
        self.by_age.insert(self.clock, key.clone());
        Some(clip.clone())
    }

    fn keep(&mut self, key: Key, clip: Clip) {
        let size = size_of_entry(&key, &clip);
        if size > self.limit || self.clips.contains_key(&key) {
            return;
        }
        while self.bytes + size > self.limit {
            let Some((_, oldest)) = self.by_age.pop_first() else {
                break;
            };
            if let Some((_, gone)) = self.clips.remove(&oldest) {
                self.bytes -= size_of_entry(&oldest, &gone);
            }
        }
        self.clock += 1;
        self.bytes += size;
        self.by_age.insert(self.clock, key.clone());
        self.clips.insert(key, (self.clock, clip));
    }
}

fn size_of_entry(key: &Key, clip: &Clip) -> usize {
    2 * clip.samples().len() + key.0.len() + key.1.len()
}

#[cfg(test)]
mod tests {
    use evatel_core::account::Language;

    use super::*;
    use crate::scripted::ScriptedSynthesizer;

    #[tokio::test]
    async fn a_sentence_is_synthesised_once_for_each_language() {
        let voice = Cached::new(ScriptedSynthesizer::default(), CacheLimit::default());
        for _ in 0..3 {
            voice.speak("Bonjour.", Language::Fr.into()).await.unwrap();
        }
        voice.speak("Bonjour.", Language::En.into()).await.unwrap();
        assert_eq!(voice.inner.spoken().len(), 2);
    }

    #[tokio::test]
    async fn the_sentence_used_longest_ago_goes_first() {
        let one = ScriptedSynthesizer::default()
            .speak("a.", Language::Fr.into())
            .await
            .unwrap();
        let limit = CacheLimit(2 * (2 * one.samples().len() + 40));
        let voice = Cached::new(ScriptedSynthesizer::default(), limit);
        for sentence in ["a.", "b.", "a.", "c.", "a.", "b."] {
            voice.speak(sentence, Language::Fr.into()).await.unwrap();
        }
        assert_eq!(voice.inner.spoken(), ["a.", "b.", "c.", "b."]);
    }
}
