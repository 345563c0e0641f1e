//! Asking one endpoint: the request, its deadlines, its attempts.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use evatel_core::{egress::CheckedUrl, intent::Intent};
use reqwest::{
    Client, Response, Url,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    answer::{Answer, Reported},
    error::{Error, word},
    events::Events,
    question::Question,
    rest::Rest,
};
use crate::{
    brain::{Cost, Spent, Tokens},
    resolver::{Lookup, client, last_cause, refused_in},
};

/// How long endpoints are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the first part of an answer, connecting included.
    pub first: Duration,
    /// For a turn: all endpoints and attempts together. Each endpoint gets an equal share of what is left.
    pub whole: Duration,
    /// How often an endpoint is asked again that is busy, failed or cannot be reached (HTTP 408, 429, 5xx).
    pub retries: u32,
}

impl Default for Patience {
    /// 1.5 s, 4 s, once more: a caller takes a longer silence for a broken line.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(1_500),
            whole: Duration::from_secs(4),
            retries: 1,
        }
    }
}

/// How much may be asked and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one answer, all its events with their frame.
    pub answer_bytes: usize,
    /// Tokens of one answer.
    pub answer_tokens: u32,
    /// Contacts that are shown with one question: those who sound nearest.
    pub contacts: usize,
    /// Questions on one leg, attempts included.
    pub questions: u32,
    /// Cost on one leg, in millionths of the currency's unit; nothing is no limit.
    pub micros: Option<u64>,
}

impl Default for Limits {
    /// 64 KiB and 200 tokens an answer, 20 contacts a question, 40 questions a leg, no limit on cost.
    fn default() -> Self {
        Self {
            answer_bytes: 64 * 1024,
            answer_tokens: 200,
            contacts: 20,
            questions: 40,
            micros: None,
        }
    }
}

/// How an endpoint wants limits written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `max_completion_tokens`, `parallel_tool_calls` and `stream_options`, as OpenAI, vLLM and llama.cpp take them.
    #[default]
    OpenAi,
    /// `max_tokens` and nothing beyond what every server takes; tokens are then often not counted.
    Plain,
}

/// What a million tokens cost, in millionths of the currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// Of questions.
    pub asked: u64,
    /// Of answers.
    pub answered: u64,
}

impl Prices {
    /// What an answer cost, rounded up.
    #[must_use]
    pub fn of(&self, tokens: Tokens) -> u64 {
        let part = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let scaled = part(tokens.asked, self.asked).saturating_add(part(tokens.answered, self.answered));
        u64::try_from(scaled.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// Where a model is, and how it is asked.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// What it is called in logs and in the call's story.
    pub name: String,
    /// The address before `/chat/completions`, such as `https://api.example/v1`.
    pub url: CheckedUrl,
    /// The model.
    pub model: String,
    /// The key, sent as `Authorization: Bearer …`; cannot be printed.
    pub key: Option<SecretString>,
    /// How limits are written.
    pub dialect: Dialect,
    /// What tokens cost.
    pub prices: Prices,
}

/// A model that can be asked. One is shared by all calls.
pub struct Endpoint {
    config: EndpointConfig,
    completions: Url,
    client: Client,
    rest: Mutex<Rest>,
}

/// What an endpoint proposes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Advice {
    pub(crate) intent: Intent,
    pub(crate) cost: Cost,
}

/// How long the count of tokens is waited for once the answer itself is there.
const COUNT: Duration = Duration::from_millis(250);

/// The first pause before another attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(100);

/// How much of an error's body is read, in bytes: enough for its code.
const ERROR_BODY: usize = 16 * 1024;

impl Endpoint {
    /// Makes an endpoint. It connects only to addresses that its URL's policy lets pass, directly (no proxy), and follows no redirect.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when TLS cannot be set up.
    pub fn new(config: EndpointConfig, patience: Patience, lookup: Lookup) -> Result<Self, Error> {
        let client =
            client(&config.url, lookup, patience.first).map_err(|error| unreachable_because(&error))?;
        let mut completions = config.url.as_url().clone();
        if let Ok(mut path) = completions.path_segments_mut() {
            path.pop_if_empty().extend(["chat", "completions"]);
        }
        Ok(Self {
            config,
            completions,
            client,
            rest: Mutex::default(),
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Asks, and asks again after a transient failure, until `until`.
    pub(crate) async fn ask(
        &self,
        question: &Question,
        until: Instant,
        patience: Patience,
        limits: &Limits,
        spent: &Spent,
    ) -> Result<Advice, Error> {
        if let Some(left) = self.rest().left(Instant::now()) {
            return Err(Error::Resting { left });
        }
        let asked = self.ask_until(question, until, patience, limits, spent).await;
        match &asked {
            Ok(_) => self.rest().succeeded(),
            Err(error) if error.is_the_endpoints() => self.rest().failed(Instant::now()),
            Err(_) => {}
        }
        asked
    }

    async fn ask_until(
        &self,
        question: &Question,
        until: Instant,
        patience: Patience,
        limits: &Limits,
        spent: &Spent,
    ) -> Result<Advice, Error> {
        let began = Instant::now();
        let body = question.body(&self.config.model, self.config.dialect, limits.answer_tokens);
        let mut attempt = 0;
        let (answer, first) = loop {
            may_ask(limits, spent)?;
            spent.ask();
            match self.attempt(&body, until, patience.first, limits).await {
                Ok(answered) => break answered,
                Err(error) if error.is_transient() && attempt < patience.retries => {
                    let pause = pause(attempt, &error, fastrand::f64());
                    if pause >= until.saturating_duration_since(Instant::now()) {
                        return Err(error);
                    }
                    sleep(pause).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        };
        let micros = answer.tokens().map(|tokens| self.config.prices.of(tokens));
        spent.pay(answer.tokens(), micros);
        Ok(Advice {
            intent: question.intent(answer.call(limits.answer_tokens)?)?,
            cost: Cost {
                first,
                whole: began.elapsed(),
                tokens: answer.tokens(),
                micros,
            },
        })
    }

    /// Asks once; gives the answer, and how long its first part took.
    async fn attempt(
        &self,
        body: &Value,
        until: Instant,
        patience: Duration,
        limits: &Limits,
    ) -> Result<(Answer, Duration), Error> {
        let began = Instant::now();
        let first_by = until.min(began + patience);
        let stalled = || Error::Stalled {
            within: first_by - began,
        };
        let response = timeout_at(first_by, self.post(body)).await;
        let mut response = response.map_err(|_| stalled())??;
        let mut events = Events::new(limits.answer_bytes);
        let mut answer = Answer::default();
        let mut first = None;
        let mut by = first_by;
        while !answer.is_done() {
            match timeout_at(by, response.chunk()).await {
                Ok(Ok(Some(chunk))) => events.take(&chunk),
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    return Err(Error::Lost {
                        reason: last_cause(&error),
                    });
                }
                Err(_) if answer.has_stopped() => break,
                Err(_) if first.is_none() => return Err(stalled()),
                Err(_) => {
                    return Err(Error::TooSlow {
                        within: until - began,
                    });
                }
            }
            while !answer.is_done()
                && let Some(data) = events.next()
            {
                answer.take(&data?)?;
            }
            if first.is_none() && answer.has_begun() {
                first = Some(began.elapsed());
                by = until;
            }
            if answer.has_stopped() {
                by = by.min(Instant::now() + COUNT);
            }
        }
        Ok((answer, first.unwrap_or_else(|| began.elapsed())))
    }

    async fn post(&self, body: &Value) -> Result<Response, Error> {
        let mut request = self
            .client
            .post(self.completions.clone())
            .header(ACCEPT, EVENT_STREAM)
            .json(body);
        if let Some(key) = &self.config.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request
            .send()
            .await
            .map_err(|error| unreachable_because(&error))?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !content_type.starts_with(EVENT_STREAM) {
            return Err(Error::NoStream {
                content_type: word(content_type),
            });
        }
        Ok(response)
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const EVENT_STREAM: &str = "text/event-stream";

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.config.name)
            .field("url", &self.config.url.to_string())
            .field("model", &self.config.model)
            .finish_non_exhaustive()
    }
}

fn may_ask(limits: &Limits, spent: &Spent) -> Result<(), Error> {
    if spent.questions() >= limits.questions {
        return Err(Error::Spent {
            limit: format!("{} questions", limits.questions),
        });
    }
    match limits.micros {
        Some(most) if spent.micros() >= most => Err(Error::Spent {
            limit: format!("cost, {}.{:06}", most / 1_000_000, most % 1_000_000),
        }),
        _ => Ok(()),
    }
}

/// How long to wait before the next attempt: half to the whole of a pause that doubles, and no less than the endpoint asks for.
fn pause(attempt: u32, error: &Error, random: f64) -> Duration {
    let whole = PAUSE.saturating_mul(2_u32.saturating_pow(attempt));
    let ours = whole / 2 + (whole / 2).mul_f64(random);
    match error {
        Error::Status {
            retry_after: Some(theirs),
            ..
        } => ours.max(*theirs),
        _ => ours,
    }
}

/// Makes an error of a status; of the body only a code is read.
async fn refused(mut response: Response) -> Error {
    #[derive(Deserialize)]
    struct Body {
        error: Reported,
    }
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let mut body = Vec::new();
    while body.len() < ERROR_BODY
        && let Ok(Some(chunk)) = response.chunk().await
    {
        body.extend_from_slice(&chunk);
    }
    let body: Option<Body> = serde_json::from_slice(&body).ok();
    Error::Status {
        status,
        code: body.and_then(|body| body.error.code()),
        retry_after: retry_after.map(Duration::from_secs),
    }
}

fn unreachable_because(error: &reqwest::Error) -> Error {
    match refused_in(error) {
        Some(refused) => Error::Egress(refused),
        None => Error::Unreachable {
            reason: last_cause(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_of_a_million_tokens_and_rounded_up() {
        let prices = Prices {
            asked: 150_000,
            answered: 600_000,
        };
        let tokens = |asked, answered| Tokens { asked, answered };
        assert_eq!(prices.of(tokens(412, 9)), 68);
        assert_eq!(prices.of(tokens(0, 1)), 1);
        assert_eq!(prices.of(tokens(1_000_000, 1_000_000)), 750_000);
        assert_eq!(Prices::default().of(tokens(412, 9)), 0);
        let dear = Prices {
            asked: u64::MAX,
            answered: u64::MAX,
        };
        assert_eq!(dear.of(tokens(u64::MAX, u64::MAX)), u64::MAX);
    }

    #[test]
    fn the_pause_doubles_with_chance_and_is_no_shorter_than_the_endpoint_asks_for() {
        let busy = |retry_after| Error::Status {
            status: 429,
            code: None,
            retry_after,
        };
        let ms = |attempt, random| pause(attempt, &busy(None), random).as_millis();
        assert_eq!((ms(0, 0.0), ms(0, 1.0)), (50, 100));
        assert_eq!((ms(2, 0.0), ms(2, 1.0)), (200, 400));
        let asked = busy(Some(Duration::from_secs(2)));
        assert_eq!(pause(0, &asked, 1.0), Duration::from_secs(2));
    }
}
