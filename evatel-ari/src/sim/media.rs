//! The far side of a media leg: what the assistant says arrives here, and the party speaks from here.

pub(super) mod audiosocket;
pub(super) mod client;
pub(super) mod playout;
pub(super) mod rtp;
pub(super) mod websocket;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How much may wait at a [`Peer`] in either direction, in pieces: a minute of sound. What comes when it is full is lost.
const WAITING: usize = 3000;

/// What came over a media connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Came {
    /// Sound, as it came.
    Sound(Vec<u8>),
    /// A command such as `{"command":"FLUSH_MEDIA"}`.
    Command(String),
}

/// What goes out over a media connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Digit(char),
    Sound(Vec<u8>),
    Text(String),
}

/// The other end of one media connection.
#[derive(Debug)]
pub struct Peer {
    channel: String,
    came: mpsc::Receiver<Came>,
    to_say: mpsc::Sender<Said>,
    broken: CancellationToken,
    deaf: CancellationToken,
}

impl Peer {
    /// Gives the id of the media channel.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Waits for what comes next; nothing once the connection has ended.
    pub async fn next(&mut self) -> Option<Came> {
        self.came.recv().await
    }

    /// Sends sound of any length at once.
    pub fn say(&self, bytes: Vec<u8>) {
        // A connection that ended carries nothing.
        let _ = self.to_say.try_send(Said::Sound(bytes));
    }

    /// Sends sound in pieces of 20 ms at 8 kHz, one each 20 ms, until all is said.
    pub async fn say_paced(&self, bytes: &[u8]) {
        let mut clock = tokio::time::interval(Duration::from_millis(20));
        for piece in bytes.chunks(320) {
            clock.tick().await;
            self.say(piece.to_vec());
        }
    }

    /// Sends a text message, such as `{"event":"MEDIA_XOFF"}`; only a websocket carries it.
    pub fn tell(&self, text: &str) {
        let _ = self.to_say.try_send(Said::Text(text.to_owned()));
    }

    /// Gives back all that comes until the connection ends.
    pub async fn echo(mut self) {
        while let Some(came) = self.next().await {
            if let Came::Sound(bytes) = came {
                self.say(bytes);
            }
        }
    }

    /// Reads nothing more; the connection stays open.
    pub fn stop_reading(&self) {
        self.deaf.cancel();
    }

    /// Breaks the connection without a word; the channel stays.
    pub fn cut(&self) {
        self.broken.cancel();
    }
}

/// The task's side of a [`Peer`].
pub(super) struct Side {
    pub(super) arrived: mpsc::Sender<Came>,
    pub(super) to_say: mpsc::Sender<Said>,
    pub(super) said: mpsc::Receiver<Said>,
    pub(super) broken: CancellationToken,
    pub(super) deaf: CancellationToken,
}

impl Side {
    /// Makes both sides. The task keeps a sender too: who only listens, or dropped the peer, ends nothing.
    pub(super) fn new(channel: &str) -> (Self, Peer) {
        let (arrived, came) = mpsc::channel(WAITING);
        let (to_say, said) = mpsc::channel(WAITING);
        let (broken, deaf) = (CancellationToken::new(), CancellationToken::new());
        let peer = Peer {
            channel: channel.to_owned(),
            came,
            to_say: to_say.clone(),
            broken: broken.clone(),
            deaf: deaf.clone(),
        };
        let side = Self {
            arrived,
            to_say,
            said,
            broken,
            deaf,
        };
        (side, peer)
    }

    /// Hands on what came; nobody may listen, which is no reason to end.
    pub(super) fn arrived(&self, came: Came) {
        let _ = self.arrived.try_send(came);
    }
}

/// What a channel knows of its media connection.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) connection: String,
    pub(super) format: Format,
    pub(super) is_json: bool,
    /// Where what is said to it goes, once it is connected.
    pub(super) say: Option<mpsc::Sender<Said>>,
}

impl Link {
    pub(super) fn new(channel: &str, format: Format, is_json: bool) -> Self {
        Self {
            connection: format!("media_{channel}"),
            format,
            is_json,
            say: None,
        }
    }
}

/// A format in which sound is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) name: &'static str,
    rate_hz: usize,
    bytes_a_sample: usize,
    /// What AudioSocket calls it.
    pub(super) audiosocket: u8,
    /// The payload type that Asterisk sends on RTP.
    pub(super) payload_type: u8,
}

impl Format {
    pub(super) fn named(name: &str) -> Option<Self> {
        FORMATS.iter().find(|format| format.name == name).copied()
    }

    /// Gives the length of 20 ms.
    pub(super) fn frame_bytes(self) -> usize {
        self.rate_hz / 50 * self.bytes_a_sample
    }

    /// Gives how many ticks of RTP's clock 20 ms are; that of G.722 runs at 8 kHz for history's sake (RFC 3551 §4.5.2).
    pub(super) fn rtp_ticks(self) -> u32 {
        (self.rate_hz / 50) as u32
    }

    /// Says whether samples are 16-bit numbers, whose bytes RTP turns round.
    pub(super) fn is_linear(self) -> bool {
        self.bytes_a_sample == 2
    }
}

const fn format(
    name: &'static str,
    rate_hz: usize,
    bytes: usize,
    audiosocket: u8,
    payload_type: u8,
) -> Format {
    Format {
        name,
        rate_hz,
        bytes_a_sample: bytes,
        audiosocket,
        payload_type,
    }
}

const FORMATS: [Format; 12] = [
    format("slin", 8000, 2, 0x10, 10),
    format("slin12", 12_000, 2, 0x11, 122),
    format("slin16", 16_000, 2, 0x12, 118),
    format("slin24", 24_000, 2, 0x13, 123),
    format("slin32", 32_000, 2, 0x14, 124),
    format("slin44", 44_100, 2, 0x15, 125),
    format("slin48", 48_000, 2, 0x16, 126),
    format("slin96", 96_000, 2, 0x17, 127),
    format("slin192", 192_000, 2, 0x18, 96),
    format("ulaw", 8000, 1, 0x10, 0),
    format("alaw", 8000, 1, 0x10, 8),
    format("g722", 8000, 1, 0x10, 9),
];
