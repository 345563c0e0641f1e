//! What one direction of a leg carried, on a timeline without holes.

use std::time::{Duration, Instant};

use crate::{FRAME, RATE_HZ};

/// Level from which a packet is speech, as root mean square of 16-bit samples: 50 dB below full scale.
pub const SPEECH_RMS: f32 = 100.0;

/// Everything that one direction carried since its first packet.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// When the first sample was on the wire; `None` before the first packet.
    pub start: Option<Instant>,
    /// Samples at 8 kHz without holes: what did not come is silence.
    pub samples: Vec<i16>,
    packets: Vec<Packet>,
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, Debug)]
struct Packet {
    at: Instant,
    position: usize,
    is_speech: bool,
}

/// Where a source's RTP timestamps lie on our timeline.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    ssrc: u32,
    timestamp: u32,
    position: usize,
}

impl Recording {
    /// Adds a packet's samples where its RTP timestamp belongs. A new source, or one whose clock jumped, is placed by its time of
    /// arrival; nothing that was recorded is overwritten.
    pub(crate) fn push(&mut self, at: Instant, ssrc: u32, timestamp: u32, samples: &[i16]) {
        let start = *self.start.get_or_insert(at);
        let arrived = samples_in(at - start);
        let by_clock = self.anchor.filter(|anchor| anchor.ssrc == ssrc).map(|anchor| {
            let passed = timestamp.wrapping_sub(anchor.timestamp) as i32;
            anchor.position.saturating_add_signed(passed as isize)
        });
        let wanted = match by_clock {
            Some(position) if position.abs_diff(arrived) <= DRIFT => position,
            _ => {
                self.anchor = Some(Anchor {
                    ssrc,
                    timestamp,
                    position: arrived,
                });
                arrived
            }
        };
        if wanted > self.samples.len() {
            self.samples.resize(wanted, 0);
        }
        if wanted + DRIFT >= self.samples.len() {
            let known = self.samples.len().saturating_sub(wanted).min(samples.len());
            self.samples.extend_from_slice(&samples[known..]);
        }
        self.packets.push(Packet {
            at,
            position: wanted,
            is_speech: is_speech(samples),
        });
    }

    /// The place of the first sample that came at or after that instant, which may lie past the end; 0 before the start.
    pub fn index(&self, at: Instant) -> usize {
        let next = self.packets.partition_point(|packet| packet.at < at);
        let Some(previous) = next.checked_sub(1).map(|previous| self.packets[previous]) else {
            return 0;
        };
        // The previous packet came before that instant as a whole, however early the next one came.
        let passed = previous.position + samples_in(at - previous.at).max(FRAME);
        self.packets
            .get(next)
            .map_or(passed, |next| passed.min(next.position))
    }

    /// When a sample was on the wire, give or take the jitter.
    pub fn instant(&self, index: usize) -> Option<Instant> {
        Some(self.start? + Duration::from_secs_f64(index as f64 / f64::from(RATE_HZ)))
    }

    /// The samples from one instant to another, as far as there are any.
    pub fn between(&self, from: Instant, to: Instant) -> &[i16] {
        let end = self.index(to).min(self.samples.len());
        &self.samples[self.index(from).min(end)..end]
    }

    /// The samples since an instant.
    pub fn since(&self, from: Instant) -> &[i16] {
        &self.samples[self.index(from).min(self.samples.len())..]
    }

    /// Arrival of the first packet with speech at or after `after`.
    pub fn first_speech_after(&self, after: Instant) -> Option<Instant> {
        self.packets
            .iter()
            .find(|packet| packet.is_speech && packet.at >= after)
            .map(|packet| packet.at)
    }

    /// Arrival of the last packet with speech at or before `before`.
    pub fn last_speech_before(&self, before: Instant) -> Option<Instant> {
        self.packets
            .iter()
            .rev()
            .find(|packet| packet.is_speech && packet.at <= before)
            .map(|packet| packet.at)
    }

    /// Arrival of the last packet with speech before a pause of `pause` or more, looking from the first speech at or after
    /// `after`: where an utterance ended. `None` while it goes on.
    pub fn speech_end(&self, after: Instant, pause: Duration) -> Option<Instant> {
        let first = self.first_speech_after(after)?;
        let mut last = first;
        for packet in self.packets.iter().filter(|packet| packet.at > first) {
            if packet.at - last >= pause {
                return Some(last);
            }
            if packet.is_speech {
                last = packet.at;
            }
        }
        None
    }

    /// Packets received or sent so far.
    pub fn packets(&self) -> usize {
        self.packets.len()
    }

    /// Arrival of the last packet of any kind.
    pub fn last_packet(&self) -> Option<Instant> {
        self.packets.last().map(|packet| packet.at)
    }
}

/// Whether samples are loud enough to be speech: see [`SPEECH_RMS`].
pub fn is_speech(samples: &[i16]) -> bool {
    let energy: f32 = samples
        .iter()
        .map(|&sample| f32::from(sample) * f32::from(sample))
        .sum();
    energy >= SPEECH_RMS * SPEECH_RMS * samples.len().max(1) as f32
}

fn samples_in(time: Duration) -> usize {
    (time.as_secs_f64() * f64::from(RATE_HZ)).round() as usize
}

/// Packets up to 1 s early or late keep the place that their timestamp gives them: a busy machine stalls a server that long.
const DRIFT: usize = 50 * FRAME;

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: [i16; FRAME] = [1000; FRAME];
    const SILENT: [i16; FRAME] = [0; FRAME];

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn jitter_does_not_move_samples() {
        let begin = Instant::now();
        let mut recording = Recording::default();
        for (n, late) in [0, 15, 3, 19, 0].into_iter().enumerate() {
            let samples = [n as i16; FRAME];
            recording.push(begin + ms(20 * n as u64 + late), 7, 160 * n as u32, &samples);
        }
        let expected: Vec<i16> = (0..5).flat_map(|n| [n; FRAME]).collect();
        assert_eq!(recording.samples, expected);
        let third = begin + ms(43);
        assert_eq!(recording.since(third), &expected[2 * FRAME..]);
    }

    #[test]
    fn a_pause_in_the_stream_is_silence_and_a_new_source_is_placed_by_its_arrival() {
        let begin = Instant::now();
        let mut recording = Recording::default();
        recording.push(begin, 1, 5000, &LOUD);
        recording.push(begin + ms(100), 1, 5800, &LOUD);
        recording.push(begin + ms(500), 2, 99, &LOUD);
        assert_eq!(recording.samples.len(), 4000 + FRAME);
        assert_eq!(&recording.samples[160..800], [0; 640]);
        assert_eq!(&recording.samples[800..960], LOUD);
        assert_eq!(&recording.samples[4000..], LOUD);
        assert_eq!(recording.between(begin + ms(100), begin + ms(120)), LOUD);
    }

    #[test]
    fn speech_is_found_by_its_packets() {
        let begin = Instant::now();
        let mut recording = Recording::default();
        for n in 0..50_u32 {
            let samples = if (10..20).contains(&n) { LOUD } else { SILENT };
            recording.push(begin + ms(20) * n, 1, 160 * n, &samples);
        }
        assert_eq!(recording.first_speech_after(begin), Some(begin + ms(200)));
        assert_eq!(recording.first_speech_after(begin + ms(400)), None);
        assert_eq!(
            recording.last_speech_before(begin + ms(999)),
            Some(begin + ms(380))
        );
        assert_eq!(recording.speech_end(begin, ms(300)), Some(begin + ms(380)));
        assert_eq!(recording.speech_end(begin, ms(900)), None);
    }
}
