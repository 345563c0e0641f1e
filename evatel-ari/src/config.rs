//! Where Asterisk is, who we are there, and how patient we are.

use std::{net::IpAddr, time::Duration};

use secrecy::SecretString;
use url::Url;

use crate::{
    backoff::Backoff,
    error::{Error, Result},
    id::Mark,
    op::events::Heard,
    version::Version,
    wire::ClientTls,
};

/// The oldest Asterisk that has what calls with sound need: `chan_websocket` with JSON control messages.
pub const OLDEST_ASTERISK: &str = "22.8";
/// Longest application name, so that the ids that we build from it stay under core's limit.
pub const MAX_APP_LEN: usize = 20;

/// How many HTTP connections there may be unless [`Config::connections`] says otherwise.
pub const CONNECTIONS: usize = 32;
/// How many events may wait unless [`Config::queue_bound`] says otherwise: some 50 MB.
pub const QUEUE_BOUND: usize = 65_536;

/// How to reach one Asterisk as one application.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The HTTP server, such as `http://127.0.0.1:8088`; cleartext only on loopback. None where Asterisk dials us
    /// ([`Config::dialled`]) and its own server is not used.
    pub url: Option<Url>,
    /// Whose certificates are trusted over `https`, and which one we show.
    pub tls: ClientTls,
    /// The user of ari.conf.
    pub user: String,
    /// Its password.
    pub password: SecretString,
    /// The application's name, unique for each running daemon.
    pub app: String,
    /// Further applications on the same connection; ids are made for [`Config::app`].
    pub more_apps: Vec<String>,
    /// Whether everything that happens on Asterisk is heard. A call that was moved here from another application cannot be
    /// told from one that is only heard of, and is not offered then.
    pub heard: Heard,
    /// Over what requests go.
    pub transport: Transport,
    /// How many HTTP connections may be open. Asterisk takes 100 sessions in all unless `sessionlimit` of http.conf says
    /// otherwise, each websocket one of them, and closes what is above without a word.
    pub connections: usize,
    /// What happens if Asterisk is not there at the start.
    pub start: Start,
    /// What becomes of what an earlier run left there.
    pub leftovers: Leftovers,
    /// How long one request may take, its wait for a free connection included.
    pub request_timeout: Duration,
    /// How often the websocket is probed.
    pub ping_every: Duration,
    /// How long the websocket may give no sign of life after a probe before it is given up.
    pub pong_within: Duration,
    /// How long a connection must hold before the next loss counts as the first: only then is the wait short again.
    pub stable_after: Duration,
    /// How many events may wait in all streams together: from there on new calls are given back to the dialplan.
    pub queue_bound: usize,
    /// How long to wait between attempts to reconnect.
    pub backoff: Backoff,
    /// The oldest Asterisk that will do, [`OLDEST_ASTERISK`] unless changed.
    ///
    /// Requests and events work with 18 as well: what a request needs that an older one lacks is [`Error::NeedsNewer`].
    pub oldest: Version,
}

/// Over what requests go. Recordings always come over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// Over the event websocket what Asterisk only notes down (ring, play, hold ...), over HTTP what waits for a channel.
    Auto,
    /// Over HTTP: Asterisk serves requests beside each other.
    Http,
    /// Over the event websocket, since 22.4: no further connection is needed, and Asterisk serves one request after the other.
    Websocket,
}

/// What happens if Asterisk is not there when we start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// It is an error.
    MustBeThere,
    /// It is waited for, this long at most.
    Wait(Duration),
}

/// What becomes of the channels and bridges that an earlier run of the application left on Asterisk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// They are ended as we connect.
    End,
    /// They are handed over by [`crate::Ari::leftovers`]: who takes a call over does so before he ends the rest.
    HandOver,
}

impl Config {
    /// Makes a configuration with the usual patience.
    ///
    /// # Errors
    /// [`Error::Config`] for an URL that is none or would carry the password in clear over a network, and for an
    /// application name that is not 1 to [`MAX_APP_LEN`] of the characters a-z, A-Z, 0-9 and `-`, or a user with `:`.
    pub fn new(
        url: &str,
        user: impl Into<String>,
        password: SecretString,
        app: impl Into<String>,
    ) -> Result<Self> {
        Self::of(Some(parse_url(url)?), user.into(), password, app.into())
    }

    /// Makes the configuration of an application whose connection Asterisk opens ([`crate::outbound`]); requests go over it.
    ///
    /// # Errors
    /// [`Error::Config`] for the name of the application, as with [`Config::new`].
    pub fn dialled(app: impl Into<String>) -> Result<Self> {
        let config = Self::of(None, String::new(), SecretString::default(), app.into())?;
        Ok(Self {
            transport: Transport::Websocket,
            ..config
        })
    }

    fn of(url: Option<Url>, user: String, password: SecretString, app: String) -> Result<Self> {
        checked_app(&app)?;
        if user.contains(':') {
            return Err(Error::Config {
                setting: "user",
                reason: format!("`{user}` holds a `:`, which ends a user's name (RFC 7617)"),
            });
        }
        Ok(Self {
            url,
            tls: ClientTls::default(),
            user,
            password,
            app,
            more_apps: Vec::new(),
            heard: Heard::Own,
            transport: Transport::Http,
            connections: CONNECTIONS,
            start: Start::MustBeThere,
            leftovers: Leftovers::End,
            request_timeout: Duration::from_secs(5),
            ping_every: Duration::from_secs(5),
            pong_within: Duration::from_secs(10),
            stable_after: Duration::from_secs(10),
            queue_bound: QUEUE_BOUND,
            backoff: Backoff::default(),
            oldest: Version::read(OLDEST_ASTERISK),
        })
    }

    /// Lists the applications of the connection.
    pub(crate) fn apps(&self) -> Vec<&str> {
        std::iter::once(&self.app)
            .chain(&self.more_apps)
            .map(String::as_str)
            .collect()
    }

    /// Says whether Asterisk is on this machine, as far as its URL tells.
    pub fn is_on_this_machine(&self) -> bool {
        self.url.as_ref().is_some_and(is_loopback)
    }

    /// Gives what the ids made for this application begin with.
    pub fn mark(&self) -> Mark {
        // Of a call that has its own websocket the application is called `name:channel`.
        Mark::of(self.app.split(':').next().unwrap_or_default())
    }

    /// Gives the URL of a websocket on the same server: `ws` beside `http`, `wss` beside `https`.
    pub(crate) fn websocket(&self, path_and_query: &str) -> String {
        let host = self.url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let port = self.url.as_ref().and_then(Url::port_or_known_default);
        let scheme = match self.url.as_ref().map(Url::scheme) {
            Some("https") => "wss",
            _ => "ws",
        };
        format!("{scheme}://{host}:{}{path_and_query}", port.unwrap_or_default())
    }

    /// Gives the value of the `Authorization` header (RFC 7617).
    pub(crate) fn authorization(&self) -> String {
        use base64::{Engine, prelude::BASE64_STANDARD};
        use secrecy::ExposeSecret;
        let pair = format!("{}:{}", self.user, self.password.expose_secret());
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }
}

/// Checks an application's name.
pub(crate) fn checked_app(app: &str) -> Result<()> {
    let named =
        (1..=MAX_APP_LEN).contains(&app.len()) && app.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if named {
        return Ok(());
    }
    Err(Error::Config {
        setting: "app",
        reason: format!("`{app}` is not 1 to {MAX_APP_LEN} of the characters a-z, A-Z, 0-9, `-`"),
    })
}

fn parse_url(text: &str) -> Result<Url> {
    let refuse = |reason: String| {
        Err(Error::Config {
            setting: "url",
            reason,
        })
    };
    let Ok(url) = Url::parse(text) else {
        return refuse(format!("`{text}` is no URL: write it as `http://127.0.0.1:8088`"));
    };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return refuse("user, password and options do not belong into the URL".into());
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => refuse(format!(
            "`{url}` would send the password in clear over the network: use `https`, or loopback"
        )),
        _ => refuse(format!("`{text}` is neither `http` nor `https`")),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, app: &str) -> Result<Config> {
        Config::new(url, "evatel", SecretString::from("secret"), app)
    }

    #[test]
    fn cleartext_is_refused_anywhere_but_on_loopback() {
        for good in [
            "http://127.0.0.1:8088",
            "http://[::1]:8088",
            "http://localhost:8088",
            "https://pbx.example:8089",
        ] {
            config(good, "evatel").unwrap();
        }
        for bad in [
            "http://192.0.2.1:8088",
            "http://pbx.example",
            "ftp://127.0.0.1",
            "127.0.0.1:8088",
            "http://u:p@127.0.0.1",
        ] {
            assert!(
                matches!(config(bad, "evatel"), Err(Error::Config { setting: "url", .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_application_name_with_a_comma_or_our_separator_is_refused() {
        for bad in ["", "a,b", "a_b", "abcdefghijklmnopqrstu"] {
            assert!(
                matches!(
                    config("http://127.0.0.1:1", bad),
                    Err(Error::Config { setting: "app", .. })
                ),
                "{bad}"
            );
        }
    }

    #[test]
    fn the_password_is_shown_neither_in_debug_nor_in_the_websocket_url() {
        let config = config("https://pbx.example", "evatel").unwrap();
        assert!(!format!("{config:?}").contains("secret"));
        assert_eq!(
            config.websocket("/ari/events?app=evatel"),
            "wss://pbx.example:443/ari/events?app=evatel"
        );
    }
}
