//! How the sound of calls travels between Asterisk and the daemon: the setting's words, and the way that each opens.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
    sync::Arc,
};

use evatel_ari::{
    Ari, Config,
    door::{AudioSocketDoor, Credentials, Listen, MediaDoor},
    media::{Dialect, Medium, Narrow},
    op,
};
use evatel_provision::MediaClient;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The setting `asterisk.media`.
///
/// Over the two websockets Asterisk itself tells what was heard. The one that we open may go over TLS to another machine; the others are
/// for an Asterisk on this one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Media {
    /// AudioSocket: Asterisk connects to a port of ours on loopback that the system chooses.
    AudioSocket,
    /// RTP with G.711 µ-law between two UDP ports on loopback.
    Rtp,
    /// `chan_websocket` as a client: Asterisk connects to our port on loopback, as websocket_client.conf says.
    #[default]
    WebSocket,
    /// `chan_websocket` as a server: we connect to Asterisk's HTTP server. Under load 22.10 may stop to open these
    /// (CHANGELOG, known weaknesses).
    WebSocketServer,
}

/// A word that names no medium.
#[derive(Debug, thiserror::Error)]
#[error("`{word}` is no medium: say `audiosocket`, `rtp`, `websocket` or `websocket-server`")]
pub struct Unknown {
    word: String,
}

/// Why Asterisk would not find our port.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Lost {
    /// Its websocket_client.conf was never written, or not read.
    #[error(
        "Asterisk knows no section `{section}` of websocket_client.conf, by which it brings the sound of calls"
    )]
    NoSection {
        /// Which.
        section: String,
    },
    /// Its websocket_client.conf leads to somebody else, or to a proxy of the operator's.
    #[error("section `{section}` of Asterisk's websocket_client.conf leads to `{there}` and not to `{here}`")]
    Elsewhere {
        /// Which.
        section: String,
        /// Where it leads.
        there: String,
        /// Where we wait.
        here: String,
    },
    /// It cannot be asked.
    #[error("Asterisk does not say where its websocket_client.conf leads")]
    Silent(#[from] evatel_ari::Error),
}

impl Media {
    /// Opens the way for the sound of an Asterisk, `client` being the section by which it finds us where it connects by one; a door of ours
    /// stands as long as the medium.
    ///
    /// # Errors
    /// [`evatel_ari::Error::Config`] where a port cannot be had, and for what is in clear to another machine.
    pub async fn open(self, ari: &Config, client: &MediaClient) -> Result<Medium<160>, evatel_ari::Error> {
        if self != Self::WebSocketServer && !ari.is_on_this_machine() {
            return Err(evatel_ari::Error::Config {
                setting: "asterisk.media",
                reason: format!(
                    "`{self}` would send voices in clear to another machine: use `{}`",
                    Self::WebSocketServer
                ),
            });
        }
        Ok(match self {
            Self::AudioSocket => {
                let door = AudioSocketDoor::open(Listen::loopback(0)).await?;
                Medium::audiosocket(Arc::new(door))
            }
            Self::Rtp => Medium::rtp(Narrow::Ulaw, IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Self::WebSocket => {
                let credentials = Credentials::new(ari.user.as_str(), MediaClient::password(&ari.password));
                let door = MediaDoor::open(Listen::loopback(client.port), Some(credentials)).await;
                let door = door.map_err(named)?;
                Medium::websocket_dialled(Arc::new(door), client.name.as_str(), Dialect::Json)
            }
            Self::WebSocketServer => Medium::websocket(Dialect::Json),
        })
    }

    /// Asks Asterisk whether it would find our port.
    ///
    /// # Errors
    /// Why it would not.
    pub(crate) async fn finds_us(self, ari: &Ari, client: &MediaClient) -> Result<(), Lost> {
        if self != Self::WebSocket {
            return Ok(());
        }
        let section = client.name.clone();
        let asked = op::asterisk::config("res_websocket_client", "websocket_client", &section);
        let fields = match ari.send(asked).await {
            Err(evatel_ari::Error::NotFound { .. }) => return Err(Lost::NoSection { section }),
            answer => answer?,
        };
        let here = client.uri();
        let uri = fields.into_iter().find(|field| field.attribute == "uri");
        match uri.map(|field| field.value) {
            Some(there) if there != here => Err(Lost::Elsewhere { section, there, here }),
            _ => Ok(()),
        }
    }

    /// Gives the modules that Asterisk needs for it.
    pub(crate) fn modules(self) -> &'static [&'static str] {
        match self {
            Self::AudioSocket => &["chan_audiosocket.so", "res_audiosocket.so"],
            Self::Rtp => &["chan_rtp.so"],
            Self::WebSocket => &["chan_websocket.so", "res_websocket_client.so"],
            Self::WebSocketServer => &["chan_websocket.so"],
        }
    }
}

/// Names the setting by which the port was chosen.
fn named(error: evatel_ari::Error) -> evatel_ari::Error {
    match error {
        evatel_ari::Error::Config { reason, .. } => evatel_ari::Error::Config {
            setting: "asterisk.media_port",
            reason,
        },
        other => other,
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AudioSocket => "audiosocket",
            Self::Rtp => "rtp",
            Self::WebSocket => "websocket",
            Self::WebSocketServer => "websocket-server",
        })
    }
}

impl FromStr for Media {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Self, Unknown> {
        let all = [
            Self::AudioSocket,
            Self::Rtp,
            Self::WebSocket,
            Self::WebSocketServer,
        ];
        let known = all.into_iter().find(|media| media.to_string() == word);
        known.ok_or_else(|| Unknown {
            word: word.to_owned(),
        })
    }
}

impl<'de> Deserialize<'de> for Media {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn asterisk(url: &str) -> Config {
        Config::new(url, "evatel", SecretString::from("secret"), "evatel").unwrap()
    }

    fn client(port: u16) -> MediaClient {
        MediaClient {
            name: "test".to_owned(),
            port,
        }
    }

    #[tokio::test]
    async fn voices_go_to_another_machine_over_tls_only() {
        let far = asterisk("https://pbx.example:8089");
        let client = client(0);
        for clear in [Media::AudioSocket, Media::Rtp, Media::WebSocket] {
            let refused = clear.open(&far, &client).await.unwrap_err().to_string();
            assert!(
                refused.contains("asterisk.media") && refused.contains("`websocket-server`"),
                "{refused}"
            );
            let near = asterisk("http://127.0.0.1:8088");
            assert!(clear.open(&near, &client).await.is_ok(), "{clear}");
        }
        assert!(Media::WebSocketServer.open(&far, &client).await.is_ok());
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_an_error_that_names_its_setting() {
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let client = client(taken.local_addr().unwrap().port());
        let near = asterisk("http://127.0.0.1:8088");
        let refused = Media::WebSocket
            .open(&near, &client)
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("asterisk.media_port"), "{refused}");
    }
}
