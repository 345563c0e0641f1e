//! The messages between a program and its speech workers: a length of four bytes, a kind of one byte, the rest.
//!
//! Little endian. A message is at most [`LONGEST`] bytes; a longer or a shapeless one ends the connection.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use super::{
    backend::ModelKind,
    engine::{Refusal, StreamId, Text},
};
use crate::transcribe::{PhoneToken, Provider};

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
    /// Names that may well be said go with it; none is an empty text.
    Open {
        stream: StreamId,
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

impl ToWorker {
    /// Writes the whole message, its length included.
    pub(crate) fn encode(&self, into: &mut Vec<u8>) {
        framed(into, |body| match self {
            ToWorker::Load {
                kind,
                provider,
                folder,
            } => {
                body.extend([b'L', kind.code(), provider.code()]);
                put_text(body, &folder.to_string_lossy());
            }
            ToWorker::Say { percent, text } => {
                let (form, text) = match text {
                    Text::Words(words) => (b'w', words),
                    Text::Phonemes(phonemes) => (b'p', phonemes),
                };
                body.extend([b'S', *percent, form]);
                put_text(body, text);
            }
            ToWorker::Voice { folder } => {
                body.push(b'V');
                put_text(body, &folder.to_string_lossy());
            }
            ToWorker::Mark { stream } => put_stream(body, b'M', *stream),
            ToWorker::Open { stream, hotwords } => {
                put_stream(body, b'O', *stream);
                put_text(body, hotwords);
            }
            ToWorker::Audio { stream, samples } => {
                put_stream(body, b'A', *stream);
                put_samples(body, samples);
            }
            ToWorker::Finish { stream } => put_stream(body, b'F', *stream),
            ToWorker::Close { stream } => put_stream(body, b'C', *stream),
        });
    }

    /// Reads a message without its length.
    pub(crate) fn decode(body: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(body);
        Ok(match reader.byte()? {
            b'L' => {
                let kind = ModelKind::from_code(reader.byte()?).ok_or(Malformed)?;
                let provider = Provider::from_code(reader.byte()?).ok_or(Malformed)?;
                ToWorker::Load {
                    kind,
                    provider,
                    folder: reader.text()?.into(),
                }
            }
            b'S' => {
                let percent = reader.byte()?;
                let text = match reader.byte()? {
                    b'w' => Text::Words(reader.text()?),
                    b'p' => Text::Phonemes(reader.text()?),
                    _ => return Err(Malformed),
                };
                ToWorker::Say { percent, text }
            }
            b'V' => ToWorker::Voice {
                folder: reader.text()?.into(),
            },
            b'M' => ToWorker::Mark {
                stream: reader.u32()?,
            },
            b'O' => ToWorker::Open {
                stream: reader.u32()?,
                hotwords: reader.text()?,
            },
            b'A' => ToWorker::Audio {
                stream: reader.u32()?,
                samples: reader.samples(),
            },
            b'F' => ToWorker::Finish {
                stream: reader.u32()?,
            },
            b'C' => ToWorker::Close {
                stream: reader.u32()?,
            },
            _ => return Err(Malformed),
        })
    }
}

impl FromWorker {
    /// Writes the whole message, its length included. Of too many tokens the oldest stay.
    pub(crate) fn encode(&self, into: &mut Vec<u8>) {
        framed(into, |body| match self {
            FromWorker::Done { messages } => {
                body.push(b'D');
                body.extend(messages.to_le_bytes());
            }
            FromWorker::Marked { stream } => put_stream(body, b'M', *stream),
            FromWorker::Ready { version } => {
                body.push(b'R');
                put_text(body, version);
            }
            FromWorker::Refused { refusal } => {
                body.push(b'X');
                put_refusal(body, refusal);
            }
            FromWorker::Sound {
                rate_hz,
                last,
                samples,
            } => {
                body.push(b'S');
                body.extend(rate_hz.to_le_bytes());
                body.push(u8::from(*last));
                put_samples(body, samples);
            }
            FromWorker::Tokens { stream, last, tokens } => {
                put_stream(body, b'T', *stream);
                body.push(u8::from(*last));
                for token in tokens {
                    if body.len() + token.phone.len() + 16 > LONGEST {
                        break;
                    }
                    body.extend(token.at_ms.to_le_bytes());
                    put_text(body, &token.phone);
                }
            }
        });
    }

    /// Reads a message without its length.
    pub(crate) fn decode(body: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(body);
        Ok(match reader.byte()? {
            b'D' => FromWorker::Done {
                messages: reader.u32()?,
            },
            b'M' => FromWorker::Marked {
                stream: reader.u32()?,
            },
            b'R' => FromWorker::Ready {
                version: reader.text()?,
            },
            b'X' => FromWorker::Refused {
                refusal: reader.refusal()?,
            },
            b'S' => FromWorker::Sound {
                rate_hz: reader.u32()?,
                last: reader.byte()? != 0,
                samples: reader.samples(),
            },
            b'T' => {
                let stream = reader.u32()?;
                let last = reader.byte()? != 0;
                let mut tokens = Vec::new();
                while !reader.0.is_empty() {
                    let at_ms = reader.u32()?;
                    tokens.push(PhoneToken::new(reader.text()?, at_ms));
                }
                FromWorker::Tokens { stream, last, tokens }
            }
            _ => return Err(Malformed),
        })
    }
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

fn framed(into: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    into.extend((body.len() as u32).to_le_bytes());
    into.extend(body);
}

fn put_stream(body: &mut Vec<u8>, kind: u8, stream: StreamId) {
    body.push(kind);
    body.extend(stream.to_le_bytes());
}

fn put_samples(body: &mut Vec<u8>, samples: &[i16]) {
    body.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

fn put_text(body: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    body.extend((end as u16).to_le_bytes());
    body.extend(&text.as_bytes()[..end]);
}

/// Longest text, in bytes; of a longer one the rest is left out.
pub(crate) const MOST_TEXT: usize = 4096;

fn put_refusal(body: &mut Vec<u8>, refusal: &Refusal) {
    let (code, text) = match refusal {
        Refusal::Missing(path) => (0, path.to_string_lossy().into_owned()),
        Refusal::Model(reason) => (1, reason.clone()),
        Refusal::NoLibrary => (2, String::new()),
        Refusal::WrongLibrary { found, .. } => (3, found.clone()),
        Refusal::NoProvider(reason) => (4, reason.clone()),
    };
    body.push(code);
    put_text(body, &text);
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Malformed> {
        let (&first, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(first)
    }

    fn u32(&mut self) -> Result<u32, Malformed> {
        let (four, rest) = self.0.split_first_chunk::<4>().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*four))
    }

    /// All that is left.
    fn samples(&mut self) -> Vec<i16> {
        let pairs = self.0.chunks_exact(2);
        self.0 = &[];
        pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    fn text(&mut self) -> Result<String, Malformed> {
        let (two, rest) = self.0.split_first_chunk::<2>().ok_or(Malformed)?;
        let (text, rest) = rest
            .split_at_checked(u16::from_le_bytes(*two).into())
            .ok_or(Malformed)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| Malformed)
    }

    fn refusal(&mut self) -> Result<Refusal, Malformed> {
        let code = self.byte()?;
        let text = self.text()?;
        Ok(match code {
            0 => Refusal::Missing(text.into()),
            1 => Refusal::Model(text),
            2 => Refusal::NoLibrary,
            3 => Refusal::WrongLibrary { found: text },
            4 => Refusal::NoProvider(text),
            _ => return Err(Malformed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_worker() -> Vec<ToWorker> {
        vec![
            ToWorker::Load {
                kind: ModelKind::Zipformer2Ctc,
                provider: Provider::Cuda,
                folder: "/models/é".into(),
            },
            ToWorker::Mark { stream: 9 },
            ToWorker::Voice {
                folder: "/voices/é".into(),
            },
            ToWorker::Say {
                percent: 75,
                text: Text::Words("bonjour".to_owned()),
            },
            ToWorker::Say {
                percent: 100,
                text: Text::Phonemes("bɔ̃ʒˈuʁ.".to_owned()),
            },
            ToWorker::Open {
                stream: 7,
                hotwords: "Zoé/Marie".to_owned(),
            },
            ToWorker::Audio {
                stream: 7,
                samples: vec![1, -2, i16::MAX],
            },
            ToWorker::Finish { stream: 7 },
            ToWorker::Close { stream: u32::MAX },
        ]
    }

    fn from_worker() -> Vec<FromWorker> {
        let token = |phone: &str, at_ms| PhoneToken::new(phone, at_ms);
        vec![
            FromWorker::Ready {
                version: "2.0.1".to_owned(),
            },
            FromWorker::Refused {
                refusal: Refusal::Missing("/x".into()),
            },
            FromWorker::Refused {
                refusal: Refusal::NoLibrary,
            },
            FromWorker::Refused {
                refusal: Refusal::NoProvider("none".to_owned()),
            },
            FromWorker::Done { messages: 70_000 },
            FromWorker::Marked { stream: 9 },
            FromWorker::Sound {
                rate_hz: 22_050,
                last: true,
                samples: vec![i16::MIN, 0, 7],
            },
            FromWorker::Tokens {
                stream: 3,
                last: true,
                tokens: vec![token("an", 40), token("m", 1200)],
            },
        ]
    }

    #[test]
    fn each_message_comes_back_as_it_went() {
        for message in to_worker() {
            let mut bytes = Vec::new();
            message.encode(&mut bytes);
            let mut body = Vec::new();
            assert!(read_body(&mut &bytes[..], &mut body).unwrap());
            assert_eq!(ToWorker::decode(&body), Ok(message));
        }
        for message in from_worker() {
            let mut bytes = Vec::new();
            message.encode(&mut bytes);
            assert_eq!(FromWorker::decode(&bytes[4..]), Ok(message));
        }
    }

    #[test]
    fn a_cut_or_spoiled_message_is_an_error_and_never_a_panic() {
        for message in from_worker() {
            let mut bytes = Vec::new();
            message.encode(&mut bytes);
            for cut in 4..bytes.len() {
                let _ = FromWorker::decode(&bytes[4..cut]);
                let mut spoiled = bytes[4..].to_vec();
                spoiled[cut - 4] ^= 0xff;
                let _ = FromWorker::decode(&spoiled);
                let _ = ToWorker::decode(&spoiled);
            }
        }
    }

    #[test]
    fn a_message_is_whole_with_its_last_byte() {
        let mut bytes = Vec::new();
        ToWorker::Close { stream: 7 }.encode(&mut bytes);
        for cut in 0..bytes.len() {
            assert!(!is_whole(&bytes[..cut]), "{cut}");
        }
        assert!(is_whole(&bytes));
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_it_is_reserved() {
        let mut body = Vec::new();
        let huge = u32::MAX.to_le_bytes();
        assert!(read_body(&mut &huge[..], &mut body).is_err());
        assert!(body.capacity() <= LONGEST);
        assert!(!read_body(&mut &[][..], &mut body).unwrap());
    }
}
