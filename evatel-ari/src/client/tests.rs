//! Sessions on websockets that a peer opens, which speaks as Asterisk does.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::mpsc, task::JoinHandle};
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{HeaderValue, header},
    },
};

use super::*;
use crate::{
    backoff::Backoff,
    config::Start,
    door::{Credentials, Listen},
    event::EventName,
    op::{applications::EventFilter, events::Heard},
    outbound::Server,
    router::Signal,
};

const SOON: Duration = Duration::from_secs(10);

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, future).await.expect("it comes soon")
}

async fn server() -> Server {
    let credentials = Credentials::new("pbx", SecretString::from("secret"));
    Server::open(Listen::loopback(0), credentials, 4).await.unwrap()
}

fn config() -> Config {
    let mut config = Config::dialled("evatel").unwrap();
    config.start = Start::Wait(SOON);
    config.backoff = Backoff::new(Duration::from_millis(5), Duration::from_millis(20));
    config
}

/// What the peer has; requests are noted as method and URI.
#[derive(Default)]
struct Peer {
    channels: Mutex<Value>,
    asked: Mutex<Vec<String>>,
}

impl Peer {
    fn with_channels(channels: Value) -> Arc<Self> {
        let peer = Self::default();
        *peer.channels.lock().unwrap() = channels;
        Arc::new(peer)
    }

    fn asked(&self, method: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|it| it.starts_with(method))
            .cloned()
            .collect()
    }

    /// Dials the server as `app`; events go through the sender, whose end ends the connection.
    async fn dial(
        self: &Arc<Self>,
        server: &Server,
        app: &str,
    ) -> (mpsc::UnboundedSender<Value>, JoinHandle<()>) {
        let named = app.split(':').next().unwrap();
        let mut request = format!("ws://{}/{named}", server.address())
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("ari"));
        headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_static("Basic cGJ4OnNlY3JldA=="),
        );
        let tcp = TcpStream::connect(server.address()).await.unwrap();
        let (mut socket, _) = client_async(request, tcp).await.unwrap();
        let registered = json!({ "type": "ApplicationRegistered", "application": app, "timestamp": "x" });
        socket.send(Message::text(registered.to_string())).await.unwrap();
        let (to_send, mut events) = mpsc::unbounded_channel::<Value>();
        let peer = self.clone();
        let task = tokio::spawn(async move {
            loop {
                let text = tokio::select! {
                    event = events.recv() => match event {
                        Some(event) => event.to_string(),
                        None => return,
                    },
                    came = socket.next() => match came {
                        Some(Ok(Message::Text(text))) => peer.answer(&text),
                        Some(Ok(_)) => continue,
                        _ => return,
                    },
                };
                if socket.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
        });
        (to_send, task)
    }

    fn answer(&self, text: &str) -> String {
        let request: Value = serde_json::from_str(text).unwrap();
        let uri = request["uri"].as_str().unwrap();
        let method = request["method"].as_str().unwrap();
        self.asked.lock().unwrap().push(format!("{method} {uri}"));
        let (status, body) = match uri.split('?').next().unwrap() {
            "asterisk/info" => (200, json!({ "system": { "version": "22.10.1" } })),
            "channels" => (200, self.channels.lock().unwrap().clone()),
            "bridges" => (200, json!([])),
            path if path.starts_with("applications/") => (200, json!({ "name": "evatel" })),
            path if path.ends_with("/answer") => (204, Value::Null),
            _ => (404, json!({ "message": "Channel not found" })),
        };
        json!({
            "type": "RESTResponse", "request_id": request["request_id"], "status_code": status,
            "reason_phrase": "Said", "uri": uri, "message_body": body.to_string(),
        })
        .to_string()
    }
}

fn start(id: &str) -> Value {
    json!({ "type": "StasisStart", "application": "evatel", "args": [], "channel": { "id": id } })
}

async fn signal(events: &mut ObjectEvents) -> String {
    match soon(events.next()).await {
        Some(Signal::Event(event)) => event.name().to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn events_and_requests_share_the_websocket_that_asterisk_opened() {
    let server = server().await;
    let peer = Peer::with_channels(json!([{ "id": "evatel_leg-1" }, { "id": "other" }]));
    let application = server.application("evatel").unwrap();
    let (events, _task) = peer.dial(&server, "evatel").await;
    let (ari, mut offers) = soon(Ari::serve_outbound(application, config())).await.unwrap();
    assert_eq!(ari.info().system.version, "22.10.1");
    let left: Vec<_> = ari.leftovers().channels.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(left, ["evatel_leg-1"]);

    events.send(start("1700.1")).unwrap();
    let mut call = soon(offers.next()).await.unwrap();
    assert_eq!(call.channel.id.as_str(), "1700.1");
    let answers = (0..20).map(|_| ari.send(op::channels::answer(&call.channel.id)));
    for answer in soon(futures_util::future::join_all(answers)).await {
        answer.unwrap();
    }
    let gone = ari.send(op::channels::ring(&"x".into())).await.unwrap_err();
    assert!(
        gone.is_gone() && gone.to_string().contains("Channel not found"),
        "{gone}"
    );
    events
        .send(json!({ "type": "StasisEnd", "channel": { "id": "1700.1" } }))
        .unwrap();
    assert_eq!(signal(&mut call.events).await, "StasisEnd");
}

#[tokio::test]
async fn a_persistent_session_goes_on_over_the_next_websocket_and_asks_for_everything_again() {
    let server = server().await;
    let application = server.application("evatel").unwrap();
    let peer = Peer::with_channels(json!([]));
    let (events, task) = peer.dial(&server, "evatel").await;
    let mut config = config();
    config.heard = Heard::Everything;
    let (ari, mut offers) = soon(Ari::serve_outbound(application, config)).await.unwrap();
    ari.filter_events(EventFilter::only([EventName::StasisStart]))
        .await
        .unwrap();
    let endpoint = EventSource::Endpoint("PJSIP/alice".into());
    ari.follow(endpoint.clone()).await.unwrap();
    events.send(start("stays")).unwrap();
    events.send(start("goes")).unwrap();
    let mut stays = soon(offers.next()).await.unwrap().events;
    let mut goes = soon(offers.next()).await.unwrap().events;

    *peer.channels.lock().unwrap() = json!([{ "id": "stays" }]);
    peer.asked.lock().unwrap().clear();
    drop(events);
    task.await.unwrap();
    assert_eq!(signal(&mut stays).await, "Some(Lost)");
    let (events, _task) = peer.dial(&server, "evatel").await;
    assert_eq!(signal(&mut stays).await, "Some(Back)");
    assert_eq!(
        [signal(&mut goes).await, signal(&mut goes).await],
        ["Some(Lost)", "Some(Gone)"]
    );
    let asked = peer.asked("P");
    let expected = [
        "POST applications/evatel/subscription?eventSource=bridge%3A",
        "POST applications/evatel/subscription?eventSource=channel%3A",
        "POST applications/evatel/subscription?eventSource=deviceState%3A",
        "POST applications/evatel/subscription?eventSource=endpoint%3A",
        "PUT applications/evatel/eventFilter",
        "POST applications/evatel/subscription?eventSource=endpoint%3APJSIP%2Falice",
        "POST applications/evatel/subscription?eventSource=channel%3Astays",
    ];
    assert_eq!(asked, expected);
    events
        .send(json!({ "type": "StasisEnd", "channel": { "id": "stays" } }))
        .unwrap();
    assert_eq!(signal(&mut stays).await, "StasisEnd");
    assert_eq!(ari.stats().reconnects, 1);
}

#[tokio::test]
async fn a_newer_websocket_takes_the_place_of_one_that_only_seems_to_be_there() {
    let server = server().await;
    let application = server.application("evatel").unwrap();
    let peer = Peer::with_channels(json!([]));
    let (_silent, _task) = peer.dial(&server, "evatel").await;
    let (ari, mut offers) = soon(Ari::serve_outbound(application, config())).await.unwrap();
    let (events, _task) = peer.dial(&server, "evatel").await;
    let mut state = ari.state();
    soon(state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. })))
        .await
        .unwrap();
    soon(state.wait_for(|state| *state == ConnectionState::Connected))
        .await
        .unwrap();
    events.send(start("1700.1")).unwrap();
    soon(offers.next()).await.unwrap();
}

#[tokio::test]
async fn a_call_with_a_websocket_of_its_own_is_over_with_it() {
    let server = server().await;
    let mut calls = server.calls("evatel").unwrap();
    let peer = Peer::with_channels(json!([]));
    let app = "evatel:PJSIP/trunk-00000001";
    let (events, _task) = peer.dial(&server, app).await;
    let accepted = soon(calls.next()).await.unwrap();
    let (ari, mut offers) = soon(Ari::serve_call(accepted, config())).await.unwrap();
    assert_eq!((ari.config().app.as_str(), ari.mark().as_str()), (app, "evatel_"));
    assert!(ari.leftovers().channels.is_empty() && peer.asked("DELETE").is_empty());
    events.send(start("1700.1")).unwrap();
    let mut call = soon(offers.next()).await.unwrap();
    ari.send(op::channels::answer(&call.channel.id)).await.unwrap();
    drop(events);
    assert_eq!(signal(&mut call.events).await, "Some(Lost)");
    assert_eq!(signal(&mut call.events).await, "Some(Closed)");
    let mut state = ari.state();
    soon(state.wait_for(|state| *state == ConnectionState::Closed))
        .await
        .unwrap();
    let error = ari
        .send(op::channels::answer(&call.channel.id))
        .await
        .unwrap_err();
    assert!(matches!(error, crate::Error::NotSent { .. }), "{error}");
}

#[tokio::test]
async fn where_asterisk_does_not_dial_in_time_that_is_said() {
    let server = server().await;
    let application = server.application("evatel").unwrap();
    let mut config = config();
    config.start = Start::MustBeThere;
    config.request_timeout = Duration::from_millis(50);
    let error = Ari::serve_outbound(application, config).await.err().unwrap();
    assert!(matches!(error, crate::Error::Overdue { .. }), "{error}");
}
