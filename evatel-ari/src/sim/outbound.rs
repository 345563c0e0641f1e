//! Outbound ARI websockets: the fake Asterisk dials the program's server, persistently or for each call.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{client::IntoClientRequest, http::HeaderValue},
};
use tokio_util::sync::CancellationToken;

use super::{Shared, socket::Session};

/// How long a connection may take (`connection_timeout`).
const CONNECTING: Duration = Duration::from_millis(500);
/// How long it waits before it tries again (`reconnect_interval`).
const AGAIN: Duration = Duration::from_millis(500);

/// Whom to dial: what `websocket_client.conf` and `ari.conf` say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outbound {
    /// Where, such as `ws://127.0.0.1:9000/ari`.
    pub url: String,
    /// The applications that it registers.
    pub apps: Vec<String>,
    /// The user with whom the server is told to know Asterisk; empty for none.
    pub user: String,
    /// That user's password.
    pub password: String,
    /// Whether it gets every event.
    pub subscribes_to_all: bool,
}

impl Outbound {
    /// Describes a connection for one application.
    pub fn new(url: impl Into<String>, app: impl Into<String>, user: &str, password: &str) -> Self {
        Self {
            url: url.into(),
            apps: vec![app.into()],
            user: user.to_owned(),
            password: password.to_owned(),
            subscribes_to_all: false,
        }
    }
}

type Websocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Keeps the connection up: applications stay registered while it is down, and what they missed comes after.
pub(super) async fn keep(outbound: Outbound, shared: Shared, hang_up: CancellationToken) {
    for app in &outbound.apps {
        shared.lock().hold(app);
    }
    let keeping = async {
        loop {
            if let Some(websocket) = dial(&outbound).await {
                let session = register(&outbound, &outbound.apps, &shared);
                session
                    .run(websocket, outbound.apps.first().map_or("", String::as_str))
                    .await;
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    hang_up.run_until_cancelled(keeping).await;
}

/// Dials for one call: its application is named after the channel as well. False when nobody answers.
pub(super) async fn call(outbound: Outbound, app: String, shared: Shared) -> bool {
    let Some(websocket) = dial(&outbound).await else {
        return false;
    };
    let session = register(&outbound, std::slice::from_ref(&app), &shared);
    shared.spawn(async move { session.run(websocket, &app).await });
    true
}

/// Lets the applications be there before anything is offered to them.
fn register(outbound: &Outbound, apps: &[String], shared: &Shared) -> Session {
    Session::open(shared, |world, socket| {
        for app in apps {
            world.register(app, socket.clone(), outbound.subscribes_to_all);
            world.tell(app, json!({ "type": "ApplicationRegistered" }));
        }
    })
}

async fn dial(outbound: &Outbound) -> Option<Websocket> {
    let mut request = outbound.url.as_str().into_client_request().ok()?;
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static("ari"));
    if !outbound.user.is_empty() {
        let pair = BASE64_STANDARD.encode(format!("{}:{}", outbound.user, outbound.password));
        headers.insert(
            "Authorization",
            HeaderValue::from_str(&format!("Basic {pair}")).ok()?,
        );
    }
    let (websocket, _) = timeout(CONNECTING, tokio_tungstenite::connect_async(request))
        .await
        .ok()?
        .ok()?;
    Some(websocket)
}
