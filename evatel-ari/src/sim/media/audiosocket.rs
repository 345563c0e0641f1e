//! AudioSocket, of which Asterisk is always the client: a byte for the kind, two for the length, and the payload.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf},
    sync::mpsc,
};
use uuid::Uuid;

use super::{Came, Format, Said, Side};
use crate::sim::{Shared, fault::Fault};

const HANGUP: u8 = 0x00;
const ID: u8 = 0x01;
const DIGIT: u8 = 0x03;
/// From here on, kinds are sound.
const SOUND: u8 = 0x10;
const ERROR: u8 = 0xff;

/// Serves the connection of a channel until either side, or the channel, ends it.
pub(in crate::sim) async fn serve(channel: String, uuid: Uuid, stream: TcpStream, shared: Shared) {
    let (mut side, peer) = Side::new(&channel);
    let (format, end) = {
        let mut world = shared.lock();
        let Some(known) = world.channels.get_mut(&channel) else {
            return;
        };
        let end = known.end.clone();
        let Some(link) = &mut known.media else {
            return;
        };
        link.say = Some(side.to_say.clone());
        let format = link.format;
        // A test that never asks for media does not take them.
        let _ = world.peers.try_send(peer);
        (format, end)
    };
    let (reading, mut writing) = stream.into_split();
    if writing.write_all(&message(ID, uuid.as_bytes())).await.is_err() {
        return;
    }
    shared.change(|world| world.far_end_answers(&channel));
    let is_stalled = shared.lock().faults.is(&Fault::MediaStalled);
    if is_stalled {
        end.cancelled().await;
        return;
    }
    let (heard, mut hearing) = mpsc::channel(1);
    let reader = tokio::spawn(read(reading, heard));
    loop {
        let sent = tokio::select! {
            () = side.broken.cancelled() => break,
            () = end.cancelled() => {
                // Whoever is gone already needs no farewell.
                let _ = writing.write_all(&message(HANGUP, &[])).await;
                break;
            }
            Some(said) = side.said.recv() => match frame(format, said) {
                Some(bytes) => writing.write_all(&bytes).await,
                None => Ok(()),
            },
            // A deaf peer takes nothing: the reader then waits, and the connection stays open.
            came = hearing.recv(), if !side.deaf.is_cancelled() => match came {
                Some((kind, payload)) if kind >= SOUND && kind != ERROR => {
                    side.arrived(Came::Sound(payload));
                    Ok(())
                }
                // Anything but sound ends the call.
                _ => {
                    let request = serde_json::json!({ "cause": 16 });
                    shared.change(|world| world.end(&channel, 16, Some(request)));
                    break;
                }
            },
        };
        if sent.is_err() {
            break;
        }
    }
    reader.abort();
}

async fn read(mut reading: OwnedReadHalf, heard: mpsc::Sender<(u8, Vec<u8>)>) {
    loop {
        let mut head = [0; 3];
        if reading.read_exact(&mut head).await.is_err() {
            return;
        }
        let mut payload = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
        let is_whole = reading.read_exact(&mut payload).await.is_ok();
        if !is_whole || heard.send((head[0], payload)).await.is_err() {
            return;
        }
    }
}

fn frame(format: Format, said: Said) -> Option<Vec<u8>> {
    match said {
        Said::Digit(digit) => Some(message(DIGIT, &[digit as u8])),
        Said::Sound(bytes) => Some(message(format.audiosocket, &bytes)),
        Said::Text(_) => None,
    }
}

fn message(kind: u8, payload: &[u8]) -> Vec<u8> {
    // Sound comes in pieces of at most a second: the length always fits.
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
    let payload = &payload[..usize::from(length)];
    [&[kind], &length.to_be_bytes()[..], payload].concat()
}
