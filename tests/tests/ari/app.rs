//! A program of ours on a server: what it sends, and what it has heard.

use std::{fmt::Debug, sync::Arc};

use evatel_ari::{
    Ari, BridgeId, ChannelId, Error, Event, EventKind, EventName, Request, Subject,
    client::Offers,
    op::{
        self,
        applications::EventSource,
        channels::{NewChannel, Outgoing},
    },
    request::Answer,
};
use serde_json::json;
use tokio::{
    sync::broadcast,
    time::{Instant, timeout_at},
};

use super::pbx::SOON;

/// A connected application.
pub(crate) struct App {
    pub(crate) ari: Ari,
    events: broadcast::Receiver<Arc<Event>>,
    /// All that came; what an expectation has taken is none any more.
    log: Vec<Option<Arc<Event>>>,
    fences: u32,
    _offers: Offers,
}

/// Of what an event is.
pub(crate) fn of(id: &ChannelId) -> impl Fn(&Event) -> bool + use<> {
    let subject = Subject::Channel(id.clone());
    move |event| event.subjects().contains(&subject)
}

/// Of which bridge an event is.
pub(crate) fn of_bridge(id: &BridgeId) -> impl Fn(&Event) -> bool + use<> {
    let subject = Subject::Bridge(id.clone());
    move |event| event.subjects().contains(&subject)
}

/// Any event of that name.
pub(crate) fn any(_: &Event) -> bool {
    true
}

/// Asserts that a request is refused with a certain error.
macro_rules! refused {
    ($app:expr, $error:ident, $($request:expr),+ $(,)?) => {$(
        let error = $app.refused($request).await;
        assert!(matches!(error, evatel_ari::Error::$error { .. }), "{error:?}");
    )+};
}
pub(crate) use refused;

impl App {
    pub(crate) fn new(ari: Ari, offers: Offers) -> Self {
        Self {
            events: ari.all_events(),
            ari,
            log: Vec::new(),
            fences: 0,
            _offers: offers,
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.ari.config().app
    }

    /// Sends what has to succeed.
    pub(crate) async fn send<T: Answer>(&self, request: Request<T>) -> T {
        self.ari.send(request).await.unwrap()
    }

    /// Steers a playback or a recording: its start is told a moment before that is possible, until when it is refused with
    /// 500, or with 409 where an older errno is left over. What was refused so may have been done all the same: what was to end is not
    /// found then.
    pub(crate) async fn steer(&self, ask: impl Fn() -> Request<()>) {
        let deadline = Instant::now() + SOON;
        let mut was_refused = false;
        loop {
            match self.ari.send(ask()).await {
                Ok(()) => return,
                Err(Error::NotFound { .. }) if was_refused => return,
                Err(Error::Unexpected { status: 500, .. } | Error::Conflict { .. })
                    if Instant::now() < deadline =>
                {
                    was_refused = true;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// Sends what has to be refused.
    pub(crate) async fn refused<T: Answer>(&self, request: Request<T>) -> Error {
        let named = format!("{request:?}");
        match self.ari.send(request).await {
            Ok(_) => panic!("`{named}` was not refused"),
            Err(error) => error,
        }
    }

    /// Asks until the answer is as it should become: a command is often queued when it is answered.
    pub(crate) async fn until<T: Answer + Debug>(
        &self,
        ask: impl Fn() -> Request<T>,
        is: impl Fn(&T) -> bool,
    ) {
        let deadline = Instant::now() + SOON;
        loop {
            let answer = self.send(ask()).await;
            if is(&answer) {
                return;
            }
            assert!(Instant::now() < deadline, "`{:?}` stays {answer:?}", ask());
        }
    }

    /// Asks until what is asked for is not found any more.
    pub(crate) async fn until_gone<T: Answer>(&self, ask: impl Fn() -> Request<T>) {
        let deadline = Instant::now() + SOON;
        while self.ari.send(ask()).await.is_ok() {
            assert!(Instant::now() < deadline, "`{:?}` is still there", ask());
        }
    }

    /// Waits for an event, whenever it came, and takes it: the next expectation does not find it again.
    pub(crate) async fn event(&mut self, name: EventName, is: impl Fn(&Event) -> bool) -> Arc<Event> {
        let at = self.find(0, &name, is).await;
        self.log[at].take().expect("it was found")
    }

    /// Waits for events of these names that come in this order, whatever else comes between them.
    pub(crate) async fn in_order(&mut self, names: &[EventName], is: impl Fn(&Event) -> bool) {
        let mut from = 0;
        for name in names {
            from = self.find(from, name, &is).await;
            self.log[from].take();
        }
    }

    /// Raises an event about `source` and waits for it: what happened to `source` before has come then.
    pub(crate) async fn fence(&mut self, source: EventSource) {
        self.fences += 1;
        let name = format!("fence-{}", self.fences);
        self.send(op::events::raise(&name, self.name(), &[source], &json!({})))
            .await;
        self.event(
            EventName::ChannelUserevent,
            |event| matches!(event.kind(), EventKind::ChannelUserevent { eventname, .. } if *eventname == name),
        )
        .await;
    }

    /// Asserts that no such event has come that nothing has taken. A [`fence`](Self::fence) makes that certain.
    pub(crate) fn never(&self, name: EventName, is: impl Fn(&Event) -> bool) {
        let found = self
            .log
            .iter()
            .flatten()
            .find(|event| event.is(name.clone()) && is(event));
        assert!(found.is_none(), "{:?}", found.map(|event| event.raw()));
    }

    /// Whether an event of that name has come that nothing has taken.
    pub(crate) fn has(&self, name: &EventName) -> bool {
        self.log.iter().flatten().any(|event| event.which() == name)
    }

    /// Forgets what came so far.
    pub(crate) fn forget(&mut self) {
        self.log.clear();
    }

    /// Calls an extension of the dialplan through a pair of Local channels and waits until our half is in the application.
    pub(crate) async fn call(&mut self, extension: &str, id: &str) -> ChannelId {
        let id = ChannelId::from(id);
        let outgoing = Outgoing::new(local(extension), self.name());
        self.send(op::channels::originate(&id, &outgoing)).await;
        self.event(EventName::StasisStart, of(&id)).await;
        id
    }

    /// Makes a channel towards an extension, not dialled yet, and waits until it is in the application.
    pub(crate) async fn create(&mut self, extension: &str, id: &str) -> ChannelId {
        let id = ChannelId::from(id);
        let channel = NewChannel::new(local(extension), self.name());
        self.send(op::channels::create(&id, &channel)).await;
        self.event(EventName::StasisStart, of(&id)).await;
        id
    }

    /// The far half of a pair of Local channels: it runs in the dialplan.
    pub(crate) async fn far_half(&self) -> ChannelId {
        let channels = self.send(op::channels::list()).await;
        let far = channels.into_iter().find(|channel| channel.name.ends_with(";2"));
        far.expect("there is a pair").id
    }

    /// Makes a mixing bridge with these channels in it.
    pub(crate) async fn bridge(&mut self, id: &str, channels: &[&ChannelId]) -> BridgeId {
        let id = BridgeId::from(id);
        self.send(op::bridges::create(&id, "")).await;
        if !channels.is_empty() {
            self.send(op::bridges::add_channels(&id, channels)).await;
        }
        for channel in channels {
            self.event(EventName::ChannelEnteredBridge, of(channel)).await;
        }
        id
    }

    async fn find(&mut self, from: usize, name: &EventName, is: impl Fn(&Event) -> bool) -> usize {
        let deadline = Instant::now() + SOON;
        let mut next = from;
        loop {
            while let Some(entry) = self.log.get(next) {
                if entry
                    .as_ref()
                    .is_some_and(|event| event.which() == name && is(event))
                {
                    return next;
                }
                next += 1;
            }
            match timeout_at(deadline, self.events.recv()).await {
                Ok(Ok(event)) => self.log.push(Some(event)),
                Ok(Err(error)) => panic!("the events of `{}`: {error}", self.name()),
                Err(_) => {
                    let came: Vec<_> = self.log.iter().flatten().map(|event| event.name()).collect();
                    panic!("`{name}` did not come within {SOON:?}; what else came: {came:?}")
                }
            }
        }
    }
}

/// The dial string of an extension; `/n` keeps the pair of channels, however the far one is bridged.
pub(crate) fn local(extension: &str) -> String {
    format!("Local/{extension}@default/n")
}
