//! RTP on the wire (RFC 3550 §5.1).

use rtp_types::{RtpPacket, RtpPacketBuilder};

/// Bytes before the payload of a packet that we send.
pub const HEAD: usize = RtpPacket::MIN_RTP_PACKET_LEN;

/// What a leg needs of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packet<'a> {
    /// The first after a silence.
    pub marker: bool,
    /// How the payload is coded.
    pub payload_type: u8,
    /// Its place in the stream; wraps.
    pub sequence: u16,
    /// When its first sample was taken, in the coding's own clock; wraps.
    pub timestamp: u32,
    /// Whose stream it is.
    pub ssrc: u32,
    /// The coded sound.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet.
    ///
    /// # Errors
    /// Gives nothing for what is no RTP of version 2, or shorter than it says.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let packet = RtpPacket::parse(bytes).ok()?;
        let start = packet.payload_offset();
        let payload = bytes.get(start..start + packet.payload_len())?;
        Some(Self {
            marker: packet.marker_bit(),
            payload_type: packet.payload_type(),
            sequence: packet.sequence_number(),
            timestamp: packet.timestamp(),
            ssrc: packet.ssrc(),
            payload,
        })
    }

    /// Writes the packet; gives its length, or nothing if there is no room.
    pub fn write(&self, out: &mut [u8]) -> Option<usize> {
        RtpPacketBuilder::<&[u8], &[u8]>::new()
            .marker_bit(self.marker)
            .payload_type(self.payload_type)
            .sequence_number(self.sequence)
            .timestamp(self.timestamp)
            .ssrc(self.ssrc)
            .payload(self.payload)
            .write_into(out)
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: Packet<'static> = Packet {
        marker: true,
        payload_type: 9,
        sequence: 0xfffe,
        timestamp: 0x8000_0001,
        ssrc: 0xdead_beef,
        payload: &[1, 2, 3],
    };

    #[test]
    fn a_packet_survives_the_wire() {
        let mut bytes = [0; 64];
        assert_eq!(PACKET.write(&mut bytes), Some(HEAD + 3));
        assert_eq!(Packet::read(&bytes[..HEAD + 3]), Some(PACKET));
        assert_eq!(PACKET.write(&mut [0; HEAD]), None);
    }

    #[test]
    fn whatever_comes_is_read_without_a_panic() {
        let mut noise = crate::noise::Noise::new(3);
        let mut known = 0;
        for _ in 0..50_000 {
            let mut bytes = noise.bytes(80);
            if let Some(first) = bytes.first_mut()
                && noise.below(4) > 0
            {
                *first = *first & 0x3f | 0x80;
            }
            known += usize::from(Packet::read(&bytes).is_some());
        }
        assert!((500..49_500).contains(&known), "{known} were packets");
    }
}
