//! The task that owns the event websocket: it reads, probes, reconnects and resyncs, and never waits for a listener.

pub(crate) mod chores;
mod dial;
mod link;
mod probe;
mod reader;
mod resume;

use std::{sync::Arc, time::Duration};

use futures_util::SinkExt;
use tokio::{
    sync::{broadcast, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    client::ConnectionState,
    error::Result,
    event::{Envelope, Event, EventName},
    rest::{
        Rest,
        line::{Ask, UnderWay},
    },
    router::{Router, Signal},
    stats::Counters,
    wishes::Wishes,
};
#[cfg(feature = "voice")]
pub(crate) use dial::connect;
pub(crate) use dial::{Socket, limits, open};
pub(crate) use link::{Link, Supply};
use reader::{End, Heard, Lane, Reader};

/// What the task knows all the time; the websocket changes.
pub(crate) struct Connection {
    pub(crate) rest: Rest,
    pub(crate) router: Arc<Router>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) wishes: Arc<Wishes>,
    pub(crate) tap: broadcast::Sender<Arc<Event>>,
    pub(crate) state: watch::Sender<ConnectionState>,
    pub(crate) stop: CancellationToken,
}

impl Connection {
    /// Runs until the last handle is dropped, another program takes the application's name, or no websocket comes any more.
    pub(crate) async fn run(self, mut link: Link, mut supply: Supply, mut asks: mpsc::Receiver<Ask>) {
        let stop = self.stop.clone();
        let mut lane = Lane {
            asks: &mut asks,
            under_way: UnderWay::default(),
        };
        let mut is_new = false;
        let mut attempt = 0;
        let last = loop {
            let began = Instant::now();
            let end = tokio::select! {
                () = stop.cancelled() => break ConnectionState::Closed,
                end = self.serve(&mut link, &mut lane, is_new) => end,
                newer = supply.newer() => End::Superseded(newer),
            };
            self.rest.line().set_up(false);
            lane.under_way.lose(lane.asks);
            let newer = match end {
                End::Lost(reason) => {
                    tracing::warn!("event connection lost: {reason}");
                    None
                }
                End::Replaced => break ConnectionState::Replaced,
                End::Superseded(newer) => Some(newer),
            };
            if *self.state.borrow() == ConnectionState::Connected {
                self.router.tell_all(&Signal::Lost);
                // One that breaks again and again is not asked for at full speed.
                if began.elapsed() >= self.rest.config().stable_after {
                    attempt = 0;
                }
            }
            let next = tokio::select! {
                () = stop.cancelled() => break ConnectionState::Closed,
                next = self.next(newer, &mut link, &mut supply, &mut attempt) => next,
            };
            let Some(next) = next else {
                break ConnectionState::Closed;
            };
            link = next;
            self.rest.line().set_up(true);
            is_new = true;
        };
        self.rest.line().set_up(false);
        lane.under_way.lose(lane.asks);
        self.state.send_replace(last);
        self.router.close();
        // Asterisk learns at once that the application is away, so that the dialplan's fallback takes the next call.
        let _ = tokio::time::timeout(CLOSING, link.socket.close()).await;
    }

    /// Reads events, and finds out meanwhile what was missed before this socket: nobody may be kept from reading.
    async fn serve(&self, link: &mut Link, lane: &mut Lane<'_>, is_new: bool) -> End {
        if let Some(first) = link.first.take()
            && let Heard::Over(end) = self.hear(&first)
        {
            return end;
        }
        let reading = Reader::new(&mut *link.socket).run(self.rest.config(), lane, |text| self.hear(text));
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

    /// Takes what came over the websocket.
    pub(crate) fn hear(&self, text: &str) -> Heard {
        let envelope = match Envelope::read(text) {
            Ok(envelope) => envelope,
            Err(error) => {
                self.counters.malformed.add(1);
                // Nobody following all events is no error.
                let _ = self.tap.send(Arc::new(Event::unreadable(&error, text)));
                return Heard::Event;
            }
        };
        if envelope.name == EventName::RESTResponse {
            return Heard::Answer;
        }
        self.counters.events.add(1);
        let mut made = None;
        let mut make = || {
            let event = made.get_or_insert_with(|| Arc::new(Event::enclosed(envelope.name.clone(), text)));
            Arc::clone(event)
        };
        self.router.route(&envelope, &mut make);
        if self.tap.receiver_count() > 0 {
            let _ = self.tap.send(make());
        }
        if envelope.name != EventName::ApplicationReplaced {
            return Heard::Event;
        }
        let app = &envelope.application;
        tracing::error!("another program registered application `{app}`: no more events");
        Heard::Over(End::Replaced)
    }

    /// Waits for the next websocket, and goes on dialling where it is for us to dial; none comes where none can.
    async fn next(
        &self,
        newer: Option<Link>,
        lost: &mut Link,
        supply: &mut Supply,
        attempt: &mut u32,
    ) -> Option<Link> {
        self.state.send_replace(ConnectionState::Reconnecting {
            attempt: attempt.saturating_add(1),
        });
        if newer.is_some() {
            return newer;
        }
        let waited = |attempt: &mut u32| {
            let waited = self.rest.config().backoff.delay(*attempt, random());
            *attempt = attempt.saturating_add(1);
            tokio::time::sleep(waited)
        };
        match supply {
            Supply::Accepted(application) => {
                // Asterisk dials again as soon as this one is closed, without any patience: it is ours.
                waited(attempt).await;
                let _ = tokio::time::timeout(CLOSING, lost.socket.close()).await;
                return application.next().await.map(Link::accepted);
            }
            Supply::OneCall => return None,
            Supply::Dialled => {}
        }
        loop {
            waited(attempt).await;
            match self.dial().await {
                Ok(link) => return Some(link),
                Err(error) => tracing::warn!(attempt, "cannot reconnect to Asterisk yet: {error}"),
            }
            self.state.send_replace(ConnectionState::Reconnecting {
                attempt: attempt.saturating_add(1),
            });
        }
    }

    /// Registers the application again.
    async fn dial(&self) -> Result<Link> {
        self.rest.checked_info().await?;
        Ok(Link::of(open(self.rest.config()).await?))
    }
}

/// How long a websocket may take to be closed.
const CLOSING: Duration = Duration::from_secs(1);

/// Gives a random number for the back-off. Without a source of randomness every wait is the whole one.
pub(crate) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}
