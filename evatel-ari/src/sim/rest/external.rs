//! `POST /channels/externalMedia`: media legs over a websocket, AudioSocket or RTP.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::{
    http::{Asked, Reply},
    media::{
        Format, Link,
        client::{Dialled, ToServe},
    },
    world::{
        World,
        channel::{Channel, Stay, Wanted},
    },
};

/// How long a media leg may take to be connected.
const CONNECTING: Duration = Duration::from_secs(30);

impl World {
    pub(super) fn external_media(&mut self, asked: &Asked) -> Reply {
        let dialled = self.dialled.take();
        let kind = match kind(asked) {
            Ok(kind) => kind,
            Err(message) => return Reply::refused(400, message),
        };
        let failed = || Reply::refused(500, "An internal error prevented this request from being handled");
        let id = self.id_or_new(asked.param("channelId"));
        let Some(format) = Format::named(asked.param("format")) else {
            return failed();
        };
        if self.channels.contains_key(&id) {
            return failed();
        }
        let host = asked.param("external_host");
        let is_json = asked.param("transport_data").contains("f(json)");
        // How it is named, what its `Dial` says, and what the reply shows.
        let (name, resource, variables, to_serve) = match (kind, dialled) {
            (Kind::WebsocketServer, _) => {
                let connection = format!("media_{id}");
                let resource = match asked.param("transport_data") {
                    "" => "INCOMING".to_owned(),
                    data => format!("INCOMING/{data}"),
                };
                let variables = json!({
                    "MEDIA_WEBSOCKET_CONNECTION_ID": connection,
                    "MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE": format.frame_bytes().to_string(),
                });
                ("WebSocket/INCOMING".to_owned(), resource, variables, None)
            }
            (Kind::WebsocketClient, _) => {
                let Some(url) = self.websocket_clients.get(host).cloned() else {
                    return failed();
                };
                (
                    format!("WebSocket/{host}"),
                    host.to_owned(),
                    Value::Null,
                    Some(ToServe::Websocket {
                        channel: id.clone(),
                        url,
                    }),
                )
            }
            (Kind::AudioSocket, Some(Dialled::AudioSocket(Ok(stream)))) => {
                let channel = id.clone();
                let Ok(uuid) = asked.param("data").parse() else {
                    return failed();
                };
                (
                    format!("AudioSocket/{host}-{}", asked.param("data")),
                    format!("{host}/{}", asked.param("data")),
                    Value::Null,
                    Some(ToServe::AudioSocket {
                        channel,
                        stream,
                        uuid,
                    }),
                )
            }
            (Kind::Rtp, Some(Dialled::Rtp(Ok(socket)))) => {
                let port = socket.local_addr().map(|local| local.port()).unwrap_or_default();
                let variables = json!({
                    "UNICASTRTP_LOCAL_PORT": port.to_string(), "UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1",
                });
                let channel = id.clone();
                (
                    format!("UnicastRTP/{host}"),
                    format!("{host}/c({})", format.name),
                    variables,
                    Some(ToServe::Rtp { channel, socket }),
                )
            }
            (Kind::AudioSocket | Kind::Rtp, _) => return failed(),
        };
        let name = format!("{name}-0x{:08x}", self.next_turn());
        let mut channel = Channel::new(&name, "Down");
        channel.running = ("AppDial2".to_owned(), "(Outgoing Line)".to_owned());
        channel.wanted = Some(Wanted::App(Stay::new(asked.param("app"), "")));
        channel.media = Some(Link::new(&id, format, is_json));
        self.add_channel(&id, channel);
        self.set_first(&id, &asked.body["variables"]);
        if self.apps.contains_key(asked.param("app")) {
            self.subscribe(asked.param("app"), &format!("channel:{id}"));
        }
        let mut told = self.channel(&id);
        if !variables.is_null() {
            told["channelvars"] = variables;
        }
        self.begin_dial(&id, &resource, true, CONNECTING);
        if kind == Kind::Rtp {
            self.far_end_answers(&id);
        }
        self.to_serve.extend(to_serve);
        Reply::json(&told)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    AudioSocket,
    Rtp,
    WebsocketClient,
    WebsocketServer,
}

/// Says what leg is wanted, or why it cannot be.
fn kind(asked: &Asked) -> Result<Kind, &'static str> {
    let host = asked.param("external_host");
    let encapsulation = asked.given("encapsulation").unwrap_or("rtp");
    let transport = asked.given("transport").unwrap_or("udp");
    let is_server = transport == "websocket" && asked.given("connection_type") == Some("server");
    if asked.param("app").is_empty() {
        return Err("app cannot be empty");
    }
    if host.is_empty() && !is_server {
        return Err("external_host is required for all but websocket server connections");
    }
    if asked.param("format").is_empty() {
        return Err("format cannot be empty");
    }
    if !["both", "in", "out"].contains(&asked.given("direction").unwrap_or("both")) {
        return Err("Invalid direction specified");
    }
    if transport == "websocket" {
        return match (encapsulation, is_server) {
            ("none", true) => Ok(Kind::WebsocketServer),
            ("none", false) => Ok(Kind::WebsocketClient),
            _ => Err("encapsulation must be 'none' for websocket transport"),
        };
    }
    if !host.contains(':') {
        return Err("external_host must be <host>:<port> for all transports other than websocket");
    }
    match (encapsulation, transport) {
        ("rtp", "udp") => Ok(Kind::Rtp),
        ("audiosocket", "tcp") if asked.param("data").is_empty() => Err("data can not be empty"),
        ("audiosocket", "tcp") => Ok(Kind::AudioSocket),
        _ => Err("The encapsulation and/or transport are not supported"),
    }
}
