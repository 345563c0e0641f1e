//! The task that stands at a door: it takes connections, gives each a second to make itself known, and never waits for one.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tokio_rustls::server::TlsStream;
use tokio_util::{either::Either, sync::CancellationToken};

use super::{listen::Listen, tls::Tls};
use crate::error::{Error, Result};

/// How long a connection has to make itself known, TLS included.
pub const GREETING: Duration = Duration::from_secs(1);

/// What came through a door, in clear or over TLS.
pub type Stream = Either<TcpStream, TlsStream<TcpStream>>;

/// Why somebody was not let in.
#[derive(Debug)]
pub(crate) enum Refused {
    /// As many are in as may be.
    Full,
    /// It broke off, or spoke something else.
    Garbled(String),
    /// It did not show what is wanted.
    Unknown,
}

/// Who has come to a door, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Cut off at once: too many stood there unknown, or as many are in as may be.
    pub full: u64,
    /// Cut off: broke off or spoke something else.
    pub garbled: u64,
    /// Let in.
    pub known: u64,
    /// Cut off: not known within [`GREETING`].
    pub late: u64,
    /// Cut off: showed no token, channel or password that is expected.
    pub unknown: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Counts>);

impl Counters {
    pub(crate) fn counts(&self) -> Counts {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, which: impl FnOnce(&mut Counts) -> &mut u64) {
        *which(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)) += 1;
    }
}

/// A bound listener.
pub(crate) struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    half_open: Arc<Semaphore>,
    counters: Arc<Counters>,
}

impl Listener {
    pub(crate) async fn bind(listen: Listen) -> Result<Self> {
        let listen = listen.checked()?;
        let refused = |error: std::io::Error| Error::Config {
            setting: "address",
            reason: format!("cannot listen on `{}`: {error}", listen.address),
        };
        let tcp = TcpListener::bind(listen.address).await.map_err(refused)?;
        Ok(Self {
            address: tcp.local_addr().map_err(refused)?,
            tcp,
            tls: listen.tls,
            half_open: Arc::new(Semaphore::new(listen.half_open)),
            counters: Arc::default(),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }

    /// Runs until `stop`; `greet` is cut off after [`GREETING`]. Whoever is still unknown at the end is cut off, too.
    pub(crate) async fn run<G, F>(self, stop: CancellationToken, greet: G)
    where
        G: Fn(Stream) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Refused>> + Send + 'static,
    {
        let greet = Arc::new(greet);
        let mut greetings = JoinSet::new();
        loop {
            let came = tokio::select! {
                () = stop.cancelled() => return,
                came = self.tcp.accept() => came,
                Some(_) = greetings.join_next() => continue,
            };
            let (tcp, peer) = match came {
                Ok(came) => came,
                Err(error) => {
                    // Out of file descriptors, most likely: trying again at once would only burn the processor.
                    tracing::warn!(door = %self.address, "cannot take a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let Ok(place) = self.half_open.clone().try_acquire_owned() else {
                self.counters.count(|counts| &mut counts.full);
                tracing::debug!(door = %self.address, %peer, "cut off: too many stand at the door");
                continue;
            };
            // Frames of 20 ms shall not wait for each other.
            let _ = tcp.set_nodelay(true);
            let newcomer = Newcomer {
                tls: self.tls.clone(),
                door: self.address,
                peer,
                counters: self.counters.clone(),
                _place: place,
            };
            let greet = greet.clone();
            greetings.spawn(newcomer.greeted(tcp, move |stream| greet(stream)));
        }
    }
}

/// Somebody at the door.
struct Newcomer {
    tls: Option<Tls>,
    door: SocketAddr,
    peer: SocketAddr,
    counters: Arc<Counters>,
    _place: OwnedSemaphorePermit,
}

impl Newcomer {
    async fn greeted<F>(self, tcp: TcpStream, greet: impl FnOnce(Stream) -> F)
    where
        F: Future<Output = Result<(), Refused>>,
    {
        let greeting = async {
            let stream = match &self.tls {
                None => Either::Left(tcp),
                Some(tls) => Either::Right(tls.accept(tcp).await?),
            };
            greet(stream).await
        };
        let (door, peer) = (self.door, self.peer);
        match tokio::time::timeout(GREETING, greeting).await {
            Ok(Ok(())) => self.counters.count(|counts| &mut counts.known),
            Ok(Err(Refused::Full)) => {
                self.counters.count(|counts| &mut counts.full);
                tracing::warn!(%door, %peer, "cut off: as many are connected as may be");
            }
            Ok(Err(Refused::Garbled(reason))) => {
                self.counters.count(|counts| &mut counts.garbled);
                tracing::warn!(%door, %peer, "cut off: {reason}");
            }
            Ok(Err(Refused::Unknown)) => {
                self.counters.count(|counts| &mut counts.unknown);
                tracing::warn!(%door, %peer, "cut off: it showed no token, channel or password that is expected here");
            }
            Err(_) => {
                self.counters.count(|counts| &mut counts.late);
                tracing::warn!(%door, %peer, "cut off: not known within {} ms", GREETING.as_millis());
            }
        }
    }
}

const PAUSE: Duration = Duration::from_millis(100);
