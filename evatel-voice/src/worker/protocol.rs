//! The messages between a program and its speech workers: a length of four bytes, a kind of one byte, the rest.
//!
//! Little endian. A message is at most [`LONGEST`] bytes; a longer or a shapeless one ends the connection.

mod answers;
mod orders;
#[cfg(test)]
mod tests;
mod wire;

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use super::{
    backend::ModelKind,
    engine::{Refusal, StreamId, Text},
};
use crate::{
    sound::Band,
    transcribe::{PhoneToken, Provider},
};

pub(crate) use wire::MOST_TEXT;

/// The longest message in bytes.
pub(crate) const LONGEST: usize = 64 << 10;

/// What a program tells its worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ToWorker {
    Audio {
        stream: StreamId,
        samples: Vec<i16>,
    },
    Close {
        stream: StreamId,
    },
    Finish {
        stream: StreamId,
    },
    Load {
        kind: ModelKind,
        provider: Provider,
        folder: PathBuf,
    },
    /// To be answered once all before it is decoded.
    Mark {
        stream: StreamId,
    },
    /// Names that may well be said go with it; none is an empty text. All its samples are of this band.
    Open {
        stream: StreamId,
        band: Band,
        hotwords: String,
    },
    /// Speaks a sentence at so many percent of the usual pace.
    Say {
        percent: u8,
        text: Text,
    },
    /// Loads a voice, instead of what hears.
    Voice {
        folder: PathBuf,
    },
}

/// What a worker tells its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FromWorker {
    /// So many more messages are worked off, and what they brought is decoded.
    Done {
        messages: u32,
    },
    Marked {
        stream: StreamId,
    },
    Ready {
        version: String,
    },
    Refused {
        refusal: Refusal,
    },
    /// The next part of a sentence's sound.
    Sound {
        rate_hz: u32,
        last: bool,
        samples: Vec<i16>,
    },
    Tokens {
        stream: StreamId,
        last: bool,
        tokens: Vec<PhoneToken>,
    },
}

/// How many samples one [`FromWorker::Sound`] holds at most.
pub(crate) const MOST_SAMPLES: usize = (LONGEST - 16) / 2;

/// A message that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a worker's message is malformed")]
pub(crate) struct Malformed;

/// The error of a worker or a program that was told no message.
pub(crate) fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Malformed)
}

/// Reads the body of the next message; nothing at the end of the stream.
pub(crate) fn read_body(from: &mut impl Read, body: &mut Vec<u8>) -> io::Result<bool> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        other => other?,
    }
    body.resize(checked_length(length)?, 0);
    from.read_exact(body)?;
    Ok(true)
}

/// Checks a message's length before anything is reserved for it.
pub(crate) fn checked_length(length: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_le_bytes(length) as usize;
    if length == 0 || length > LONGEST {
        return Err(malformed());
    }
    Ok(length)
}

/// Says whether a whole message is there.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let length = bytes
        .first_chunk()
        .map(|length| u32::from_le_bytes(*length) as usize);
    length.is_some_and(|length| bytes.len() - 4 >= length)
}

/// Writes a message; it goes once `to` is flushed.
pub(crate) fn write(message: &FromWorker, to: &mut impl Write, scratch: &mut Vec<u8>) -> io::Result<()> {
    scratch.clear();
    message.encode(scratch);
    to.write_all(scratch)
}
