//! Sending requests over HTTP.

use std::{
    error::Error as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::sync::Semaphore;

use crate::{
    config::Config,
    error::{Error, Result},
    model::AsteriskInfo,
    op,
    request::{Answer, Method, Request},
    stats::Counters,
    version::Version,
};

/// Asterisk closes connections that idle for 15 s (`session_keep_alive`): ours are dropped before.
const POOL_IDLE: Duration = Duration::from_secs(10);
/// How many requests may be under way; Asterisk allows 100 sessions in all and drops what is above without a word.
const MAX_UNDER_WAY: usize = 32;

/// Sends requests, and hears nothing: enough for `doctor`, which must not take the application over.
#[derive(Clone)]
pub struct Rest {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    config: Config,
    counters: Arc<Counters>,
    under_way: Semaphore,
    /// What the last [`Rest::checked_info`] found; another one may run after a reconnect.
    version: Mutex<Option<Version>>,
}

impl Rest {
    /// Makes a sender. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] for a user or password that cannot stand in a header.
    pub fn new(config: Config) -> Result<Self> {
        let refused = |setting, reason: String| Error::Config { setting, reason };
        let mut authorization = HeaderValue::from_str(&config.authorization())
            .map_err(|error| refused("password", error.to_string()))?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, authorization)]))
            .pool_idle_timeout(POOL_IDLE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .build()
            .map_err(|error| refused("url", error.to_string()))?;
        Ok(Self {
            shared: Arc::new(Shared {
                http,
                config,
                counters: Arc::default(),
                under_way: Semaphore::new(MAX_UNDER_WAY),
                version: Mutex::new(None),
            }),
        })
    }

    pub(crate) fn counters(&self) -> &Arc<Counters> {
        &self.shared.counters
    }

    /// Gives the configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Sends a request and waits for its answer, [`Config::request_timeout`] at most.
    ///
    /// # Errors
    /// [`Error::NeedsNewer`] for what this Asterisk does not have yet, as far as [`Rest::checked_info`] has told its version.
    /// What Asterisk answered, or [`Error::NotSent`] and [`Error::OutcomeUnknown`] when it did not.
    ///
    /// # Cancel safety
    /// If the future is dropped, the request may or may not have been done.
    pub async fn send<T: Answer>(&self, request: Request<T>) -> Result<T> {
        let timed = self.shared.counters.request();
        let answer = self.answered(request).await;
        timed.done(answer.is_ok());
        answer
    }

    async fn answered<T: Answer>(&self, request: Request<T>) -> Result<T> {
        self.is_known_to_asterisk(&request)?;
        let named = format!("{request:?}");
        let limit = self.shared.config.request_timeout;
        let deadline = tokio::time::Instant::now() + limit;
        let Ok(permit) = tokio::time::timeout_at(deadline, self.shared.under_way.acquire()).await else {
            let reason = format!(
                "{MAX_UNDER_WAY} other requests were under way for {} ms",
                limit.as_millis()
            );
            return Err(Error::NotSent {
                request: named,
                reason,
            });
        };
        let _permit = permit.map_err(|_| Error::Closed)?;
        let Ok(answer) = tokio::time::timeout_at(deadline, self.exchange(&request)).await else {
            let reason = format!("no answer within {} ms", limit.as_millis());
            return Err(Error::OutcomeUnknown {
                request: named,
                reason,
            });
        };
        let (status, body) = answer.map_err(|error| {
            let reason = chain(&error);
            match error.is_connect() || error.is_builder() {
                true => Error::NotSent {
                    request: named.clone(),
                    reason,
                },
                false => Error::OutcomeUnknown {
                    request: named.clone(),
                    reason,
                },
            }
        })?;
        if !(200..300).contains(&status) {
            let body = String::from_utf8_lossy(&body);
            return Err(Error::of_answer(named, status, &body, &self.shared.config.user));
        }
        T::read(&body).map_err(|error| Error::Unexpected {
            request: named,
            status,
            message: error.to_string(),
        })
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

    async fn exchange<T>(&self, request: &Request<T>) -> reqwest::Result<(u16, Vec<u8>)> {
        let method = match request.method() {
            Method::Delete => reqwest::Method::DELETE,
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let base = self.shared.config.url.as_str().trim_end_matches('/');
        let mut sent = self
            .shared
            .http
            .request(method, format!("{base}/ari{}", request.uri()));
        if let Some(body) = request.json() {
            sent = sent.json(body);
        }
        let answer = sent.send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.bytes().await?.to_vec()))
    }
}

fn chain(error: &reqwest::Error) -> String {
    // The URL is cut off: request and path are named by the error that carries this text.
    let mut text = String::new();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text = if text.is_empty() {
                part
            } else {
                format!("{text}: {part}")
            };
        }
        source = error.source();
    }
    if text.is_empty() { error.to_string() } else { text }
}
