//! Which transport a leg has, and at which rate: what cannot be cannot be written.

use std::{net::IpAddr, sync::Arc};

use super::{
    rtp::coding::{Coding, Narrow},
    websocket::control::Dialect,
};
use crate::door::{AudioSocketDoor, MediaDoor};

/// How the sound of a leg travels, in frames of `N` samples: 160 for 8 kHz, 320 for 16 kHz.
///
/// The default is the websocket that we open, which wants no configuration of Asterisk. Besides the one that Asterisk opens it is the only
/// transport on which Asterisk itself tells what was heard; the others reckon it by the clock.
///
/// Under load prefer [`Medium::websocket_dialled`]: Asterisk 22.10 may stop to open the websockets that we dial. While one client connects,
/// another leg that is made or ends leaves a lock of its chan_websocket taken for ever (it looks a connection up with `OBJ_NOLOCK` and no
/// lock); until a restart, `externalMedia` then hangs.
#[derive(Debug, Clone)]
pub struct Medium<const N: usize> {
    pub(super) way: Way,
}

#[derive(Debug, Clone)]
pub(super) enum Way {
    /// Asterisk connects to our door and shows an id.
    AudioSocket(Arc<AudioSocketDoor>),
    /// Asterisk connects to our door, as a section of websocket_client.conf says.
    Dialled {
        door: Arc<MediaDoor>,
        client: String,
        dialect: Dialect,
    },
    /// Packets between two UDP ports.
    Rtp { coding: Coding, local: IpAddr },
    /// We connect to `/media/<id>` on Asterisk's HTTP server.
    WebSocket { dialect: Dialect },
}

impl<const N: usize> Medium<N> {
    /// Asterisk's name of the samples.
    pub(super) const FORMAT: &'static str = match N {
        160 => "slin",
        320 => "slin16",
        _ => panic!("a leg has 8 or 16 kHz"),
    };

    /// `chan_websocket`; we connect to Asterisk's HTTP server, which has to be loopback or TLS ([`Config`](crate::Config) allows nothing else).
    pub fn websocket(dialect: Dialect) -> Self {
        Self {
            way: Way::WebSocket { dialect },
        }
    }

    /// `chan_websocket`; Asterisk connects to our door as section `client` of websocket_client.conf says, whose `uri` leads to it. A leg is known
    /// by its channel's id, which nobody else can guess if [`Mark::fresh`](crate::id::Mark::fresh) made it.
    pub fn websocket_dialled(door: Arc<MediaDoor>, client: impl Into<String>, dialect: Dialect) -> Self {
        let client = client.into();
        Self {
            way: Way::Dialled {
                door,
                client,
                dialect,
            },
        }
    }

    /// AudioSocket; Asterisk connects to our door. 16 kHz needs Asterisk 22.7.
    pub fn audiosocket(door: Arc<AudioSocketDoor>) -> Self {
        Self {
            way: Way::AudioSocket(door),
        }
    }
}

impl Medium<160> {
    /// RTP to a port of ours on the address `local`, which Asterisk reaches.
    pub fn rtp(narrow: Narrow, local: IpAddr) -> Self {
        Self {
            way: Way::Rtp {
                coding: narrow.into(),
                local,
            },
        }
    }

    /// The same way at 16 kHz; over RTP with G.722.
    #[must_use]
    pub fn wide(&self) -> Medium<320> {
        match &self.way {
            Way::Rtp { local, .. } => Medium::g722(*local),
            way => Medium { way: way.clone() },
        }
    }
}

impl Medium<320> {
    /// RTP with G.722, the only wideband coding that Asterisk takes back over RTP.
    pub fn g722(local: IpAddr) -> Self {
        Self {
            way: Way::Rtp {
                coding: Coding::G722,
                local,
            },
        }
    }
}

impl Medium<320> {
    /// RTP with 16 kHz samples, which Asterisk sends and does not take.
    pub(super) fn hears_only(local: IpAddr) -> Self {
        Self {
            way: Way::Rtp {
                coding: Coding::Slin16,
                local,
            },
        }
    }
}

impl<const N: usize> Default for Medium<N> {
    fn default() -> Self {
        Self::websocket(Dialect::Json)
    }
}
