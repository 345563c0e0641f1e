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
    engine::StreamId,
    protocol::ToWorker,
    supervisor::{Live, Order, Report, State},
};

/// What sessions see of the workers.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) slots: Vec<Slot>,
    pub(super) most_calls: usize,
    pub(super) most_behind: Duration,
    pub(super) takes_hotwords: bool,
    pub(super) levels: Option<RangeInclusive<f32>>,
    /// How many calls have a seat.
    pub(super) calls: AtomicUsize,
    pub(super) next_stream: AtomicU32,
    /// Held by the one session whose sound is heard again, so that one that kills workers is known.
    pub(super) replaying: Mutex<()>,
}

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) state: watch::Receiver<State>,
    pub(super) sessions: Arc<AtomicUsize>,
}

impl Slot {
    pub(super) fn live(&self) -> Option<Live> {
        match &*self.state.borrow() {
            State::Down { .. } => None,
            State::Ready(live) => Some(live.clone()),
        }
    }
}

impl Shared {
    pub(super) fn sessions(&self) -> usize {
        self.slots
            .iter()
            .map(|slot| slot.sessions.load(Ordering::Relaxed))
            .sum()
    }

    /// One worker that is ready, whose orders the test carries out.
    #[cfg(test)]
    pub(super) fn with_worker() -> (Arc<Self>, mpsc::Receiver<Order>) {
        let (orders, to_do) = mpsc::channel(64);
        let load = Arc::new(super::load::Load::new(Instant::now()));
        let (_, state) = watch::channel(State::Ready(Live { pid: 1, orders, load }));
        let sessions = Arc::default();
        let shared = Self {
            slots: vec![Slot { state, sessions }],
            most_calls: 1,
            most_behind: Duration::from_millis(250),
            takes_hotwords: false,
            levels: None,
            calls: AtomicUsize::new(0),
            next_stream: AtomicU32::new(1),
            replaying: Mutex::new(()),
        };
        (Arc::new(shared), to_do)
    }

    /// Gives how far the worker is behind that is least; none where none is ready.
    pub(super) fn least_behind(&self, now: Instant) -> Option<Duration> {
        let live = self.slots.iter().filter_map(Slot::live);
        live.map(|live| live.load.behind(now)).min()
    }

    /// Says whether a worker is ready or was a moment ago.
    pub(super) fn was_ready_of_late(&self, now: Instant) -> bool {
        self.slots.iter().any(|slot| match *slot.state.borrow() {
            State::Down { since } => now.saturating_duration_since(since) < OF_LATE,
            State::Ready(_) => true,
        })
    }

    /// Waits until a worker is ready and gives the one with the fewest sessions.
    pub(super) async fn wait_for_worker(&self, limit: Duration) -> Option<(Live, Arc<AtomicUsize>)> {
        let deadline = Instant::now() + limit;
        loop {
            let ready = self
                .slots
                .iter()
                .filter_map(|slot| Some((slot.live()?, &slot.sessions)));
            let ready = ready.filter(|(live, _)| !live.orders.is_closed());
            if let Some((live, sessions)) = ready.min_by_key(|(_, sessions)| sessions.load(Ordering::Relaxed))
            {
                return Some((live, sessions.clone()));
            }
            if Instant::now() >= deadline {
                return None;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Opens a stream on the worker with the fewest sessions.
    pub(super) async fn open_stream(&self, hotwords: &str, limit: Duration) -> Option<WorkerStream> {
        let (live, sessions) = self.wait_for_worker(limit).await?;
        sessions.fetch_add(1, Ordering::Relaxed);
        let (reports, from_worker) = mpsc::channel(REPORTS);
        let id = self.next_stream.fetch_add(1, Ordering::Relaxed);
        let stream = WorkerStream {
            id,
            orders: live.orders,
            reports: from_worker,
            sessions,
        };
        // A worker that died just now closes `reports`, which the session notices.
        let open = Order::Open {
            stream: id,
            hotwords: hotwords.to_owned(),
            reports,
        };
        let _ = stream.orders.send(open).await;
        Some(stream)
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
    sessions: Arc<AtomicUsize>,
}

impl WorkerStream {
    /// Gives samples; a dead worker takes nothing and its reports end.
    pub(super) async fn push(&self, samples: &[i16]) {
        let samples = samples.to_vec();
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
        self.sessions.fetch_sub(1, Ordering::Relaxed);
        let close = Order::Send(ToWorker::Close { stream: self.id }, Instant::now());
        if let Err(TrySendError::Full(close)) = self.orders.try_send(close)
            && let Ok(runtime) = Handle::try_current()
        {
            // A stream that is never closed would take a place of the worker's for good.
            let orders = self.orders.clone();
            runtime.spawn(async move { orders.send(close).await });
        }
    }
}
