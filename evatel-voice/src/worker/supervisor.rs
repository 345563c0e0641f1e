//! One worker kept alive: started, fed with the orders of its sessions, started again when it dies.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{
    Model,
    link::{Link, Reader, Writer},
    protocol::{FromWorker, StreamId, ToWorker},
};
use crate::transcribe::PhoneToken;

/// A worker that is ready.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) pid: u32,
    pub(super) orders: mpsc::Sender<Order>,
}

/// How many orders may wait for a worker, all its streams together; more make the sessions wait. 256 frames are 5 s of
/// one stream or 80 ms of 64.
const ORDERS: usize = 256;

#[derive(Debug)]
pub(super) enum Order {
    Kill,
    Open {
        stream: StreamId,
        reports: mpsc::Sender<Report>,
    },
    Send(ToWorker),
}

/// What a worker has heard in one stream.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) last: bool,
    pub(super) tokens: Vec<PhoneToken>,
}

/// Keeps one worker alive.
pub(super) struct Supervisor {
    pub(super) index: usize,
    pub(super) program: PathBuf,
    pub(super) model: Model,
    pub(super) publish: watch::Sender<Option<Live>>,
}

/// The first wait before a restart; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Who lived this long gets the first wait again.
const HEALTHY: Duration = Duration::from_secs(30);

impl Supervisor {
    pub(super) async fn run(self) {
        let mut wait = FIRST_WAIT;
        loop {
            let began = Instant::now();
            match Link::start(&self.program, &self.model).await {
                Ok(link) => self.serve(link).await,
                Err(error) => {
                    tracing::error!(
                        worker = self.index,
                        "Speech worker {} did not start: {error}",
                        self.index
                    );
                }
            }
            wait = if began.elapsed() > HEALTHY {
                FIRST_WAIT
            } else {
                wait
            };
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
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
        self.publish.send_replace(Some(Live { pid, orders }));
        let streams = Streams::default();
        tokio::select! {
            () = listen(reader, &streams) => {}
            () = speak(writer, to_do, &streams) => {}
        }
        self.publish.send_replace(None);
        // What is left ends with the child; a child that is already gone cannot be killed.
        let _ = child.start_kill();
        let why = complaints.why(&mut child).await;
        tracing::warn!(
            worker = self.index,
            pid,
            "Speech worker {} died: {why}",
            self.index
        );
    }
}

/// Who waits for the reports of which stream. Dropped with its worker, so that every session notices.
type Streams = Mutex<HashMap<StreamId, mpsc::Sender<Report>>>;

async fn listen(mut reader: Reader, streams: &Streams) {
    while let Ok(Some(message)) = reader.next().await {
        let FromWorker::Tokens { stream, last, tokens } = message else {
            return;
        };
        let mut streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(reports) = streams.get(&stream) else {
            continue;
        };
        // One place stays free for the last report.
        if last || reports.capacity() > 1 {
            let _ = reports.try_send(Report { last, tokens });
        }
        if last {
            streams.remove(&stream);
        }
    }
}

async fn speak(mut writer: Writer, mut orders: mpsc::Receiver<Order>, streams: &Streams) {
    while let Some(order) = orders.recv().await {
        let message = match order {
            Order::Kill => return,
            Order::Open { stream, reports } => {
                streams
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(stream, reports);
                ToWorker::Open { stream }
            }
            Order::Send(message) => message,
        };
        if let ToWorker::Close { stream } = &message {
            streams
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(stream);
        }
        if writer.send(&message).await.is_err() {
            return;
        }
    }
}
