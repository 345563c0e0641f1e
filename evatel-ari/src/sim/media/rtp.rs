//! RTP external media: plain packets, no RTCP, one payload type.

use tokio::net::UdpSocket;

use super::{Came, Format, Said, Side};
use crate::sim::{Shared, fault::Fault};

/// Length of a header without contributing sources.
const HEAD: usize = 12;
const LARGEST: usize = 2048;

/// Serves the socket of a channel until the channel ends.
pub(in crate::sim) async fn serve(channel: String, socket: UdpSocket, shared: Shared) {
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
    let is_stalled = shared.lock().faults.is(&Fault::MediaStalled);
    if is_stalled {
        end.cancelled().await;
        return;
    }
    let mut buffer = vec![0; LARGEST];
    let (mut sequence, mut time) = (0_u16, 0_u32);
    loop {
        tokio::select! {
            () = side.broken.cancelled() => return,
            () = end.cancelled() => return,
            Some(said) = side.said.recv() => {
                if let Said::Sound(bytes) = said {
                    let packet = packet(format, sequence, time, &bytes);
                    (sequence, time) = (sequence.wrapping_add(1), time.wrapping_add(format.rtp_ticks()));
                    // A packet that is lost is lost, as on any network.
                    let _ = socket.send(&packet).await;
                }
            }
            received = socket.recv(&mut buffer), if !side.deaf.is_cancelled() => {
                // Nobody listens there yet, or no longer: the packet's sender is not told either.
                let Ok(length) = received else { continue };
                // Only static payload types are understood: there is no SDP that could name others.
                if length > HEAD && buffer[1] & 0x7f <= 34 {
                    side.arrived(Came::Sound(turned(format, &buffer[HEAD..length])));
                }
            }
        }
    }
}

fn packet(format: Format, sequence: u16, time: u32, sound: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, format.payload_type];
    packet.extend(sequence.to_be_bytes());
    packet.extend(time.to_be_bytes());
    packet.extend(SOURCE.to_be_bytes());
    packet.extend(turned(format, sound));
    packet
}

/// Linear sound goes with the high byte first on RTP, and with the low byte first everywhere else.
fn turned(format: Format, bytes: &[u8]) -> Vec<u8> {
    match format.is_linear() {
        true => bytes
            .chunks_exact(2)
            .flat_map(|pair| [pair[1], pair[0]])
            .collect(),
        false => bytes.to_vec(),
    }
}

const SOURCE: u32 = 0x5157_4d31;
