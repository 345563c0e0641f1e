//! How a peer codes its sound: G.711 µ-law, or G.722 as a wideband telephone does.

use std::fmt;

use audio_codec::{
    Decoder, Encoder,
    g722::{G722Decoder, G722Encoder},
    pcmu::{PcmuDecoder, PcmuEncoder},
};
use evatel_voice::{
    Frame8k, Frame16k,
    resample::{Downsampler, Upsampler},
};

use crate::FRAME;

/// What a telephone offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codec {
    /// G.711 µ-law.
    #[default]
    Pcmu,
    /// G.722: 16 kHz, on a clock of 8 kHz (RFC 3551 §4.5.2).
    G722,
}

impl Codec {
    /// Its payload type, RFC 3551 §6.
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::G722 => 9,
        }
    }

    /// Its name in SDP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
        }
    }
}

/// One direction of a peer's sound, of which everything else knows 8 kHz.
pub(super) enum Coder {
    Pcmu,
    G722(Box<Wideband>),
}

#[derive(Default)]
pub(super) struct Wideband {
    encoder: G722Encoder,
    decoder: G722Decoder,
    up: Upsampler,
    down: Downsampler,
}

impl Coder {
    pub(super) fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::G722 => Self::G722(Box::default()),
        }
    }

    pub(super) fn codec(&self) -> Codec {
        match self {
            Self::Pcmu => Codec::Pcmu,
            Self::G722(_) => Codec::G722,
        }
    }

    /// Codes 20 ms.
    pub(super) fn encode(&mut self, samples: &[i16; FRAME]) -> Vec<u8> {
        match self {
            Self::Pcmu => PcmuEncoder::new().encode(samples),
            Self::G722(wideband) => {
                let wide = wideband.up.process(&Frame8k::from_samples(samples));
                wideband.encoder.encode(wide.samples())
            }
        }
    }

    /// Codes 20 ms of 16 kHz; G.711 has half of them.
    pub(super) fn encode_wide(&mut self, samples: &[i16; 2 * FRAME]) -> Vec<u8> {
        match self {
            Self::Pcmu => PcmuEncoder::new().encode(&halved(samples)),
            Self::G722(wideband) => wideband.encoder.encode(samples),
        }
    }

    /// Decodes a packet to 8 kHz.
    pub(super) fn decode(&mut self, payload: &[u8]) -> Vec<i16> {
        match self {
            Self::Pcmu => PcmuDecoder::new().decode(payload),
            Self::G722(wideband) => {
                let wide = wideband.decoder.decode(payload);
                let frames = wide.chunks(2 * FRAME).map(Frame16k::from_samples);
                frames.flat_map(|frame| wideband.down.process(&frame).0).collect()
            }
        }
    }
}

/// Every second sample: what is kept of 16 kHz for whoever looks whether anything was said.
pub(super) fn halved(samples: &[i16; 2 * FRAME]) -> [i16; FRAME] {
    std::array::from_fn(|index| samples[2 * index])
}

impl fmt::Debug for Coder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.codec().fmt(f)
    }
}
