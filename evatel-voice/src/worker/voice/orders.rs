//! What is to be said: one queue, of which whichever child is free takes the oldest.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Semaphore, oneshot};

use crate::{frame::Clip, worker::engine::Text};

/// So many sentences may wait for a voice; more wait to be taken.
const MOST_WAITING: usize = 64;

/// A sentence that is to be said.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) text: Text,
    /// At so many percent of the usual pace.
    pub(super) percent: u8,
    pub(super) answer: oneshot::Sender<Clip>,
}

/// The sentences that wait, the oldest first.
#[derive(Debug)]
pub(super) struct Orders {
    waiting: Mutex<VecDeque<Order>>,
    /// A permit for each that waits.
    there: Semaphore,
    /// A permit for each that may still come.
    room: Semaphore,
}

impl Orders {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            there: Semaphore::new(0),
            room: Semaphore::new(MOST_WAITING),
        }
    }

    /// Adds a sentence, once there is room for it. Cancel safe: it is added or not.
    pub(super) async fn push(&self, order: Order) {
        let room = self.room.acquire().await.expect("it is never closed");
        room.forget();
        self.lock().push_back(order);
        self.there.add_permits(1);
    }

    /// Waits for the next sentence and takes it. Cancel safe: nothing is lost.
    pub(super) async fn next(&self) -> Order {
        let there = self.there.acquire().await.expect("it is never closed");
        there.forget();
        let order = self.lock().pop_front();
        self.room.add_permits(1);
        order.expect("a permit is a sentence that waits")
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Order>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Future, poll_fn},
        pin::pin,
        sync::Arc,
        task::Poll,
    };

    use super::*;

    fn order(text: &str) -> Order {
        let (answer, _) = oneshot::channel();
        let text = Text::Words(text.to_owned());
        Order {
            text,
            percent: 100,
            answer,
        }
    }

    /// Looks once whether something has come about.
    async fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| {
            Poll::Ready(match future.as_mut().poll(context) {
                Poll::Ready(value) => Some(value),
                Poll::Pending => None,
            })
        })
        .await
    }

    #[tokio::test]
    async fn the_oldest_sentence_goes_to_whoever_asks_and_one_who_gives_up_takes_none() {
        let orders = Orders::new();
        assert!(now(orders.next()).await.is_none());
        orders.push(order("one")).await;
        orders.push(order("two")).await;
        for text in ["one", "two"] {
            assert_eq!(orders.next().await.text, Text::Words(text.to_owned()));
        }
        assert!(now(orders.next()).await.is_none());
    }

    #[tokio::test]
    async fn two_who_wait_are_each_given_a_sentence() {
        let orders = Arc::new(Orders::new());
        let wait = || {
            let orders = orders.clone();
            tokio::spawn(async move { orders.next().await })
        };
        let waiting = [wait(), wait()];
        orders.push(order("one")).await;
        orders.push(order("two")).await;
        for waits in waiting {
            waits.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_sentence_that_is_one_too_many_waits_for_room() {
        let orders = Orders::new();
        for _ in 0..MOST_WAITING {
            orders.push(order("one")).await;
        }
        assert!(now(orders.push(order("more"))).await.is_none());
        orders.next().await;
        assert!(now(orders.push(order("more"))).await.is_some());
    }
}
