//! One worker kept alive: started, fed with the orders of its sessions, started again when it dies.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use metrics::{counter, gauge, histogram};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{
    Model,
    engine::StreamId,
    link::{Link, Reader, Writer},
    load::Load,
    protocol::{FromWorker, ToWorker},
    restarts::Restarts,
};
use crate::{sound::Band, transcribe::PhoneToken};

/// A worker that is ready.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) pid: u32,
    pub(super) orders: mpsc::Sender<Order>,
    pub(super) load: Arc<Load>,
}

/// How a worker fares.
#[derive(Debug)]
pub(super) enum State {
    Down { since: Instant },
    Ready(Live),
}

/// How many orders may wait for a worker, all its streams together; more make the sessions wait. 256 frames are 5 s of
/// one stream or 80 ms of 64.
const ORDERS: usize = 256;

#[derive(Debug)]
pub(super) enum Order {
    Open {
        stream: StreamId,
        band: Band,
        hotwords: String,
        reports: mpsc::Sender<Report>,
    },
    /// Sends a message that was to be sent at this time.
    Send(ToWorker, Instant),
}

/// What a worker tells of one stream.
#[derive(Debug)]
pub(super) enum Report {
    /// What it has heard.
    Heard { last: bool, tokens: Vec<PhoneToken> },
    /// All before the mark is decoded.
    Marked,
}

/// Keeps one worker alive.
pub(super) struct Supervisor {
    pub(super) index: usize,
    pub(super) program: PathBuf,
    pub(super) model: Model,
    pub(super) publish: watch::Sender<State>,
}

/// A worker that was given something does some of it within this time, or it hangs. Nobody else judges that: a session waits for
/// its worker as long as this one keeps it.
const STUCK: Duration = Duration::from_secs(3);

/// How often a worker is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl Supervisor {
    pub(super) async fn run(self) {
        let mut restarts = Restarts::new();
        loop {
            let began = Instant::now();
            match Link::start(&self.program, &self.model).await {
                Ok(link) => self.serve(link).await,
                Err(error) => {
                    counter!("evatel_speech_workers_lost_total", "how" => "not-started").increment(1);
                    tracing::error!(
                        worker = self.index,
                        "Speech worker {} did not start: {error}",
                        self.index
                    );
                }
            }
            tokio::time::sleep(restarts.after(began.elapsed())).await;
        }
    }

    async fn serve(&self, link: Link) {
        let Link {
            mut child,
            engine,
            reader,
            writer,
            complaints,
        } = link;
        let pid = child.id().unwrap_or_default();
        tracing::info!(
            worker = self.index,
            pid,
            "Speech worker {} is ready: {engine}",
            self.index
        );
        let (orders, to_do) = mpsc::channel(ORDERS);
        let load = Arc::new(Load::new(Instant::now()));
        self.publish.send_replace(State::Ready(Live {
            pid,
            orders,
            load: load.clone(),
        }));
        let streams = Streams::default();
        let how = tokio::select! {
            how = listen(reader, &streams, &load) => how,
            how = speak(writer, to_do, &streams, &load) => how,
            () = self.watch(&load) => "hangs",
        };
        // Who waits for a report learns it now, however long the child takes to end.
        drop(streams);
        self.publish.send_replace(State::Down {
            since: Instant::now(),
        });
        // What is left ends with the child; a child that is already gone cannot be killed.
        let _ = child.start_kill();
        let why = complaints.why(&mut child).await;
        counter!("evatel_speech_workers_lost_total", "how" => how).increment(1);
        tracing::warn!(
            worker = self.index,
            pid,
            how,
            "Speech worker {} is lost ({how}): {why}",
            self.index
        );
    }

    /// Shows how far the worker is behind, until it hangs.
    async fn watch(&self, load: &Load) {
        let behind = gauge!("evatel_speech_behind_ms", "worker" => self.index.to_string());
        let mut looks = tokio::time::interval(LOOK);
        while !load.is_stuck(STUCK, looks.tick().await) {
            behind.set(load.behind(Instant::now()).as_secs_f64() * 1000.0);
            load.fade();
        }
    }
}

/// Who waits for the reports of which stream. Dropped with its worker, so that every session notices.
type Streams = Mutex<HashMap<StreamId, mpsc::Sender<Report>>>;

/// Hands on what the worker tells, until it dies or tells what makes no sense; gives which.
async fn listen(mut reader: Reader, streams: &Streams, load: &Load) -> &'static str {
    loop {
        let message = match reader.next().await {
            Ok(Some(message)) => message,
            Ok(None) => return "died",
            Err(_) => return GARBLED,
        };
        match message {
            FromWorker::Done { messages } => match load.done(messages, Instant::now()) {
                Some(behind) => histogram!("evatel_speech_decoded_seconds").record(behind),
                None => return GARBLED,
            },
            FromWorker::Marked { stream } => {
                let mut streams = lock(streams);
                if let Some(reports) = streams.get(&stream)
                    && reports.try_send(Report::Marked).is_err()
                {
                    // Who waits for it would wait for ever: he hears on elsewhere.
                    streams.remove(&stream);
                }
            }
            FromWorker::Tokens { stream, last, tokens } => {
                let mut streams = lock(streams);
                let Some(reports) = streams.get(&stream) else {
                    continue;
                };
                // Two places stay free, for the mark and the last report.
                if last || reports.capacity() > 2 {
                    let _ = reports.try_send(Report::Heard { last, tokens });
                }
                if last {
                    streams.remove(&stream);
                }
            }
            FromWorker::Ready { .. } | FromWorker::Refused { .. } | FromWorker::Sound { .. } => {
                return GARBLED;
            }
        }
    }
}

const GARBLED: &str = "talks nonsense";

/// Does what is ordered until the worker takes nothing any more, or nobody orders; gives which.
async fn speak(
    mut writer: Writer,
    mut orders: mpsc::Receiver<Order>,
    streams: &Streams,
    load: &Load,
) -> &'static str {
    while let Some(order) = orders.recv().await {
        let (message, since) = match order {
            Order::Open {
                stream,
                band,
                hotwords,
                reports,
            } => {
                lock(streams).insert(stream, reports);
                let open = ToWorker::Open {
                    stream,
                    band,
                    hotwords,
                };
                (open, Instant::now())
            }
            Order::Send(message, since) => (message, since),
        };
        if let ToWorker::Close { stream } = &message {
            lock(streams).remove(stream);
        }
        load.given(since);
        if writer.send(&message).await.is_err() {
            return "died";
        }
    }
    "not needed"
}

fn lock(streams: &Streams) -> std::sync::MutexGuard<'_, HashMap<StreamId, mpsc::Sender<Report>>> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}
