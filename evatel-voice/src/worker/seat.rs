//! Who is heard: each call has a seat in a worker, and none is given where that would harm those who have one.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::slots::{Fares, Shared};
use crate::transcribe::Overload;

/// A seat in one worker: what its call says is heard there, as long as that worker is ready. Dropping it makes room for another.
#[derive(Debug)]
pub(crate) struct Seat {
    shared: Arc<Shared>,
    worker: usize,
}

impl Seat {
    /// Takes one in the worker with the fewest of those that keep up.
    pub(super) fn take(shared: &Arc<Shared>) -> Result<Self, Overload> {
        let now = Instant::now();
        let mut seats = shared.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let fares = shared.slots.iter().map(|slot| slot.fares(now));
        let workers: Vec<_> = fares.zip(seats.iter().copied()).collect();
        let worker = choose(&workers, shared.most_seats, shared.most_behind)?;
        seats[worker] += 1;
        drop(seats);
        Ok(Self {
            shared: shared.clone(),
            worker,
        })
    }

    /// Which worker it is in.
    pub(super) fn worker(&self) -> usize {
        self.worker
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.shared.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats[self.worker] -= 1;
    }
}

/// Chooses among workers, each with the seats that are taken in it: one that keeps up, and else one that is back in a moment.
fn choose(workers: &[(Fares, usize)], most_seats: usize, most: Duration) -> Result<usize, Overload> {
    let there = || {
        workers
            .iter()
            .zip(0..)
            .filter(|((fares, _), _)| *fares != Fares::Gone)
    };
    if there().next().is_none() {
        return Err(Overload::NoWorker);
    }
    let rank = |((fares, seats), _): &(&(Fares, usize), usize)| match fares {
        Fares::Ready { behind } if *behind <= most => (0, Duration::ZERO, *seats),
        Fares::Ready { behind } => (1, *behind, *seats),
        Fares::BeingReplaced | Fares::Gone => (2, Duration::ZERO, *seats),
    };
    let with_room = there().filter(|((_, seats), _)| *seats < most_seats);
    match with_room.min_by_key(rank) {
        None => Err(Overload::Full {
            calls: workers.iter().map(|(_, seats)| seats).sum(),
        }),
        Some(((Fares::Ready { behind }, _), _)) if *behind > most => {
            Err(Overload::Behind { by: *behind, most })
        }
        Some((_, worker)) => Ok(worker),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const MOST: Duration = Duration::from_millis(250);

    fn behind(ms: u64) -> Fares {
        Fares::Ready {
            behind: Duration::from_millis(ms),
        }
    }

    fn late(ms: u64) -> Overload {
        Overload::Behind {
            by: Duration::from_millis(ms),
            most: MOST,
        }
    }

    #[rstest]
    #[case::the_one_with_the_fewest([(behind(0), 3), (behind(200), 1)], Ok(1))]
    #[case::the_one_that_keeps_up([(behind(300), 0), (behind(200), 9)], Ok(1))]
    #[case::the_one_with_room([(behind(0), 10), (behind(0), 9)], Ok(1))]
    #[case::none_with_room_keeps_up([(behind(0), 10), (behind(251), 0)], Err(late(251)))]
    #[case::the_least_late_is_told([(behind(900), 0), (behind(300), 5)], Err(late(300)))]
    #[case::all_are_full([(behind(0), 10), (behind(900), 10)], Err(Overload::Full { calls: 20 }))]
    #[case::the_one_that_is_there([(Fares::Gone, 0), (behind(0), 9)], Ok(1))]
    #[case::it_is_full_and_the_other_gone([(Fares::Gone, 0), (behind(0), 10)], Err(Overload::Full { calls: 10 }))]
    #[case::one_is_back_in_a_moment([(Fares::BeingReplaced, 1), (Fares::Gone, 0)], Ok(0))]
    #[case::not_while_another_keeps_up([(Fares::BeingReplaced, 0), (behind(0), 9)], Ok(1))]
    #[case::nor_while_another_is_behind([(Fares::BeingReplaced, 0), (behind(300), 1)], Err(late(300)))]
    #[case::all_are_gone([(Fares::Gone, 0), (Fares::Gone, 10)], Err(Overload::NoWorker))]
    fn a_call_is_seated_where_it_harms_none(
        #[case] workers: [(Fares, usize); 2],
        #[case] chosen: Result<usize, Overload>,
    ) {
        assert_eq!(choose(&workers, 10, MOST), chosen);
    }

    #[tokio::test]
    async fn seats_are_spread_and_one_that_is_left_is_taken_again() {
        let (shared, _orders) = Shared::with_workers(2);
        let take = || Seat::take(&shared);
        let (first, second) = (take().unwrap(), take().unwrap());
        assert_eq!((first.worker(), second.worker()), (0, 1));
        assert_eq!(take().map(|seat| seat.worker()), Err(Overload::Full { calls: 2 }));
        drop(second);
        assert_eq!(take().map(|seat| seat.worker()), Ok(1));
    }
}
