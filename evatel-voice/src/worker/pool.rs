//! The parent's side: workers that are kept alive, and sessions spread over them.

use std::{
    ops::RangeInclusive,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU32},
    time::Duration,
};

use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::Instant,
};
use tracing::Instrument;

use super::{
    MARKER, Model,
    engine::MOST_STREAMS,
    hotwords,
    link::Link,
    protocol::{FromWorker, ToWorker},
    seat::Seat,
    session::Pursuit,
    slots::{Opening, Shared, Slot},
    supervisor::{State, Supervisor},
};
use crate::{
    sound::Band,
    transcribe::{Error, Hints, Overload, Session},
};

/// How many workers run which model.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// The model.
    pub model: Model,
    /// The program that is its own worker; nothing means the one that runs.
    pub program: Option<PathBuf>,
    /// How many child processes, at least 1.
    pub workers: usize,
    /// How many calls one child hears at most, 1 to 512; one more is refused. Sessions that belong to no call
    /// ([`for_call`](crate::transcribe::Transcriber::for_call)) are as many.
    pub calls_per_worker: usize,
    /// How far decoding may be behind what is heard, in ms of sound, for a new call to be heard too: where the best worker is
    /// farther behind, now or a moment ago, it is refused.
    pub most_behind: Duration,
}

/// How many calls one child hears, unless somebody says otherwise.
pub const CALLS_PER_WORKER: usize = 64;

/// How far decoding may be behind for a new call to be heard, unless somebody says otherwise: more would be a good part of the
/// 700 ms within which an answer is to be heard.
pub const MOST_BEHIND: Duration = Duration::from_millis(250);

impl PoolConfig {
    /// One worker for this model, in this very program.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model,
            program: None,
            workers: 1,
            calls_per_worker: CALLS_PER_WORKER,
            most_behind: MOST_BEHIND,
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
    let band = config.model.kind.band();
    match tokio::time::timeout(TRIAL_LIMIT, hear_noise(band, &mut link)).await {
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

async fn hear_noise(band: Band, link: &mut Link) -> bool {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as i16) / 8
    };
    let mut messages = vec![ToWorker::Open {
        stream: 1,
        band,
        hotwords: String::new(),
    }];
    let samples = band.rate_hz() / 50;
    messages.extend((0..50).map(|_| ToWorker::Audio {
        stream: 1,
        samples: (0..samples).map(|_| noise()).collect(),
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
            Ok(Some(FromWorker::Done { .. } | FromWorker::Tokens { last: false, .. })) => {}
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
        let seats = config.calls_per_worker.clamp(1, MOST_CALLS_PER_WORKER);
        Self::with_seats(seats, config).await
    }

    /// The same with so many seats in each worker, whatever `calls_per_worker` says.
    pub(crate) async fn with_seats(most_seats: usize, config: PoolConfig) -> Result<Self, Error> {
        let info = admit(&config).await?;
        let program = config.program()?;
        let (mut slots, mut supervisors) = (Vec::new(), Vec::new());
        for index in 0..config.workers.max(1) {
            let (publish, state) = watch::channel(State::Down {
                since: Instant::now(),
            });
            slots.push(Slot::new(state));
            let supervisor = Supervisor {
                index,
                program: program.clone(),
                model: config.model.clone(),
                publish,
            };
            supervisors.push(tokio::spawn(supervisor.run()));
        }
        let shared = Arc::new(Shared {
            seats: vec![0; slots.len()].into(),
            slots,
            most_seats,
            takes_hotwords: config.model.takes_hotwords(),
            levels: config.model.kind.levels(),
            band: config.model.kind.band(),
            most_behind: config.most_behind,
            next_stream: AtomicU32::new(1),
            replaying: Mutex::new(()),
        });
        let supervisors = Arc::new(Supervisors(supervisors));
        if shared.wait_for_place(None, START_LIMIT).await.is_none() {
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
            .filter_map(|slot| slot.live().map(|live| live.pid))
            .collect()
    }

    /// How many sessions are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.shared.streams()
    }

    /// How far decoding is behind what is heard, in ms of sound, now or at most a moment ago: in the worker that is least behind.
    #[must_use]
    pub fn behind(&self) -> Duration {
        self.shared.least_behind(Instant::now()).unwrap_or_default()
    }

    /// How many sessions that belong to no call may be open.
    pub(super) fn most_sessions(&self) -> usize {
        self.shared.most_seats * self.shared.slots.len()
    }

    /// At which levels of speech the model hears well, in dBFS.
    pub(super) fn levels_of_speech(&self) -> Option<RangeInclusive<f32>> {
        self.shared.levels.clone()
    }

    /// In which band the model hears best.
    pub(super) fn best_band(&self) -> Band {
        self.shared.band
    }

    /// Takes a seat in a worker that keeps up.
    pub(crate) fn seat(&self) -> Result<Seat, Overload> {
        Seat::take(&self.shared)
    }

    /// Begins a session of which this is known, in the worker of this seat where there is one.
    pub(crate) fn begin(&self, known: &Hints<'_>, seat: Option<&Seat>) -> Session {
        let (session, feed, heard) = Session::new();
        let hotwords = match self.shared.takes_hotwords {
            true => hotwords::joined(known.names),
            false => String::new(),
        };
        let opening = Opening {
            seated: seat.map(Seat::worker),
            band: known.band.min(self.shared.band),
            hotwords,
        };
        // It ends when the session is dropped.
        tokio::spawn(
            Pursuit::new(self.shared.clone(), opening, feed, heard)
                .run()
                .in_current_span(),
        );
        session
    }
}

const START_LIMIT: Duration = Duration::from_secs(30);

/// A call has two sessions at most, one a party.
const MOST_CALLS_PER_WORKER: usize = MOST_STREAMS / 2;

/// Ends the supervisors, and with them the children.
#[derive(Debug)]
struct Supervisors(Vec<JoinHandle<()>>);

impl Drop for Supervisors {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
