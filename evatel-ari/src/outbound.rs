//! ARI the other way round: Asterisk dials us (22.5 and newer), and events and requests go over that one websocket.
//!
//! In `ari.conf` a section `type = outbound_websocket` names a client of `websocket_client.conf` (`uri`, `username`, `password`, `protocols = ari`), the
//! application (`apps`, one a connection), and the local user whose rights count (`local_ari_user`). The path of `uri` ends with the application's
//! name, as in `ws://127.0.0.1:9094/evatel`: so a connection that cannot be served is refused before it is accepted, with 404, wrong credentials
//! with 401, one too many with 503. `connection_type` is one of:
//!
//! - `persistent`: Asterisk connects when it starts, and again whenever the connection breaks; [`Server::application`] gives these.
//! - `per_call_config`: it connects anew for each channel that enters `Stasis()`, as application `name:channel`; [`Server::calls`] gives these.
//!   A call whose connection broke comes again, with its channel in the application's list.
//!
//! What was accepted and then dropped Asterisk 22.10 dials again at once and without end, a thousand times a second, and its call never
//! leaves `Stasis()` (measured): hang up first, then drop. A refused call goes on in the dialplan with `STASISSTATUS` = `FAILED`, after
//! `reconnect_attempts`.

mod registry;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, sync::Arc};

use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use self::registry::{Accepted, Application, Calls};
use self::registry::{Greeter, Registry};
use crate::{
    door::{
        Counts, Credentials, Listen,
        listener::{Counters, Listener},
    },
    error::Result,
};

/// How many connections may be there at a time, unless [`Server::open`] is told otherwise; Asterisk's own sessions are 100.
pub const CONNECTIONS: usize = 100;

/// A listening server for the websockets that Asterisk opens. Dropping it ends the listening; connections that were accepted live on.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    counters: Arc<Counters>,
    registry: Arc<Registry>,
    _stop: DropGuard,
}

impl Server {
    /// Opens the server for who shows `credentials`, and holds `connections` of them at most.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) for an address that cannot be had, and for one off loopback without TLS unless
    /// [`Cleartext::Anywhere`](crate::door::Cleartext::Anywhere) is said.
    pub async fn open(listen: Listen, credentials: Credentials, connections: usize) -> Result<Self> {
        let listener = Listener::bind(listen).await?;
        let registry = Arc::<Registry>::default();
        let stop = CancellationToken::new();
        let server = Self {
            address: listener.address(),
            counters: listener.counters(),
            registry: registry.clone(),
            _stop: stop.clone().drop_guard(),
        };
        let greeter = Arc::new(Greeter {
            credentials,
            places: Arc::new(Semaphore::new(connections)),
            registry,
        });
        tokio::spawn(listener.run(stop, move |stream| greeter.clone().greet(stream)));
        Ok(server)
    }

    /// Gives where the server listens, with the port that the system chose if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells who has come so far and how it ended.
    pub fn counts(&self) -> Counts {
        self.counters.counts()
    }

    /// Begins to accept the persistent connections of application `app`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) for a name that is none, or that is served already.
    pub fn application(&self, app: &str) -> Result<Application> {
        self.registry.application(app)
    }

    /// Begins to accept the connections of single calls to application `app`.
    ///
    /// # Errors
    /// Those of [`Server::application`].
    pub fn calls(&self, app: &str) -> Result<Calls> {
        self.registry.calls(app)
    }
}
