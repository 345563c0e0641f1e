//! As much of HTTP/1.1 as an ARI client speaks, over a plain socket: no server crate is needed for it.

use std::{fmt, io, time::Duration};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};

/// Longest body that Asterisk takes, in bytes (`MAX_CONTENT_LENGTH`).
pub const MAX_BODY: usize = 40_960;
/// Longest head that is read, in bytes: Asterisk takes 100 headers of 4,096 bytes.
const MAX_HEAD: usize = 100 * 4096;

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
    /// Whether it came as REST over the event websocket.
    pub over_websocket: bool,
    pub(super) segments: Vec<String>,
    pub(super) authorization: String,
    pub(super) websocket_key: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) closes: bool,
    pub(super) body_is_broken: bool,
}

impl Asked {
    /// Gives a parameter, empty when it is not there: of the query, or a plain one of the body.
    pub fn param(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// Gives a parameter, if it is there.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .or_else(|| self.body.get(name)?.as_str())
    }

    /// Gives a parameter that may be a comma list or repeated, empty parts left out.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        let mut all: Vec<String> = values
            .flat_map(|(_, value)| value.split(','))
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        match self.body.get(name) {
            Some(Value::String(text)) => all.extend(text.split(',').map(str::to_owned)),
            Some(Value::Array(parts)) => {
                all.extend(parts.iter().filter_map(Value::as_str).map(str::to_owned))
            }
            _ => {}
        }
        all
    }

    /// Gives a number of a parameter: none when it is not there or is none.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.given(name)
            .and_then(|text| text.parse().ok())
            .or_else(|| self.body.get(name)?.as_i64())
    }

    /// Says whether the path is `path`, or begins with it if it ends with `*`.
    pub(super) fn is_at(&self, path: &str) -> bool {
        match path.strip_suffix('*') {
            Some(front) => self.path.starts_with(front),
            None => self.path == path,
        }
    }

    /// Reads path and query, with or without `/ari` before them.
    pub(super) fn of_uri(method: &str, uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let path = path.strip_prefix("/ari").unwrap_or(path);
        // Asterisk splits first and decodes each part after.
        let segments: Vec<_> = path.split('/').skip(1).map(decoded).collect();
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self {
            method: method.to_owned(),
            path: format!("/{}", segments.join("/")),
            query: query.collect(),
            segments,
            ..Self::default()
        }
    }

    /// Takes a body in, JSON or a form.
    pub(super) fn take_body(&mut self, content_type: &str, body: &[u8]) {
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let form = Self::of_uri("", &format!("?{}", String::from_utf8_lossy(body)));
            self.query.extend(form.query);
        } else if !body.is_empty() {
            match serde_json::from_slice(body) {
                Ok(value) => self.body = value,
                Err(_) => self.body_is_broken = true,
            }
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
    pub(super) is_json: bool,
}

impl Reply {
    pub(super) fn json(value: &Value) -> Self {
        Self::of(200, value)
    }

    pub(super) fn created(value: &Value) -> Self {
        Self::of(201, value)
    }

    pub(super) fn empty() -> Self {
        Self {
            status: 204,
            body: Vec::new(),
            is_json: true,
        }
    }

    pub(super) fn bytes(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            body,
            is_json: false,
        }
    }

    pub(super) fn refused(status: u16, message: &str) -> Self {
        Self::of(status, &json!({ "message": message }))
    }

    /// The 500 of an endpoint that cannot be dialled; its words stand under another name than those of every other refusal.
    pub(super) fn unallocated() -> Self {
        Self::of(500, &json!({ "error": "Allocation failed" }))
    }

    fn of(status: u16, value: &Value) -> Self {
        Self {
            status,
            body: value.to_string().into_bytes(),
            is_json: true,
        }
    }

    /// The words that Asterisk writes behind the status.
    pub(super) fn reason(&self) -> &'static str {
        match self.status {
            200 => "OK",
            201 => "Created",
            202 => "Accepted",
            204 => "No Content",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            406 => "Not Acceptable",
            409 => "Conflict",
            412 => "Precondition Failed",
            413 => "Request Entity Too Large",
            422 => "Unprocessable Entity",
            426 => "Upgrade Required",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }
}

/// What became of waiting for the next request.
pub(super) enum Read {
    Request(Box<Asked>),
    /// The client closed, or said nothing for too long.
    Closed,
    TooLarge,
}

/// Reads the next request of a connection, which may stay idle for `keep_alive`.
pub(super) async fn read(
    stream: &mut TcpStream,
    waiting: &mut Vec<u8>,
    keep_alive: Duration,
) -> io::Result<Read> {
    let head_end = loop {
        if let Some(at) = waiting.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        match timeout(keep_alive, more(stream, waiting)).await {
            Ok(Ok(true)) => {}
            Ok(Err(error)) => return Err(error),
            Ok(Ok(false)) | Err(_) => return Ok(Read::Closed),
        }
    };
    let head = String::from_utf8_lossy(&waiting[..head_end]).into_owned();
    waiting.drain(..head_end + 4);
    let (mut asked, length, content_type) = understood(&head);
    if length > MAX_BODY {
        return Ok(Read::TooLarge);
    }
    while waiting.len() < length {
        if !more(stream, waiting).await? {
            return Ok(Read::Closed);
        }
    }
    let body: Vec<u8> = waiting.drain(..length).collect();
    asked.take_body(&content_type, &body);
    Ok(Read::Request(Box::new(asked)))
}

/// Writes an answer; the connection stays open unless `closes`.
pub(super) async fn write(stream: &mut TcpStream, reply: &Reply, closes: bool) -> io::Result<()> {
    let kind = if reply.is_json {
        "application/json"
    } else {
        "audio/wav"
    };
    let more = match reply.status {
        401 => "WWW-Authenticate: Basic realm=\"Asterisk REST Interface\"\r\n",
        _ => "",
    };
    let closing = if closes { "Connection: close\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {} {}\r\n{more}{closing}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        reply.status,
        reply.reason(),
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
    if waiting.len() > MAX_HEAD {
        return Err(io::Error::other("the request is too long"));
    }
    Ok(stream.read_buf(waiting).await? > 0)
}

fn understood(head: &str) -> (Asked, usize, String) {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let method = first.next().unwrap_or_default();
    let mut asked = Asked::of_uri(method, first.next().unwrap_or_default());
    let (mut length, mut content_type) = (0, String::new());
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "authorization" => asked.authorization = value,
            "connection" => asked.closes = value.eq_ignore_ascii_case("close"),
            "content-length" => length = value.parse().unwrap_or_default(),
            "content-type" => content_type = value,
            "sec-websocket-key" => asked.websocket_key = Some(value),
            "sec-websocket-protocol" => asked.protocol = Some(value),
            _ => {}
        }
    }
    (asked, length, content_type)
}

/// Asterisk reads `+` as a blank in both paths and queries (`ast_uri_http_legacy`).
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}
