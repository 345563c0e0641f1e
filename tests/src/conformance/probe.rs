//! The hand of a behaviour: it asks, waits, and keeps the trace.

use std::time::Duration;

use serde_json::Value;
use tokio_tungstenite::tungstenite::{
    self,
    client::IntoClientRequest,
    http::{HeaderValue, header::AUTHORIZATION},
};

use super::{
    listener::{Listener, PATIENCE},
    place::{PROGRAM, Place},
    trace::{Trace, short},
};

/// One behaviour's connection to a place: requests, the events of application [`PROGRAM`], and what was seen.
#[derive(Debug)]
pub struct Probe {
    /// Where it is.
    pub place: Place,
    http: reqwest::Client,
    events: Option<Listener>,
    /// What was heard on websockets before.
    trace: Trace,
    patience: Duration,
}

/// How long it waits once something did not come.
const IMPATIENCE: Duration = Duration::from_secs(1);

impl Probe {
    /// Connects as [`PROGRAM`].
    ///
    /// # Panics
    /// When the place is not there.
    pub async fn start(place: &Place) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
        let mut probe = Self {
            place: place.clone(),
            http: http.expect("the client needs nothing that may fail"),
            events: None,
            trace: Trace::default(),
            patience: PATIENCE,
        };
        probe.reconnect().await;
        probe
    }

    /// Asks without a body and gives the answer's; status and words are noted.
    pub async fn ask(&mut self, method: &str, path: &str) -> Value {
        self.ask_with(method, path, Value::Null).await
    }

    /// Asks with a JSON body.
    pub async fn ask_with(&mut self, method: &str, path: &str, body: Value) -> Value {
        let user = self.place.user.clone();
        let (status, answer) = self.send(method, path, &body, &user).await;
        let words = answer["message"].as_str().or(answer["error"].as_str());
        let sent = if body.is_null() {
            String::new()
        } else {
            format!(" {body}")
        };
        self.trace.step(format!(
            "{method} {path}{sent} → {status} {}",
            words.unwrap_or_default()
        ));
        answer
    }

    /// Asks, and notes these fields of the answer too.
    pub async fn shows(&mut self, path: &str, fields: &[&str]) -> Value {
        let answer = self.ask("GET", path).await;
        for field in fields {
            self.trace.step(format!("    {field}: {}", short(&answer[field])));
        }
        answer
    }

    /// Asks as somebody else, or nobody.
    pub async fn ask_as(&mut self, who: &(String, String), method: &str, path: &str) {
        let (status, answer) = self.send(method, path, &Value::Null, who).await;
        let words = answer["message"].as_str().unwrap_or_default();
        self.trace
            .step(format!("as `{}` {method} {path} → {status} {words}", who.0));
    }

    /// Asks without noting it, until the answer is as it shall be: for what Asterisk does after its reply.
    pub async fn until(&mut self, path: &str, wanted: impl Fn(u16, &Value) -> bool) {
        let user = self.place.user.clone();
        let deadline = tokio::time::Instant::now() + self.patience;
        loop {
            let (status, answer) = self.send("GET", path, &Value::Null, &user).await;
            if wanted(status, &answer) {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                self.trace
                    .step(format!("GET {path} stays {status} {}", short(&answer)));
                self.patience = IMPATIENCE;
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn send(&self, method: &str, path: &str, body: &Value, who: &(String, String)) -> (u16, Value) {
        let url = format!("http://{}/ari{path}", self.place.authority);
        let method = method.parse().expect("it is a method");
        let mut request = self.http.request(method, &url).basic_auth(&who.0, Some(&who.1));
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {path}: {error}", self.place.name));
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap_or_default();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Notes something that the behaviour found.
    pub fn note(&mut self, line: impl Into<String>) {
        self.trace.step(line);
    }

    /// Waits for an event of this name about this object, and gives it. One that does not come is noted, so that it is seen
    /// as a difference, and later ones are waited for with less patience.
    pub async fn hears(&mut self, name: &str, id: &str) -> Value {
        let patience = self.patience;
        let meant = |event: &Value| event["type"] == name && is_about(event, id);
        let found = self.events().finds(patience, meant).await;
        if found.is_none() {
            self.trace.step(format!("{name} of {id} did not come"));
            self.patience = IMPATIENCE;
        }
        found.unwrap_or_default()
    }

    /// Waits for events of one object, one after the other.
    pub async fn hears_all(&mut self, names: &[&str], id: &str) {
        for name in names {
            self.hears(name, id).await;
        }
    }

    /// Makes a Local pair `{id}1` and `{id}2` to an extension, and waits until `{id}1` is in the application.
    pub async fn calls(&mut self, id: &str, exten: &str) {
        let path = format!("/channels/{id}1?endpoint=Local/{exten}@lab&app=lab&otherChannelId={id}2");
        self.ask("POST", &path).await;
        self.hears("StasisStart", &format!("{id}1")).await;
    }

    /// Hangs `{id}1` up and waits until both halves are gone.
    pub async fn ends(&mut self, id: &str) {
        self.ask("DELETE", &format!("/channels/{id}1")).await;
        for half in ["1", "2"] {
            self.hears("ChannelDestroyed", &format!("{id}{half}")).await;
        }
    }

    /// Closes the events' websocket; what it heard stays in the trace.
    pub async fn disconnect(&mut self) {
        if let Some(events) = self.events.take() {
            self.keep(&events, "");
            events.close().await;
        }
    }

    /// Opens it again.
    pub async fn reconnect(&mut self) {
        let events = self.listen(&format!("app={PROGRAM}")).await;
        self.events = Some(events);
    }

    /// Opens another websocket for events.
    pub async fn listen(&self, query: &str) -> Listener {
        let opened = self.open(&format!("/ari/events?{query}"), None).await;
        opened.unwrap_or_else(|status| panic!("{}: events?{query} gave {status}", self.place.name))
    }

    /// Opens any websocket, or says with which status it was refused.
    pub async fn open(&self, path: &str, protocol: Option<&'static str>) -> Result<Listener, u16> {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let (user, password) = &self.place.user;
        let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
        let url = format!("ws://{}{path}", self.place.authority);
        let mut request = url.into_client_request().expect("it is a URL");
        let value = HeaderValue::from_str(&format!("Basic {pair}")).expect("base64 is plain text");
        request.headers_mut().insert(AUTHORIZATION, value);
        if let Some(protocol) = protocol {
            let value = HeaderValue::from_static(protocol);
            request.headers_mut().insert("Sec-WebSocket-Protocol", value);
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Listener::new(socket)),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{}: {path}: {error}", self.place.name),
        }
    }

    /// Keeps in the trace what another websocket heard.
    pub fn keep(&mut self, listener: &Listener, of: &str) {
        for event in listener.all().iter() {
            self.trace.event(of, event);
        }
    }

    /// The own websocket, for REST over it.
    pub fn events(&mut self) -> &mut Listener {
        self.events.as_mut().expect("the probe is connected")
    }

    /// Waits until all that was raised so far has come, and gives the trace.
    pub async fn finish(mut self) -> Trace {
        let user = self.place.user.clone();
        let fence = format!("/events/user/end?application={PROGRAM}");
        self.send("POST", &fence, &Value::Null, &user).await;
        let events = self.events();
        events
            .hears("the last event", |event| event["eventname"] == "end")
            .await;
        for event in events.all().iter() {
            if event["eventname"] != "end" && event["type"] != "RESTResponse" {
                self.trace.event("", event);
            }
        }
        if let Some(events) = self.events.take() {
            events.close().await;
        }
        self.trace
    }
}

fn is_about(event: &Value, id: &str) -> bool {
    let named = |object: &str, field: &str| event[object][field] == id;
    id.is_empty()
        || ["channel", "bridge", "peer", "playback"]
            .iter()
            .any(|object| named(object, "id"))
        || ["recording", "device_state"]
            .iter()
            .any(|object| named(object, "name"))
        || event["eventname"] == id
}
