//! Which applications are served here, and the way of an accepted websocket to who serves it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    config::checked_app,
    connection,
    door::{
        Credentials, Socket, Stream,
        listener::Refused,
        websocket::{Denied, checked, protocol, upgrade},
    },
    error::{Error, Result},
};

/// How many calls may wait to be taken. When it is full a call is refused, and goes on in the dialplan.
const WAITING_CALLS: usize = 64;
/// A persistent application has one connection: while a new one waits to be taken, a further one is refused and Asterisk dials again.
const WAITING_CONNECTIONS: usize = 1;
/// How long a connection that was accepted and turns out to be wrong is kept before it is dropped.
const PENANCE: Duration = Duration::from_millis(500);

/// A websocket that Asterisk opened and that may speak for its application.
#[non_exhaustive]
pub struct Accepted {
    /// The application: its name, for a single call with `:` and the channel's name behind.
    pub app: String,
    /// The first event, as it came: `ApplicationRegistered`, or after a loss what had to wait for a connection.
    pub registered: String,
    /// The websocket, after that event.
    pub socket: Socket,
    /// A place among those that the server allows; it is free again when this is dropped.
    pub place: OwnedSemaphorePermit,
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Accepted({})", self.app)
    }
}

/// The persistent connections of one application, one after the other. Dropping it refuses those that come then.
#[derive(Debug)]
pub struct Application {
    app: String,
    arrivals: mpsc::Receiver<Accepted>,
}

/// The connections of single calls to one application. Dropping it refuses those that come then.
#[derive(Debug)]
pub struct Calls {
    arrivals: mpsc::Receiver<Accepted>,
}

impl Application {
    /// Gives the application's name.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// Waits for the next connection; none comes once the server is gone. A new one means that the one before is lost, whatever it seems.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Accepted> {
        self.arrivals.recv().await
    }
}

impl Calls {
    /// Waits for the next call's connection; none comes once the server is gone.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Accepted> {
        self.arrivals.recv().await
    }
}

/// Who serves which application.
#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<HashMap<String, Served>>);

#[derive(Debug, Clone)]
struct Served {
    to: mpsc::Sender<Accepted>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    PerCall,
    Persistent,
}

impl Registry {
    pub(super) fn application(&self, app: &str) -> Result<Application> {
        let arrivals = self.begin(app, Kind::Persistent, WAITING_CONNECTIONS)?;
        Ok(Application {
            app: app.to_owned(),
            arrivals,
        })
    }

    pub(super) fn calls(&self, app: &str) -> Result<Calls> {
        let arrivals = self.begin(app, Kind::PerCall, WAITING_CALLS)?;
        Ok(Calls { arrivals })
    }

    fn begin(&self, app: &str, kind: Kind, waiting: usize) -> Result<mpsc::Receiver<Accepted>> {
        checked_app(app)?;
        let mut served = self.lock();
        if served.get(app).is_some_and(|it| !it.to.is_closed()) {
            return Err(Error::Config {
                setting: "app",
                reason: format!("`{app}` is served here already"),
            });
        }
        let (to, arrivals) = mpsc::channel(waiting);
        served.insert(app.to_owned(), Served { to, kind });
        Ok(arrivals)
    }

    /// Holds a place with who serves the application.
    fn reserve(&self, app: &str) -> Result<Reserved, Denied> {
        let Some(Served { to, kind }) = self.lock().get(app).cloned() else {
            return Err(Denied::Nobody);
        };
        let place = to.try_reserve_owned().map_err(|error| match error {
            mpsc::error::TrySendError::Closed(_) => Denied::Nobody,
            mpsc::error::TrySendError::Full(_) => Denied::Full,
        })?;
        Ok(Reserved {
            app: app.to_owned(),
            kind,
            place,
        })
    }

    /// Takes the lock, which no panic can have left in disorder: each use is one operation of the map.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Served>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place with who serves an application.
struct Reserved {
    app: String,
    kind: Kind,
    place: mpsc::OwnedPermit<Accepted>,
}

impl Reserved {
    /// Says whether what was registered is what the path named.
    fn is_for(&self, registered: &str) -> bool {
        match self.kind {
            Kind::PerCall => registered
                .split_once(':')
                .is_some_and(|(app, channel)| app == self.app && !channel.is_empty()),
            Kind::Persistent => registered == self.app,
        }
    }
}

/// What the server does with a connection until it is known.
pub(super) struct Greeter {
    pub(super) credentials: Credentials,
    pub(super) places: Arc<Semaphore>,
    pub(super) registry: Arc<Registry>,
}

impl Greeter {
    pub(super) async fn greet(self: Arc<Self>, stream: Stream) -> Result<(), Refused> {
        let mut admitted = None;
        let mut socket = upgrade(stream, connection::limits(), |request| {
            let protocol = protocol(request, "ari")?;
            checked(request, Some(&self.credentials))?;
            let app = request.uri().path().rsplit('/').next().unwrap_or_default();
            let reserved = self.registry.reserve(app)?;
            let place = self
                .places
                .clone()
                .try_acquire_owned()
                .map_err(|_| Denied::Full)?;
            admitted = Some((reserved, place));
            Ok(protocol)
        })
        .await?;
        let (reserved, place) = admitted.ok_or(Refused::Unknown)?;
        match first_event(&mut socket, &reserved).await {
            Ok((app, registered)) => {
                // Who gave up just now finds it closed.
                reserved.place.send(Accepted {
                    app,
                    registered,
                    socket,
                    place,
                });
                Ok(())
            }
            Err(refused) => {
                // Asterisk dials again at once what is dropped after it was accepted: its haste is bounded here.
                tokio::time::sleep(PENANCE).await;
                drop(socket);
                Err(refused)
            }
        }
    }
}

/// Waits for the first event, which says for which application it is. Mostly it is `ApplicationRegistered`; after a loss Asterisk sends
/// first what had to wait. Gives the application and the event.
async fn first_event(socket: &mut Socket, reserved: &Reserved) -> Result<(String, String), Refused> {
    #[derive(Deserialize)]
    struct First {
        application: String,
    }
    let garbled = |reason: String| Refused::Garbled(format!("no event came first: {reason}"));
    let text = loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => break text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(other)) => return Err(garbled(format!("a message of {} bytes", other.len()))),
            Some(Err(error)) => return Err(garbled(error.to_string())),
            None => return Err(garbled("it broke off".into())),
        }
    };
    let First { application } = serde_json::from_str(&text).map_err(|error| garbled(error.to_string()))?;
    if !reserved.is_for(&application) {
        let path = &reserved.app;
        return Err(Refused::Garbled(format!(
            "it is for `{application}`, and `uri` in websocket_client.conf ends with `{path}`; is `connection_type` right?"
        )));
    }
    Ok((application, text.as_str().to_owned()))
}
