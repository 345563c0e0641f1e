//! Reading an event websocket, and writing what has to go over it, without ever waiting for a listener or for the writing.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::FutureExt;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};
use tokio_tungstenite::tungstenite::{self, Message};

use super::{
    link::{EventSocket, Link},
    probe::{Probe, Verdict},
};
use crate::{
    config::Config,
    rest::line::{Ask, UnderWay},
};

/// How many events are read before others get their turn: on one core the listeners run then.
const BURST: usize = 64;

/// Why reading ended.
pub(crate) enum End {
    Lost(String),
    Replaced,
    /// Asterisk opened another websocket.
    Superseded(Link),
}

/// What a text on the websocket was.
pub(crate) enum Heard {
    /// The answer to a request.
    Answer,
    Event,
    Over(End),
}

/// The requests that go over the websocket.
pub(super) struct Lane<'a> {
    pub(super) asks: &'a mut mpsc::Receiver<Ask>,
    pub(super) under_way: UnderWay,
}

/// Both directions of a websocket in one task.
pub(super) struct Reader<'a> {
    socket: &'a mut dyn EventSocket,
    /// What goes out as soon as the socket takes it: probes, and as many requests as may be under way.
    to_send: VecDeque<Message>,
    is_flushed: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(socket: &'a mut dyn EventSocket) -> Self {
        Self {
            socket,
            to_send: VecDeque::new(),
            is_flushed: true,
        }
    }

    /// Reads until the connection is lost or `hear` has heard enough.
    pub(super) async fn run(
        mut self,
        config: &Config,
        lane: &mut Lane<'_>,
        hear: impl Fn(&str) -> Heard,
    ) -> End {
        let every = config.ping_every;
        let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut probe = Probe::new(config.pong_within);
        loop {
            let first = tokio::select! {
                now = ticks.tick() => match probe.tick(now) {
                    Verdict::Ask => {
                        lane.under_way.forget_abandoned();
                        self.to_send.push_back(Message::Ping(Default::default()));
                        continue;
                    }
                    Verdict::Dead => {
                        return End::Lost(format!("no sign of life for {} s", config.pong_within.as_secs_f32()));
                    }
                },
                Some(ask) = lane.asks.recv(), if lane.under_way.has_room() => {
                    self.ask(ask, lane);
                    continue;
                }
                message = self.next() => message,
            };
            probe.heard();
            if let Some(end) = heard(first, lane, &hear) {
                return end;
            }
            // What has come with it is heard at once; clock and others get their turn after a burst.
            let mut heard_so_far = 1;
            while let Some(message) = self.next().now_or_never() {
                if let Some(end) = heard(message, lane, &hear) {
                    return end;
                }
                heard_so_far += 1;
                if heard_so_far == BURST {
                    tokio::task::yield_now().await;
                    break;
                }
            }
        }
    }

    /// Takes a request on, and those behind it: they are written together.
    fn ask(&mut self, first: Ask, lane: &mut Lane<'_>) {
        let mut next = Some(first);
        while let Some(ask) = next {
            self.to_send.extend(lane.under_way.take(ask).map(Message::text));
            next = match lane.under_way.has_room() {
                true => lane.asks.try_recv().ok(),
                false => None,
            };
        }
    }

    /// Waits for the next message and sends meanwhile what waits.
    async fn next(&mut self) -> Option<tungstenite::Result<Message>> {
        poll_fn(|cx| {
            if let Poll::Ready(Err(error)) = self.poll_send(cx) {
                return Poll::Ready(Some(Err(error)));
            }
            Pin::new(&mut *self.socket).poll_next(cx)
        })
        .await
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<tungstenite::Result<()>> {
        let mut socket = Pin::new(&mut *self.socket);
        while !self.to_send.is_empty() {
            ready!(socket.as_mut().poll_ready(cx))?;
            if let Some(message) = self.to_send.pop_front() {
                socket.as_mut().start_send(message)?;
                self.is_flushed = false;
            }
        }
        if !self.is_flushed {
            ready!(socket.poll_flush(cx))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }
}

fn heard(
    message: Option<tungstenite::Result<Message>>,
    lane: &mut Lane<'_>,
    hear: &impl Fn(&str) -> Heard,
) -> Option<End> {
    match message {
        Some(Ok(Message::Text(text))) => match hear(&text) {
            Heard::Answer => {
                lane.under_way.answer(&text);
                None
            }
            Heard::Event => None,
            Heard::Over(end) => Some(end),
        },
        Some(Ok(Message::Close(frame))) => Some(End::Lost(format!("closed by Asterisk: {frame:?}"))),
        Some(Ok(_)) => None,
        Some(Err(error)) => Some(End::Lost(error.to_string())),
        None => Some(End::Lost("closed by Asterisk".into())),
    }
}
