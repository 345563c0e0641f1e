//! Sound over RTP: Asterisk's external media over UDP, with an order, a clock and a memory of our own.
//!
//! What comes is put in order ([`receiver`]) and handed to the ear at once, without a jitter buffer: an ear needs none. A lost packet
//! is concealed by what was heard before it, half as loud each time, three times at most, then by silence.

pub(crate) mod coding;
pub mod packet;
pub mod receiver;

use std::{
    io,
    task::{Context, Poll},
};

use evatel_voice::frame::Frame;
use tokio::{io::ReadBuf, net::UdpSocket};

use self::{
    coding::{Codec, Coding, Samples},
    packet::{HEAD, Packet},
    receiver::{Arrived, MAX_PAYLOAD, Next, Receiver, Tally},
};
use super::{
    cutter::Cutter,
    stats::Counters,
    wire::{Ear, Sent, Told, Wire},
};

/// How often a lost frame is filled with what was before.
const FADES: u32 = 3;

/// A socket that is connected to the channel's own port: nobody else is heard.
pub(super) struct Rtp<const N: usize> {
    socket: UdpSocket,
    coding: Coding,
    inward: Inward<N>,
    outward: Outward,
    codec: Codec,
    received: Box<[u8; 2048]>,
}

/// What comes.
struct Inward<const N: usize> {
    receiver: Receiver,
    samples: Box<Samples>,
    cutter: Cutter<N>,
    last: Frame<N>,
    faded: u32,
}

/// What goes: one SSRC, sequence numbers without a gap, timestamps that run on through silence.
struct Outward {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    /// Something was said in the step before.
    talking: bool,
    said: bool,
    payload: Box<[u8; MAX_PAYLOAD]>,
    bytes: Box<[u8; HEAD + MAX_PAYLOAD]>,
}

impl<const N: usize> Rtp<N> {
    /// Speaks as `ssrc`, beginning at any sequence number and timestamp (RFC 3550 §5.1: random ones).
    pub(super) fn new(socket: UdpSocket, coding: Coding, [ssrc, sequence, timestamp]: [u32; 3]) -> Self {
        Self {
            socket,
            coding,
            inward: Inward {
                receiver: Receiver::default(),
                samples: Box::new([0; 2 * MAX_PAYLOAD]),
                cutter: Cutter::default(),
                last: Frame::SILENCE,
                faded: FADES,
            },
            outward: Outward {
                ssrc,
                sequence: sequence as u16,
                timestamp,
                talking: false,
                said: false,
                payload: Box::new([0; MAX_PAYLOAD]),
                bytes: Box::new([0; HEAD + MAX_PAYLOAD]),
            },
            codec: Codec::new(coding),
            received: Box::new([0; 2048]),
        }
    }

    fn take(&mut self, length: usize, ear: &mut Ear<'_, N>) {
        ear.counters.received.add(1);
        let Some(packet) = Packet::read(&self.received[..length]) else {
            ear.counters.unreadable.add(1);
            return;
        };
        // What is not coded as agreed (comfort noise) keeps its place, and is not heard.
        let agreed = self.coding.is_type(packet.payload_type) && packet.payload.len() <= MAX_PAYLOAD;
        if !agreed {
            ear.counters.unreadable.add(1);
        }
        let arrived = Arrived {
            sequence: packet.sequence,
            ssrc: packet.ssrc,
            payload: if agreed { packet.payload } else { &[] },
        };
        let Inward {
            receiver,
            samples,
            cutter,
            last,
            faded,
        } = &mut self.inward;
        let tally = receiver.push(arrived, |next| {
            hear(next, &mut self.codec, samples, cutter, last, faded, ear);
        });
        count(tally, ear.counters);
    }
}

/// Hands over what is in order, or something for what is lost.
fn hear<const N: usize>(
    next: Next<'_>,
    codec: &mut Codec,
    samples: &mut Samples,
    cutter: &mut Cutter<N>,
    last: &mut Frame<N>,
    faded: &mut u32,
    ear: &mut Ear<'_, N>,
) {
    match next {
        Next::Payload(payload) => {
            let count = codec.decode(payload, samples);
            cutter.push(&samples[..count], |frame| {
                last.clone_from(&frame);
                *faded = 0;
                ear.hear(frame);
            });
        }
        Next::Conceal => {
            ear.counters.concealed.add(1);
            *faded += 1;
            for sample in &mut last.0 {
                *sample = if *faded > FADES { 0 } else { *sample / 2 };
            }
            ear.hear(last.clone());
        }
    }
}

fn count(tally: Tally, counters: &Counters) {
    if tally == Tally::default() {
        return;
    }
    counters.lost.add(tally.lost);
    counters.late.add(tally.late);
    counters.duplicate.add(tally.duplicate);
    counters.restarts.add(tally.restarts);
}

impl<const N: usize> Wire<N> for Rtp<N> {
    // Asterisk plays what comes as it comes: it has no queue here.
    const TARGET: u64 = 1;
    const TELLS: bool = false;

    fn poll(&mut self, context: &mut Context<'_>, ear: &mut Ear<'_, N>) -> Poll<Told> {
        loop {
            let mut room = ReadBuf::new(&mut self.received[..]);
            match self.socket.poll_recv(context, &mut room) {
                Poll::Ready(Ok(())) => {
                    let length = room.filled().len();
                    self.take(length, ear);
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Told::Broken(error.to_string().into())),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn send(&mut self, frame: &Frame<N>) -> Sent {
        let out = &mut self.outward;
        let length = self.codec.encode(frame.samples(), &mut out.payload);
        let packet = Packet {
            marker: !out.talking && !out.said,
            payload_type: self.coding.payload_type(),
            sequence: out.sequence,
            timestamp: out.timestamp,
            ssrc: out.ssrc,
            payload: &out.payload[..length],
        };
        let length = packet
            .write(&mut out.bytes[..])
            .expect("there is room for the longest payload");
        out.said = true;
        out.sequence = out.sequence.wrapping_add(1);
        match self.socket.try_send(&out.bytes[..length]) {
            Ok(_) => Sent::Taken,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Sent::Dropped,
            Err(error) => Sent::Broken(error.to_string().into()),
        }
    }

    fn step(&mut self, slipped: u64, ear: &mut Ear<'_, N>) {
        let out = &mut self.outward;
        let steps = u32::try_from(1 + slipped).unwrap_or(u32::MAX);
        out.timestamp = out
            .timestamp
            .wrapping_add(self.coding.clock_step().wrapping_mul(steps));
        out.talking = out.said && slipped == 0;
        out.said = false;
        let Inward {
            receiver,
            samples,
            cutter,
            last,
            faded,
        } = &mut self.inward;
        let tally = receiver.step(|next| hear(next, &mut self.codec, samples, cutter, last, faded, ear));
        count(tally, ear.counters);
    }

    async fn close(self) {}
}
