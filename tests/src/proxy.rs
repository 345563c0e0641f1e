//! A TCP proxy between the daemon and Asterisk: it cuts connections, and lets them stall.

use std::{net::SocketAddr, path::Path};

use anyhow::{Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};

use crate::{ports::ASTERISK_IP, world::World};

/// Which connections are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All: requests, the event websocket, media websockets.
    All,
    /// The event websocket.
    Events,
    /// Media websockets.
    Media,
}

/// The proxy; dropping it closes everything.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    listeners: JoinSet<()>,
}

#[derive(Debug, Default)]
struct State {
    /// Each cut ends the connections that were there before it.
    all_cut: u64,
    events_cut: u64,
    media_cut: u64,
    stalled: bool,
    media_stalled: bool,
}

impl Proxy {
    /// Stands between a world's daemon, which is started anew, and its Asterisk, whichever of them connects.
    pub async fn between(world: &mut World) -> Result<Self> {
        let http = SocketAddr::new(ASTERISK_IP, world.asterisk.door().http_port);
        let mut proxy = Self::start(http).await?;
        redirect(&world.dir().join("evatel.toml"), http, proxy.address())?;
        let media = proxy.stand(world.media).await?;
        let clients = world.dir().join("asterisk/etc/websocket_client.conf");
        redirect(&clients, world.media, media)?;
        world
            .asterisk
            .console("module reload res_websocket_client.so")
            .await?;
        world.restart_daemon().await?;
        Ok(proxy)
    }

    /// Listens on a free port of loopback for what goes to `to`.
    pub async fn start(to: SocketAddr) -> Result<Self> {
        let mut proxy = Self {
            address: to,
            state: watch::Sender::default(),
            listeners: JoinSet::new(),
        };
        proxy.address = proxy.stand(to).await?;
        Ok(proxy)
    }

    /// Listens on one more port for what goes to `to`; gives where.
    async fn stand(&mut self, to: SocketAddr) -> Result<SocketAddr> {
        let listener = TcpListener::bind((ASTERISK_IP, 0)).await?;
        let address = listener.local_addr()?;
        let follow = self.state.subscribe();
        self.listeners.spawn(async move {
            // One that cannot be accepted is the client's to try again.
            loop {
                if let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(carry(client, to, follow.clone()));
                }
            }
        });
        Ok(address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends connections, as when a cable is pulled; new ones may be made at once.
    pub fn cut(&self, which: Which) {
        self.state.send_modify(|state| match which {
            Which::All => state.all_cut += 1,
            Which::Events => state.events_cut += 1,
            Which::Media => state.media_cut += 1,
        });
    }

    /// Lets nothing through any more, in either direction, with every connection open; or lets it go on.
    pub fn stall(&self, stalled: bool) {
        self.state.send_modify(|state| state.stalled = stalled);
    }

    /// Does so to media websockets only.
    pub fn stutter(&self, stalled: bool) {
        self.state.send_modify(|state| state.media_stalled = stalled);
    }
}

/// Lets a file lead elsewhere.
fn redirect(file: &Path, from: SocketAddr, to: SocketAddr) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let (from, to) = (format!("://{from}"), format!("://{to}"));
    ensure!(text.contains(&from), "no `{from}` in `{}`", file.display());
    std::fs::write(file, text.replace(&from, &to))?;
    Ok(())
}

impl State {
    /// Whether nothing passes on a connection of that kind.
    fn holds(&self, is_media: bool) -> bool {
        self.stalled || is_media && self.media_stalled
    }
}

/// Carries one connection until an end closes it, or it is cut.
async fn carry(client: TcpStream, to: SocketAddr, mut follow: watch::Receiver<State>) {
    let Ok(server) = TcpStream::connect(to).await else {
        return;
    };
    let mut first = [0; 16 * 1024];
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let Ok(read) = from_client.read(&mut first).await else {
        return;
    };
    let is_media = first.starts_with(b"GET /media");
    if follow.wait_for(|state| !state.holds(is_media)).await.is_err() {
        return;
    }
    if to_server.write_all(&first[..read]).await.is_err() {
        return;
    }
    let cuts: fn(&State) -> (u64, u64) = if first.starts_with(b"GET /ari/events") {
        |state| (state.all_cut, state.events_cut)
    } else if is_media {
        |state| (state.all_cut, state.media_cut)
    } else {
        |state| (state.all_cut, 0)
    };
    let before = cuts(&follow.borrow());
    let gates = (follow.clone(), follow.clone());
    let cut = follow.wait_for(|state| cuts(state) != before);
    tokio::select! {
        _ = cut => {}
        () = copy(from_client, to_server, is_media, gates.0) => {}
        () = copy(from_server, to_client, is_media, gates.1) => {}
    }
}

/// Copies in one direction while nothing is stalled.
async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    is_media: bool,
    mut gate: watch::Receiver<State>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        if gate.wait_for(|state| !state.holds(is_media)).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
