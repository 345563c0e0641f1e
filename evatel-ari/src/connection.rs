//! The task that owns the event websocket: it reads, probes, reconnects and resyncs, and never waits for a listener.

use std::{collections::HashSet, ops::ControlFlow, sync::Arc, time::Duration};

use evatel_core::calls::HangupCause;
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tokio::{
    net::TcpStream,
    sync::{broadcast, watch},
    time::{Instant, MissedTickBehavior},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{ConnectionState, list},
    config::Config,
    error::{Error, Result},
    event::{Event, EventName},
    op::{self, events::Heard},
    rest::Rest,
    resync::{Listed, forgotten, resync},
    router::{Router, Signal},
    subject::Subject,
};

/// A websocket to Asterisk.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How many probes may stay without any sign of life.
const SILENT_PROBES: u32 = 3;

/// What the task owns.
pub(crate) struct Connection {
    pub(crate) rest: Rest,
    pub(crate) router: Arc<Router>,
    pub(crate) tap: broadcast::Sender<Arc<Event>>,
    pub(crate) state: watch::Sender<ConnectionState>,
    pub(crate) stop: CancellationToken,
}

/// Why reading ended.
enum End {
    Lost(String),
    Replaced,
}

impl Connection {
    /// Runs until the last handle is dropped or another program takes the application's name.
    pub(crate) async fn run(self, mut socket: Socket) {
        let last = loop {
            let end = tokio::select! {
                () = self.stop.cancelled() => break ConnectionState::Closed,
                end = self.read(&mut socket) => end,
            };
            let End::Lost(reason) = end else {
                tracing::error!(
                    "another program registered application `{}`: no more events",
                    self.rest.config().app
                );
                break ConnectionState::Replaced;
            };
            tracing::warn!("event connection lost: {reason}");
            self.router.tell_all(&Signal::Lost);
            socket = tokio::select! {
                () = self.stop.cancelled() => break ConnectionState::Closed,
                socket = self.reconnected() => socket,
            };
        };
        self.state.send_replace(last);
        self.router.close();
        // Asterisk learns at once that the application is away, so that the dialplan's fallback takes the next call.
        let _ = tokio::time::timeout(Duration::from_secs(1), socket.close(None)).await;
    }

    async fn read(&self, socket: &mut Socket) -> End {
        let every = self.rest.config().ping_every;
        let mut probe = tokio::time::interval_at(Instant::now() + every, every);
        probe.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent = 0;
        loop {
            let message = tokio::select! {
                _ = probe.tick() => {
                    if silent == SILENT_PROBES {
                        return End::Lost(format!("no sign of life for {} s", (every * SILENT_PROBES).as_secs_f32()));
                    }
                    silent += 1;
                    match tokio::time::timeout(every, socket.send(Message::Ping(Default::default()))).await {
                        Ok(Ok(())) => continue,
                        Ok(Err(error)) => return End::Lost(error.to_string()),
                        Err(_) => return End::Lost("a probe could not be sent".into()),
                    }
                }
                message = socket.next() => message,
            };
            silent = 0;
            match message {
                Some(Ok(Message::Text(text))) => {
                    if self.hear(&text).is_break() {
                        return End::Replaced;
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    return End::Lost(format!("closed by Asterisk: {frame:?}"));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return End::Lost(error.to_string()),
                None => return End::Lost("closed by Asterisk".into()),
            }
        }
    }

    fn hear(&self, text: &str) -> ControlFlow<()> {
        let event = Arc::new(Event::read(text));
        self.router.route(&event);
        let flow = match event.is(EventName::ApplicationReplaced) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        // Nobody following all events is no error.
        let _ = self.tap.send(event);
        flow
    }

    async fn reconnected(&self) -> Socket {
        let mut attempt = 0;
        loop {
            self.state
                .send_replace(ConnectionState::Reconnecting { attempt: attempt + 1 });
            tokio::time::sleep(self.rest.config().backoff.delay(attempt, random())).await;
            match self.reconnect().await {
                Ok(socket) => return socket,
                Err(error) => tracing::warn!(attempt, "cannot reconnect to Asterisk yet: {error}"),
            }
            attempt = attempt.saturating_add(1);
        }
    }

    /// Registers the application again, then finds out what was missed.
    async fn reconnect(&self) -> Result<Socket> {
        self.rest.checked_info().await?;
        let socket = open(self.rest.config()).await?;
        let app = &self.rest.config().app;
        // Known first, listed second: what is made between the two is listed and not missed.
        let known = self.router.known();
        let unended = self.router.unended();
        let listed = list(&self.rest).await?;
        let difference = resync(&known, &listed, app);
        for subject in &difference.gone {
            self.router.gone(subject);
        }
        for subject in &difference.left {
            self.router.left(subject);
        }
        for subject in &difference.entered {
            self.router.entered(subject);
        }
        for subject in &difference.stay {
            self.resubscribe(subject).await?;
        }
        self.end_forgotten(&unended, &listed).await;
        tracing::info!(
            gone = difference.gone.len(),
            left = difference.left.len(),
            stay = difference.stay.len(),
            "connected to Asterisk again"
        );
        self.state.send_replace(ConnectionState::Connected);
        self.router.tell_all(&Signal::Back);
        Ok(socket)
    }

    /// Ends what should have ended before, with one attempt each: the next reconnect tries again.
    async fn end_forgotten(&self, unended: &HashSet<Subject>, listed: &Listed) {
        let is_followed = |subject: &Subject| self.router.is_followed(subject);
        let found = forgotten(listed, unended, is_followed, &self.rest.config().app);
        for subject in unended.iter().filter(|it| !found.contains(it)) {
            self.router.has_ended(subject);
        }
        for subject in found {
            let ended = match &subject {
                Subject::Bridge(id) => self.rest.send(op::bridges::destroy(id)).await,
                Subject::Channel(id) => {
                    let cause = HangupCause::TemporaryFailure;
                    self.rest.send(op::channels::hangup(id, cause)).await
                }
                _ => continue,
            };
            tracing::warn!(
                ?subject,
                ?ended,
                "what was left over before the reconnect is ended"
            );
            if ended.is_ok() || ended.is_err_and(|error| error.is_gone()) {
                self.router.has_ended(&subject);
            }
        }
    }

    /// Asterisk keeps subscriptions while the application holds something, and forgets them otherwise: ask anyway.
    async fn resubscribe(&self, subject: &Subject) -> Result<()> {
        let Some(source) = subject.source() else {
            return Ok(());
        };
        match self
            .rest
            .send(op::applications::subscribe(&self.rest.config().app, &[source]))
            .await
        {
            Ok(_) => Ok(()),
            Err(Error::NotFound { .. } | Error::Unprocessable { .. }) => {
                self.router.gone(subject);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// Opens the event websocket, which registers the application.
pub(crate) async fn open(config: &Config) -> Result<Socket> {
    let events = op::events::socket(&[&config.app], Heard::Own);
    let path = format!("/ari{}", events.uri());
    let named = "GET /events".to_owned();
    let mut authorization =
        HeaderValue::from_str(&config.authorization()).map_err(|error| Error::Config {
            setting: "password",
            reason: error.to_string(),
        })?;
    authorization.set_sensitive(true);
    connect(
        &config.websocket(&path),
        &named,
        Some(authorization),
        None,
        config,
    )
    .await
}

/// Opens a websocket on Asterisk's HTTP server, [`Config::request_timeout`] at most.
pub(crate) async fn connect(
    url: &str,
    named: &str,
    authorization: Option<HeaderValue>,
    protocol: Option<&'static str>,
    config: &Config,
) -> Result<Socket> {
    let not_sent = |reason: String| Error::NotSent {
        request: named.to_owned(),
        reason,
    };
    let mut request = url
        .into_client_request()
        .map_err(|error| not_sent(error.to_string()))?;
    if let Some(authorization) = authorization {
        request.headers_mut().insert(AUTHORIZATION, authorization);
    }
    if let Some(protocol) = protocol {
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", HeaderValue::from_static(protocol));
    }
    let connecting = tokio_tungstenite::connect_async_with_config(request, None, true);
    match tokio::time::timeout(config.request_timeout, connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(answer))) => {
            let body = answer
                .body()
                .as_deref()
                .map(String::from_utf8_lossy)
                .unwrap_or_default();
            Err(Error::of_answer(
                named.to_owned(),
                answer.status().as_u16(),
                &body,
                &config.user,
            ))
        }
        Ok(Err(error)) => Err(not_sent(error.to_string())),
        Err(_) => Err(not_sent(format!(
            "no connection within {} ms",
            config.request_timeout.as_millis()
        ))),
    }
}

/// Gives a random number for the back-off. Without a source of randomness every wait is the whole one.
pub(crate) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}
