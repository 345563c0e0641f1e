//! How sound is coded in RTP packets, as Asterisk's external media has it: payload types, byte order, clock.

use audio_codec::{
    Decoder, Encoder,
    g722::{G722Decoder, G722Encoder},
    pcma::{PcmaDecoder, PcmaEncoder},
    pcmu::{PcmuDecoder, PcmuEncoder},
};

use super::receiver::MAX_PAYLOAD;

/// How 8 kHz sound is coded, both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrow {
    /// G.711 A-law, payload type 8.
    Alaw,
    /// Samples of 16 bits, big-endian; Asterisk's own use of payload types 10 and 11.
    Slin,
    /// G.711 µ-law, payload type 0.
    Ulaw,
}

/// Everything that a leg may send or hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Alaw,
    G722,
    Slin,
    /// 16 kHz samples: Asterisk sends them with a dynamic payload type, and drops what comes with one.
    Slin16,
    Ulaw,
}

impl From<Narrow> for Coding {
    fn from(narrow: Narrow) -> Self {
        match narrow {
            Narrow::Alaw => Self::Alaw,
            Narrow::Slin => Self::Slin,
            Narrow::Ulaw => Self::Ulaw,
        }
    }
}

impl Coding {
    /// Gives Asterisk's name of the format.
    pub(crate) fn format(self) -> &'static str {
        match self {
            Self::Alaw => "alaw",
            Self::G722 => "g722",
            Self::Slin => "slin",
            Self::Slin16 => "slin16",
            Self::Ulaw => "ulaw",
        }
    }

    /// The payload type to send with.
    pub(crate) fn payload_type(self) -> u8 {
        match self {
            Self::Ulaw => 0,
            Self::Alaw => 8,
            Self::G722 => 9,
            Self::Slin => 11,
            Self::Slin16 => 118,
        }
    }

    /// Says whether what comes with this payload type is coded like this.
    pub(crate) fn is_type(self, payload_type: u8) -> bool {
        // Asterisk has both of L16's numbers for `slin`, and may choose either.
        payload_type == self.payload_type() || (self == Self::Slin && payload_type == 10)
    }

    /// By how much 20 ms advance the timestamp. G.722 counts 8 kHz (RFC 3551 §4.5.2).
    pub(crate) fn clock_step(self) -> u32 {
        match self {
            Self::Slin16 => 320,
            Self::Alaw | Self::G722 | Self::Slin | Self::Ulaw => 160,
        }
    }
}

/// Room for what one packet decodes to: G.722 has two samples a byte.
pub(crate) type Samples = [i16; 2 * MAX_PAYLOAD];

/// Coder and decoder of one leg. The two of G.722 remember what was before.
pub(crate) enum Codec {
    Alaw,
    G722(Box<(G722Encoder, G722Decoder)>),
    Slin,
    Ulaw,
}

impl Codec {
    pub(crate) fn new(coding: Coding) -> Self {
        match coding {
            Coding::Alaw => Self::Alaw,
            Coding::G722 => Self::G722(Box::new((G722Encoder::new(), G722Decoder::new()))),
            Coding::Slin | Coding::Slin16 => Self::Slin,
            Coding::Ulaw => Self::Ulaw,
        }
    }

    /// Decodes a payload of up to [`MAX_PAYLOAD`] bytes; gives the number of samples.
    pub(crate) fn decode(&mut self, payload: &[u8], samples: &mut Samples) -> usize {
        let payload = &payload[..payload.len().min(MAX_PAYLOAD)];
        let decoded = match self {
            Self::Alaw => PcmaDecoder::new().decode_into(payload, samples),
            Self::G722(both) => both.1.decode_into(payload, samples),
            Self::Slin => {
                let (pairs, _) = payload.as_chunks::<2>();
                for (sample, pair) in samples.iter_mut().zip(pairs) {
                    *sample = i16::from_be_bytes(*pair);
                }
                return pairs.len();
            }
            Self::Ulaw => PcmuDecoder::new().decode_into(payload, samples),
        };
        decoded.expect("there is room for twice the longest payload")
    }

    /// Codes 20 ms; gives the number of bytes.
    pub(crate) fn encode(&mut self, samples: &[i16], payload: &mut [u8; MAX_PAYLOAD]) -> usize {
        let encoded = match self {
            Self::Alaw => PcmaEncoder::new().encode_into(samples, payload),
            Self::G722(both) => both.0.encode_into(samples, payload),
            Self::Slin => {
                let (pairs, _) = payload.as_chunks_mut::<2>();
                for (pair, sample) in pairs.iter_mut().zip(samples) {
                    *pair = sample.to_be_bytes();
                }
                return 2 * samples.len();
            }
            Self::Ulaw => PcmuEncoder::new().encode_into(samples, payload),
        };
        encoded.expect("20 ms have at most 640 bytes")
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn sine(hz: f32, rate: f32) -> Vec<i16> {
        (0..3200)
            .map(|at| ((TAU * hz * at as f32 / rate).sin() * 8_000.0) as i16)
            .collect()
    }

    /// The error of a wave that went through, in dB below it.
    fn distance_db(sent: &[i16], heard: &[i16]) -> f32 {
        let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|it| it * it).sum::<f32>();
        let error = power(&mut sent.iter().zip(heard).map(|(a, b)| f32::from(*a) - f32::from(*b)));
        10.0 * (power(&mut sent.iter().map(|a| f32::from(*a))) / error.max(1.0)).log10()
    }

    fn through(coding: Coding, frame: usize, sent: &[i16]) -> Vec<i16> {
        let (mut here, mut there) = (Codec::new(coding), Codec::new(coding));
        let (mut payload, mut samples) = ([0; MAX_PAYLOAD], [0; 2 * MAX_PAYLOAD]);
        let mut heard = Vec::new();
        for frame in sent.chunks(frame) {
            let bytes = here.encode(frame, &mut payload);
            let count = there.decode(&payload[..bytes], &mut samples);
            heard.extend_from_slice(&samples[..count]);
        }
        heard
    }

    #[test]
    fn linear_samples_are_big_endian_and_survive() {
        let mut payload = [0; MAX_PAYLOAD];
        assert_eq!(Codec::new(Coding::Slin).encode(&[0x0102, -2], &mut payload), 4);
        assert_eq!(payload[..4], [1, 2, 0xff, 0xfe]);
        let sent = sine(440.0, 8_000.0);
        assert_eq!(through(Coding::Slin, 160, &sent), sent);
    }

    #[test]
    fn companded_sound_survives_but_for_its_quantisation() {
        let sent = sine(440.0, 8_000.0);
        for coding in [Coding::Alaw, Coding::Ulaw] {
            let heard = through(coding, 160, &sent);
            assert!(distance_db(&sent, &heard) > 34.0, "{coding:?}");
        }
    }

    #[test]
    fn g722_carries_what_a_telephone_cannot() {
        let sent = sine(5_000.0, 16_000.0);
        let heard = through(Coding::G722, 320, &sent);
        assert_eq!(heard.len(), sent.len());
        // Its filters delay by 22 samples.
        let delay = (0..40)
            .max_by_key(|delay| distance_db(&sent[400..2_800], &heard[400 + delay..2_800 + delay]) as i32)
            .unwrap();
        let distance = distance_db(&sent[400..2_800], &heard[400 + delay..2_800 + delay]);
        assert!(distance > 10.0, "{distance} dB at {delay}");
    }
}
