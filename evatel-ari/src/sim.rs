//! A fake Asterisk on a loopback port, for tests: stateful, quick, and wrong where a test wants it to be.
//!
//! It holds channels, Local pairs, bridges, playbacks, recordings, variables, applications with their subscriptions and filters, device
//! states and mailboxes. It speaks REST over HTTP and over the websocket, event websockets that it takes and that it dials
//! ([`Outbound`]), and all media legs: `chan_websocket` both ways round, AudioSocket and RTP. Statuses and words are those of Asterisk 22.10:
//! a test of ours runs the same behaviours against both and compares what is seen.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let asterisk = evatel_ari::sim::Asterisk::start().await?;
//! let (ari, mut offers) = evatel_ari::Ari::connect(asterisk.config("evatel")).await?;
//! let id = asterisk.incoming("15145550100").called("15145550199").offer("evatel", &["trunk"]);
//! let call = offers.next().await.ok_or("no call came")?;
//! assert_eq!(call.channel.id.as_str(), id);
//! ari.send(evatel_ari::op::channels::answer(&call.channel.id)).await?;
//! asterisk.asked("POST", &format!("/channels/{id}/answer")).await;
//! asterisk.hangs_up(&id, 16);
//! # Ok(())
//! # }
//! ```
//!
//! Far ends answer by themselves where the dialplan says so, and things go wrong when they shall:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use evatel_ari::sim::{Asterisk, Fault, Step, When};
//! let asterisk = Asterisk::start().await?;
//! asterisk.extension("test", "bob", [Step::Ringing, Step::Answer, Step::Echo]);
//! asterisk.inject_when(Fault::Dropped("StasisStart".into()), When::Nth(2));
//! asterisk.inject_when(Fault::Doubled("*".into()), When::OneIn { odds: 10, seed: 7 });
//! # Ok(())
//! # }
//! ```
//!
//! Time is tokio's: under its paused clock nothing is waited for. What is asked of it is kept and can be waited for; nothing here sleeps
//! for its own sake. Left out: chunked bodies, the dialplan beyond [`Step`], and audio that is mixed (a leg hears each other one).

mod fault;
mod http;
mod media;
mod outbound;
mod rest;
mod scene;
mod server;
mod socket;
mod world;

use std::{
    future::Future,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use fault::{Fault, When};
pub use http::{Asked, MAX_BODY};
pub use media::{Came, Peer};
pub use outbound::Outbound;
pub use scene::Incoming;
pub use socket::WRITE_TIMEOUT;
pub use world::dialplan::Step;

use crate::{backoff::Backoff, config::Config};
use world::{User, World, app::ToSend};

/// The version that it has unless told otherwise.
pub const VERSION: &str = "22.10.1";
/// The user that may do everything.
pub const USER: &str = "evatel";
/// The password of [`USER`], unless it was changed.
pub const PASSWORD: &str = "sim-password";
/// The bytes of each recording that it makes.
pub const RECORDING: &[u8] = b"RIFF\x04\0\0\0WAVE";
/// How long waiting for something that must happen may take before it counts as a failure.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How many media connections may wait for [`Asterisk::next_media`]; more are served and not shown.
const PEERS: usize = 1024;

/// What `http.conf` would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// How many connections there may be, websockets among them; more are closed without a word.
    pub session_limit: usize,
    /// How long a connection may stay idle.
    pub keep_alive: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            session_limit: 100,
            keep_alive: Duration::from_secs(15),
        }
    }
}

/// The fake Asterisk. Dropping it closes everything.
#[derive(Debug)]
pub struct Asterisk {
    port: u16,
    shared: Shared,
    peers: tokio::sync::Mutex<mpsc::Receiver<Peer>>,
    _stop: DropGuard,
}

/// The state that all connections share.
#[derive(Clone)]
struct Shared {
    world: Arc<Mutex<World>>,
    stop: CancellationToken,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something and sends the events that it raises.
    fn change<T>(&self, what: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        let result = what(&mut world);
        world.send_events();
        result
    }

    /// Runs a task that ends with the server.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(task).await });
    }
}

impl Asterisk {
    /// Starts it on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Options::default()).await
    }

    /// Starts it with other limits.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_with(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (to_peers, peers) = mpsc::channel(PEERS);
        let stop = CancellationToken::new();
        let shared = Shared {
            world: Arc::new(Mutex::new(World::new(VERSION, to_peers))),
            stop: stop.clone(),
        };
        tokio::spawn(server::accept(listener, shared.clone(), options, stop.clone()));
        tokio::spawn(world::clock::run(shared.clone(), stop.clone()));
        let asterisk = Self {
            port,
            shared,
            peers: peers.into(),
            _stop: stop.drop_guard(),
        };
        asterisk.set_user(USER, PASSWORD, false);
        Ok(asterisk)
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
        let mut config = Config::new(&self.url(), USER, SecretString::from(PASSWORD), app)
            .expect("the URL is loopback, and the test names a good application");
        config.backoff = Backoff::new(Duration::from_millis(10), Duration::from_millis(50));
        config
    }

    /// Says of which version it is from now on.
    pub fn set_version(&self, version: &str) {
        self.shared.lock().version = version.to_owned();
    }

    /// Changes the password of [`USER`]: what our configuration holds is wrong from now on.
    pub fn set_password(&self, password: &str) {
        self.set_user(USER, password, false);
    }

    /// Adds a user, or changes one.
    pub fn set_user(&self, name: &str, password: &str, is_read_only: bool) {
        let user = User {
            password: password.to_owned(),
            is_read_only,
        };
        self.shared.lock().users.insert(name.to_owned(), user);
    }

    /// Lets something go wrong, each time that it can.
    pub fn inject(&self, fault: Fault) {
        self.inject_when(fault, When::Always);
    }

    /// Lets something go wrong at some of its chances.
    pub fn inject_when(&self, fault: Fault, when: When) {
        self.shared.lock().faults.inject(fault, when);
    }

    /// Lets it go right again.
    pub fn heal(&self, fault: &Fault) {
        self.shared.lock().faults.heal(fault);
    }

    /// Refuses the next request of this method and decoded path, in these words.
    pub fn refuse_once(&self, method: &str, path: &str, status: u16, message: &str) {
        let refusal = Fault::Refused {
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            message: message.to_owned(),
        };
        self.inject_when(refusal, When::Nth(1));
    }

    /// Dies and is there again at once: connections, calls and bridges are gone; recordings and configuration stay.
    pub fn restart(&self) {
        self.shared.lock().restart();
    }

    /// Lets another program take the application: who had it is told, and hears nothing any more.
    pub fn replace(&self, app: &str) {
        self.shared.lock().take_over(app);
    }

    /// Dials the program's server and keeps the connection up, as a persistent outbound websocket does, until the guard is dropped.
    pub fn dial_out(&self, outbound: Outbound) -> DropGuard {
        let hang_up = self.shared.stop.child_token();
        self.shared
            .spawn(outbound::keep(outbound, self.shared.clone(), hang_up.clone()));
        hang_up.drop_guard()
    }

    /// Closes all event websockets. Applications may come back at once, unless [`Fault::EventsRefused`].
    pub fn drop_events(&self) {
        self.shared.change(|world| {
            for socket in world.sockets() {
                world.unregister(socket.number);
                socket.end.cancel();
            }
        });
    }

    /// Sends a text as an event to everybody who is connected, whatever it is.
    pub fn send_event(&self, text: &str) {
        for socket in self.shared.lock().sockets() {
            socket.send(ToSend::Text(text.to_owned()));
        }
    }

    /// Waits until every client has taken all events so far.
    pub async fn settled(&self) {
        let marks: Vec<_> = self
            .shared
            .lock()
            .sockets()
            .iter()
            .map(world::app::Socket::mark)
            .collect();
        for mark in marks {
            // A socket that ends takes its mark along.
            let _ = mark.await;
        }
    }

    /// Lists the ids of all channels.
    pub fn channels(&self) -> Vec<String> {
        self.shared.lock().channels.keys().cloned().collect()
    }

    /// Lists all bridges with their channels.
    pub fn bridges(&self) -> Vec<(String, Vec<String>)> {
        let world = self.shared.lock();
        let bridges = world.bridges.iter();
        bridges
            .map(|(id, bridge)| (id.clone(), bridge.channels.clone()))
            .collect()
    }

    /// Gives a variable that was set on a channel.
    pub fn variable(&self, id: &str, name: &str) -> Option<String> {
        let world = self.shared.lock();
        Some(world.channels.get(id)?.variables.get(name)?.value.clone())
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
        let end = self
            .shared
            .lock()
            .channels
            .get(id)
            .map(|channel| channel.end.clone());
        if let Some(end) = end
            && tokio::time::timeout(PATIENCE, end.cancelled()).await.is_err()
        {
            panic!("channel `{id}` was not ended");
        }
    }

    /// Lists the applications that have an event websocket.
    pub fn applications(&self) -> Vec<String> {
        let world = self.shared.lock();
        let connected = world.apps.iter().filter(|(_, app)| app.socket.is_some());
        connected.map(|(name, _)| name.clone()).collect()
    }

    /// Waits until an application's event websocket is closed.
    ///
    /// # Panics
    /// If it is still open after [`PATIENCE`].
    pub async fn closed(&self, app: &str) {
        let socket = self
            .shared
            .lock()
            .apps
            .get(app)
            .and_then(|app| app.socket.clone());
        if let Some(socket) = socket
            && tokio::time::timeout(PATIENCE, socket.end.cancelled())
                .await
                .is_err()
        {
            panic!("`{app}` is still connected");
        }
    }

    fn watch(&self) -> watch::Receiver<Vec<Asked>> {
        self.shared.lock().asked.subscribe()
    }
}
