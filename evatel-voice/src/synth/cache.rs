//! Spoken sentences kept, so that a prompt is synthesised once, also where several calls want it at the same moment.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

use super::{Error, Manner, Speaking, Synthesizer};
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
    flights: Flights,
}

/// The sentences that are being synthesised, each once for all who want it.
type Flights = Mutex<HashMap<Key, Arc<Flight>>>;

/// A sentence that is being synthesised. Who began it and goes away leaves it to the next one who waits.
type Flight = OnceCell<Result<Clip, Arc<Error>>>;

/// Somebody who waits for a sentence.
struct Waiting<'a> {
    key: &'a Key,
    flight: Option<Arc<Flight>>,
    flights: &'a Flights,
}

impl<'a> Waiting<'a> {
    fn new(key: &'a Key, flights: &'a Flights) -> Self {
        let mut all = flights.lock().unwrap_or_else(PoisonError::into_inner);
        let flight = Some(all.entry(key.clone()).or_default().clone());
        Self { key, flight, flights }
    }
}

impl Drop for Waiting<'_> {
    /// The last one takes the flight away: whoever comes later finds the sentence kept, or tries anew.
    fn drop(&mut self) {
        let mut all = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        self.flight = None;
        if all
            .get(self.key)
            .is_some_and(|flight| Arc::strong_count(flight) == 1)
        {
            all.remove(self.key);
        }
    }
}

impl<S: Synthesizer> Cached<S> {
    /// Puts a memory of this size before a voice.
    #[must_use]
    pub fn new(inner: S, limit: CacheLimit) -> Self {
        Self {
            inner,
            kept: Mutex::new(Lru::new(limit.0)),
            flights: Mutex::default(),
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
            let waiting = Waiting::new(&key, &self.flights);
            let Some(flight) = &waiting.flight else {
                return self.inner.speak(sentence, manner).await;
            };
            let spoken = flight.get_or_init(|| async {
                let clip = self.inner.speak(sentence, manner).await.map_err(Arc::new)?;
                self.kept().keep(key.clone(), clip.clone());
                Ok(clip)
            });
            spoken.await.clone().map_err(Error::Shared)
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
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use evatel_core::account::Language;
    use tokio::task::JoinSet;

    use super::*;
    use crate::scripted::ScriptedSynthesizer;

    /// A voice that takes a second, and fails so often at first.
    #[derive(Debug, Default)]
    struct Slow {
        begun: AtomicUsize,
        fails: usize,
    }

    impl Synthesizer for Slow {
        fn speak<'a>(&'a self, _sentence: &'a str, _manner: Manner) -> Speaking<'a> {
            Box::pin(async move {
                let begun = self.begun.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(1)).await;
                if begun < self.fails {
                    let (program, limit) = ("slow".to_owned(), Duration::from_secs(1));
                    return Err(Error::TooSlow { program, limit });
                }
                Ok(Clip::new(vec![1; 160]))
            })
        }

        fn voice(&self, _manner: Manner) -> String {
            "slow".to_owned()
        }
    }

    /// Wants the same sentence several times at once.
    async fn at_once(voice: &Arc<Cached<Slow>>, count: usize) -> Vec<Result<Clip, Error>> {
        let mut all = JoinSet::new();
        for _ in 0..count {
            let voice = voice.clone();
            all.spawn(async move { voice.speak("Bonjour.", Language::Fr.into()).await });
        }
        all.join_all().await
    }

    impl<S> Cached<S> {
        fn under_way(&self) -> usize {
            self.flights.lock().unwrap().len()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_wants_the_same_sentence_at_once_waits_for_one_synthesis() {
        let voice = Arc::new(Cached::new(Slow::default(), CacheLimit::default()));
        let spoken = at_once(&voice, 20).await;
        assert!(
            spoken
                .iter()
                .all(|clip| clip.as_ref().is_ok_and(|clip| !clip.is_empty()))
        );
        assert_eq!(voice.inner.begun.load(Ordering::Relaxed), 1);
        assert_eq!(voice.under_way(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_began_it_and_hangs_up_takes_it_from_nobody() {
        let voice = Cached::new(Slow::default(), CacheLimit::default());
        let mut first = voice.speak("Bonjour.", Language::Fr.into());
        let begun = tokio::time::timeout(Duration::from_millis(500), &mut first).await;
        assert!(begun.is_err());
        let second = voice.speak("Bonjour.", Language::Fr.into());
        tokio::pin!(second);
        assert!(
            tokio::time::timeout(Duration::from_millis(100), &mut second)
                .await
                .is_err()
        );
        drop(first);
        assert!(second.await.is_ok());
        assert_eq!(voice.inner.begun.load(Ordering::Relaxed), 2);
        assert_eq!(voice.under_way(), 0);
        // Nobody is left: nothing is under way.
        let alone = voice.speak("Allô?", Language::Fr.into());
        assert!(
            tokio::time::timeout(Duration::from_millis(500), alone)
                .await
                .is_err()
        );
        assert_eq!(voice.under_way(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_to_all_who_waited_and_tried_anew_by_the_next() {
        let slow = Slow {
            fails: 1,
            ..Slow::default()
        };
        let voice = Arc::new(Cached::new(slow, CacheLimit::default()));
        for error in at_once(&voice, 3).await {
            assert_eq!(error.unwrap_err().to_string(), "`slow` gave no speech within 1s");
        }
        assert!(voice.speak("Bonjour.", Language::Fr.into()).await.is_ok());
        assert_eq!(voice.inner.begun.load(Ordering::Relaxed), 2);
    }

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
