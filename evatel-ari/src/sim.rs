//! A small fake Asterisk on a loopback port, for tests: REST answers, the event websocket, the media websocket, faults.
//!
//! It holds channels, bridges and recordings, so that hanging a channel up gives `StasisEnd` and `ChannelDestroyed`, the
//! latter only to who subscribed, as with the real one. What it was asked is kept and can be waited for; nothing here sleeps.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let asterisk = evatel_ari::sim::Asterisk::start().await?;
//! let (ari, mut offers) = evatel_ari::Ari::connect(asterisk.config("evatel")).await?;
//! asterisk.offer("1700.12", "15145550100", "evatel", &["trunk", "t", "15145550199"]);
//! let call = offers.next().await.ok_or("no call came")?;
//! ari.send(evatel_ari::op::channels::answer(&call.channel.id)).await?;
//! asterisk.asked("POST", "/channels/1700.12/answer").await;
//! # Ok(())
//! # }
//! ```

mod http;
mod media;
mod rest;
mod socket;
mod world;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use serde_json::json;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use http::Asked;
pub use media::{Came, Peer};

use crate::{backoff::Backoff, config::Config};
use http::Reply;
use world::{Line, Refusal, ToSend, World};

/// The version that it has unless told otherwise.
pub const VERSION: &str = "22.10.1";
/// The password of its only user, `evatel`, unless it was changed.
pub const PASSWORD: &str = "sim-password";
/// The bytes of each recording that it makes.
pub const RECORDING: &[u8] = b"RIFF\x04\0\0\0WAVE";
/// How long waiting for something that must happen may take before it counts as a failure.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What goes wrong, from [`Asterisk::inject`] until [`Asterisk::heal`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// Everything is answered with 503.
    Booting,
    /// Events are heard before the reply of the request that raises them.
    EventsFirst,
    /// The event websocket is answered with 503.
    EventsRefused,
    /// A request with this path is neither done nor answered; the path may end with `*`.
    Stalled(String),
    /// A request with this path is done and never answered, unless it is a `DELETE`; the path may end with `*`.
    Unanswered(String),
    /// Dialling this endpoint, such as `PJSIP/phone`, gives 500 `Allocation failed`.
    Unreachable(String),
}

/// The fake Asterisk. Dropping it closes everything.
#[derive(Debug)]
pub struct Asterisk {
    port: u16,
    shared: Shared,
    peers: tokio::sync::Mutex<mpsc::UnboundedReceiver<Peer>>,
    _stop: DropGuard,
}

/// The state that all connections share.
#[derive(Clone)]
struct Shared(Arc<Mutex<World>>);

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something and sends the events that it raises.
    fn change<T>(&self, what: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        let result = what(&mut world);
        world.send_events();
        result
    }
}

impl Asterisk {
    /// Starts it on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (to_peers, peers) = mpsc::unbounded_channel();
        let shared = Shared(Arc::new(Mutex::new(World::new(PASSWORD, to_peers))));
        let stop = CancellationToken::new();
        tokio::spawn(socket::accept(listener, shared.clone(), stop.clone()));
        Ok(Self {
            port,
            shared,
            peers: peers.into(),
            _stop: stop.drop_guard(),
        })
    }

    /// Gives the URL of its HTTP server.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Gives a configuration that connects to it as `app`, with short waits between attempts.
    ///
    /// # Panics
    /// If `app` is no name of an application.
    pub fn config(&self, app: &str) -> Config {
        let mut config = Config::new(&self.url(), "evatel", SecretString::from(PASSWORD), app)
            .expect("the URL is loopback, and the test names a good application");
        config.backoff = Backoff::new(Duration::from_millis(10), Duration::from_millis(50));
        config
    }

    /// Says of which version it is from now on.
    pub fn set_version(&self, version: &str) {
        self.shared.lock().version = version.to_owned();
    }

    /// Changes the password: what our configuration holds is wrong from now on.
    pub fn set_password(&self, password: &str) {
        self.shared.lock().password = password.to_owned();
    }

    /// Lets something go wrong.
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.insert(fault);
    }

    /// Lets it go right again.
    pub fn heal(&self, fault: &Fault) {
        self.shared.lock().faults.remove(fault);
    }

    /// Refuses the next request of this method and decoded path, in these words.
    pub fn refuse_once(&self, method: &str, path: &str, status: u16, message: &str) {
        self.shared.lock().refusals.push(Refusal {
            method: method.to_owned(),
            path: path.to_owned(),
            reply: Reply::refused(status, message),
        });
    }

    /// Closes all event websockets. Applications may come back at once, unless [`Fault::EventsRefused`].
    pub fn drop_events(&self) {
        for (_, (_, end)) in std::mem::take(&mut self.shared.lock().sockets) {
            end.cancel();
        }
    }

    /// Sends a text as an event to everybody who is connected, whatever it is.
    pub fn send_event(&self, text: &str) {
        for (socket, _) in self.shared.lock().sockets.values() {
            // A socket that has just closed misses it.
            let _ = socket.send(ToSend::Text(text.to_owned()));
        }
    }

    /// Waits until every client has taken all events so far.
    pub async fn settled(&self) {
        let marks: Vec<_> = {
            let world = self.shared.lock();
            world.sockets.values().map(|(socket, _)| mark(socket)).collect()
        };
        for mark in marks {
            // A socket that ends takes its mark along.
            let _ = mark.await;
        }
    }

    /// A call comes in: channel `id` of caller `number` rings, and the dialplan hands it to `app` with `args`.
    pub fn offer(&self, id: &str, number: &str, app: &str, args: &[&str]) {
        self.shared.change(|world| {
            let line = Line {
                state: "Ring",
                caller: (String::new(), number.to_owned()),
                ..Line::default()
            };
            world.channels.insert(id.to_owned(), line);
            let args = args.iter().map(|arg| (*arg).to_owned()).collect();
            world.enter(id, app.to_owned(), args);
        });
    }

    /// Puts a channel there of which nobody is told: in the application `app`, or in the dialplan.
    pub fn put_channel(&self, id: &str, app: Option<&str>) {
        let line = Line {
            state: "Up",
            app: app.map(|app| (app.to_owned(), Vec::new())),
            ..Line::default()
        };
        self.shared.lock().channels.insert(id.to_owned(), line);
    }

    /// Puts an empty bridge there.
    pub fn put_bridge(&self, id: &str) {
        self.shared.lock().bridges.insert(id.to_owned(), Vec::new());
    }

    /// The dialled telephone rings.
    pub fn rings(&self, id: &str) {
        self.shared.change(|world| {
            world.set_state(id, "Ringing");
            let peer = world.channel(id);
            world.raise(json!({ "type": "Dial", "dialstatus": "RINGING", "peer": peer }));
        });
    }

    /// The dialled party answers; the channel comes into the application that dialled it.
    pub fn answers(&self, id: &str) {
        self.shared.change(|world| {
            world.set_state(id, "Up");
            let wanted = world.channels.get_mut(id).and_then(|line| line.wanted_by.take());
            if let Some((app, args)) = wanted {
                world.enter(id, app, args);
            }
        });
    }

    /// The party presses a key.
    pub fn presses(&self, id: &str, digit: char) {
        self.shared.change(|world| {
            let channel = world.channel(id);
            world.raise(json!({
                "type": "ChannelDtmfReceived", "digit": digit.to_string(), "duration_ms": 100, "channel": channel,
            }));
        });
    }

    /// The party hangs up, or the line dies, with this cause of Q.850.
    pub fn hangs_up(&self, id: &str, cause: u8) {
        self.shared.change(|world| world.end(id, cause.into()));
    }

    /// A recording ends, as when its bridge does.
    pub fn finishes_recording(&self, name: &str) {
        self.shared.change(|world| world.finish_recording(name));
    }

    /// The dialplan takes the channel out of the application.
    pub fn leaves(&self, id: &str) {
        self.shared.change(|world| world.leave(id));
    }

    /// Lists the ids of all channels.
    pub fn channels(&self) -> Vec<String> {
        self.shared.lock().channels.keys().cloned().collect()
    }

    /// Lists all bridges with their channels.
    pub fn bridges(&self) -> Vec<(String, Vec<String>)> {
        self.shared.lock().bridges.clone().into_iter().collect()
    }

    /// Gives a variable that was set on a channel.
    pub fn variable(&self, id: &str, name: &str) -> Option<String> {
        self.shared.lock().channels.get(id)?.variables.get(name).cloned()
    }

    /// Lists what was asked so far, in order.
    pub fn requests(&self) -> Vec<Asked> {
        self.shared.lock().asked.borrow().clone()
    }

    /// Waits until a request of this method was made whose path is `path`, or begins with it if it ends with `*`.
    ///
    /// # Panics
    /// If it does not come within [`PATIENCE`].
    pub async fn asked(&self, method: &str, path: &str) -> Asked {
        let wanted = |asked: &Asked| asked.method == method && asked.is_at(path);
        let mut log = self.watch();
        let found = tokio::time::timeout(PATIENCE, log.wait_for(|log| log.iter().any(wanted))).await;
        let Ok(Ok(log)) = found else {
            let asked: Vec<_> = self.requests().iter().map(Asked::to_string).collect();
            panic!("`{method} {path}` was not asked, but: {asked:#?}");
        };
        log.iter()
            .find(|asked| wanted(asked))
            .cloned()
            .expect("it was just found")
    }

    /// Waits until a channel is gone.
    ///
    /// # Panics
    /// If it is still there after [`PATIENCE`].
    pub async fn ended(&self, id: &str) {
        let end = self.shared.lock().channels.get(id).map(|line| line.end.clone());
        if let Some(end) = end
            && tokio::time::timeout(PATIENCE, end.cancelled()).await.is_err()
        {
            panic!("channel `{id}` was not ended");
        }
    }

    /// Lists the applications that are registered: those with an event websocket.
    pub fn applications(&self) -> Vec<String> {
        self.shared.lock().sockets.keys().cloned().collect()
    }

    /// Waits until an application's event websocket is closed.
    ///
    /// # Panics
    /// If it is still open after [`PATIENCE`].
    pub async fn closed(&self, app: &str) {
        let end = self.shared.lock().sockets.get(app).map(|(_, end)| end.clone());
        if let Some(end) = end
            && tokio::time::timeout(PATIENCE, end.cancelled()).await.is_err()
        {
            panic!("`{app}` is still connected");
        }
    }

    /// Waits for the next media connection.
    ///
    /// # Panics
    /// If none comes within [`PATIENCE`].
    pub async fn next_media(&self) -> Peer {
        let mut peers = self.peers.lock().await;
        match tokio::time::timeout(PATIENCE, peers.recv()).await {
            Ok(Some(peer)) => peer,
            _ => panic!("no media connection came"),
        }
    }

    fn watch(&self) -> watch::Receiver<Vec<Asked>> {
        self.shared.lock().asked.subscribe()
    }
}

/// Asks a socket to say when the client has taken all events before.
fn mark(socket: &mpsc::UnboundedSender<ToSend>) -> oneshot::Receiver<()> {
    let (done, taken) = oneshot::channel();
    // A socket that has closed drops the mark, which ends the wait.
    let _ = socket.send(ToSend::Mark(done));
    taken
}
