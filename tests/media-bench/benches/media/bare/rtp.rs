//! Over RTP: two UDP ports, samples of 16 bits in network order.

use anyhow::{Context, Result};
use evatel_ari::op::channels::{ExternalMedia, MediaTransport};
use evatel_voice::frame::{Frame, Frame8k};
use tokio::net::UdpSocket;

use super::{Heard, Leg, Line};
use crate::house::APP;

const HEAD: usize = 12;
/// Asterisk's payload type of `slin`.
const SLIN: u8 = 11;

pub(crate) struct Rtp {
    socket: UdpSocket,
    sequence: u16,
}

impl Line<160> for Rtp {
    const AHEAD: usize = 1;

    async fn open(leg: &Leg<'_>) -> Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let host = socket.local_addr()?;
        let media = ExternalMedia::new(APP, "slin", MediaTransport::Rtp { host });
        let channel = leg.create(&media).await?;
        let variable = |name| channel.variable(name).with_context(|| format!("no {name}"));
        let theirs = (
            variable("UNICASTRTP_LOCAL_ADDRESS")?,
            variable("UNICASTRTP_LOCAL_PORT")?.parse()?,
        );
        socket.connect(theirs).await?;
        Ok(Self { socket, sequence: 0 })
    }

    async fn say(&mut self, frame: &Frame8k) -> Result<()> {
        let mut bytes = [0; HEAD + 320];
        let timestamp = u32::from(self.sequence).wrapping_mul(160);
        bytes[..2].copy_from_slice(&[0x80, SLIN]);
        bytes[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[4..8].copy_from_slice(&timestamp.to_be_bytes());
        bytes[8..HEAD].copy_from_slice(&0x0b_a2_e0_00_u32.to_be_bytes());
        for (pair, sample) in bytes[HEAD..].as_chunks_mut::<2>().0.iter_mut().zip(&frame.0) {
            *pair = sample.to_be_bytes();
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.socket.send(&bytes).await?;
        Ok(())
    }

    async fn hear(&mut self) -> Result<Heard<160>> {
        let mut bytes = [0; 2048];
        let length = self.socket.recv(&mut bytes).await?;
        let Some(samples) = bytes[..length].get(HEAD..) else {
            return Ok(Heard::Other);
        };
        let mut heard: Frame8k = Frame::SILENCE;
        for (sample, pair) in heard.0.iter_mut().zip(samples.as_chunks::<2>().0) {
            *sample = i16::from_be_bytes(*pair);
        }
        Ok(Heard::Frame(heard))
    }
}
