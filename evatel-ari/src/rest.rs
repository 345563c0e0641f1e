//! Sending requests: over HTTP, or over the event websocket.

mod http;
pub(crate) mod line;
#[cfg(test)]
mod tests;
mod way;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, time::Instant};

use crate::{
    config::Config,
    error::{Error, Result},
    model::AsteriskInfo,
    op,
    request::{Answer, Method, Request},
    stats::Counters,
    version::Version,
};
use http::Http;
use line::{Ask, Line};
use way::Way;

/// Longest first line of a request with its end, in bytes: Asterisk reads it into a buffer of 4096.
pub const MAX_LINE: usize = 4_095;
/// Longest body of a request, in bytes: Asterisk answers more with 413.
pub const MAX_BODY: usize = 40_960;
/// Longest message on the event websocket, in bytes: Asterisk closes it at more (`AST_WEBSOCKET_MAX_RX_PAYLOAD_SIZE`).
pub const MAX_MESSAGE: usize = 65_535;

/// Sends requests, and hears nothing: enough for `doctor`, which must not take the application over.
#[derive(Clone)]
pub struct Rest {
    shared: Arc<Shared>,
}

struct Shared {
    /// None where Asterisk dialled us and its own server is not known.
    http: Option<Http>,
    line: Line,
    config: Config,
    counters: Arc<Counters>,
    /// What the last [`Rest::checked_info`] found; another one may run after a reconnect.
    version: Mutex<Option<Version>>,
}

/// An answer, whatever it came over.
#[derive(Debug, PartialEq, Eq)]
struct Replied {
    status: u16,
    body: Vec<u8>,
}

/// Why no answer came.
#[derive(Debug)]
enum Failure {
    /// It did not reach Asterisk.
    NotSent(String),
    /// It may have reached Asterisk.
    Unknown(String),
}

impl Failure {
    fn of<T>(self, request: &Request<T>) -> Error {
        let request = format!("{request:?}");
        match self {
            Self::NotSent(reason) => Error::NotSent { request, reason },
            Self::Unknown(reason) => Error::OutcomeUnknown { request, reason },
        }
    }
}

/// Refuses what Asterisk would not read.
fn fits<T>(request: &Request<T>, part: &'static str, length: usize, limit: usize) -> Result<()> {
    if length <= limit {
        return Ok(());
    }
    Err(Error::TooLong {
        request: format!("{request:?}"),
        part,
        length,
        limit,
    })
}

impl Rest {
    /// Makes a sender. Nothing is sent yet.
    pub fn new(config: Config) -> Self {
        Self::with_line(config).0
    }

    /// Makes a sender, and gives what is to be sent over the event websocket to who owns that.
    pub(crate) fn with_line(config: Config) -> (Self, mpsc::Receiver<Ask>) {
        let http = config.url.clone().map(|url| Http::new(url, &config));
        let (line, asks) = Line::new();
        let shared = Shared {
            http,
            line,
            config,
            counters: Arc::default(),
            version: Mutex::new(None),
        };
        let rest = Self {
            shared: Arc::new(shared),
        };
        (rest, asks)
    }

    /// Gives the configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn counters(&self) -> &Arc<Counters> {
        &self.shared.counters
    }

    pub(crate) fn line(&self) -> &Line {
        &self.shared.line
    }

    /// Says how long requests wait for an HTTP connection at present.
    pub(crate) fn wait(&self) -> Duration {
        self.shared.http.as_ref().map_or(Duration::ZERO, Http::wait)
    }

    /// Sends a request and waits for its answer, [`Config::request_timeout`] at most, the wait for a connection included.
    ///
    /// # Errors
    /// [`Error::NeedsNewer`] for what this Asterisk does not have yet, as far as [`Rest::checked_info`] has told its version.
    /// [`Error::TooLong`] for what Asterisk would not read. What Asterisk answered, or [`Error::NotSent`] and
    /// [`Error::OutcomeUnknown`] when it did not.
    ///
    /// # Cancel safety
    /// If the future is dropped, the request may or may not have been done.
    pub async fn send<T: Answer>(&self, request: Request<T>) -> Result<T> {
        let timed = self.shared.counters.request();
        let answer = self.answered(&request).await;
        timed.done(answer.is_ok());
        answer
    }

    async fn answered<T: Answer>(&self, request: &Request<T>) -> Result<T> {
        self.is_known_to_asterisk(request)?;
        let deadline = Instant::now() + self.shared.config.request_timeout;
        let Replied { status, body } = self.exchange(request, deadline).await?;
        if !(200..300).contains(&status) {
            let body = String::from_utf8_lossy(&body);
            let user = &self.shared.config.user;
            return Err(Error::of_answer(format!("{request:?}"), status, &body, user));
        }
        T::read(&body).map_err(|error| Error::Unexpected {
            request: format!("{request:?}"),
            status,
            message: error.to_string(),
        })
    }

    async fn exchange<T>(&self, request: &Request<T>, deadline: Instant) -> Result<Replied> {
        let Shared {
            http, line, config, ..
        } = &*self.shared;
        let method = request.method();
        let uri = request.uri();
        let body = request.json().map(ToString::to_string);
        fits(request, "body", body.as_ref().map_or(0, String::len), MAX_BODY)?;
        let way = Way::of(request, config.transport, http.is_some(), line.is_up());
        let replied = match (way, http) {
            (Way::Http, Some(http)) => {
                let written = http.written(method, &uri, body.as_deref());
                let line_end = written.iter().position(|byte| *byte == b'\n').unwrap_or_default();
                fits(request, "address", line_end + 1, MAX_LINE)?;
                http.exchange(&written, method == Method::Get, deadline).await
            }
            (Way::Http, None) => {
                let reason = "it cannot go over the event websocket, and no `url` is configured";
                Err(Failure::NotSent(reason.to_owned()))
            }
            (Way::Line, _) => {
                let written = line.written(method, &uri, body.as_deref());
                fits(request, "message", written.1.len(), MAX_MESSAGE)?;
                line.exchange(written, deadline).await
            }
        };
        replied.map_err(|failure| failure.of(request))
    }

    /// Asks for version and start time, and refuses an Asterisk older than [`Config::oldest`].
    ///
    /// From then on a request that needs a newer Asterisk is refused before it is sent.
    ///
    /// # Errors
    /// [`Error::TooOld`], and those of [`Rest::send`].
    pub async fn checked_info(&self) -> Result<AsteriskInfo> {
        let info = self.send(op::asterisk::info(&[])).await?;
        let found = Version::read(&info.system.version);
        let needed = &self.shared.config.oldest;
        if found.is_older_than(needed) {
            return Err(Error::TooOld {
                found,
                needed: needed.clone(),
            });
        }
        *self.version() = Some(found);
        Ok(info)
    }

    fn is_known_to_asterisk<T>(&self, request: &Request<T>) -> Result<()> {
        if request.needs().is_empty() {
            return Ok(());
        }
        let Some(found) = self.version().clone() else {
            return Ok(());
        };
        match request.needs().iter().find(|since| !found.has(**since)) {
            Some(needed) => Err(Error::NeedsNewer {
                request: format!("{request:?}"),
                needed: *needed,
                found,
            }),
            None => Ok(()),
        }
    }

    fn version(&self) -> MutexGuard<'_, Option<Version>> {
        // Nothing panics while it is held: a look, a write.
        self.shared.version.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
