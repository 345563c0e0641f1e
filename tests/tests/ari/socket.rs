//! A bare websocket, for what a client of ours does not send.

use base64::{Engine, prelude::BASE64_STANDARD};
use evatel_ari::{Event, EventKind, EventName, model::RestResponse};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::pbx::{PASSWORD, Pbx, SOON, USER};

/// A connected websocket.
pub(crate) struct Socket<S = MaybeTlsStream<TcpStream>> {
    stream: WebSocketStream<S>,
}

impl Socket {
    /// Opens the websocket of events as the user who may do everything.
    pub(crate) async fn events(pbx: &Pbx, query: &str) -> Self {
        Self::open(pbx, &format!("/ari/events?{query}"), None).await
    }

    /// Opens any websocket of the server.
    pub(crate) async fn open(pbx: &Pbx, path: &str, protocol: Option<&'static str>) -> Self {
        let url = pbx.url(path).replacen("http", "ws", 1);
        let mut request = url.into_client_request().unwrap();
        let pair = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let basic = HeaderValue::from_str(&format!("Basic {pair}")).unwrap();
        request.headers_mut().insert("Authorization", basic);
        if let Some(protocol) = protocol {
            let protocol = HeaderValue::from_static(protocol);
            request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        }
        let (stream, _) = connect_async(request).await.unwrap();
        Self { stream }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Takes a websocket that somebody opened to us.
    pub(crate) fn of(stream: WebSocketStream<S>) -> Self {
        Self { stream }
    }

    /// Sends a text as it is.
    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        self.stream.send(Message::text(text.into())).await.unwrap();
    }

    /// Sends bytes.
    pub(crate) async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.stream.send(Message::binary(bytes)).await.unwrap();
    }

    /// The next message that is text or bytes.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            let message = timeout(SOON, self.stream.next()).await;
            let message = message.expect("a message came in time");
            let message = message.expect("the websocket is open").unwrap();
            if message.is_text() || message.is_binary() {
                return message;
            }
        }
    }

    /// The next text, as JSON; bytes before it are passed over.
    pub(crate) async fn json(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.next().await {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Waits for an event; others before it are passed over.
    pub(crate) async fn event(&mut self, name: &EventName, is: impl Fn(&Event) -> bool) -> Event {
        loop {
            if let Message::Text(text) = self.next().await {
                let event = Event::read(&text);
                if event.which() == name && is(&event) {
                    return event;
                }
            }
        }
    }

    /// Waits until the other end has closed the websocket.
    pub(crate) async fn closed(&mut self) {
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        timeout(SOON, end).await.expect("the websocket was closed");
    }

    /// Waits for the answer to a request that went over this websocket.
    pub(crate) async fn answer(&mut self) -> RestResponse {
        let event = self.event(&EventName::RESTResponse, |_| true).await;
        match event.kind() {
            EventKind::RESTResponse(answer) => answer.clone(),
            other => panic!("{other:?}"),
        }
    }
}
