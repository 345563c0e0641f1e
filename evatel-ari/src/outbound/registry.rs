//! Which applications are served here, and the way of an accepted websocket to who serves it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::StreamExt;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

use crate::{
    config::checked_app,
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
/// Longest message that is read, in bytes: lists of every channel come as one.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;

/// A websocket that Asterisk opened and that may speak for its application.
#[non_exhaustive]
pub struct Accepted {
    /// The application: its name, for a single call with `:` and the channel's name behind.
    pub app: String,
    /// The first event, `ApplicationRegistered`, as it came.
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
pub(super) struct Registry {
    persistent: Mutex<HashMap<String, mpsc::Sender<Accepted>>>,
    per_call: Mutex<HashMap<String, mpsc::Sender<Accepted>>>,
}

impl Registry {
    pub(super) fn application(&self, app: &str) -> Result<Application> {
        let arrivals = begin(&self.persistent, app, WAITING_CONNECTIONS)?;
        Ok(Application {
            app: app.to_owned(),
            arrivals,
        })
    }

    pub(super) fn calls(&self, app: &str) -> Result<Calls> {
        let arrivals = begin(&self.per_call, app, WAITING_CALLS)?;
        Ok(Calls { arrivals })
    }

    /// Hands a connection to who serves its application.
    fn hand_over(&self, accepted: Accepted) -> Result<(), Refused> {
        let to = match accepted.app.split_once(':') {
            None => lock(&self.persistent).get(&accepted.app).cloned(),
            Some((app, _)) => lock(&self.per_call).get(app).cloned(),
        };
        let to = to.ok_or(Refused::Unknown)?;
        to.try_send(accepted).map_err(|error| match error {
            mpsc::error::TrySendError::Closed(_) => Refused::Unknown,
            mpsc::error::TrySendError::Full(_) => Refused::Full,
        })
    }
}

fn begin(
    served: &Mutex<HashMap<String, mpsc::Sender<Accepted>>>,
    app: &str,
    waiting: usize,
) -> Result<mpsc::Receiver<Accepted>> {
    checked_app(app)?;
    let mut served = lock(served);
    if served.get(app).is_some_and(|to| !to.is_closed()) {
        return Err(Error::Config {
            setting: "app",
            reason: format!("`{app}` is served here already"),
        });
    }
    let (to, arrivals) = mpsc::channel(waiting);
    served.insert(app.to_owned(), to);
    Ok(arrivals)
}

/// Takes a lock that no panic can have left in disorder: each use is one operation of a map.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the server does with a connection until it is known.
pub(super) struct Greeter {
    pub(super) credentials: Credentials,
    pub(super) places: Arc<Semaphore>,
    pub(super) registry: Arc<Registry>,
}

impl Greeter {
    pub(super) async fn greet(self: Arc<Self>, stream: Stream) -> Result<(), Refused> {
        let mut place = None;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let mut socket = upgrade(stream, limits, |request| {
            let protocol = protocol(request, "ari")?;
            checked(request, Some(&self.credentials))?;
            place = self.places.clone().try_acquire_owned().ok();
            match place {
                Some(_) => Ok(protocol),
                None => Err(Denied::Full),
            }
        })
        .await?;
        let place = place.ok_or(Refused::Full)?;
        let (app, registered) = registered(&mut socket).await?;
        self.registry.hand_over(Accepted {
            app,
            registered,
            socket,
            place,
        })
    }
}

/// Waits for the event that says which application it is, and gives both.
async fn registered(socket: &mut Socket) -> Result<(String, String), Refused> {
    #[derive(Deserialize)]
    struct First {
        r#type: String,
        application: String,
    }
    let garbled = |reason: String| Refused::Garbled(format!("no `ApplicationRegistered`: {reason}"));
    loop {
        let text = match socket.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(other)) => return Err(garbled(format!("a message of {} bytes", other.len()))),
            Some(Err(error)) => return Err(garbled(error.to_string())),
            None => return Err(garbled("it broke off".into())),
        };
        return match serde_json::from_str::<First>(&text) {
            Ok(first) if first.r#type == "ApplicationRegistered" => {
                Ok((first.application, text.as_str().to_owned()))
            }
            Ok(first) => Err(garbled(format!("`{}` came first", first.r#type))),
            Err(error) => Err(garbled(error.to_string())),
        };
    }
}
