//! Where one Asterisk listens and keeps its files.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
};

use evatel_core::account::Language;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// How long the dialplan waits for somebody to take a call, in seconds.
pub const WATCHDOG_SECONDS: u8 = 2;

/// How many calls from carriers there may be at once unless [`Site::max_calls`] says otherwise: two cores were measured to carry
/// the sound of 350 parties.
pub const MAX_CALLS: u32 = 300;

/// TCP port at which the daemon waits for the sound of calls unless [`Site::media_port`] says otherwise.
pub const MEDIA_PORT: u16 = 9086;

/// A section of `websocket_client.conf`: by it Asterisk connects to a port of ours for the sound of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaClient {
    /// The section's name.
    pub name: String,
    /// The TCP port on loopback that it leads to.
    pub port: u16,
}

impl MediaClient {
    /// Gives that of the daemon that takes the calls of `app`, [`Site::app`].
    pub fn of_daemon(app: &str, media_port: u16) -> Self {
        Self {
            name: app.to_owned(),
            port: media_port,
        }
    }

    /// Gives that of `evatel doctor`, at the next port: it tries the sound while the daemon is at work.
    pub fn of_doctor(app: &str, media_port: u16) -> Self {
        Self {
            // No application is called so.
            name: format!("{app}_doctor"),
            port: media_port.saturating_add(1),
        }
    }

    /// Gives the password that Asterisk shows there: made of ARI's, which it does not tell to who may listen at the port meanwhile.
    pub fn password(ari_password: &SecretString) -> SecretString {
        let made = Sha256::new_with_prefix("evatel media\n").chain_update(ari_password.expose_secret());
        made.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
            .into()
    }

    /// Gives where Asterisk connects to.
    pub fn uri(&self) -> String {
        format!("ws://127.0.0.1:{}/media", self.port)
    }
}

/// The settings of one Asterisk that Evatel configures.
#[derive(Debug, Clone)]
pub struct Site {
    /// The application that calls are handed to.
    pub app: String,
    /// The ARI user's password.
    pub ari_password: SecretString,
    /// The ARI user.
    pub ari_user: String,
    /// Ready lines for `[directories]` that this build of Asterisk needs, such as `astmoddir => …`; may be empty.
    pub directories: Vec<String>,
    /// Where ARI listens; loopback, unless TLS stands before it.
    pub http_bind: SocketAddr,
    /// The language of what Asterisk says by itself.
    pub language: Language,
    /// How many calls from carriers there may be at once; one more is refused before answer with SIP 503.
    pub max_calls: u32,
    /// TCP port on loopback at which the daemon waits for the sound of calls; `evatel doctor` takes the one after it.
    pub media_port: u16,
    /// The folder under which this Asterisk keeps everything: `etc`, `run`, `log`, `spool` and so on.
    pub root: PathBuf,
    /// UDP ports of media, inclusive, even number first.
    pub rtp_ports: RangeInclusive<u16>,
    /// Where SIP listens (UDP).
    pub sip_bind: SocketAddr,
    /// Trunks and telephones may have G.722, last of their codecs: where a recogniser hears 16 kHz. Asterisk codes anew what goes from it to a
    /// G.711 trunk.
    pub wideband: bool,
}

impl Site {
    /// Makes a site with the usual ports: SIP on 5060 of every address, ARI on 127.0.0.1:8088, media on 9086, RTP on
    /// 10000 to 20000.
    pub fn new(root: impl Into<PathBuf>, ari_user: impl Into<String>, ari_password: SecretString) -> Self {
        Self {
            app: "evatel".into(),
            ari_password,
            ari_user: ari_user.into(),
            directories: Vec::new(),
            http_bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8088),
            language: Language::Fr,
            max_calls: MAX_CALLS,
            media_port: MEDIA_PORT,
            root: root.into(),
            rtp_ports: 10_000..=20_000,
            sip_bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 5060),
            wideband: false,
        }
    }

    /// Gives the folder of the configuration files.
    pub fn etc(&self) -> PathBuf {
        self.root.join("etc")
    }
}
