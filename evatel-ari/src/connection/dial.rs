//! Opening websockets on Asterisk's HTTP server.

use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self,
        client::IntoClientRequest,
        http::{
            HeaderValue,
            header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL},
        },
        protocol::WebSocketConfig,
    },
};

use crate::{
    config::Config,
    error::{Error, Result},
    op,
    wire::{self, Wire},
};

/// A websocket that we opened.
pub(crate) type Socket = WebSocketStream<Wire>;

/// Opens the event websocket, which registers the applications.
pub(crate) async fn open(config: &Config) -> Result<Socket> {
    let events = op::events::socket(&config.apps(), config.heard);
    let url = config.websocket(&format!("/ari{}", events.uri()));
    let mut authorization =
        HeaderValue::from_str(&config.authorization()).expect("base64 can stand in a header");
    authorization.set_sensitive(true);
    connect(&url, "GET /events", Some(authorization), None, limits(), config).await
}

/// The longest message that is read, in bytes: lists of every channel come as one.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;
/// How much is read at once, in bytes, some twenty events: the websocket clears all of it before each read.
const READ: usize = 16 * 1024;

/// How the sockets of events are set, whoever dialled.
pub(crate) fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
}

/// Opens a websocket on Asterisk's HTTP server, [`Config::request_timeout`] at most.
pub(crate) async fn connect(
    url: &str,
    named: &str,
    authorization: Option<HeaderValue>,
    protocol: Option<&'static str>,
    limits: WebSocketConfig,
    config: &Config,
) -> Result<Socket> {
    let not_sent = |reason: String| Error::NotSent {
        request: named.to_owned(),
        reason,
    };
    let Some(server) = &config.url else {
        return Err(not_sent("no `url` is configured".into()));
    };
    let mut request = url
        .into_client_request()
        .map_err(|error| not_sent(error.to_string()))?;
    let headers = request.headers_mut();
    if let Some(authorization) = authorization {
        headers.insert(AUTHORIZATION, authorization);
    }
    if let Some(protocol) = protocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
    }
    let connecting = async {
        let wire = wire::connect(server, &config.tls).await?;
        client_async_with_config(request, wire, Some(limits)).await
    };
    match tokio::time::timeout(config.request_timeout, connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(answer))) => {
            let body = answer
                .body()
                .as_deref()
                .map(String::from_utf8_lossy)
                .unwrap_or_default();
            let status = answer.status().as_u16();
            Err(Error::of_answer(named.to_owned(), status, &body, &config.user))
        }
        Ok(Err(error)) => Err(not_sent(error.to_string())),
        Err(_) => Err(not_sent(format!(
            "no connection within {} ms",
            config.request_timeout.as_millis()
        ))),
    }
}
