//! `chan_websocket`: binary messages are sound, text messages are commands and events, as JSON or as plain text.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep_until},
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use tokio_util::sync::CancellationToken;

use super::{
    Came, Format, Said, Side,
    playout::{Asks, Playout, Told},
};
use crate::sim::{Shared, fault::Fault};

/// Longest text message that is looked at (`MAX_TEXT_MESSAGE_LEN`).
const MAX_TEXT: usize = 128;
const FRAME: Duration = Duration::from_millis(20);

struct Leg {
    channel: String,
    name: String,
    connection: String,
    format: Format,
    is_json: bool,
    playout: Playout,
    side: Side,
    end: CancellationToken,
    shared: Shared,
}

/// Serves the connection of a channel until either side, or the channel, ends it.
pub(in crate::sim) async fn serve<S>(channel: String, mut socket: WebSocketStream<S>, shared: Shared)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (side, peer) = Side::new(&channel);
    let leg = {
        let mut world = shared.lock();
        let Some(known) = world.channels.get_mut(&channel) else {
            return;
        };
        let (name, end) = (known.name.clone(), known.end.clone());
        let Some(link) = &mut known.media else {
            return;
        };
        link.say = Some(side.to_say.clone());
        let leg = Leg {
            channel,
            name,
            connection: link.connection.clone(),
            format: link.format,
            is_json: link.is_json,
            playout: Playout::new(link.format.frame_bytes()),
            side,
            end,
            shared: shared.clone(),
        };
        // A test that never asks for media does not take them.
        let _ = world.peers.try_send(peer);
        leg
    };
    let is_stalled = shared.lock().faults.is(&Fault::MediaStalled);
    if is_stalled {
        leg.end.cancelled().await;
        return;
    }
    if socket.send(leg.start()).await.is_err() {
        return;
    }
    shared.change(|world| world.far_end_answers(&leg.channel));
    leg.run(socket).await;
}

impl Leg {
    async fn run<S>(mut self, mut socket: WebSocketStream<S>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut next_frame = Instant::now();
        loop {
            let to_send = tokio::select! {
                () = self.side.broken.cancelled() => return,
                () = self.end.cancelled() => {
                    // Whoever is gone already needs no farewell.
                    let _ = socket.close(None).await;
                    return;
                }
                Some(said) = self.side.said.recv() => vec![self.message(said)],
                () = sleep_until(next_frame), if self.playout.runs() => {
                    next_frame += FRAME;
                    self.play()
                }
                message = socket.next(), if !self.side.deaf.is_cancelled() => match message {
                    Some(Ok(Message::Binary(bytes))) => {
                        if !self.playout.runs() {
                            next_frame = Instant::now() + FRAME;
                        }
                        let told = self.playout.push(&bytes);
                        self.side.arrived(Came::Sound(bytes.to_vec()));
                        told.map(|told| self.written(&told)).into_iter().collect()
                    }
                    Some(Ok(Message::Text(text))) => {
                        let told = self.obey(&text);
                        self.side.arrived(Came::Command(text.to_string()));
                        told.into_iter().collect()
                    }
                    // A farewell leaves no cause behind, as strange as that is; without one the network is blamed.
                    Some(Ok(Message::Close(_))) => return self.hang_up(16, 1001, 0),
                    Some(Err(_)) | None => return self.hang_up(38, 1001, 38),
                    Some(Ok(_)) => Vec::new(),
                },
                () = self.side.deaf.cancelled(), if !self.side.deaf.is_cancelled() => continue,
            };
            for message in to_send {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
        }
    }

    /// The client went: `chan_websocket` hangs its channel up.
    fn hang_up(&self, requested: i64, technical: i64, cause: i64) {
        let request = json!({ "cause": requested, "tech_cause": technical });
        self.shared
            .change(|world| world.end(&self.channel, cause, Some(request)));
    }

    /// Plays one frame to those who hear it.
    fn play(&mut self) -> Vec<Message> {
        let (heard, told) = self.playout.tick();
        if let Some(frame) = heard {
            let world = self.shared.lock();
            for listener in world.listeners(&self.channel) {
                let say = world
                    .channels
                    .get(&listener)
                    .and_then(|known| known.media.as_ref()?.say.clone());
                if let Some(say) = say {
                    // Who does not keep up misses it.
                    let _ = say.try_send(Said::Sound(frame.clone()));
                }
            }
        }
        told.iter().map(|told| self.written(told)).collect()
    }

    fn obey(&mut self, text: &str) -> Option<Message> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let (name, id) = if self.is_json {
            let Ok(command) = serde_json::from_str::<Value>(text) else {
                return Some(self.written(&Told::Error("Unable to parse JSON command")));
            };
            let id = command["correlation_id"].as_str().map(str::to_owned);
            (command["command"].as_str().unwrap_or_default().to_owned(), id)
        } else {
            match text.split_once(' ') {
                Some((name, id)) => (name.to_owned(), Some(id.to_owned())),
                None => (text.to_owned(), None),
            }
        };
        let (asks, told) = self.playout.command(&name, id);
        if asks == Asks::Hangup {
            self.hang_up(16, 1000, 16);
        }
        told.map(|told| self.written(&told))
    }

    fn message(&self, said: Said) -> Message {
        match said {
            Said::Sound(bytes) => Message::binary(bytes),
            Said::Text(text) => Message::text(text),
            Said::Digit(digit) if self.is_json => {
                self.json("DTMF_END", json!({ "digit": digit.to_string() }))
            }
            Said::Digit(digit) => Message::text(format!("DTMF_END digit:{digit}")),
        }
    }

    fn start(&self) -> Message {
        let (name, frame) = (&self.name, self.format.frame_bytes());
        let (connection, format) = (&self.connection, self.format.name);
        if !self.is_json {
            return Message::text(format!(
                "MEDIA_START connection_id:{connection} channel:{name} channel_id:{} format:{format} \
                 optimal_frame_size:{frame} ptime:20",
                self.channel
            ));
        }
        let variables = json!({
            "MEDIA_WEBSOCKET_CONNECTION_ID": connection, "MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE": frame.to_string(),
        });
        self.json(
            "MEDIA_START",
            json!({
                "connection_id": connection, "channel": name, "format": format, "optimal_frame_size": frame,
                "ptime": 20, "channel_variables": variables,
            }),
        )
    }

    fn json(&self, name: &str, mut event: Value) -> Message {
        event["event"] = name.into();
        event["channel_id"] = self.channel.as_str().into();
        Message::text(event.to_string())
    }

    fn written(&self, told: &Told) -> Message {
        let (name, event, plain) = match told {
            Told::BufferingCompleted(id) => ("MEDIA_BUFFERING_COMPLETED", correlated(id), id.clone()),
            Told::MarkProcessed(id) => ("MEDIA_MARK_PROCESSED", correlated(id), id.clone()),
            Told::Error(text) => (
                "ERROR",
                json!({ "error_text": text }),
                Some(format!("error_text:{text}")),
            ),
            Told::QueueDrained => ("QUEUE_DRAINED", json!({}), None),
            Told::Status {
                queue_length,
                is_full,
                is_bulk,
                is_paused,
            } => (
                "STATUS",
                json!({
                    "queue_length": queue_length, "xon_level": 800, "xoff_level": 900, "queue_full": is_full,
                    "bulk_media": is_bulk, "media_paused": is_paused,
                }),
                Some(format!(
                    "channel_id:{} queue_length:{queue_length} xon_level:800 xoff_level:900 queue_full:{is_full} \
                     bulk_media:{is_bulk} media_paused:{is_paused}",
                    self.channel
                )),
            ),
            Told::Xoff => ("MEDIA_XOFF", json!({}), None),
            Told::Xon => ("MEDIA_XON", json!({}), None),
        };
        if self.is_json {
            return self.json(name, event);
        }
        match plain {
            Some(rest) => Message::text(format!("{name} {rest}")),
            None => Message::text(name.to_owned()),
        }
    }
}

fn correlated(id: &Option<String>) -> Value {
    match id {
        Some(id) => json!({ "correlation_id": id }),
        None => json!({}),
    }
}
