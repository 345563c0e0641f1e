//! Sending requests over HTTP.

use std::{error::Error as _, sync::Arc, time::Duration};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::sync::Semaphore;

use crate::{
    config::{Config, OLDEST_ASTERISK},
    error::{Error, Result},
    model::AsteriskInfo,
    op,
    request::{Answer, Method, Request},
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
    under_way: Semaphore,
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
                under_way: Semaphore::new(MAX_UNDER_WAY),
            }),
        })
    }

    /// Gives the configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Sends a request and waits for its answer, [`Config::request_timeout`] at most.
    ///
    /// # Errors
    /// What Asterisk answered, or [`Error::NotSent`] and [`Error::OutcomeUnknown`] when it did not.
    ///
    /// # Cancel safety
    /// If the future is dropped, the request may or may not have been done.
    pub async fn send<T: Answer>(&self, request: Request<T>) -> Result<T> {
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

    /// Asks for version and start time, and refuses an Asterisk older than [`OLDEST_ASTERISK`].
    ///
    /// # Errors
    /// [`Error::TooOld`], and those of [`Rest::send`].
    pub async fn checked_info(&self) -> Result<AsteriskInfo> {
        let info = self.send(op::asterisk::info()).await?;
        if is_older(&info.system.version, OLDEST_ASTERISK) {
            return Err(Error::TooOld {
                found: info.system.version,
                needed: OLDEST_ASTERISK,
            });
        }
        Ok(info)
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

/// Compares the numbers at the front of two versions; a version without numbers (a build from git) counts as new.
fn is_older(found: &str, needed: &str) -> bool {
    let numbers = |version: &str| -> Vec<u32> {
        let version = version.trim_start_matches("certified/");
        let end = version
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(version.len());
        version[..end]
            .split('.')
            .map_while(|part| part.parse().ok())
            .collect()
    };
    let found = numbers(found);
    !found.is_empty() && found < numbers(needed)
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

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_are_compared_by_number_and_debians_suffix_is_ignored() {
        for old in ["20.11.0", "22.7.9~dfsg", "18.0.0"] {
            assert!(is_older(old, "22.8"), "{old}");
        }
        for new in [
            "22.8.0",
            "22.10.1~dfsg+~cs6.16.60671435-1",
            "23.0.0",
            "GIT-master-f0c1c1a",
            "certified/22.8-cert1.0",
        ] {
            assert!(!is_older(new, "22.8"), "{new}");
        }
    }
}
