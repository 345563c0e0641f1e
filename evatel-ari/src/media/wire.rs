//! What goes over the media connection: Asterisk's `channels/chan_websocket.c`, 22.8 and newer, JSON control messages.

use evatel_voice::frame::Frame8k;
use futures_util::StreamExt;
use serde::Deserialize;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    connection::Socket,
    error::{Error, Result},
    id::ChannelId,
};

/// Longest command that Asterisk reads, in bytes (`MAX_TEXT_MESSAGE_LEN`); a longer one is ignored with a log line only.
pub(super) const MAX_COMMAND: usize = 128;
/// Longest binary message that we take, in bytes; Asterisk itself ends a call at 65,500.
pub(super) const MAX_MEDIA: usize = 65_500;

/// Bytes of 20 ms of 16-bit samples at 8 kHz.
pub(super) const FRAME_BYTES: usize = 320;
/// Throws the queue away.
pub(super) const FLUSH: &str = r#"{"command":"FLUSH_MEDIA"}"#;
const _: () = assert!(FLUSH.len() <= MAX_COMMAND);

/// What Asterisk tells about the medium.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event")]
pub(super) enum Control {
    #[serde(rename = "ERROR")]
    Failed {
        #[serde(default)]
        error_text: String,
    },
    #[serde(rename = "MEDIA_START")]
    Started {
        #[serde(default)]
        optimal_frame_size: usize,
    },
    /// Its queue is nearly full: 900 of 1,000 frames.
    #[serde(rename = "MEDIA_XOFF")]
    XOff,
    /// Its queue has room again.
    #[serde(rename = "MEDIA_XON")]
    XOn,
    #[serde(other)]
    Unknown,
}

impl Control {
    /// Reads a text message; what is none of these changes nothing.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self::Unknown)
    }
}

/// Waits for `MEDIA_START`. Sound may come before it (asterisk#1712); that much is not missed.
pub(super) async fn started(socket: &mut Socket, id: &ChannelId) -> Result<()> {
    let broken = |reason: String| Error::Media {
        channel: id.to_string(),
        reason,
    };
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => match Control::read(&text) {
                Control::Started { optimal_frame_size } if optimal_frame_size == FRAME_BYTES => return Ok(()),
                Control::Started { optimal_frame_size } => {
                    return Err(broken(format!(
                        "frames of {optimal_frame_size} bytes were offered, not {}",
                        FRAME_BYTES
                    )));
                }
                Control::Failed { error_text } => return Err(broken(error_text)),
                _ => {}
            },
            Some(Ok(Message::Close(_))) | None => return Err(broken("closed before it began".into())),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(broken(error.to_string())),
        }
    }
}

/// Cuts what comes in any length into frames of 20 ms.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    rest: Vec<u8>,
}

impl Cutter {
    /// Takes little-endian samples; gives each whole frame. What is left waits for the next message.
    pub(super) fn cut(&mut self, bytes: &[u8], mut frame: impl FnMut(Frame8k)) {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / FRAME_BYTES * FRAME_BYTES;
        for chunk in self.rest[..whole].chunks_exact(FRAME_BYTES) {
            let mut samples = Frame8k::SILENCE;
            for (sample, pair) in samples.0.iter_mut().zip(chunk.chunks_exact(2)) {
                *sample = i16::from_le_bytes([pair[0], pair[1]]);
            }
            frame(samples);
        }
        self.rest.drain(..whole);
    }
}

/// Writes a frame as Asterisk takes it.
pub(super) fn bytes_of(frame: &Frame8k) -> Vec<u8> {
    frame
        .samples()
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_become_frames_and_no_sample_is_lost() {
        let samples: Vec<i16> = (0..480).collect();
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        for piece in [1, 7, 319, 320, 641, 960] {
            let (mut cutter, mut heard) = (Cutter::default(), Vec::new());
            bytes
                .chunks(piece)
                .for_each(|bytes| cutter.cut(bytes, |frame| heard.extend_from_slice(frame.samples())));
            assert_eq!(heard, samples, "in pieces of {piece}");
        }
    }

    #[test]
    fn a_frame_survives_the_wire() {
        let mut frame = Frame8k::SILENCE;
        frame.0[0] = -2;
        frame.0[159] = i16::MAX;
        let mut back = Vec::new();
        Cutter::default().cut(&bytes_of(&frame), |frame| back.push(frame));
        assert_eq!(back, [frame]);
    }

    #[test]
    fn control_messages_are_read_and_strange_ones_change_nothing() {
        assert_eq!(Control::read(r#"{"event":"MEDIA_XOFF"}"#), Control::XOff);
        assert_eq!(
            Control::read(r#"{"event":"MEDIA_START","optimal_frame_size":320,"ptime":20}"#),
            Control::Started {
                optimal_frame_size: 320
            }
        );
        for strange in ["", "MEDIA_XOFF", r#"{"event":"NOVEL"}"#, r#"{"event":7}"#] {
            assert_eq!(Control::read(strange), Control::Unknown, "{strange}");
        }
    }

    #[test]
    fn whatever_is_told_is_read_without_a_panic() {
        let mut noise = crate::noise::Noise::new(7);
        let mut known = 0;
        for _ in 0..20_000 {
            let text = noise.damaged(r#"{"event":"MEDIA_START","optimal_frame_size":320,"ptime":20}"#);
            known += usize::from(Control::read(&text) != Control::Unknown);
            let bytes = noise.bytes(100);
            Control::read(&String::from_utf8_lossy(&bytes));
        }
        assert!((500..19_500).contains(&known), "{known} were understood");
    }

    #[test]
    fn pieces_of_random_lengths_lose_nothing_and_never_wait_for_more_than_a_frame() {
        for seed in 0..200 {
            let mut noise = crate::noise::Noise::new(seed);
            let (mut cutter, mut sent, mut heard) = (Cutter::default(), Vec::new(), Vec::new());
            for _ in 0..20 {
                let piece = noise.bytes(1_500);
                sent.extend_from_slice(&piece);
                cutter.cut(&piece, |frame| heard.extend(bytes_of(&frame)));
                assert!(cutter.rest.len() < FRAME_BYTES, "seed {seed}");
            }
            assert_eq!(heard.len() + cutter.rest.len(), sent.len(), "seed {seed}");
            assert_eq!(heard[..], sent[..heard.len()], "seed {seed}");
        }
    }
}
