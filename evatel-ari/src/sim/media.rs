//! The far side of a media leg: what the assistant says arrives here, and the party speaks from here.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, sync::mpsc};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use tokio_util::sync::CancellationToken;

/// What came over a media connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Came {
    /// Sound, as it came.
    Sound(Vec<u8>),
    /// A command such as `{"command":"FLUSH_MEDIA"}`.
    Command(String),
}

/// The other end of one media connection.
#[derive(Debug)]
pub struct Peer {
    channel: String,
    came: mpsc::UnboundedReceiver<Came>,
    to_say: mpsc::UnboundedSender<Message>,
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
        let _ = self.to_say.send(Message::binary(bytes));
    }

    /// Sends sound in pieces of 20 ms, one each 20 ms, until all is said.
    pub async fn say_paced(&self, bytes: &[u8]) {
        let mut clock = tokio::time::interval(Duration::from_millis(20));
        for piece in bytes.chunks(320) {
            clock.tick().await;
            self.say(piece.to_vec());
        }
    }

    /// Sends a text message, such as `{"event":"MEDIA_XOFF"}`.
    pub fn tell(&self, text: &str) {
        let _ = self.to_say.send(Message::text(text));
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

/// Makes a peer and serves its connection until either side or the channel ends it.
pub(super) fn serve(
    channel: String,
    mut socket: WebSocketStream<TcpStream>,
    end: CancellationToken,
) -> (Peer, impl Future<Output = ()>) {
    let (arrived, came) = mpsc::unbounded_channel();
    let (to_say, mut said) = mpsc::unbounded_channel();
    let (broken, deaf) = (CancellationToken::new(), CancellationToken::new());
    let peer = Peer {
        channel: channel.clone(),
        came,
        to_say: to_say.clone(),
        broken: broken.clone(),
        deaf: deaf.clone(),
    };
    let served = async move {
        // The task keeps the sender too: who only listens, or dropped the peer, ends nothing.
        let _to_say = to_say;
        let start = serde_json::json!({
            "event": "MEDIA_START", "connection_id": format!("media_{channel}"), "channel": "WebSocket/INCOMING",
            "channel_id": channel, "format": "slin", "optimal_frame_size": 320, "ptime": 20,
        });
        if socket.send(Message::text(start.to_string())).await.is_err() {
            return;
        }
        loop {
            let message = tokio::select! {
                () = broken.cancelled() => return,
                () = end.cancelled() => {
                    let _ = socket.close(None).await;
                    return;
                }
                Some(message) = said.recv() => {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                    continue;
                }
                message = socket.next(), if !deaf.is_cancelled() => message,
                () = deaf.cancelled(), if !deaf.is_cancelled() => continue,
            };
            // Nobody may listen to the sound: that is no reason to end.
            let _ = match message {
                Some(Ok(Message::Binary(bytes))) => arrived.send(Came::Sound(bytes.to_vec())),
                Some(Ok(Message::Text(text))) => arrived.send(Came::Command(text.to_string())),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => Ok(()),
            };
        }
    };
    (peer, served)
}
