//! `POST /channels/externalMedia`: a channel whose audio is ours. Only what Asterisk accepts can be said.

use std::{collections::BTreeMap, fmt::Write, net::SocketAddr};

use uuid::Uuid;

use crate::{
    id::ChannelId,
    model::Channel,
    op::VariableValue,
    request::{Request, encoded},
    version::Since,
    words::words,
};

/// What a channel of external media is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternalMedia {
    /// The application that gets the channel.
    pub app: String,
    /// The audio format, such as `slin` (8 kHz), `slin16` or `ulaw`.
    pub format: String,
    /// How the audio travels.
    pub transport: MediaTransport,
    /// Variables set before the channel begins.
    pub variables: BTreeMap<String, VariableValue>,
}

/// How the audio of a channel travels.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MediaTransport {
    /// AudioSocket over TCP: Asterisk connects to us.
    AudioSocket {
        /// Where we listen.
        host: String,
        /// The first message on the connection quotes it.
        id: Uuid,
    },
    /// RTP over UDP. What we send is heard only in formats with a static payload type, 34 at most.
    Rtp {
        /// Where we listen.
        host: SocketAddr,
    },
    /// A websocket: Asterisk connects to us, as websocket_client.conf says.
    WebSocketClient {
        /// The section of websocket_client.conf.
        connection: String,
        /// Parameters added to the URL that stands there. Asterisk 22.10 keeps them in the section, without a lock: of two channels that begin
        /// at once both may show those of one, so that a connection is better known by its `MEDIA_START`.
        parameters: BTreeMap<String, String>,
        /// How it behaves.
        options: WebSocketOptions,
    },
    /// A websocket: we connect to `/media/<connection id>`, the id standing in [`MEDIA_CONNECTION_ID`] of the reply.
    WebSocketServer {
        /// How it behaves.
        options: WebSocketOptions,
    },
}

/// How a media websocket behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebSocketOptions {
    /// In which form commands and events go over it.
    pub control: ControlFormat,
    /// Which way the audio goes ([`Since::MEDIA_DIRECTION`] for anything but both).
    pub direction: MediaDirection,
    /// Whether the channel stays unanswered after we are connected.
    pub answer_later: bool,
    /// Whether we frame and time the audio ourselves; always so for `opus`, `speex` and `g729`.
    pub passthrough: bool,
}

/// The form of commands and events on a media websocket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ControlFormat {
    /// As chan_websocket.conf says: plain text if it says nothing. An Asterisk before JSON takes only this.
    Configured,
    /// JSON ([`Since::TRANSPORT_DATA`]).
    #[default]
    Json,
    /// Plain text, whatever chan_websocket.conf says ([`Since::TRANSPORT_DATA`]).
    PlainText,
}

/// Which way the audio of a media websocket goes, seen from us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MediaDirection {
    /// Both ways.
    #[default]
    Both,
    /// We hear only.
    In,
    /// We speak only.
    Out,
}

impl ExternalMedia {
    /// Makes one without variables.
    pub fn new(app: impl Into<String>, format: impl Into<String>, transport: MediaTransport) -> Self {
        Self {
            app: app.into(),
            format: format.into(),
            transport,
            variables: BTreeMap::new(),
        }
    }

    /// Makes one whose audio we fetch by websocket, 16-bit mono in Asterisk's byte order, with JSON commands.
    pub fn web_socket(app: impl Into<String>, format: impl Into<String>) -> Self {
        let options = WebSocketOptions::default();
        Self::new(app, format, MediaTransport::WebSocketServer { options })
    }
}

/// `POST /channels/externalMedia` makes a channel whose audio comes from us and goes to us.
///
/// Such a channel does not end with the call or the bridge it is in: hang it up.
pub fn external_media(id: &ChannelId, media: &ExternalMedia) -> Request<Channel> {
    Request::post(["channels", "externalMedia"])
        .query("channelId", id.as_str())
        .query("app", &media.app)
        .query("format", &media.format)
        .transport(&media.transport)
        .variables(&media.variables)
}

/// The variable in which [`external_media`]'s reply names where to connect.
pub const MEDIA_CONNECTION_ID: &str = "MEDIA_WEBSOCKET_CONNECTION_ID";

words! {
    /// How audio is packed, as the wire calls it.
    Encapsulation {
        /// AudioSocket.
        AudioSocket = "audiosocket",
        /// Not at all.
        Bare = "none",
        /// RTP.
        Rtp = "rtp",
    }

    /// What audio travels over, as the wire calls it.
    Carrier {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
        /// A websocket.
        WebSocket = "websocket",
    }

    /// Who connects, seen from Asterisk.
    ConnectionType {
        /// Asterisk.
        Client = "client",
        /// We.
        Server = "server",
    }
}

impl MediaTransport {
    /// Gives the three words of the wire that name this transport.
    pub fn words(&self) -> (Encapsulation, Carrier, ConnectionType) {
        match self {
            Self::AudioSocket { .. } => (Encapsulation::AudioSocket, Carrier::Tcp, ConnectionType::Client),
            Self::Rtp { .. } => (Encapsulation::Rtp, Carrier::Udp, ConnectionType::Client),
            Self::WebSocketClient { .. } => (Encapsulation::Bare, Carrier::WebSocket, ConnectionType::Client),
            Self::WebSocketServer { .. } => (Encapsulation::Bare, Carrier::WebSocket, ConnectionType::Server),
        }
    }
}

impl MediaDirection {
    fn word(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl WebSocketOptions {
    /// Gives what is appended to the dial string of `chan_websocket`.
    fn dial_options(&self, parameters: &BTreeMap<String, String>) -> String {
        let mut text = String::new();
        match self.control {
            ControlFormat::Configured => {}
            ControlFormat::Json => text.push_str("f(json)"),
            ControlFormat::PlainText => text.push_str("f(plain-text)"),
        }
        if self.answer_later {
            text.push('n');
        }
        if self.passthrough {
            text.push('p');
        }
        for (index, (name, value)) in parameters.iter().enumerate() {
            text.push_str(if index == 0 { "v(" } else { "," });
            let _ = write!(text, "{}={}", encoded(name), encoded(value));
        }
        if !parameters.is_empty() {
            text.push(')');
        }
        text
    }
}

impl Request<Channel> {
    fn transport(self, transport: &MediaTransport) -> Self {
        // All three are always said: `encapsulation` defaults to `rtp`, which with `websocket` is refused.
        let (encapsulation, carrier, connection) = transport.words();
        let request = self
            .query("encapsulation", encapsulation.as_str())
            .query("transport", carrier.as_str())
            .query("connection_type", connection.as_str());
        match transport {
            MediaTransport::AudioSocket { host, id } => {
                request.query("external_host", host).query("data", id.to_string())
            }
            MediaTransport::Rtp { host } => request.query("external_host", host.to_string()),
            MediaTransport::WebSocketClient {
                connection,
                parameters,
                options,
            } => request
                .query("external_host", connection)
                .web_socket(options, parameters),
            MediaTransport::WebSocketServer { options } => request
                .query("external_host", "INCOMING")
                .web_socket(options, &BTreeMap::new()),
        }
    }

    fn web_socket(self, options: &WebSocketOptions, parameters: &BTreeMap<String, String>) -> Self {
        let mut request = self.since(Since::PROGRESS);
        if options.direction != MediaDirection::Both {
            request = request
                .query("direction", options.direction.word())
                .since(Since::MEDIA_DIRECTION);
        }
        let appended = options.dial_options(parameters);
        if appended.is_empty() {
            return request;
        }
        request
            .query("transport_data", appended)
            .since(Since::TRANSPORT_DATA)
    }
}
