//! The task that owns the event websocket: it reads, probes, reconnects and resyncs, and never waits for a listener.

pub(crate) mod chores;
mod probe;
mod reader;

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::SinkExt;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tokio::{
    net::TcpStream,
    sync::{broadcast, watch},
    time::Instant,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{ConnectionState, list},
    config::Config,
    error::{Error, Result},
    event::{Envelope, Event, EventName},
    op::{self, events::Heard},
    rest::Rest,
    resync::{Listed, forgotten, resync},
    router::{Router, Signal},
    stats::Counters,
    subject::Subject,
};
pub(crate) use reader::EventSocket;
use reader::{End, Reader};

/// A websocket that we opened on Asterisk's HTTP server.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What the task owns.
pub(crate) struct Connection {
    pub(crate) rest: Rest,
    pub(crate) router: Arc<Router>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tap: broadcast::Sender<Arc<Event>>,
    pub(crate) state: watch::Sender<ConnectionState>,
    pub(crate) stop: CancellationToken,
}

impl Connection {
    /// Runs until the last handle is dropped or another program takes the application's name.
    pub(crate) async fn run(self, mut socket: Box<dyn EventSocket>) {
        let stop = self.stop.clone();
        let mut is_new = false;
        let mut attempt = 0;
        let last = loop {
            let began = Instant::now();
            let end = tokio::select! {
                () = stop.cancelled() => break ConnectionState::Closed,
                end = self.serve(&mut *socket, is_new) => end,
            };
            let End::Lost(reason) = end else {
                break ConnectionState::Replaced;
            };
            tracing::warn!("event connection lost: {reason}");
            if *self.state.borrow() == ConnectionState::Connected {
                self.router.tell_all(&Signal::Lost);
                // One that breaks again and again is not asked for at full speed.
                if began.elapsed() >= self.rest.config().stable_after {
                    attempt = 0;
                }
            }
            socket = tokio::select! {
                () = stop.cancelled() => break ConnectionState::Closed,
                socket = self.reconnected(&mut attempt) => socket,
            };
            is_new = true;
        };
        self.state.send_replace(last);
        self.router.close();
        // Asterisk learns at once that the application is away, so that the dialplan's fallback takes the next call.
        let _ = tokio::time::timeout(Duration::from_secs(1), socket.close()).await;
    }

    /// Reads events, and finds out meanwhile what was missed before this socket: nobody may be kept from reading.
    async fn serve(&self, socket: &mut dyn EventSocket, is_new: bool) -> End {
        let reading = Reader::new(socket).run(self.rest.config(), |text| self.hear(text));
        let catching_up = async {
            match is_new {
                true => self.catch_up().await,
                false => Ok(()),
            }
        };
        tokio::pin!(reading);
        tokio::select! {
            end = &mut reading => return end,
            caught_up = catching_up => if let Err(error) = caught_up {
                return End::Lost(format!("what was missed cannot be found out: {error}"));
            },
        }
        reading.await
    }

    fn hear(&self, text: &str) -> Option<End> {
        let envelope = match Envelope::read(text) {
            Ok(envelope) => envelope,
            Err(error) => {
                self.counters.malformed.add(1);
                // Nobody following all events is no error.
                let _ = self.tap.send(Arc::new(Event::unreadable(&error, text)));
                return None;
            }
        };
        self.counters.events.add(1);
        let mut made = None;
        let mut make = || {
            let event = made.get_or_insert_with(|| Arc::new(Event::enclosed(envelope.name.clone(), text)));
            event.clone()
        };
        self.router.route(&envelope, &mut make);
        if self.tap.receiver_count() > 0 {
            let _ = self.tap.send(make());
        }
        if envelope.name != EventName::ApplicationReplaced {
            return None;
        }
        let app = &envelope.application;
        tracing::error!("another program registered application `{app}`: no more events");
        Some(End::Replaced)
    }

    async fn reconnected(&self, attempt: &mut u32) -> Box<dyn EventSocket> {
        loop {
            self.state.send_replace(ConnectionState::Reconnecting {
                attempt: attempt.saturating_add(1),
            });
            tokio::time::sleep(self.rest.config().backoff.delay(*attempt, random())).await;
            *attempt = attempt.saturating_add(1);
            match self.reconnect().await {
                Ok(socket) => return socket,
                Err(error) => tracing::warn!(attempt, "cannot reconnect to Asterisk yet: {error}"),
            }
        }
    }

    /// Registers the application again.
    async fn reconnect(&self) -> Result<Box<dyn EventSocket>> {
        self.rest.checked_info().await?;
        Ok(Box::new(open(self.rest.config()).await?))
    }

    /// Finds out what was missed, and subscribes again.
    async fn catch_up(&self) -> Result<()> {
        let app = &self.rest.config().app;
        // Known first, listed second: what is made between the two is listed and not missed.
        let known = self.router.known();
        let unended = self.router.unended();
        let listed = list(&self.rest).await?;
        let difference = resync(&known, &listed, app);
        self.router.settle(&difference);
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
        self.counters.reconnects.add(1);
        self.state.send_replace(ConnectionState::Connected);
        self.router.tell_all(&Signal::Back);
        Ok(())
    }

    /// Ends what should have ended before, with one attempt each: what fails is tried again.
    async fn end_forgotten(&self, unended: &HashSet<Subject>, listed: &Listed) {
        let is_followed = |subject: &Subject| self.router.is_followed(subject);
        let found = forgotten(listed, unended, is_followed, &self.rest.config().app);
        for subject in unended.iter().filter(|it| !found.contains(it)) {
            self.router.has_ended(subject);
        }
        for subject in found {
            chores::end(&subject, &self.rest, &self.router).await;
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
