//! One event websocket, and where the next one comes from.

use futures_util::{Sink, Stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::{self, Message};

use super::Socket;
use crate::outbound::{Accepted, Application};

/// An event websocket, whoever opened it.
pub(crate) trait EventSocket:
    Stream<Item = tungstenite::Result<Message>> + Sink<Message, Error = tungstenite::Error> + Send + Unpin
{
}

impl<T> EventSocket for T where
    T: Stream<Item = tungstenite::Result<Message>> + Sink<Message, Error = tungstenite::Error> + Send + Unpin
{
}

/// A websocket with the place that it takes at the door it came through.
pub(crate) struct Link {
    pub(super) socket: Box<dyn EventSocket>,
    /// An event that was read already.
    pub(super) first: Option<String>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Link {
    /// Takes one that we opened.
    pub(crate) fn of(socket: Socket) -> Self {
        Self {
            socket: Box::new(socket),
            first: None,
            _place: None,
        }
    }

    /// Takes one that Asterisk opened.
    pub(crate) fn accepted(accepted: Accepted) -> Self {
        Self {
            socket: Box::new(accepted.socket),
            first: Some(accepted.registered),
            _place: Some(accepted.place),
        }
    }
}

/// Where the next websocket comes from once one is lost.
pub(crate) enum Supply {
    /// Asterisk opens it again.
    Accepted(Application),
    /// We open it.
    Dialled,
    /// From nowhere: the session is over.
    OneCall,
}

impl Supply {
    /// Waits for the next one that Asterisk opens; none comes where it opens none.
    pub(super) async fn next(&mut self) -> Option<Link> {
        match self {
            Self::Accepted(application) => application.next().await.map(Link::accepted),
            Self::Dialled | Self::OneCall => None,
        }
    }

    /// Waits for one that comes while another seems to be there yet: the former is lost, whatever it seems.
    pub(super) async fn newer(&mut self) -> Link {
        match self.next().await {
            Some(link) => link,
            None => std::future::pending().await,
        }
    }
}
