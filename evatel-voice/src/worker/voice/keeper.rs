//! One child that speaks, kept alive: it says one sentence after the other.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use metrics::counter;
use tokio::time::{Instant, timeout};

use super::{VoiceConfig, orders::Orders};
use crate::{
    frame::Clip,
    resample,
    synth::level,
    transcribe::Error,
    worker::{
        engine::Text,
        link::Link,
        pool::program,
        protocol::{FromWorker, ToWorker},
        restarts::Restarts,
    },
};

/// No worker is ready.
pub(super) const NO_PROCESS: u32 = 0;

/// Keeps one child alive, and lets it say one sentence after the other.
pub(super) struct Keeper {
    pub(super) config: VoiceConfig,
    pub(super) orders: Arc<Orders>,
    pub(super) pid: Arc<AtomicU32>,
}

impl Keeper {
    pub(super) async fn run(self, mut link: Option<Link>) {
        let mut restarts = Restarts::new();
        loop {
            let started = match link.take() {
                Some(link) => Ok(link),
                None => start(&self.config).await,
            };
            let since = Instant::now();
            match started {
                Ok(link) => {
                    self.pid
                        .store(link.child.id().unwrap_or(NO_PROCESS), Ordering::Relaxed);
                    self.serve(link).await;
                    self.pid.store(NO_PROCESS, Ordering::Relaxed);
                    counter!("evatel_speech_workers_lost_total", "how" => "voice").increment(1);
                }
                Err(error) => {
                    tracing::warn!(%error, "The voice `{}` does not start: {error}", self.config.folder.display());
                }
            }
            tokio::time::sleep(restarts.after(since.elapsed())).await;
        }
    }

    /// Says what is to be said, until the child is lost.
    async fn serve(&self, mut link: Link) {
        loop {
            let order = tokio::select! {
                order = self.orders.next() => order,
                // It is not waited for until somebody needs it.
                _ = link.child.wait() => break,
            };
            if order.answer.is_closed() {
                continue;
            }
            // Who asked has waited his time by then, and another voice speaks.
            let limit = self.config.deadline * 2;
            let said = timeout(limit, hear(&mut link, &order.text, order.percent)).await;
            let Ok(Some(clip)) = said else {
                break;
            };
            // Who does not listen any more needs none.
            let _ = order.answer.send(clip);
        }
        let _ = link.child.start_kill();
        let why = link.complaints.why(&mut link.child).await;
        tracing::warn!("The voice `{}` is lost: {why}", self.config.folder.display());
    }
}

/// Starts a child that has loaded the voice.
pub(super) async fn start(config: &VoiceConfig) -> Result<Link, Error> {
    let load = ToWorker::Voice {
        folder: config.folder.clone(),
    };
    Link::begin(&program(config.program.as_ref())?, &config.folder, &load).await
}

/// Lets a child say a sentence; nothing where the child is lost.
pub(super) async fn hear(link: &mut Link, text: &Text, percent: u8) -> Option<Clip> {
    let order = ToWorker::Say {
        percent,
        text: text.clone(),
    };
    link.writer.send(&order).await.ok()?;
    let mut whole = Vec::new();
    loop {
        let Ok(Some(FromWorker::Sound {
            rate_hz,
            last,
            samples,
            ..
        })) = link.reader.next().await
        else {
            return None;
        };
        whole.extend(samples);
        if whole.len() > MOST_SOUND {
            return None;
        }
        if last {
            return Some(level::finished(&resample::to_clip(&whole, rate_hz)));
        }
    }
}

/// 5 minutes at 48 kHz: longer than any sentence of 800 letters.
const MOST_SOUND: usize = 300 * 48_000;
