//! Applications: who is connected, who is subscribed to what, and which events reach whom.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{World, timestamp};
use crate::sim::fault::Fate;

/// How many events may wait for one websocket; a slower reader is cut off.
pub(in crate::sim) const QUEUE: usize = 65_536;
/// How many events wait while a persistent outbound connection is down; the oldest go first.
const WAITING: usize = 10_000;

/// What the task of an event websocket has to do.
pub(in crate::sim) enum ToSend {
    /// Close with this code.
    Close(u16),
    /// Say once the client has taken all before.
    Mark(oneshot::Sender<()>),
    Text(String),
}

/// One event websocket; several applications may share it.
#[derive(Clone)]
pub(in crate::sim) struct Socket {
    pub(in crate::sim) number: u64,
    pub(in crate::sim) to: mpsc::Sender<ToSend>,
    pub(in crate::sim) end: CancellationToken,
}

impl Socket {
    /// Sends; who is so slow that the queue is full is cut off.
    pub(in crate::sim) fn send(&self, what: ToSend) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.to.try_send(what) {
            self.end.cancel();
        }
    }

    /// Asks to say when the client has taken all events before.
    pub(in crate::sim) fn mark(&self) -> oneshot::Receiver<()> {
        let (done, taken) = oneshot::channel();
        self.send(ToSend::Mark(done));
        taken
    }
}

/// One application, connected or not.
#[derive(Default)]
pub(in crate::sim) struct App {
    pub(in crate::sim) socket: Option<Socket>,
    /// `channel:x`, `bridge:y` ..., each with how often it was asked for; without an id it is all of a kind.
    sources: BTreeMap<String, u32>,
    allowed: Vec<Value>,
    disallowed: Vec<Value>,
    /// Only for persistent outbound connections: what waits while they are down.
    waiting: Option<VecDeque<Value>>,
}

impl App {
    fn hears(&self, topic: &str) -> bool {
        let kind = topic.split_once(':').map_or(topic, |(kind, _)| kind);
        self.sources.contains_key(topic)
            || self.sources.contains_key(&format!("{kind}:"))
            // A technology stands for all its endpoints.
            || kind == "endpoint"
                && topic
                    .split_once('/')
                    .is_some_and(|(technology, _)| self.sources.contains_key(technology))
    }

    fn lets_through(&self, name: &str) -> bool {
        let named = |list: &[Value]| list.iter().any(|filter| filter["type"] == name);
        (self.allowed.is_empty() || named(&self.allowed)) && !named(&self.disallowed)
    }

    fn is_finished(&self) -> bool {
        self.socket.is_none() && self.sources.is_empty() && self.waiting.is_none()
    }
}

impl World {
    /// An application comes, or comes again: what it was subscribed to, and its filter, it still has.
    pub(in crate::sim) fn register(&mut self, name: &str, socket: Socket, all: bool) {
        let is_new = !self.apps.contains_key(name);
        let former = self.apps.entry(name.to_owned()).or_default().socket.take();
        if let Some(former) = former {
            former.send(ToSend::Text(
                self.dressed(json!({ "type": "ApplicationReplaced" }), name),
            ));
        }
        let app = self.apps.entry(name.to_owned()).or_default();
        // Asterisk subscribes only a new application to everything.
        if all && is_new {
            for kind in ALL {
                app.sources.insert(kind.to_owned(), 1);
            }
        }
        app.socket = Some(socket);
        for event in app.waiting.as_mut().map(std::mem::take).into_iter().flatten() {
            self.outbox.push((name.to_owned(), event));
        }
    }

    /// A websocket has closed: its applications are away, those with no subscriptions are gone.
    pub(in crate::sim) fn unregister(&mut self, number: u64) {
        for app in self.apps.values_mut() {
            if app.socket.as_ref().is_some_and(|socket| socket.number == number) {
                app.socket = None;
                for kind in ALL {
                    app.sources.remove(kind);
                }
            }
        }
        self.apps.retain(|_, app| !app.is_finished());
    }

    /// Keeps an application registered while its outbound connection is down.
    pub(in crate::sim) fn hold(&mut self, name: &str) {
        self.apps.entry(name.to_owned()).or_default().waiting = Some(VecDeque::new());
    }

    pub(in crate::sim) fn is_connected(&self, app: &str) -> bool {
        self.apps
            .get(app)
            .is_some_and(|app| app.socket.is_some() || app.waiting.is_some())
    }

    pub(in crate::sim) fn sockets(&self) -> Vec<Socket> {
        let mut sockets: Vec<_> = self.apps.values().filter_map(|app| app.socket.clone()).collect();
        sockets.sort_by_key(|socket| socket.number);
        sockets.dedup_by_key(|socket| socket.number);
        sockets
    }

    pub(in crate::sim) fn subscribe(&mut self, app: &str, source: &str) {
        let app = self.apps.entry(app.to_owned()).or_default();
        let kind = source.split_once(':').map_or(source, |(kind, _)| kind);
        // Who hears all of a kind is subscribed to none of it.
        if !source.ends_with(':') && app.sources.contains_key(&format!("{kind}:")) {
            return;
        }
        let count = app.sources.entry(source.to_owned()).or_default();
        // Only of devices one subscription is as good as many.
        *count = if source.starts_with("deviceState:") {
            1
        } else {
            *count + 1
        };
    }

    /// Takes one subscription back; false when there is none.
    pub(in crate::sim) fn unsubscribe(&mut self, app: &str, source: &str) -> bool {
        let Some(known) = self.apps.get_mut(app) else {
            return false;
        };
        let Some(count) = known.sources.get_mut(source) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            known.sources.remove(source);
        }
        if known.is_finished() {
            self.apps.remove(app);
        }
        true
    }

    /// The object is gone: nobody can be subscribed to it.
    pub(in crate::sim) fn forget(&mut self, source: &str) {
        for app in self.apps.values_mut() {
            app.sources.remove(source);
        }
        self.apps.retain(|_, app| !app.is_finished());
    }

    /// Sets the filter, or says that it is none.
    pub(in crate::sim) fn filter(&mut self, app: &str, body: &Value) -> bool {
        let lists = ["allowed", "disallowed"].map(|name| types(&body[name]));
        let [Some(allowed), Some(disallowed)] = lists else {
            return false;
        };
        if !body.is_null() && !body.is_object() {
            return false;
        }
        if let Some(app) = self.apps.get_mut(app) {
            (app.allowed, app.disallowed) = (allowed, disallowed);
        }
        true
    }

    pub(in crate::sim) fn describe_app(&self, name: &str) -> Option<Value> {
        let app = self.apps.get(name)?;
        let of = |kind: &str, all: &str| -> Value {
            let all = app.sources.contains_key(kind).then(|| all.to_owned());
            let sources = app.sources.keys().filter_map(|source| source.strip_prefix(kind));
            let named = sources.filter(|id| !id.is_empty()).map(str::to_owned);
            all.into_iter().chain(named).collect()
        };
        Some(json!({
            "name": name,
            "channel_ids": of("channel:", "__AST_CHANNEL_ALL_TOPIC"),
            "bridge_ids": of("bridge:", "__AST_BRIDGE_ALL_TOPIC"),
            "endpoint_ids": of("endpoint:", "__AST_ENDPOINT_ALL_TOPIC"),
            "device_names": of("deviceState:", "__AST_DEVICE_STATE_ALL_TOPIC"),
            "events_allowed": app.allowed, "events_disallowed": app.disallowed,
        }))
    }

    /// An event about these topics, such as `channel:x`: every application that is subscribed to one of them gets it.
    pub(in crate::sim) fn raise(&mut self, topics: &[String], event: &Value) {
        for (name, app) in &self.apps {
            if topics.iter().any(|topic| app.hears(topic)) {
                self.outbox.push((name.clone(), event.clone()));
            }
        }
    }

    /// An event for one application, whatever it is subscribed to.
    pub(in crate::sim) fn tell(&mut self, app: &str, event: Value) {
        self.outbox.push((app.to_owned(), event));
    }

    /// Sends what was raised. Who is not connected misses it, as with Asterisk.
    pub(in crate::sim) fn send_events(&mut self) {
        for (name, event) in std::mem::take(&mut self.outbox) {
            self.send_event(&name, event);
        }
    }

    fn send_event(&mut self, name: &str, event: Value) {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let Some(app) = self.apps.get_mut(name).filter(|app| app.lets_through(&kind)) else {
            return;
        };
        let Some(socket) = app.socket.clone() else {
            if let Some(waiting) = &mut app.waiting {
                waiting.push_back(event);
                if waiting.len() > WAITING {
                    waiting.pop_front();
                }
            }
            return;
        };
        let text = self.dressed(event, name);
        match self.faults.fate(&kind) {
            Fate::Arrives => socket.send(ToSend::Text(text)),
            Fate::ArrivesTwice => {
                socket.send(ToSend::Text(text.clone()));
                socket.send(ToSend::Text(text));
            }
            Fate::BreaksTheSocket => {
                self.unregister(socket.number);
                socket.end.cancel();
            }
            Fate::CutsOff => {
                self.unregister(socket.number);
                socket.send(ToSend::Close(1011));
            }
            Fate::IsLost => {}
            Fate::IsTakenOver => self.take_over(name),
        }
    }

    /// Another program registers the name: the one that has it is told and hears nothing any more.
    pub(in crate::sim) fn take_over(&mut self, name: &str) {
        let text = self.dressed(json!({ "type": "ApplicationReplaced" }), name);
        if let Some(former) = self.apps.get_mut(name).and_then(|app| app.socket.take()) {
            former.send(ToSend::Text(text));
        }
    }

    /// Writes what every event has.
    pub(in crate::sim) fn dressed(&self, mut event: Value, app: &str) -> String {
        event["timestamp"] = timestamp().into();
        event["asterisk_id"] = self.entity.as_str().into();
        event["application"] = app.into();
        event.to_string()
    }
}

/// The names of events in a filter's list; none when it is no such list.
fn types(list: &Value) -> Option<Vec<Value>> {
    match list {
        Value::Null => Some(Vec::new()),
        Value::Array(filters) if filters.iter().all(|filter| filter["type"].is_string()) => {
            Some(filters.clone())
        }
        _ => None,
    }
}

/// What `subscribeAll` subscribes to.
const ALL: [&str; 4] = ["bridge:", "channel:", "deviceState:", "endpoint:"];
