//! AudioSocket on the wire: one byte of type, two of length (big-endian), the payload (`res/res_audiosocket.c`).

use evatel_voice::frame::Frame;

/// Bytes before the payload.
pub const HEAD: usize = 3;

const HANGUP: u8 = 0x00;
const ID: u8 = 0x01;
const DTMF: u8 = 0x03;
const ERROR: u8 = 0xff;

/// How many samples a second the audio has. Asterisk before 22.7 knows only 8 kHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum AudioRate {
    /// 8 kHz, `slin`.
    Hz8000 = 0x10,
    /// 12 kHz.
    Hz12000 = 0x11,
    /// 16 kHz, `slin16`.
    Hz16000 = 0x12,
    /// 24 kHz.
    Hz24000 = 0x13,
    /// 32 kHz.
    Hz32000 = 0x14,
    /// 44.1 kHz.
    Hz44100 = 0x15,
    /// 48 kHz.
    Hz48000 = 0x16,
    /// 96 kHz.
    Hz96000 = 0x17,
    /// 192 kHz.
    Hz192000 = 0x18,
}

impl AudioRate {
    const ALL: [Self; 9] = [
        Self::Hz8000,
        Self::Hz12000,
        Self::Hz16000,
        Self::Hz24000,
        Self::Hz32000,
        Self::Hz44100,
        Self::Hz48000,
        Self::Hz96000,
        Self::Hz192000,
    ];

    /// Gives the samples a second.
    pub fn hz(self) -> u32 {
        match self {
            Self::Hz8000 => 8_000,
            Self::Hz12000 => 12_000,
            Self::Hz16000 => 16_000,
            Self::Hz24000 => 24_000,
            Self::Hz32000 => 32_000,
            Self::Hz44100 => 44_100,
            Self::Hz48000 => 48_000,
            Self::Hz96000 => 96_000,
            Self::Hz192000 => 192_000,
        }
    }

    fn of_type(kind: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| *rate as u8 == kind)
    }
}

/// One packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Packet<'a> {
    /// Samples, mono, 16 bits, little-endian.
    Audio(AudioRate, &'a [u8]),
    /// A key that was pressed.
    Dtmf(char),
    /// Asterisk complains with this code: 1 hung up, 2 a frame it could not forward, 4 no memory.
    Error(u8),
    /// The end of the call.
    Hangup,
    /// Which call it is.
    Id([u8; 16]),
    /// Nothing that is known: of this type.
    Unknown(u8),
}

impl<'a> Packet<'a> {
    /// Makes sense of a packet of type `kind`.
    pub fn of(kind: u8, payload: &'a [u8]) -> Self {
        let unknown = Self::Unknown(kind);
        match kind {
            HANGUP => Self::Hangup,
            ID => payload.try_into().map_or(unknown, Self::Id),
            DTMF => match payload {
                [digit] if digit.is_ascii_graphic() => Self::Dtmf(char::from(*digit)),
                _ => unknown,
            },
            ERROR => Self::Error(payload.first().copied().unwrap_or_default()),
            kind => AudioRate::of_type(kind).map_or(unknown, |rate| Self::Audio(rate, payload)),
        }
    }

    /// Reads the packet at the beginning of `bytes`, and says how long it is; nothing while it is not whole.
    pub fn read(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let (&[kind, high, low], rest) = bytes.split_first_chunk()?;
        let payload = rest.get(..usize::from(u16::from_be_bytes([high, low])))?;
        Some((Self::of(kind, payload), HEAD + payload.len()))
    }
}

/// Writes a packet of sound.
pub fn write_audio<const N: usize>(rate: AudioRate, frame: &Frame<N>, out: &mut Vec<u8>) {
    const { assert!(2 * N <= u16::MAX as usize) }
    out.push(rate as u8);
    out.extend_from_slice(&(2 * N as u16).to_be_bytes());
    for sample in frame.samples() {
        out.extend_from_slice(&sample.to_le_bytes());
    }
}

/// The packet that ends the call.
pub const HANGUP_PACKET: [u8; HEAD] = [HANGUP, 0, 0];

/// Puts packets together from pieces of any length. It holds one packet at most, 65,538 bytes.
#[derive(Debug)]
pub struct Reader {
    bytes: Vec<u8>,
    /// Where what has come begins and ends.
    start: usize,
    end: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            bytes: vec![0; Self::USUAL],
            start: 0,
            end: 0,
        }
    }
}

impl Reader {
    /// Room for three packets of 20 ms at 16 kHz.
    const USUAL: usize = 2048;

    /// Gives the next whole packet.
    pub fn packet(&mut self) -> Option<Packet<'_>> {
        let (packet, length) = Packet::read(&self.bytes[self.start..self.end])?;
        self.start += length;
        Some(packet)
    }

    /// Gives room for what comes; never empty. Call it when [`Reader::packet`] gave nothing.
    pub fn room(&mut self) -> &mut [u8] {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let waiting = &self.bytes[..self.end];
        let wanted = match waiting {
            [_, high, low, ..] => HEAD + usize::from(u16::from_be_bytes([*high, *low])),
            _ => HEAD,
        };
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        if self.end == self.bytes.len() {
            self.bytes.resize(self.end + Self::USUAL, 0);
        }
        &mut self.bytes[self.end..]
    }

    /// Notes how many bytes were put into the room.
    pub fn came(&mut self, bytes: usize) {
        self.end = (self.end + bytes).min(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_type_is_read() {
        for (index, hz) in [
            8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000,
        ]
        .into_iter()
        .enumerate()
        {
            let bytes = [0x10 + index as u8, 0, 2, 1, 2];
            let Some((Packet::Audio(rate, &[1, 2]), 5)) = Packet::read(&bytes) else {
                panic!("{bytes:?}");
            };
            assert_eq!(rate.hz(), hz);
        }
        assert_eq!(Packet::read(&HANGUP_PACKET), Some((Packet::Hangup, 3)));
        assert_eq!(Packet::read(&[3, 0, 1, b'#']), Some((Packet::Dtmf('#'), 4)));
        assert_eq!(Packet::read(&[0xff, 0, 1, 4]), Some((Packet::Error(4), 4)));
        assert_eq!(Packet::read(&[0xff, 0, 0]), Some((Packet::Error(0), 3)));
        let mut id = vec![1, 0, 16];
        id.extend(1..=16);
        let expected = std::array::from_fn(|index| index as u8 + 1);
        assert_eq!(Packet::read(&id), Some((Packet::Id(expected), 19)));
        assert_eq!(
            Packet::read(&[0x42, 0, 1, 0, 9]),
            Some((Packet::Unknown(0x42), 4))
        );
        assert_eq!(Packet::read(&[1, 0, 1, 7]), Some((Packet::Unknown(1), 4)));
    }

    #[test]
    fn a_packet_that_is_not_whole_is_none_yet() {
        for bytes in [&[][..], &[0x10], &[0x10, 0, 2], &[0x10, 0, 2, 1]] {
            assert_eq!(Packet::read(bytes), None);
        }
    }

    #[test]
    fn packets_survive_pieces_of_any_length() {
        let mut frame = Frame::<160>::SILENCE;
        frame.0[3] = -5;
        let mut stream = Vec::new();
        write_audio(AudioRate::Hz8000, &frame, &mut stream);
        stream.extend([0x12, 0xff, 0xff]);
        stream.extend(vec![7; 65_535]);
        stream.extend(HANGUP_PACKET);
        for piece in [1, 2, 3, 100, 323, 5_000, 100_000] {
            let (mut reader, mut seen) = (Reader::default(), Vec::new());
            let mut rest = &stream[..];
            while !rest.is_empty() {
                let room = reader.room();
                let taken = piece.min(room.len()).min(rest.len());
                room[..taken].copy_from_slice(&rest[..taken]);
                rest = &rest[taken..];
                reader.came(taken);
                while let Some(packet) = reader.packet() {
                    seen.push(match packet {
                        Packet::Audio(rate, bytes) => (rate.hz(), bytes.len()),
                        other => (0, usize::from(other == Packet::Hangup)),
                    });
                }
            }
            assert_eq!(
                seen,
                [(8_000, 320), (16_000, 65_535), (0, 1)],
                "pieces of {piece}"
            );
        }
    }

    #[test]
    fn whatever_comes_is_read_without_a_panic() {
        for seed in 0..500 {
            let mut noise = crate::noise::Noise::new(seed);
            let mut reader = Reader::default();
            for _ in 0..50 {
                let bytes = noise.bytes(700);
                let room = reader.room();
                assert!(!room.is_empty());
                let taken = bytes.len().min(room.len());
                room[..taken].copy_from_slice(&bytes[..taken]);
                reader.came(taken);
                while reader.packet().is_some() {}
            }
        }
    }
}
