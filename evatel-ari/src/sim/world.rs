//! What the fake Asterisk holds, and how it changes. Nothing here waits or touches a socket.

pub(super) mod app;
pub(super) mod bridge;
pub(super) mod channel;
pub(super) mod clock;
pub(super) mod device;
pub(super) mod dialplan;
pub(super) mod playback;
pub(super) mod recording;

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use tokio::sync::{mpsc, watch};

use self::{
    app::App, bridge::Bridge, channel::Channel, clock::Timers, device::Devices, dialplan::Step,
    playback::Playback, recording::Recordings,
};
use super::{
    fault::Faults,
    http::Asked,
    media::{
        Peer,
        client::{Dialled, ToServe},
    },
};

/// How many requests are remembered; the oldest go first.
const REMEMBERED: usize = 100_000;

/// A user of `ari.conf`.
pub(super) struct User {
    pub(super) password: String,
    pub(super) is_read_only: bool,
}

/// Everything.
pub(super) struct World {
    pub(super) version: String,
    pub(super) entity: String,
    pub(super) users: BTreeMap<String, User>,
    pub(super) faults: Faults,
    pub(super) apps: BTreeMap<String, App>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) bridges: BTreeMap<String, Bridge>,
    pub(super) playbacks: BTreeMap<String, Playback>,
    pub(super) recordings: Recordings,
    pub(super) devices: Devices,
    pub(super) globals: BTreeMap<String, String>,
    pub(super) dialplan: BTreeMap<(String, String), Vec<Step>>,
    /// The sounds that are installed, and how long each is.
    pub(super) sounds: BTreeMap<String, Duration>,
    /// Where `websocket_client.conf` dials, by id.
    pub(super) websocket_clients: BTreeMap<String, String>,
    /// A media connection that the request under way has opened already.
    pub(super) dialled: Option<Dialled>,
    /// Media connections that wait for their tasks.
    pub(super) to_serve: Vec<ToServe>,
    pub(super) timers: Timers,
    pub(super) asked: watch::Sender<Vec<Asked>>,
    pub(super) peers: mpsc::Sender<Peer>,
    /// Numbers for names of channels, ids and sockets.
    pub(super) turn: u64,
    /// Events of the request under way; they go out before or after its reply.
    outbox: Vec<(String, Value)>,
}

impl World {
    pub(super) fn new(version: &str, peers: mpsc::Sender<Peer>) -> Self {
        let seconds = |name: &str, seconds| (name.to_owned(), Duration::from_millis(seconds));
        Self {
            version: version.to_owned(),
            entity: "00:00:5e:00:53:01".to_owned(),
            users: BTreeMap::new(),
            faults: Faults::default(),
            apps: BTreeMap::new(),
            channels: BTreeMap::new(),
            bridges: BTreeMap::new(),
            playbacks: BTreeMap::new(),
            recordings: Recordings::default(),
            devices: Devices::default(),
            globals: BTreeMap::new(),
            dialplan: BTreeMap::new(),
            sounds: [
                seconds("beep", 250),
                seconds("hello-world", 1400),
                seconds("tt-monkeys", 16_000),
                seconds("vm-goodbye", 800),
            ]
            .into(),
            websocket_clients: BTreeMap::new(),
            dialled: None,
            to_serve: Vec::new(),
            timers: Timers::default(),
            asked: watch::Sender::default(),
            peers,
            turn: 0,
            outbox: Vec::new(),
        }
    }

    /// Forgets all that does not outlive a restart. Configuration, recordings on the disk and faults stay.
    pub(super) fn restart(&mut self) {
        for socket in self.sockets() {
            socket.end.cancel();
        }
        for channel in std::mem::take(&mut self.channels).into_values() {
            channel.end.cancel();
        }
        self.apps.clear();
        self.bridges.clear();
        self.playbacks.clear();
        self.recordings.live.clear();
        self.globals.clear();
        self.outbox.clear();
    }

    pub(super) fn next_turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }

    /// Keeps a request for those who look at it or wait for it.
    pub(super) fn note(&self, asked: Asked) {
        self.asked.send_modify(|log| {
            if log.len() >= REMEMBERED {
                log.drain(..REMEMBERED / 10);
            }
            log.push(asked);
        });
    }
}

/// Writes the time of now as Asterisk does.
pub(super) fn timestamp() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%z")
        .to_string()
}
