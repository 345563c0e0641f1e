//! What a program tells its worker, as bytes.

use super::{
    Malformed, ToWorker,
    wire::{Reader, framed, put_samples, put_stream, put_text},
};
use crate::{
    sound::Band,
    transcribe::Provider,
    worker::{backend::ModelKind, engine::Text},
};

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
            ToWorker::Open {
                stream,
                band,
                hotwords,
            } => {
                put_stream(body, b'O', *stream);
                body.push(match band {
                    Band::Narrow => b'n',
                    Band::Wide => b'w',
                });
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
                band: match reader.byte()? {
                    b'n' => Band::Narrow,
                    b'w' => Band::Wide,
                    _ => return Err(Malformed),
                },
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
