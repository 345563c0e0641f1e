//! Where it lies what somebody has to show, until he shows it.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::token::Token;
use crate::error::{Error, Result};

/// The keys that were given out and not shown yet, each with who waits for it.
///
/// A key is found through the map's keyed hash, so that the time this takes tells nothing of the keys that are there.
pub(super) struct Desk<K, S> {
    waiting: Mutex<Waiting<K, S>>,
    turns: AtomicU64,
}

/// Who waits, by key, with the number of his turn.
type Waiting<K, S> = HashMap<K, (u64, oneshot::Sender<S>)>;

impl<K: Clone + Eq + Hash, S> Desk<K, S> {
    /// Expects who shows this key; of two that wait for the same, the later gets it.
    pub(super) fn expect(self: &Arc<Self>, key: K) -> Expected<K, S> {
        let (to, arrival) = oneshot::channel();
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(key.clone(), (turn, to));
        Expected {
            key,
            turn,
            arrival,
            desk: Arc::downgrade(self),
        }
    }

    /// Takes a key: it is worth nothing from now on.
    pub(super) fn take(&self, key: &K) -> Option<oneshot::Sender<S>> {
        self.lock().remove(key).map(|(_, to)| to)
    }

    /// Takes a key back, unless somebody else waits for it by now.
    fn take_back(&self, key: &K, turn: u64) {
        let mut waiting = self.lock();
        if waiting.get(key).is_some_and(|(of, _)| *of == turn) {
            waiting.remove(key);
        }
    }
}

impl<K, S> Desk<K, S> {
    /// Says whether nobody is expected.
    #[cfg(feature = "voice")]
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Takes the lock, which no panic can leave in disorder: each use is one operation of the map.
    fn lock(&self) -> MutexGuard<'_, Waiting<K, S>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, S> Default for Desk<K, S> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            turns: AtomicU64::default(),
        }
    }
}

impl<K, S> fmt::Debug for Desk<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Desk({} waiting)", self.lock().len())
    }
}

/// One connection that is expected at a [`Door`](super::Door). Dropping it makes its key worthless.
#[derive(Debug)]
pub struct Expected<K: Clone + Eq + Hash, S> {
    key: K,
    turn: u64,
    arrival: oneshot::Receiver<S>,
    desk: Weak<Desk<K, S>>,
}

impl<S> Expected<Token, S> {
    /// Gives what the connection has to show.
    pub fn token(&self) -> &Token {
        &self.key
    }
}

impl<K: Clone + Eq + Hash, S> Expected<K, S> {
    /// Waits for the connection, `within` at most.
    ///
    /// # Errors
    /// [`Error::Overdue`] if nobody showed the key in time; [`Error::Closed`] if the door is gone, or who showed the key broke off.
    ///
    /// # Cancel safety
    /// If the future is dropped, the key is worthless.
    pub async fn arrived(mut self, within: Duration) -> Result<S> {
        match tokio::time::timeout(within, &mut self.arrival).await {
            Ok(arrived) => arrived.map_err(|_| Error::Closed),
            Err(_) => Err(Error::Overdue {
                event: "the connection that is expected".into(),
                waited: within,
            }),
        }
    }
}

impl<K: Clone + Eq + Hash, S> Drop for Expected<K, S> {
    fn drop(&mut self) {
        if let Some(desk) = self.desk.upgrade() {
            desk.take_back(&self.key, self.turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_taken_once() {
        let desk = Arc::new(Desk::default());
        let expected = desk.expect(Token::of([7; 16]));
        let to = desk.take(expected.token()).unwrap();
        assert!(desk.take(expected.token()).is_none());
        to.send("here").unwrap();
        assert_eq!(expected.arrived(Duration::from_secs(1)).await.unwrap(), "here");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_not_there_in_time_finds_the_token_worthless() {
        let desk = Arc::new(Desk::<Token, ()>::default());
        let expected = desk.expect(Token::of([7; 16]));
        let overdue = expected.arrived(Duration::from_secs(3)).await;
        assert!(matches!(overdue, Err(Error::Overdue { waited, .. }) if waited.as_secs() == 3));
        assert!(desk.take(&Token::of([7; 16])).is_none());
    }

    #[tokio::test]
    async fn of_two_that_expect_the_same_the_later_gets_it() {
        let desk = Arc::new(Desk::<Token, &str>::default());
        let first = desk.expect(Token::of([7; 16]));
        let second = desk.expect(Token::of([7; 16]));
        drop(first);
        desk.take(second.token()).unwrap().send("here").unwrap();
        assert_eq!(second.arrived(Duration::from_secs(1)).await.unwrap(), "here");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_door_that_is_gone() {
        let desk = Arc::new(Desk::<Token, ()>::default());
        let expected = desk.expect(Token::of([7; 16]));
        drop(desk);
        assert!(matches!(
            expected.arrived(Duration::from_secs(3)).await,
            Err(Error::Closed)
        ));
    }
}
