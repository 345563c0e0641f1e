//! Trunks: lines to carriers.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{id::TrunkId, name::Name, number::NumberFormat};

/// A carrier that is known by its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    /// Its id; the switch's endpoint is named after it.
    pub id: TrunkId,
    /// What people call it.
    pub name: Name,
    /// Where the carrier sends from and listens.
    pub peer: PeerAddress,
    /// How it writes numbers.
    pub format: NumberFormat,
}

/// An address and SIP port of a peer. Only addresses: a name in DNS could change whom we trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PeerAddress {
    /// IPv4 or IPv6 address.
    pub ip: IpAddr,
    /// UDP port, 1 to 65535; 5060 unless said (RFC 3261 §18.2.1).
    pub port: u16,
}

/// Refuses what is no peer address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no peer address: write `192.0.2.10` or `192.0.2.10:5060` (an address, not a name)")]
pub struct InvalidPeer(String);

impl FromStr for PeerAddress {
    type Err = InvalidPeer;

    fn from_str(text: &str) -> Result<Self, InvalidPeer> {
        let refused = || InvalidPeer(text.chars().take(60).flat_map(char::escape_debug).collect());
        let peer = match text.parse::<IpAddr>() {
            Ok(ip) => Self { ip, port: 5060 },
            Err(_) => {
                let socket = text.parse::<std::net::SocketAddr>().map_err(|_| refused())?;
                Self {
                    ip: socket.ip(),
                    port: socket.port(),
                }
            }
        };
        if peer.port == 0 || peer.ip.is_unspecified() || peer.ip.is_multicast() {
            Err(refused())
        } else {
            Ok(peer)
        }
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::net::SocketAddr::new(self.ip, self.port).fmt(f)
    }
}

impl TryFrom<String> for PeerAddress {
    type Error = InvalidPeer;
    fn try_from(text: String) -> Result<Self, InvalidPeer> {
        text.parse()
    }
}

impl From<PeerAddress> for String {
    fn from(peer: PeerAddress) -> String {
        peer.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_an_address_with_a_port() {
        assert_eq!(
            "192.0.2.10".parse::<PeerAddress>().unwrap().to_string(),
            "192.0.2.10:5060"
        );
        assert_eq!("[2001:db8::1]:5070".parse::<PeerAddress>().unwrap().port, 5070);
        for bad in [
            "carrier.example",
            "192.0.2.10:0",
            "0.0.0.0",
            "192.0.2.10\nallow=all",
            "",
        ] {
            assert!(bad.parse::<PeerAddress>().is_err(), "{bad}");
        }
    }
}
