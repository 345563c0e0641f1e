//! Where this system connects to when the address came from a setting or a tenant: to the public Internet, over TLS, and to
//! nothing else that the operator did not list.
//!
//! A URL is parsed once, into a [`CheckedUrl`]; whoever connects asks it again with each address that the name resolved to
//! ([`CheckedUrl::check`]), connects to that very address, and follows no redirect by itself (who means to asks [`CheckedUrl::join`] first): so what was
//! checked is what is connected to.

mod range;

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use ipnet::IpNet;
use url::{Host, Url};

use range::reserved;

/// The longest URL that is taken, in bytes.
pub const LONGEST_URL: usize = 2_048;

/// What is open beside the public Internet: what the operator lists, and nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    listed: Vec<Listed>,
}

/// Addresses that the operator opens, on one port or on all: `10.1.2.0/24`, `127.0.0.1:11434`, `fd00::1`, `[::1]:8080`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    net: IpNet,
    port: Option<u16>,
}

/// A text that lists no addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no address, no address with a port and no network; such as `10.1.2.0/24`, `127.0.0.1:11434` or `[::1]:8080`"
)]
pub struct InvalidListed {
    text: String,
}

/// A URL that may be connected to, as long as each address passes [`CheckedUrl::check`].
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedUrl {
    url: Url,
    port: u16,
    policy: Arc<EgressPolicy>,
}

/// Why something is not connected to. It shows no part of a URL that may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// An address that is not on the public Internet.
    #[error("`{address}` is {what}; where that is meant, the operator lists `{address}` in `egress.allow`")]
    Address {
        /// Which, with its port.
        address: SocketAddr,
        /// What its range is for.
        what: &'static str,
    },
    /// User or password in the URL: they would be shown wherever the URL is.
    #[error("the URL holds a user or a password: give the key by itself")]
    Credentials,
    /// Something after `#`, which no server would see.
    #[error("the URL has a fragment (`#…`), which no server would see: leave it away")]
    Fragment,
    /// No URL at all.
    #[error("this is no URL ({reason}); such as `https://api.example/v1`")]
    NotAUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// The name has no address.
    #[error("the name `{host}` has no address")]
    NoAddress {
        /// Which.
        host: String,
    },
    /// Without TLS everybody on the way could read and change what is said.
    #[error(
        "plain http to `{address}`: say https; only to addresses that the operator lists in `egress.allow` may it be http"
    )]
    Plain {
        /// Where to.
        address: SocketAddr,
    },
    /// Neither https nor http.
    #[error("`{scheme}` is no way out: only https is, and http where the operator listed the address")]
    Scheme {
        /// Which.
        scheme: String,
    },
    /// Longer than [`LONGEST_URL`].
    #[error("the URL is longer than {LONGEST_URL} bytes")]
    TooLong,
}

impl EgressPolicy {
    /// Opens these addresses beside the public Internet.
    pub fn new(listed: impl IntoIterator<Item = Listed>) -> Self {
        Self {
            listed: listed.into_iter().collect(),
        }
    }

    /// Reads a URL. One that names an address is decided here; a name is decided once it is resolved.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn check(self: &Arc<Self>, text: &str) -> Result<CheckedUrl, Refused> {
        if text.len() > LONGEST_URL {
            return Err(Refused::TooLong);
        }
        let url = Url::parse(text).map_err(|error| Refused::NotAUrl {
            reason: error.to_string(),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        if url.fragment().is_some() {
            return Err(Refused::Fragment);
        }
        let no_host = || Refused::NotAUrl {
            reason: "no host".to_owned(),
        };
        let port = url.port_or_known_default().filter(|port| *port != 0);
        let checked = CheckedUrl {
            port: port.ok_or_else(|| Refused::NotAUrl {
                reason: "no port can be 0".to_owned(),
            })?,
            url,
            policy: self.clone(),
        };
        match checked.url.host().ok_or_else(no_host)? {
            Host::Ipv4(address) => checked.check(address.into())?,
            Host::Ipv6(address) => checked.check(address.into())?,
            // RFC 6761 §6.3: it is this machine, whatever a resolver says.
            Host::Domain(name) if is_localhost(name) => checked.check(Ipv4Addr::LOCALHOST.into())?,
            Host::Domain(_) => {}
        }
        Ok(checked)
    }

    fn lists(&self, address: SocketAddr) -> bool {
        self.listed.iter().any(|listed| {
            listed.net.contains(&address.ip()) && listed.port.is_none_or(|port| port == address.port())
        })
    }
}

impl CheckedUrl {
    /// Gives the URL.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// Reads where a server sends on to from here, by the same policy; a fragment is left away.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn join(&self, location: &str) -> Result<Self, Refused> {
        let joined = self.url.join(location);
        let mut url = joined.map_err(|error| Refused::NotAUrl {
            reason: error.to_string(),
        })?;
        url.set_fragment(None);
        self.policy.check(url.as_str())
    }

    /// Decides on an address that the name resolved to, or that stands in the URL.
    ///
    /// # Errors
    /// [`Refused::Address`] or [`Refused::Plain`].
    pub fn check(&self, address: IpAddr) -> Result<(), Refused> {
        // An IPv4 address that is written as IPv6 leads to the same machine.
        let address = SocketAddr::new(address.to_canonical(), self.port);
        if self.policy.lists(address) {
            return Ok(());
        }
        if let Some(what) = reserved(address.ip()) {
            return Err(Refused::Address { address, what });
        }
        if self.url.scheme() != "https" {
            return Err(Refused::Plain { address });
        }
        Ok(())
    }

    /// Decides on all addresses of a name: one that may not be connected to refuses them all, for a name that is both public
    /// and private is a trap more often than a mistake.
    ///
    /// # Errors
    /// As [`CheckedUrl::check`]; [`Refused::NoAddress`] where there is none.
    pub fn check_all(&self, addresses: impl IntoIterator<Item = IpAddr>) -> Result<Vec<SocketAddr>, Refused> {
        let mut passed = Vec::new();
        for address in addresses {
            self.check(address)?;
            passed.push(SocketAddr::new(address, self.port));
        }
        if passed.is_empty() {
            let host = self.url.host_str().unwrap_or_default().to_owned();
            return Err(Refused::NoAddress { host });
        }
        Ok(passed)
    }
}

/// Host and port only: a path or a query may hold what is nobody's business.
impl fmt::Display for CheckedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "{}://{host}:{}", self.url.scheme(), self.port)
    }
}

impl fmt::Debug for CheckedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedUrl({self})")
    }
}

impl FromStr for Listed {
    type Err = InvalidListed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self { net, port: None });
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self {
                net: address.into(),
                port: None,
            });
        }
        match text.parse::<SocketAddr>() {
            Ok(address) if address.port() != 0 => Ok(Self {
                net: address.ip().into(),
                port: Some(address.port()),
            }),
            _ => Err(InvalidListed {
                text: text.to_owned(),
            }),
        }
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests;
