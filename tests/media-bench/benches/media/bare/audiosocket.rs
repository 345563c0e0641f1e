//! Over AudioSocket: packets of a kind, a length and samples on TCP.

use anyhow::{Result, ensure};
use evatel_ari::op::channels::{ExternalMedia, MediaTransport};
use evatel_voice::frame::{Frame, Frame16k};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use super::{Heard, Leg, Line};
use crate::house::APP;

/// Samples at 16 kHz.
const SLIN16: u8 = 0x12;
const HEAD: usize = 3;
/// The packet with the id, which comes first.
const ID: usize = HEAD + 16;

pub(crate) struct AudioSocket {
    stream: TcpStream,
    bytes: [u8; 4096],
    filled: usize,
}

impl Line<320> for AudioSocket {
    const AHEAD: usize = 1;

    async fn open(leg: &Leg<'_>) -> Result<Self> {
        // A listener a leg: nobody else comes there, so the id needs no look.
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let transport = MediaTransport::AudioSocket {
            host: listener.local_addr()?.to_string(),
            id: Uuid::new_v4(),
        };
        let media = ExternalMedia::new(APP, "slin16", transport);
        let (_, accepted) =
            tokio::try_join!(leg.create(&media), async { anyhow::Ok(listener.accept().await?) })?;
        let mut stream = accepted.0;
        stream.set_nodelay(true)?;
        stream.read_exact(&mut [0; ID]).await?;
        Ok(Self {
            stream,
            bytes: [0; 4096],
            filled: 0,
        })
    }

    async fn say(&mut self, frame: &Frame16k) -> Result<()> {
        let mut bytes = [0; HEAD + 640];
        bytes[0] = SLIN16;
        bytes[1..HEAD].copy_from_slice(&640_u16.to_be_bytes());
        for (pair, sample) in bytes[HEAD..].as_chunks_mut::<2>().0.iter_mut().zip(&frame.0) {
            *pair = sample.to_le_bytes();
        }
        Ok(self.stream.write_all(&bytes).await?)
    }

    async fn hear(&mut self) -> Result<Heard<320>> {
        loop {
            let filled = &self.bytes[..self.filled];
            if let [kind, high, low, ..] = *filled {
                let end = HEAD + usize::from(u16::from_be_bytes([high, low]));
                ensure!(end <= self.bytes.len(), "a packet of {end} bytes came");
                if filled.len() >= end {
                    let mut heard: Frame16k = Frame::SILENCE;
                    for (sample, pair) in heard.0.iter_mut().zip(filled[HEAD..end].as_chunks::<2>().0) {
                        *sample = i16::from_le_bytes(*pair);
                    }
                    self.bytes.copy_within(end..self.filled, 0);
                    self.filled -= end;
                    return Ok(match kind {
                        SLIN16 => Heard::Frame(heard),
                        _ => Heard::Other,
                    });
                }
            }
            let came = self.stream.read(&mut self.bytes[self.filled..]).await?;
            ensure!(came > 0, "closed by Asterisk");
            self.filled += came;
        }
    }
}
