//! Sound over AudioSocket: Asterisk connects to us, TCP, little-endian samples in typed packets.

pub mod packet;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use evatel_voice::frame::Frame;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use self::packet::{AudioRate, HANGUP_PACKET, HEAD, Packet, Reader};
use super::{
    cutter::Cutter,
    pacer::LONGEST_QUEUE,
    wire::{Ear, Sent, Told, Wire},
};

/// A connection whose id was read and recognised.
pub(super) struct AudioSocket<const N: usize> {
    stream: TcpStream,
    reader: Reader,
    cutter: Cutter<N>,
    /// What could not be written yet.
    unwritten: Vec<u8>,
}

impl<const N: usize> AudioSocket<N> {
    const RATE: AudioRate = match N {
        160 => AudioRate::Hz8000,
        320 => AudioRate::Hz16000,
        _ => panic!("a leg has 8 or 16 kHz"),
    };
    /// Bytes of 200 ms.
    const MAX_UNWRITTEN: usize = LONGEST_QUEUE as usize * (HEAD + 2 * N);

    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            reader: Reader::default(),
            cutter: Cutter::default(),
            unwritten: Vec::with_capacity(Self::MAX_UNWRITTEN),
        })
    }

    /// Takes the packets that are whole; gives the first that is no sound.
    fn take(&mut self, ear: &mut Ear<'_, N>) -> Option<Told> {
        while let Some(packet) = self.reader.packet() {
            match packet {
                Packet::Audio(rate, bytes) if rate == Self::RATE => {
                    self.cutter.cut(bytes, |frame| ear.hear(frame));
                }
                Packet::Audio(rate, _) => {
                    let reason = format!("{} Hz came where {} were agreed", rate.hz(), Self::RATE.hz());
                    return Some(Told::Broken(reason.into()));
                }
                Packet::Dtmf(digit) => return Some(Told::Digit(digit)),
                Packet::Error(code) => return Some(Told::Failed(format!("AudioSocket error {code}"))),
                Packet::Hangup => return Some(Told::Closed),
                Packet::Id(_) | Packet::Unknown(_) => ear.counters.unreadable.add(1),
            }
        }
        None
    }
}

impl<const N: usize> Wire<N> for AudioSocket<N> {
    // Asterisk plays what comes as it comes: it has no queue here.
    const TARGET: u64 = 1;
    const TELLS: bool = false;

    fn poll(&mut self, context: &mut Context<'_>, ear: &mut Ear<'_, N>) -> Poll<Told> {
        while !self.unwritten.is_empty() {
            match Pin::new(&mut self.stream).poll_write(context, &self.unwritten) {
                Poll::Ready(Ok(written)) => drop(self.unwritten.drain(..written)),
                Poll::Ready(Err(error)) => return Poll::Ready(Told::Broken(error.to_string().into())),
                Poll::Pending => break,
            }
        }
        loop {
            if let Some(told) = self.take(ear) {
                return Poll::Ready(told);
            }
            let mut room = ReadBuf::new(self.reader.room());
            match Pin::new(&mut self.stream).poll_read(context, &mut room) {
                Poll::Ready(Ok(())) if room.filled().is_empty() => return Poll::Ready(Told::Closed),
                Poll::Ready(Ok(())) => {
                    let came = room.filled().len();
                    self.reader.came(came);
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Told::Broken(error.to_string().into())),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn send(&mut self, frame: &Frame<N>) -> Sent {
        if self.unwritten.len() + HEAD + 2 * N > Self::MAX_UNWRITTEN {
            return Sent::Dropped;
        }
        packet::write_audio(Self::RATE, frame, &mut self.unwritten);
        match self.stream.try_write(&self.unwritten) {
            Ok(written) if written == self.unwritten.len() => self.unwritten.clear(),
            Ok(written) => drop(self.unwritten.drain(..written)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Sent::Broken(error.to_string().into()),
        }
        Sent::Taken
    }

    async fn close(mut self) {
        if self.unwritten.is_empty() {
            // If it cannot be told, the end of the connection tells it.
            let _ = self.stream.try_write(&HANGUP_PACKET);
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut self.stream).await;
    }
}
