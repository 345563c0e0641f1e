//! The parent's side: workers that are kept alive, and sessions spread over them.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use evatel_core::account::Language;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::Instant,
};

use super::{
    MARKER, Model,
    link::Link,
    protocol::{FromWorker, StreamId, ToWorker},
    session::Pursuit,
    supervisor::{Live, Order, Report, Supervisor},
};
use crate::transcribe::{Error, Session, Transcriber};

/// How many workers run which model.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// The model.
    pub model: Model,
    /// The program that is its own worker; nothing means the one that runs.
    pub program: Option<PathBuf>,
    /// How many child processes, at least 1.
    pub workers: usize,
    /// How many sessions one child takes at most; more are refused as busy.
    pub sessions_per_worker: usize,
}

impl PoolConfig {
    /// One worker for this model, in this very program.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model,
            program: None,
            workers: 1,
            sessions_per_worker: 64,
        }
    }

    fn program(&self) -> Result<PathBuf, Error> {
        program(self.program.as_ref())
    }
}

/// The program that is its own worker: the named one, or the one that runs.
pub(super) fn program(named: Option<&PathBuf>) -> Result<PathBuf, Error> {
    if let Some(program) = named {
        return Ok(program.clone());
    }
    std::env::current_exe().map_err(|error| Error::WorkerNotStarted {
        program: "/proc/self/exe".into(),
        reason: error.to_string(),
    })
}

/// What a model is, as found out by loading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The engine's name and version.
    pub engine: String,
}

/// Tries a model in a throw-away child: loads it and lets it hear a second of noise.
///
/// # Errors
/// When the model is missing or refused, or the child cannot be started.
pub async fn admit(config: &PoolConfig) -> Result<ModelInfo, Error> {
    if std::env::var_os(MARKER).is_some() {
        return Err(Error::NotHooked);
    }
    let mut link = Link::start(&config.program()?, &config.model).await?;
    match tokio::time::timeout(TRIAL_LIMIT, hear_noise(&mut link)).await {
        Ok(true) => Ok(ModelInfo { engine: link.engine }),
        Ok(false) => {
            let reason = link.complaints.why(&mut link.child).await;
            Err(Error::ModelRefused {
                path: config.model.folder.clone(),
                reason,
            })
        }
        Err(_) => Err(Error::WorkerSilent { limit: TRIAL_LIMIT }),
    }
}

const TRIAL_LIMIT: Duration = Duration::from_secs(20);

async fn hear_noise(link: &mut Link) -> bool {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as i16) / 8
    };
    let mut messages = vec![ToWorker::Open { stream: 1 }];
    messages.extend((0..50).map(|_| ToWorker::Audio {
        stream: 1,
        samples: (0..160).map(|_| noise()).collect(),
    }));
    messages.push(ToWorker::Finish { stream: 1 });
    for message in &messages {
        if link.writer.send(message).await.is_err() {
            return false;
        }
    }
    loop {
        match link.reader.next().await {
            Ok(Some(FromWorker::Tokens { last: true, .. })) => return true,
            Ok(Some(FromWorker::Tokens { last: false, .. })) => {}
            Ok(_) | Err(_) => return false,
        }
    }
}

/// Supervised speech workers. Cheap to clone; the children end with the last clone.
#[derive(Clone, Debug)]
pub struct WorkerPool {
    shared: Arc<Shared>,
    _supervisors: Arc<Supervisors>,
    info: ModelInfo,
}

impl WorkerPool {
    /// Tries the model in a throw-away child, then starts the workers and waits for the first one.
    ///
    /// # Errors
    /// When the model is missing or refused, or no worker can be started.
    pub async fn start(config: PoolConfig) -> Result<Self, Error> {
        let info = admit(&config).await?;
        let program = config.program()?;
        let (mut slots, mut supervisors) = (Vec::new(), Vec::new());
        for index in 0..config.workers.max(1) {
            let (publish, live) = watch::channel(None);
            slots.push(Slot {
                live,
                sessions: Arc::default(),
            });
            let supervisor = Supervisor {
                index,
                program: program.clone(),
                model: config.model.clone(),
                publish,
            };
            supervisors.push(tokio::spawn(supervisor.run()));
        }
        let most_sessions = config.sessions_per_worker.max(1) * slots.len();
        let shared = Arc::new(Shared {
            slots,
            most_sessions,
            next_stream: AtomicU32::new(1),
        });
        let supervisors = Arc::new(Supervisors(supervisors));
        if shared.wait_for_worker(START_LIMIT).await.is_none() {
            return Err(Error::WorkerSilent { limit: START_LIMIT });
        }
        Ok(Self {
            shared,
            _supervisors: supervisors,
            info,
        })
    }

    /// What runs in the workers.
    #[must_use]
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The process ids of the workers that are ready.
    #[must_use]
    pub fn worker_pids(&self) -> Vec<u32> {
        self.shared
            .slots
            .iter()
            .filter_map(|slot| slot.live.borrow().as_ref().map(|live| live.pid))
            .collect()
    }

    /// How many sessions are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.shared.sessions()
    }
}

const START_LIMIT: Duration = Duration::from_secs(30);

impl Transcriber for WorkerPool {
    fn open(&self, _language: Language) -> Result<Session, Error> {
        let sessions = self.shared.sessions();
        if sessions >= self.shared.most_sessions {
            return Err(Error::Busy { sessions });
        }
        let (session, feed, heard) = Session::new();
        // It ends when the session is dropped.
        tokio::spawn(Pursuit::new(self.shared.clone(), feed, heard).run());
        Ok(session)
    }
}

/// Ends the supervisors, and with them the children.
#[derive(Debug)]
struct Supervisors(Vec<JoinHandle<()>>);

impl Drop for Supervisors {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// What sessions see of the workers.
#[derive(Debug)]
pub(super) struct Shared {
    slots: Vec<Slot>,
    most_sessions: usize,
    next_stream: AtomicU32,
}

#[derive(Debug)]
struct Slot {
    live: watch::Receiver<Option<Live>>,
    sessions: Arc<AtomicUsize>,
}

impl Shared {
    fn sessions(&self) -> usize {
        self.slots
            .iter()
            .map(|slot| slot.sessions.load(Ordering::Relaxed))
            .sum()
    }

    /// Waits until a worker is ready and gives the one with the fewest sessions.
    async fn wait_for_worker(&self, limit: Duration) -> Option<(Live, Arc<AtomicUsize>)> {
        let deadline = Instant::now() + limit;
        loop {
            let ready = self
                .slots
                .iter()
                .filter_map(|slot| Some((slot.live.borrow().clone()?, &slot.sessions)));
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
    pub(super) async fn open_stream(&self, limit: Duration) -> Option<WorkerStream> {
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
        let _ = stream.orders.send(Order::Open { stream: id, reports }).await;
        Some(stream)
    }
}

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
        self.order(Order::Send(ToWorker::Audio {
            stream: self.id,
            samples: samples.to_vec(),
        }))
        .await;
    }

    /// Asks for the last report.
    pub(super) async fn finish(&self) {
        self.order(Order::Send(ToWorker::Finish { stream: self.id }))
            .await;
    }

    /// Ends a worker that does not answer.
    pub(super) async fn kill_worker(&self) {
        self.order(Order::Kill).await;
    }

    async fn order(&self, order: Order) {
        let _ = self.orders.send(order).await;
    }
}

impl Drop for WorkerStream {
    fn drop(&mut self) {
        self.sessions.fetch_sub(1, Ordering::Relaxed);
        // Where there is no room the worker keeps an idle stream until it is told by the next `Finish`; it has a limit.
        let _ = self
            .orders
            .try_send(Order::Send(ToWorker::Close { stream: self.id }));
    }
}
