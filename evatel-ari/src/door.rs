//! Doors at which Asterisk knocks: AudioSocket, and the media websocket of `chan_websocket` in client mode. ARI's own is [`crate::outbound`].
//!
//! A door listens on loopback, any other address is a choice of its own ([`Listen`]). Whoever connects has [`GREETING`] to show what is
//! expected, once, and is cut off otherwise: a [`Token`] of 128 random bits over AudioSocket, the id of a new channel on a media websocket, with
//! credentials where they are wanted. How many may stand there unknown at a time is bounded, and so is what they may send. Dropping a door ends
//! its task and all that still stand there; what was let in lives on.
//!
//! ```no_run
//! # async fn example() -> evatel_ari::Result<()> {
//! use evatel_ari::door::{AudioSocketDoor, Listen};
//!
//! let door = AudioSocketDoor::open(Listen::loopback(9092)).await?;
//! let expected = door.expect()?;
//! let data = expected.token().uuid(); // goes into `externalMedia` or into the dialplan's `AudioSocket()`
//! let audio = expected.arrived(std::time::Duration::from_secs(3)).await?;
//! # Ok(())
//! # }
//! ```

mod audiosocket;
mod credentials;
mod desk;
mod listen;
pub(crate) mod listener;
#[cfg(test)]
#[cfg(feature = "voice")]
mod tests;
mod tls;
mod token;
pub(crate) mod websocket;

use std::{net::SocketAddr, sync::Arc};

use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, DropGuard};

#[cfg(feature = "voice")]
pub use self::websocket::Begun;
pub use self::{
    credentials::Credentials,
    desk::Expected,
    listen::{Cleartext, Listen},
    listener::{Counts, GREETING, Stream},
    tls::Tls,
    token::Token,
    websocket::Socket,
};
use self::{
    desk::Desk,
    listener::{Counters, Listener, Refused},
};
use crate::error::{Error, Result};
#[cfg(feature = "voice")]
use crate::id::ChannelId;

/// A door for AudioSocket: lets in a TCP connection whose first frame, the UUID, is a token. The frame has been read.
///
/// Asterisk always connects, and AudioSocket knows no TLS: keep it on loopback.
pub type AudioSocketDoor = Door<Token, TcpStream>;

/// A door for `chan_websocket` in client mode: lets in a websocket whose `MEDIA_START` names the channel that is expected.
///
/// `websocket_client.conf` has the address, `uri = ws://127.0.0.1:9086/media`, and the credentials, if the door wants any. The sub-protocol, if
/// any is asked for, is `media`.
#[cfg(feature = "voice")]
pub type MediaDoor = Door<ChannelId, Begun>;

/// A listening door that lets in connections of type `S` by a key of type `K`.
#[derive(Debug)]
pub struct Door<K, S> {
    address: SocketAddr,
    counters: Arc<Counters>,
    desk: Arc<Desk<K, S>>,
    _stop: DropGuard,
}

impl<K, S> Door<K, S> {
    /// Gives where the door listens, with the port that the system chose if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells who has come so far and how it ended.
    pub fn counts(&self) -> Counts {
        self.counters.counts()
    }
}

impl Door<Token, TcpStream> {
    /// Opens a door for AudioSocket.
    ///
    /// # Errors
    /// [`Error::Config`] for an address that cannot be had, for one off loopback unless [`Cleartext::Anywhere`] is said, and for TLS.
    pub async fn open(listen: Listen) -> Result<Self> {
        if listen.tls.is_some() {
            return Err(Error::Config {
                setting: "tls",
                reason: "AudioSocket knows no TLS: leave it out and listen on loopback".into(),
            });
        }
        let listener = Listener::bind(listen).await?;
        Ok(Self::stand(listener, |desk, stream| async move {
            audiosocket::greet(stream, &desk).await
        }))
    }

    /// Expects one connection, and makes the token that it has to show. Dropping what is returned makes the token worthless.
    ///
    /// # Errors
    /// [`Error::Config`] if the system has no random numbers.
    pub fn expect(&self) -> Result<Expected<Token, TcpStream>> {
        Ok(self.desk.expect(Token::fresh()?))
    }
}

#[cfg(feature = "voice")]
impl Door<ChannelId, Begun> {
    /// Opens a door for media websockets; with credentials, whoever comes must show them as well (`username` and `password` of `websocket_client.conf`).
    ///
    /// # Errors
    /// [`Error::Config`] for an address that cannot be had, and for one off loopback without TLS unless [`Cleartext::Anywhere`] is said.
    pub async fn open(listen: Listen, credentials: Option<Credentials>) -> Result<Self> {
        let credentials = credentials.map(Arc::new);
        let listener = Listener::bind(listen).await?;
        Ok(Self::stand(listener, move |desk, stream| {
            let credentials = credentials.clone();
            async move { websocket::greet_media(stream, credentials.as_deref(), &desk).await }
        }))
    }

    /// Expects the sound of one channel, before Asterisk is asked to make it: an id that nobody can guess, such as
    /// [`Mark::fresh`](crate::id::Mark::fresh) makes, and that no channel had yet. Dropping what is returned lets nobody in for it any more.
    pub fn expect(&self, channel: &ChannelId) -> Expected<ChannelId, Begun> {
        self.desk.expect(channel.clone())
    }
}

impl<K: Send + 'static, S: Send + 'static> Door<K, S> {
    fn stand<G, F>(listener: Listener, greet: G) -> Self
    where
        G: Fn(Arc<Desk<K, S>>, Stream) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Refused>> + Send + 'static,
    {
        let desk = Arc::new(Desk::default());
        let stop = CancellationToken::new();
        let door = Self {
            address: listener.address(),
            counters: listener.counters(),
            desk: desk.clone(),
            _stop: stop.clone().drop_guard(),
        };
        tokio::spawn(listener.run(stop, move |stream| greet(desk.clone(), stream)));
        door
    }
}
