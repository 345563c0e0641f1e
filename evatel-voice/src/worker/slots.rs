//! The workers as sessions see them: which are ready, how far each is behind, and what is open in each.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Mutex, mpsc, mpsc::error::TrySendError, watch},
    time::Instant,
};

use super::{
    engine::{MOST_STREAMS, StreamId},
    protocol::ToWorker,
    supervisor::{Live, Order, Report, State},
};
use crate::sound::Band;

/// What sessions see of the workers.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) slots: Vec<Slot>,
    /// How many seats are taken in each worker.
    pub(super) seats: std::sync::Mutex<Vec<usize>>,
    /// How many there are in each.
    pub(super) most_seats: usize,
    pub(super) most_behind: Duration,
    pub(super) takes_hotwords: bool,
    pub(super) levels: Option<RangeInclusive<f32>>,
    /// In which band the model hears best.
    pub(super) band: Band,
    pub(super) next_stream: AtomicU32,
    /// Held by the one session whose sound is heard again, so that one that kills workers is known.
    pub(super) replaying: Mutex<()>,
}

/// How a session's streams are opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Opening {
    /// The worker where its call has its seat.
    pub(super) seated: Option<usize>,
    pub(super) band: Band,
    /// Names that may well be said.
    pub(super) hotwords: String,
}

/// One worker after another, of which one is there or none.
#[derive(Debug)]
pub(super) struct Slot {
    state: watch::Receiver<State>,
    streams: Arc<AtomicUsize>,
}

/// How a worker fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fares {
    /// It was there a moment ago, and another will be.
    BeingReplaced,
    Gone,
    Ready {
        behind: Duration,
    },
}

impl Slot {
    pub(super) fn new(state: watch::Receiver<State>) -> Self {
        let streams = Arc::default();
        Self { state, streams }
    }

    pub(super) fn live(&self) -> Option<Live> {
        match &*self.state.borrow() {
            State::Down { .. } => None,
            State::Ready(live) => Some(live.clone()),
        }
    }

    pub(super) fn fares(&self, now: Instant) -> Fares {
        match &*self.state.borrow() {
            State::Ready(live) => Fares::Ready {
                behind: live.load.behind(now),
            },
            State::Down { since } if now.saturating_duration_since(*since) < OF_LATE => Fares::BeingReplaced,
            State::Down { .. } => Fares::Gone,
        }
    }

    fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }

    /// Takes a place for a stream; none where there are as many as a worker takes.
    fn place(&self) -> Option<Place> {
        let more = |streams| (streams < MOST_STREAMS).then_some(streams + 1);
        let taken = self
            .streams
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        taken.is_ok().then(|| Place(self.streams.clone()))
    }
}

impl Shared {
    /// How many streams are open, in all workers.
    pub(super) fn streams(&self) -> usize {
        self.slots.iter().map(Slot::streams).sum()
    }

    /// Gives how far the worker is behind that is least; none where none is ready.
    pub(super) fn least_behind(&self, now: Instant) -> Option<Duration> {
        let live = self.slots.iter().filter_map(Slot::live);
        live.map(|live| live.load.behind(now)).min()
    }

    /// Waits until a worker is ready that has a place: the one of this seat, or else that with the fewest streams.
    pub(super) async fn wait_for_place(
        &self,
        seated: Option<usize>,
        limit: Duration,
    ) -> Option<(Live, Place)> {
        let deadline = Instant::now() + limit;
        loop {
            let slots = self.slots.iter().zip(0..);
            let with_room = slots.filter(|(slot, _)| slot.streams() < MOST_STREAMS);
            let ready = with_room.filter_map(|(slot, index)| Some((slot, index, slot.live()?)));
            let best = ready
                .filter(|(_, _, live)| !live.orders.is_closed())
                .min_by_key(|(slot, index, _)| (seated != Some(*index), slot.streams()));
            if let Some((slot, _, live)) = best
                && let Some(place) = slot.place()
            {
                return Some((live, place));
            }
            if Instant::now() >= deadline {
                return None;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Opens a stream in the worker of a seat, or else in that with the fewest streams.
    pub(super) async fn open_stream(&self, opening: &Opening, limit: Duration) -> Option<WorkerStream> {
        let (live, place) = self.wait_for_place(opening.seated, limit).await?;
        let (reports, from_worker) = mpsc::channel(REPORTS);
        let id = self.next_stream.fetch_add(1, Ordering::Relaxed);
        let stream = WorkerStream {
            id,
            orders: live.orders,
            reports: from_worker,
            place: Some(place),
        };
        // A worker that died just now closes `reports`, which the session notices.
        let open = Order::Open {
            stream: id,
            band: opening.band,
            hotwords: opening.hotwords.clone(),
            reports,
        };
        let _ = stream.orders.send(open).await;
        Some(stream)
    }

    /// Workers that are ready, whose orders the test carries out.
    #[cfg(test)]
    pub(super) fn with_workers(count: usize) -> (Arc<Self>, Vec<mpsc::Receiver<Order>>) {
        let (slots, to_do) = (0..count)
            .map(|_| {
                let (orders, to_do) = mpsc::channel(64);
                let load = Arc::new(super::load::Load::new(Instant::now()));
                let (_, state) = watch::channel(State::Ready(Live { pid: 1, orders, load }));
                (Slot::new(state), to_do)
            })
            .unzip();
        let shared = Self {
            slots,
            seats: vec![0; count].into(),
            most_seats: 1,
            most_behind: Duration::from_millis(250),
            takes_hotwords: false,
            levels: None,
            band: Band::Narrow,
            next_stream: AtomicU32::new(1),
            replaying: Mutex::new(()),
        };
        (Arc::new(shared), to_do)
    }
}

/// A worker that died is ready again within this time, unless something is wrong with it.
const OF_LATE: Duration = Duration::from_secs(2);

/// How often a session looks for a worker while none is ready.
const POLL: Duration = Duration::from_millis(20);

/// How many reports may wait for a session; partial ones are dropped when it is slow.
const REPORTS: usize = 16;

/// One stream in one worker. Dropping it closes the stream.
#[derive(Debug)]
pub(super) struct WorkerStream {
    id: StreamId,
    orders: mpsc::Sender<Order>,
    pub(super) reports: mpsc::Receiver<Report>,
    /// Until the worker is told that it is closed.
    place: Option<Place>,
}

/// The place of a stream in a worker.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl WorkerStream {
    /// Gives samples; a dead worker takes nothing and its reports end.
    pub(super) async fn push(&self, samples: Vec<i16>) {
        self.send(ToWorker::Audio {
            stream: self.id,
            samples,
        })
        .await;
    }

    /// Asks for the last report.
    pub(super) async fn finish(&self) {
        self.send(ToWorker::Finish { stream: self.id }).await;
    }

    /// Asks for [`Report::Marked`], once all before is decoded.
    pub(super) async fn mark(&self) {
        self.send(ToWorker::Mark { stream: self.id }).await;
    }

    async fn send(&self, message: ToWorker) {
        let _ = self.orders.send(Order::Send(message, Instant::now())).await;
    }
}

impl Drop for WorkerStream {
    fn drop(&mut self) {
        let close = Order::Send(ToWorker::Close { stream: self.id }, Instant::now());
        if let Err(TrySendError::Full(close)) = self.orders.try_send(close)
            && let Ok(runtime) = Handle::try_current()
        {
            // A stream that is never closed would take a place of the worker's for good.
            let (orders, place) = (self.orders.clone(), self.place.take());
            runtime.spawn(async move {
                let _ = orders.send(close).await;
                drop(place);
            });
        }
    }
}
