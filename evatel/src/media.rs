//! How the sound of calls travels between Asterisk and the daemon: the setting's words, and the way that each opens.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
    sync::Arc,
};

use evatel_ari::{
    Config,
    door::{AudioSocketDoor, Listen},
    media::{Medium, Narrow},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The setting `asterisk.media`.
///
/// Over the websocket Asterisk itself tells what was heard, and with TLS it may stand on another machine. The others are for an
/// Asterisk on this one whose build or load suits them better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Media {
    /// AudioSocket: Asterisk connects to a port of ours on loopback that the system chooses.
    AudioSocket,
    /// RTP with G.711 µ-law between two UDP ports on loopback.
    Rtp,
    /// `chan_websocket`: we connect to Asterisk's HTTP server.
    #[default]
    WebSocket,
}

/// A word that names no medium.
#[derive(Debug, thiserror::Error)]
#[error("`{word}` is no medium: say `audiosocket`, `rtp` or `websocket`")]
pub struct Unknown {
    word: String,
}

impl Media {
    /// Opens the way for the sound of an Asterisk; the door of AudioSocket stands as long as the medium.
    ///
    /// # Errors
    /// [`evatel_ari::Error::Config`] where no port can be had, and for AudioSocket and RTP, which are in clear, to another machine.
    pub async fn open(self, ari: &Config) -> Result<Medium<160>, evatel_ari::Error> {
        if self != Self::WebSocket && !ari.is_on_this_machine() {
            return Err(evatel_ari::Error::Config {
                setting: "asterisk.media",
                reason: format!("`{self}` would send voices in clear to another machine: use `websocket`"),
            });
        }
        Ok(match self {
            Self::AudioSocket => {
                let door = AudioSocketDoor::open(Listen::loopback(0)).await?;
                Medium::audiosocket(Arc::new(door))
            }
            Self::Rtp => Medium::rtp(Narrow::Ulaw, IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Self::WebSocket => Medium::default(),
        })
    }

    /// Gives the modules that Asterisk needs for it.
    pub(crate) fn modules(self) -> &'static [&'static str] {
        match self {
            Self::AudioSocket => &["chan_audiosocket.so", "res_audiosocket.so"],
            Self::Rtp => &["chan_rtp.so"],
            Self::WebSocket => &["chan_websocket.so"],
        }
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AudioSocket => "audiosocket",
            Self::Rtp => "rtp",
            Self::WebSocket => "websocket",
        })
    }
}

impl FromStr for Media {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Self, Unknown> {
        let all = [Self::AudioSocket, Self::Rtp, Self::WebSocket];
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

    #[tokio::test]
    async fn voices_go_to_another_machine_over_tls_only() {
        let far = asterisk("https://pbx.example:8089");
        for clear in [Media::AudioSocket, Media::Rtp] {
            let refused = clear.open(&far).await.unwrap_err().to_string();
            assert!(
                refused.contains("asterisk.media") && refused.contains("`websocket`"),
                "{refused}"
            );
            assert!(
                clear.open(&asterisk("http://127.0.0.1:8088")).await.is_ok(),
                "{clear}"
            );
        }
        assert!(Media::WebSocket.open(&far).await.is_ok());
    }
}
