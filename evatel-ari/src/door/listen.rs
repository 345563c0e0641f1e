//! Where a door listens, and whether that may be in clear.

use std::net::{Ipv4Addr, SocketAddr};

use super::tls::Tls;
use crate::error::{Error, Result};

/// How many connections may stand at a door unknown, unless [`Listen::half_open`] says otherwise.
const HALF_OPEN: usize = 64;

/// Where a door listens.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listen {
    /// Address and port; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Where the door may do without TLS.
    pub cleartext: Cleartext,
    /// How many may stand there unknown at a time; one more is cut off at once.
    pub half_open: usize,
    /// TLS, for websockets.
    pub tls: Option<Tls>,
}

/// Where a door may do without TLS. Tokens, passwords and voices go over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cleartext {
    /// On any address: whoever is on the way hears and may take part. Say it only for a network that is nobody else's.
    Anywhere,
    /// On loopback only.
    #[default]
    OnLoopback,
}

impl Listen {
    /// Listens on 127.0.0.1.
    pub fn loopback(port: u16) -> Self {
        Self::on((Ipv4Addr::LOCALHOST, port).into())
    }

    /// Listens on an address. Off loopback set [`Listen::tls`], or say [`Cleartext::Anywhere`].
    pub fn on(address: SocketAddr) -> Self {
        Self {
            address,
            cleartext: Cleartext::default(),
            half_open: HALF_OPEN,
            tls: None,
        }
    }

    /// Refuses cleartext where it was not asked for.
    pub(super) fn checked(self) -> Result<Self> {
        let is_safe = self.address.ip().is_loopback() || self.tls.is_some();
        if is_safe || self.cleartext == Cleartext::Anywhere {
            return Ok(self);
        }
        Err(Error::Config {
            setting: "address",
            reason: format!(
                "`{}` is not loopback and there is no TLS: give a certificate and key, listen on 127.0.0.1, or allow cleartext anywhere",
                self.address
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleartext_off_loopback_has_to_be_asked_for() {
        assert!(Listen::loopback(0).checked().is_ok());
        assert!(Listen::on("[::1]:0".parse().unwrap()).checked().is_ok());
        for open in ["0.0.0.0:0", "192.0.2.1:9092", "[::]:0"] {
            let mut listen = Listen::on(open.parse().unwrap());
            let refused = listen.clone().checked().unwrap_err();
            assert!(
                matches!(&refused, Error::Config { setting: "address", reason } if reason.contains("cleartext")),
                "{refused}"
            );
            listen.cleartext = Cleartext::Anywhere;
            assert!(listen.checked().is_ok(), "{open}");
        }
    }
}
