//! The child's side: reads messages, lets the engine hear, writes what it heard.

use std::{
    collections::HashMap,
    io::{self, BufReader, BufWriter},
};

use super::{
    MARK, MARKER, backend,
    engine::{Backend, Stream},
    protocol::{self, FromWorker, StreamId, ToWorker},
    trial,
};
use crate::transcribe::PhoneToken;

/// Makes this process a speech worker if it was started as one, and then never returns. The first line of `main`, before
/// a runtime, a log or an argument parser.
///
/// ```no_run
/// evatel_voice::worker::run_if_worker();
/// // the program itself
/// ```
#[expect(
    clippy::exit,
    reason = "a worker is done here: what follows in `main` is not its work"
)]
pub fn run_if_worker() {
    if std::env::var(MARKER).as_deref() != Ok(MARK) {
        return;
    }
    let done = work(
        &mut BufReader::new(io::stdin().lock()),
        &mut BufWriter::new(io::stdout().lock()),
    );
    if let Err(error) = done {
        eprintln!("speech worker: {error}");
        std::process::exit(1);
    }
    std::process::exit(0);
}

/// No program needs more streams in one worker; a parent that has lost count is refused.
const MOST_STREAMS: usize = 1024;

fn work(input: &mut impl io::Read, output: &mut impl io::Write) -> io::Result<()> {
    let (mut body, mut scratch) = (Vec::new(), Vec::new());
    if !protocol::read_body(input, &mut body)? {
        return Ok(());
    }
    let (kind, folder) = match ToWorker::decode(&body) {
        Ok(ToWorker::Load { kind, folder }) => (kind, folder),
        Ok(ToWorker::Try { form, folder }) => {
            let answer = match trial::run(form, &folder) {
                Ok(version) => FromWorker::Ready { version },
                Err(refusal) => FromWorker::Refused { refusal },
            };
            return protocol::write(&answer, output, &mut scratch);
        }
        _ => return Err(malformed()),
    };
    let backend = match backend::load(kind, &folder) {
        Ok(backend) => backend,
        Err(refusal) => return protocol::write(&FromWorker::Refused { refusal }, output, &mut scratch),
    };
    protocol::write(
        &FromWorker::Ready {
            version: backend.version(),
        },
        output,
        &mut scratch,
    )?;
    let mut streams = Streams {
        backend,
        open: HashMap::new(),
    };
    while protocol::read_body(input, &mut body)? {
        let message = ToWorker::decode(&body).map_err(|_| malformed())?;
        if let Some(answer) = streams.take(message)? {
            protocol::write(&answer, output, &mut scratch)?;
        }
    }
    Ok(())
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, protocol::Malformed)
}

struct Streams {
    backend: Box<dyn Backend>,
    open: HashMap<StreamId, (Box<dyn Stream>, Vec<PhoneToken>)>,
}

impl Streams {
    fn take(&mut self, message: ToWorker) -> io::Result<Option<FromWorker>> {
        match message {
            ToWorker::Load { .. } | ToWorker::Try { .. } => Err(malformed()),
            ToWorker::Open { .. } if self.open.len() >= MOST_STREAMS => Err(malformed()),
            ToWorker::Open { stream } => {
                self.open.insert(stream, (self.backend.open(), Vec::new()));
                Ok(None)
            }
            ToWorker::Audio { stream, samples } => {
                let Some((engine, told)) = self.open.get_mut(&stream) else {
                    return Ok(None);
                };
                let tokens = engine.push(&samples);
                if tokens == *told {
                    return Ok(None);
                }
                told.clone_from(&tokens);
                Ok(Some(FromWorker::Tokens {
                    stream,
                    last: false,
                    tokens,
                }))
            }
            ToWorker::Finish { stream } => {
                let Some((mut engine, _)) = self.open.remove(&stream) else {
                    return Ok(None);
                };
                Ok(Some(FromWorker::Tokens {
                    stream,
                    last: true,
                    tokens: engine.finish(),
                }))
            }
            ToWorker::Close { stream } => {
                self.open.remove(&stream);
                Ok(None)
            }
        }
    }
}
