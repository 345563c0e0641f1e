//! As much of HTTP/1.1 as our own client speaks, over a plain socket: no server crate is needed for it.

use std::{fmt, io};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};

/// Longest request that is read, in bytes.
const MAX_REQUEST: usize = 64 * 1024;

/// A request as it came in.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Asked {
    /// The method, such as `POST`.
    pub method: String,
    /// The path below `/ari`, decoded, such as `/channels/1700.12/answer`.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The JSON body, null when there is none.
    pub body: Value,
    pub(super) segments: Vec<String>,
    pub(super) authorization: String,
    pub(super) websocket_key: Option<String>,
}

impl Asked {
    /// Gives a query parameter, empty when it is not there.
    pub fn param(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

impl Asked {
    /// Says whether the path is `path`, or begins with it if it ends with `*`.
    pub(super) fn is_at(&self, path: &str) -> bool {
        match path.strip_suffix('*') {
            Some(front) => self.path.starts_with(front),
            None => self.path == path,
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn json(value: &Value) -> Self {
        Self {
            status: 200,
            body: value.to_string().into_bytes(),
        }
    }

    pub(super) fn empty() -> Self {
        Self {
            status: 204,
            body: Vec::new(),
        }
    }

    pub(super) fn refused(status: u16, message: &str) -> Self {
        Self {
            status,
            body: serde_json::json!({ "message": message }).to_string().into_bytes(),
        }
    }
}

/// Reads the next request of a connection; nothing when the client has closed it.
pub(super) async fn read(stream: &mut TcpStream, waiting: &mut Vec<u8>) -> io::Result<Option<Asked>> {
    let head_end = loop {
        if let Some(at) = waiting.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if !more(stream, waiting).await? {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&waiting[..head_end]).into_owned();
    waiting.drain(..head_end + 4);
    let (mut asked, length) = understood(&head);
    while waiting.len() < length {
        if !more(stream, waiting).await? {
            return Ok(None);
        }
    }
    let body: Vec<u8> = waiting.drain(..length).collect();
    asked.body = serde_json::from_slice(&body).unwrap_or_default();
    Ok(Some(asked))
}

/// Writes an answer; the connection stays open.
pub(super) async fn write(stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        reply.status,
        reply.body.len()
    );
    stream.write_all(&[head.as_bytes(), &reply.body].concat()).await
}

/// Turns the connection into a websocket (RFC 6455 §4.2.2).
pub(super) async fn upgrade(
    mut stream: TcpStream,
    key: &str,
    protocol: Option<&str>,
) -> io::Result<WebSocketStream<TcpStream>> {
    let protocol = protocol.map_or_else(String::new, |name| format!("Sec-WebSocket-Protocol: {name}\r\n"));
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n{protocol}\r\n",
        derive_accept_key(key.as_bytes())
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(WebSocketStream::from_raw_socket(stream, Role::Server, None).await)
}

async fn more(stream: &mut TcpStream, waiting: &mut Vec<u8>) -> io::Result<bool> {
    if waiting.len() > MAX_REQUEST {
        return Err(io::Error::other("the request is too long"));
    }
    Ok(stream.read_buf(waiting).await? > 0)
}

fn understood(head: &str) -> (Asked, usize) {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let method = first.next().unwrap_or_default().to_owned();
    let (path, query) = match first.next().unwrap_or_default().split_once('?') {
        Some((path, query)) => (path.to_owned(), query.to_owned()),
        None => (
            head.split(' ').nth(1).unwrap_or_default().to_owned(),
            String::new(),
        ),
    };
    let path = path.strip_prefix("/ari").unwrap_or(&path);
    // Asterisk splits first and decodes each part after.
    let segments: Vec<_> = path.split('/').skip(1).map(decoded).collect();
    let mut asked = Asked {
        method,
        path: format!("/{}", segments.join("/")),
        segments,
        ..Asked::default()
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        asked.query.push((decoded(name), decoded(value)));
    }
    let mut length = 0;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match name.to_ascii_lowercase().as_str() {
            "authorization" => asked.authorization = value.to_owned(),
            "content-length" => length = value.parse().unwrap_or_default(),
            "sec-websocket-key" => asked.websocket_key = Some(value.to_owned()),
            _ => {}
        }
    }
    (asked, length)
}

/// Asterisk reads `+` as a blank in both paths and queries (`ast_uri_http_legacy`).
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}
