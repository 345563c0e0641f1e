//! Requests over the event websocket (`RESTRequest`, since 22.4). Asterisk serves them one after the other.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::{Failure, Replied};
use crate::request::Method;

/// How many requests may wait for the socket's task. When it is full who asks waits, until his deadline.
const WAITING: usize = 256;
/// How many may be without an answer. When it is full nothing is taken from those that wait.
const UNDER_WAY: usize = 256;

/// Where requests for the socket's task are handed in.
pub(crate) struct Line {
    asks: mpsc::Sender<Ask>,
    /// A websocket is there.
    is_up: AtomicBool,
    last_id: AtomicU64,
}

/// A request on its way to the websocket.
pub(crate) struct Ask {
    id: u64,
    text: String,
    reply: oneshot::Sender<Result<Replied, Failure>>,
}

/// A request as it stands on the websocket.
#[derive(Serialize)]
struct Frame<'a> {
    r#type: &'static str,
    request_id: String,
    method: &'static str,
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_body: Option<&'a str>,
}

impl Line {
    pub(super) fn new() -> (Self, mpsc::Receiver<Ask>) {
        let (asks, waiting) = mpsc::channel(WAITING);
        let line = Self {
            asks,
            is_up: AtomicBool::new(false),
            last_id: AtomicU64::new(0),
        };
        (line, waiting)
    }

    pub(super) fn is_up(&self) -> bool {
        self.is_up.load(Relaxed)
    }

    /// Notes whether a websocket is there.
    pub(crate) fn set_up(&self, is_up: bool) {
        self.is_up.store(is_up, Relaxed);
    }

    /// Writes a request as it stands on the websocket. `uri` begins with a slash.
    pub(super) fn written(&self, method: Method, uri: &str, body: Option<&str>) -> (u64, String) {
        let id = self.last_id.fetch_add(1, Relaxed);
        let frame = Frame {
            r#type: "RESTRequest",
            request_id: id.to_string(),
            method: method.as_str(),
            uri: uri.trim_start_matches('/'),
            content_type: body.map(|_| "application/json"),
            message_body: body,
        };
        let text = serde_json::to_string(&frame).expect("texts and nothing else make JSON");
        (id, text)
    }

    /// Sends a request and waits for its answer, until `deadline` at most.
    pub(super) async fn exchange(
        &self,
        (id, text): (u64, String),
        deadline: Instant,
    ) -> Result<Replied, Failure> {
        if !self.is_up() {
            return Err(Failure::NotSent("the event connection is away".into()));
        }
        let (reply, replied) = oneshot::channel();
        let ask = Ask { id, text, reply };
        match tokio::time::timeout_at(deadline, self.asks.send(ask)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(Failure::NotSent("the event connection is closed".into())),
            Err(_) => return Err(Failure::NotSent("other requests waited all the time".into())),
        }
        match tokio::time::timeout_at(deadline, replied).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Failure::Unknown("the event connection is closed".into())),
            Err(_) => Err(Failure::Unknown("no answer in time".into())),
        }
    }
}

/// What the socket's task keeps of the requests that it sent.
#[derive(Default)]
pub(crate) struct UnderWay(HashMap<u64, oneshot::Sender<Result<Replied, Failure>>>);

/// An answer as it stands on the websocket.
#[derive(Deserialize)]
struct AnswerFrame<'a> {
    #[serde(borrow)]
    request_id: Cow<'a, str>,
    status_code: u16,
    #[serde(borrow, default)]
    message_body: Option<Cow<'a, str>>,
}

impl UnderWay {
    pub(crate) fn has_room(&self) -> bool {
        self.0.len() < UNDER_WAY
    }

    /// Takes a request on and gives what to send; nothing if nobody waits for it any more.
    pub(crate) fn take(&mut self, ask: Ask) -> Option<String> {
        if ask.reply.is_closed() {
            return None;
        }
        self.0.insert(ask.id, ask.reply);
        Some(ask.text)
    }

    /// Makes room that those take who no longer wait.
    pub(crate) fn forget_abandoned(&mut self) {
        self.0.retain(|_, reply| !reply.is_closed());
    }

    /// Hands an answer to who waits for it.
    pub(crate) fn answer(&mut self, text: &str) {
        let frame: AnswerFrame<'_> = match serde_json::from_str(text) {
            Ok(frame) => frame,
            Err(error) => return tracing::warn!("an answer on the event socket could not be read: {error}"),
        };
        let reply = frame
            .request_id
            .parse()
            .ok()
            .and_then(|id: u64| self.0.remove(&id));
        let Some(reply) = reply else {
            return tracing::debug!("an answer on the event socket came too late, or nobody had asked");
        };
        let replied = Replied {
            status: frame.status_code,
            body: frame.message_body.unwrap_or_default().into_owned().into_bytes(),
        };
        // Who no longer waits is not told.
        let _ = reply.send(Ok(replied));
    }

    /// Tells all who wait that the websocket is lost: what was sent may have been done, what was not was not.
    pub(crate) fn lose(&mut self, asks: &mut mpsc::Receiver<Ask>) {
        for (_, reply) in self.0.drain() {
            let _ = reply.send(Err(Failure::Unknown("the event connection was lost".into())));
        }
        while let Ok(ask) = asks.try_recv() {
            let _ = ask
                .reply
                .send(Err(Failure::NotSent("the event connection was lost".into())));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ask(line: &Line, path: &str) -> impl Future<Output = Result<Replied, Failure>> {
        let written = line.written(Method::Get, path, None);
        line.exchange(written, Instant::now() + Duration::from_secs(5))
    }

    #[tokio::test(start_paused = true)]
    async fn answers_are_matched_by_their_ids_whatever_their_order() {
        let (line, mut asks) = Line::new();
        line.set_up(true);
        let task = async {
            let mut under_way = UnderWay::default();
            for _ in 0..2 {
                let text = under_way.take(asks.recv().await.unwrap()).unwrap();
                assert!(text.contains(r#""method":"GET","uri":"channels""#), "{text}");
            }
            under_way.answer(r#"{"request_id":"7","status_code":200}"#);
            under_way.answer("{oops");
            under_way.answer(r#"{"request_id":"1","status_code":404,"message_body":"{\"message\":\"x\"}"}"#);
            under_way.answer(r#"{"request_id":"0","status_code":204}"#);
        };
        let (first, second, ()) = tokio::join!(ask(&line, "/channels"), ask(&line, "/channels"), task);
        assert_eq!(first.unwrap().status, 204);
        let second = second.unwrap();
        assert_eq!(
            (second.status, second.body),
            (404, br#"{"message":"x"}"#.to_vec())
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_before_a_loss_is_unknown_and_what_was_not_is_known_not_to_be_done() {
        let (line, mut asks) = Line::new();
        line.set_up(true);
        let task = async {
            let mut under_way = UnderWay::default();
            under_way.take(asks.recv().await.unwrap()).unwrap();
            tokio::task::yield_now().await;
            under_way.lose(&mut asks);
        };
        let (first, second, ()) = tokio::join!(ask(&line, "/a"), ask(&line, "/b"), task);
        assert!(matches!(first, Err(Failure::Unknown(_))), "{first:?}");
        assert!(matches!(second, Err(Failure::NotSent(_))), "{second:?}");
        line.set_up(false);
        assert!(matches!(ask(&line, "/c").await, Err(Failure::NotSent(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_covers_the_waiting_and_what_nobody_waits_for_is_not_sent() {
        let (line, mut asks) = Line::new();
        line.set_up(true);
        let began = Instant::now();
        assert!(matches!(ask(&line, "/a").await, Err(Failure::Unknown(_))));
        assert_eq!(began.elapsed(), Duration::from_secs(5));
        let mut under_way = UnderWay::default();
        assert_eq!(under_way.take(asks.recv().await.unwrap()), None);
    }
}
