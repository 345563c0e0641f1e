//! What a worker tells its program, as bytes.

use super::{
    FromWorker, LONGEST, Malformed,
    wire::{Reader, framed, put_samples, put_stream, put_text},
};
use crate::{transcribe::PhoneToken, worker::engine::Refusal};

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
                refusal: refusal(&mut reader)?,
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

fn refusal(reader: &mut Reader<'_>) -> Result<Refusal, Malformed> {
    let code = reader.byte()?;
    let text = reader.text()?;
    Ok(match code {
        0 => Refusal::Missing(text.into()),
        1 => Refusal::Model(text),
        2 => Refusal::NoLibrary,
        3 => Refusal::WrongLibrary { found: text },
        4 => Refusal::NoProvider(text),
        _ => return Err(Malformed),
    })
}
