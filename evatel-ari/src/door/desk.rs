//! Where tokens lie until somebody shows them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::oneshot;

use super::token::Token;
use crate::error::{Error, Result};

/// The tokens that were given out and not shown yet, each with who waits for it.
///
/// A token is found through the map's keyed hash, so that the time this takes tells nothing of the tokens that are there.
pub(super) struct Desk<S> {
    waiting: Mutex<HashMap<Token, oneshot::Sender<S>>>,
}

impl<S> Desk<S> {
    pub(super) fn expect(self: &Arc<Self>, token: Token) -> Expected<S> {
        let (to, arrival) = oneshot::channel();
        self.lock().insert(token.clone(), to);
        Expected {
            token,
            arrival,
            desk: Arc::downgrade(self),
        }
    }

    /// Takes a token: it is worth nothing from now on.
    pub(super) fn take(&self, token: &Token) -> Option<oneshot::Sender<S>> {
        self.lock().remove(token)
    }

    /// Takes the lock, which no panic can leave in disorder: each use is one operation of the map.
    fn lock(&self) -> MutexGuard<'_, HashMap<Token, oneshot::Sender<S>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Default for Desk<S> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
        }
    }
}

impl<S> fmt::Debug for Desk<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Desk({} waiting)", self.lock().len())
    }
}

/// One connection that is expected at a [`Door`](super::Door). Dropping it makes its token worthless.
#[derive(Debug)]
pub struct Expected<S> {
    token: Token,
    arrival: oneshot::Receiver<S>,
    desk: Weak<Desk<S>>,
}

impl<S> Expected<S> {
    /// Gives what the connection has to show.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Waits for the connection, `within` at most.
    ///
    /// # Errors
    /// [`Error::Overdue`] if nobody showed the token in time; [`Error::Closed`] if the door is gone, or who showed the token broke off.
    ///
    /// # Cancel safety
    /// If the future is dropped, the token is worthless.
    pub async fn arrived(mut self, within: Duration) -> Result<S> {
        match tokio::time::timeout(within, &mut self.arrival).await {
            Ok(arrived) => arrived.map_err(|_| Error::Closed),
            Err(_) => Err(Error::Overdue {
                event: "a connection with the expected token".into(),
                waited: within,
            }),
        }
    }
}

impl<S> Drop for Expected<S> {
    fn drop(&mut self) {
        if let Some(desk) = self.desk.upgrade() {
            desk.take(&self.token);
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
        let desk = Arc::new(Desk::<()>::default());
        let expected = desk.expect(Token::of([7; 16]));
        let overdue = expected.arrived(Duration::from_secs(3)).await;
        assert!(matches!(overdue, Err(Error::Overdue { waited, .. }) if waited.as_secs() == 3));
        assert!(desk.take(&Token::of([7; 16])).is_none());
    }

    #[tokio::test]
    async fn nobody_waits_for_a_door_that_is_gone() {
        let desk = Arc::new(Desk::<()>::default());
        let expected = desk.expect(Token::of([7; 16]));
        drop(desk);
        assert!(matches!(
            expected.arrived(Duration::from_secs(3)).await,
            Err(Error::Closed)
        ));
    }
}
