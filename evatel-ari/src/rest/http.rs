//! As much of HTTP/1.1 (RFC 9112) as ARI needs, spoken in the caller's own task over a few kept connections.
//!
//! A general client costs a task and two hand-overs a request; here a request is one write and, nearly always, one read.

mod answer;

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};
use url::Url;

use super::{Failure, Replied};
use crate::{
    config::Config,
    request::Method,
    wire::{self, ClientTls, Wire},
};
use answer::Progress;

/// Asterisk closes connections that idle for 15 s (`session_keep_alive`): ours are dropped before.
const IDLE: Duration = Duration::from_secs(10);
/// Longest answer that is taken, in bytes: recordings come as one.
const MAX_ANSWER: usize = 256 * 1024 * 1024;
/// How much is read at a time at least, in bytes.
const PIECE: usize = 2048;
/// Longest front of an answer, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Sends requests to one server.
pub(super) struct Http {
    url: Url,
    /// What each path begins with.
    prefix: String,
    /// `Host` and `Authorization`, which all requests carry.
    headers: String,
    tls: ClientTls,
    /// As many as may be open, those that idle included.
    places: Semaphore,
    connections: usize,
    /// How long the last request that got a place had waited for it.
    waited_ms: AtomicU64,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    wire: Wire,
    since: Instant,
}

/// Why an exchange on one connection failed.
struct Broken {
    error: io::Error,
    /// Not a byte of an answer came.
    is_unanswered: bool,
}

impl Http {
    pub(super) fn new(url: Url, config: &Config) -> Self {
        let authorization = config.authorization();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = url.host_str().unwrap_or_default();
        Self {
            prefix: format!("{}/ari", url.path().trim_end_matches('/')),
            headers: format!("Host: {host}{port}\r\nAuthorization: {authorization}\r\n"),
            url,
            tls: config.tls.clone(),
            places: Semaphore::new(config.connections),
            connections: config.connections,
            waited_ms: AtomicU64::new(0),
            idle: Mutex::default(),
        }
    }

    /// Writes a request as it stands on the wire.
    pub(super) fn written(&self, method: Method, uri: &str, body: Option<&str>) -> Vec<u8> {
        let length = body.map_or(0, str::len);
        let mut text = Vec::with_capacity(128 + uri.len() + self.headers.len() + length);
        for part in [
            method.as_str(),
            " ",
            &self.prefix,
            uri,
            " HTTP/1.1\r\n",
            &self.headers,
        ] {
            text.extend_from_slice(part.as_bytes());
        }
        if body.is_some() {
            text.extend_from_slice(b"Content-Type: application/json\r\n");
        }
        if body.is_some() || method != Method::Get {
            text.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes());
        }
        text.extend_from_slice(b"\r\n");
        text.extend_from_slice(body.unwrap_or_default().as_bytes());
        text
    }

    /// Sends a request and waits for its answer, until `deadline` at most. One that is `safe` to repeat is sent again if the
    /// connection that was kept turns out to be closed.
    pub(super) async fn exchange(
        &self,
        request: &[u8],
        safe: bool,
        deadline: Instant,
    ) -> Result<Replied, Failure> {
        let _place = self.place(deadline).await?;
        while let Some(wire) = self.kept() {
            match self.exchanged(wire, request, deadline).await {
                Err(Failed::Broken(broken)) if safe && broken.is_unanswered => {}
                done => return done.map_err(Failed::into_failure),
            }
        }
        let connecting = tokio::time::timeout_at(deadline, wire::connect(&self.url, &self.tls));
        let wire = match connecting.await {
            Ok(Ok(wire)) => wire,
            Ok(Err(error)) => return Err(Failure::NotSent(error.to_string())),
            Err(_) => return Err(Failure::NotSent("no connection in time".into())),
        };
        let done = self.exchanged(wire, request, deadline).await;
        done.map_err(Failed::into_failure)
    }

    /// Says how long requests wait for a connection at present.
    pub(super) fn wait(&self) -> Duration {
        match self.places.available_permits() {
            0 => Duration::from_millis(self.waited_ms.load(Relaxed)),
            _ => Duration::ZERO,
        }
    }

    async fn place(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, Failure> {
        // Mostly there is one: no clock is needed then.
        if let Ok(place) = self.places.try_acquire() {
            self.waited_ms.store(0, Relaxed);
            return Ok(place);
        }
        let since = Instant::now();
        match tokio::time::timeout_at(deadline, self.places.acquire()).await {
            Ok(Ok(place)) => {
                let waited_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
                self.waited_ms.store(waited_ms, Relaxed);
                Ok(place)
            }
            Ok(Err(closed)) => Err(Failure::NotSent(closed.to_string())),
            Err(_) => {
                let reason = format!("{} other requests were under way all the time", self.connections);
                Err(Failure::NotSent(reason))
            }
        }
    }

    async fn exchanged(&self, mut wire: Wire, request: &[u8], deadline: Instant) -> Result<Replied, Failed> {
        let answered = tokio::time::timeout_at(deadline, on(&mut wire, request));
        let (replied, is_kept) = match answered.await {
            Ok(done) => done.map_err(Failed::Broken)?,
            Err(_) => return Err(Failed::Late),
        };
        if is_kept {
            let since = Instant::now();
            self.idle().push(Idle { wire, since });
        }
        Ok(replied)
    }

    /// Takes a connection that was kept and is still open, the one used last first.
    fn kept(&self) -> Option<Wire> {
        loop {
            let mut idle = self.idle();
            let Idle { mut wire, since } = idle.pop()?;
            if since.elapsed() > IDLE {
                // Those below it are older still.
                idle.clear();
                return None;
            }
            drop(idle);
            if is_open(&mut wire) {
                return Some(wire);
            }
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // Nothing panics while it is held: a push, a pop, a clear.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Failed {
    Broken(Broken),
    Late,
}

impl Failed {
    fn into_failure(self) -> Failure {
        Failure::Unknown(match self {
            Self::Broken(broken) => broken.error.to_string(),
            Self::Late => "no answer in time".into(),
        })
    }
}

/// Says whether the server has not closed the connection, nor said something that nobody asked for.
fn is_open(wire: &mut Wire) -> bool {
    let mut byte = [0];
    let mut cx = Context::from_waker(Waker::noop());
    let polled = std::pin::Pin::new(wire).poll_read(&mut cx, &mut ReadBuf::new(&mut byte));
    matches!(polled, Poll::Pending)
}

/// Exchanges a request for its answer, and says whether the connection may be kept.
async fn on(wire: &mut Wire, request: &[u8]) -> Result<(Replied, bool), Broken> {
    let mut came = Vec::new();
    let written = async {
        wire.write_all(request).await?;
        wire.flush().await
    };
    let broken = |error, came: &Vec<u8>| Broken {
        error,
        is_unanswered: came.is_empty(),
    };
    if let Err(error) = written.await {
        return Err(broken(error, &came));
    }
    let mut wanted: usize = 1;
    loop {
        came.reserve(wanted.saturating_sub(came.len()).max(PIECE));
        let read = wire.read_buf(&mut came).await;
        let is_over = match read {
            Ok(read) => read == 0,
            Err(error) => return Err(broken(error, &came)),
        };
        if came.len() < wanted && !is_over {
            continue;
        }
        match answer::read(&came, is_over) {
            Ok(Progress::Done(replied, is_kept)) => return Ok((replied, is_kept && !is_over)),
            Ok(Progress::Needs(_)) if is_over => {
                return Err(broken(io::ErrorKind::UnexpectedEof.into(), &came));
            }
            Ok(Progress::Needs(more)) if came.len() + more <= MAX_ANSWER => wanted = came.len() + more,
            Ok(Progress::Needs(_)) => return Err(broken(io::Error::other("the answer is too long"), &came)),
            Err(reason) => return Err(broken(io::Error::other(reason), &came)),
        }
    }
}
