//! What the next tick of the 20 ms clock sends.

use std::{collections::VecDeque, time::Instant};

use rtp_types::RtpPacketBuilder;
use tokio::sync::oneshot;

use super::{
    Sent,
    coder::{Codec, Coder, halved},
};
use crate::FRAME;

/// Payload type of telephone events, as our SDP says.
pub(super) const EVENT: u8 = 101;

/// Something that a peer was asked to send.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) steps: VecDeque<Step>,
    pub(super) done: oneshot::Sender<Sent>,
    pub(super) first_at: Option<Instant>,
}

/// What one tick sends.
#[derive(Debug)]
pub(super) enum Step {
    Audio(Box<[i16; FRAME]>),
    /// The same at 16 kHz.
    Wide(Box<[i16; 2 * FRAME]>),
    /// A part of a key press that has lasted so many samples.
    Key {
        code: u8,
        duration: u16,
        part: Part,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    Begin,
    Hold,
    End,
}

/// One packet that is ready for the wire.
pub(super) struct Packet {
    pub(super) bytes: Vec<u8>,
    pub(super) timestamp: u32,
    pub(super) samples: [i16; FRAME],
}

#[derive(Debug)]
pub(super) struct Sender {
    queue: VecDeque<Job>,
    coder: Coder,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    key_began: u32,
    /// What is heard behind all that is sent, again and again, and where it stands.
    noise: Vec<i16>,
    place: usize,
}

impl Sender {
    pub(super) fn new(ssrc: u32, codec: Codec) -> Self {
        Self {
            queue: VecDeque::new(),
            coder: Coder::new(codec),
            ssrc,
            sequence: ssrc as u16,
            timestamp: ssrc.rotate_left(7),
            key_began: 0,
            noise: Vec::new(),
            place: 0,
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(super) fn push(&mut self, job: Job) {
        self.queue.push_back(job);
    }

    pub(super) fn clear(&mut self) {
        self.queue.clear();
    }

    pub(super) fn set_noise(&mut self, noise: Vec<i16>) {
        (self.noise, self.place) = (noise, 0);
    }

    fn mix(&mut self, samples: &mut [i16; FRAME]) {
        if self.noise.is_empty() {
            return;
        }
        for sample in samples {
            *sample = sample.saturating_add(self.noise[self.place]);
            self.place = (self.place + 1) % self.noise.len();
        }
    }

    /// The packets of the tick at `now`: of the oldest job, or silence. Several only at the end of a key press.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Packet> {
        let step = self.step(now).unwrap_or_else(silence);
        let packets = match step {
            Step::Audio(mut samples) => {
                self.mix(&mut samples);
                let payload = self.coder.encode(&samples);
                let kind = self.coder.codec().payload_type();
                vec![self.packet(kind, false, self.timestamp, &payload, *samples)]
            }
            Step::Wide(samples) => {
                let payload = self.coder.encode_wide(&samples);
                let kind = self.coder.codec().payload_type();
                vec![self.packet(kind, false, self.timestamp, &payload, halved(&samples))]
            }
            Step::Key { code, duration, part } => {
                if part == Part::Begin {
                    self.key_began = self.timestamp;
                }
                let end = if part == Part::End { 0x80 } else { 0 };
                let [high, low] = duration.to_be_bytes();
                let payload = [code, end | VOLUME, high, low];
                // RFC 4733 §2.5.1.4: the last packet of an event is sent three times.
                let times = if part == Part::End { 3 } else { 1 };
                (0..times)
                    .map(|_| self.packet(EVENT, part == Part::Begin, self.key_began, &payload, [0; FRAME]))
                    .collect()
            }
        };
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        packets
    }

    fn step(&mut self, now: Instant) -> Option<Step> {
        let job = self.queue.front_mut()?;
        let first_at = *job.first_at.get_or_insert(now);
        let step = job.steps.pop_front();
        if job.steps.is_empty()
            && let Some(job) = self.queue.pop_front()
        {
            // Nobody waits any more where the asker gave up.
            let _ = job.done.send(Sent {
                first_at,
                last_at: now,
            });
        }
        step
    }

    fn packet(
        &mut self,
        kind: u8,
        marker: bool,
        timestamp: u32,
        payload: &[u8],
        samples: [i16; FRAME],
    ) -> Packet {
        let bytes = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(kind)
            .marker_bit(marker)
            .sequence_number(self.sequence)
            .timestamp(timestamp)
            .ssrc(self.ssrc)
            .payload(payload)
            .write_vec()
            .expect("an RTP packet without extension is always well formed");
        self.sequence = self.sequence.wrapping_add(1);
        Packet {
            bytes,
            timestamp: self.timestamp,
            samples,
        }
    }
}

/// The frames of some audio, the last one filled up with silence.
pub(super) fn speech(samples: &[i16]) -> VecDeque<Step> {
    samples
        .chunks(FRAME)
        .map(|chunk| {
            let mut frame = Box::new([0; FRAME]);
            frame[..chunk.len()].copy_from_slice(chunk);
            Step::Audio(frame)
        })
        .collect()
}

/// The same of 16 kHz.
pub(super) fn wide_speech(samples: &[i16]) -> VecDeque<Step> {
    let frames = samples.chunks(2 * FRAME).map(|chunk| {
        let mut frame = Box::new([0; 2 * FRAME]);
        frame[..chunk.len()].copy_from_slice(chunk);
        Step::Wide(frame)
    });
    frames.collect()
}

/// A key press of 120 ms and 80 ms of silence after it.
pub(super) fn key(code: u8) -> impl Iterator<Item = Step> {
    let key = move |n: u16, part| Step::Key {
        code,
        duration: n * FRAME as u16,
        part,
    };
    let press = (1..=6).map(move |n| key(n, if n == 1 { Part::Begin } else { Part::Hold }));
    press.chain([key(7, Part::End)]).chain((0..4).map(|_| silence()))
}

fn silence() -> Step {
    Step::Audio(Box::new([0; FRAME]))
}

/// RFC 4733 §2.3.3: dBm0 without the sign; 10 is what telephones send.
const VOLUME: u8 = 10;
