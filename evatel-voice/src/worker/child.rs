//! The child's side: reads messages, lets the engine hear, writes what it heard.

use std::{
    collections::HashMap,
    io::{self, BufReader, BufWriter},
};

use super::{
    LOADED, MARK, MARKER, backend,
    engine::{Backend, MOST_STREAMS, StreamId},
    mouth,
    protocol::{self, FromWorker, ToWorker},
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
        &mut BufReader::with_capacity(READ_AHEAD, io::stdin().lock()),
        &mut BufWriter::new(io::stdout().lock()),
    );
    if let Err(error) = done {
        eprintln!("speech worker: {error}");
        std::process::exit(1);
    }
    std::process::exit(0);
}

/// How many messages are taken before what they brought is decoded: two of each of 64 streams.
const MOST_TOGETHER: u32 = 128;

/// How much is read at once: as much as a pipe holds.
const READ_AHEAD: usize = 64 << 10;

fn work(input: &mut BufReader<impl io::Read>, output: &mut impl io::Write) -> io::Result<()> {
    let (mut body, mut scratch) = (Vec::new(), Vec::new());
    if !protocol::read_body(input, &mut body)? {
        return Ok(());
    }
    let mut answer_first = |answer: &FromWorker| {
        protocol::write(answer, output, &mut scratch)?;
        output.flush()
    };
    let backend = match ToWorker::decode(&body) {
        Ok(ToWorker::Load {
            kind,
            provider,
            folder,
        }) => backend::load(kind, provider, &folder),
        Ok(ToWorker::Voice { folder }) => return mouth::work(&folder, input, output),
        _ => return Err(protocol::malformed()),
    };
    let backend = match backend {
        Ok(backend) => backend,
        Err(refusal) => return answer_first(&FromWorker::Refused { refusal }),
    };
    // Behind whatever the engine wrote there while it loaded.
    eprintln!("{LOADED}");
    answer_first(&FromWorker::Ready {
        version: backend.version(),
    })?;
    let mut streams = Streams {
        backend,
        open: HashMap::new(),
        touched: Vec::new(),
    };
    loop {
        let mut messages = 0;
        // What came together is decoded together: the more a worker has to do, the larger its batches.
        while messages == 0 || messages < MOST_TOGETHER && protocol::is_whole(input.buffer()) {
            if !protocol::read_body(input, &mut body)? {
                return Ok(());
            }
            streams.take(ToWorker::decode(&body).map_err(|_| protocol::malformed())?)?;
            messages += 1;
        }
        streams.backend.decode();
        for answer in streams.answers() {
            protocol::write(&answer, output, &mut scratch)?;
        }
        protocol::write(&FromWorker::Done { messages }, output, &mut scratch)?;
        output.flush()?;
    }
}

struct Streams {
    backend: Box<dyn Backend>,
    /// What was told of each last.
    open: HashMap<StreamId, Vec<PhoneToken>>,
    /// Of which something is to be told, once all is decoded, in the order in which it was asked.
    touched: Vec<(StreamId, Touch)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    Finished,
    Heard,
    Marked,
}

impl Streams {
    fn take(&mut self, message: ToWorker) -> io::Result<()> {
        match message {
            ToWorker::Load { .. } | ToWorker::Say { .. } | ToWorker::Voice { .. } => {
                return Err(protocol::malformed());
            }
            ToWorker::Open { .. } if self.open.len() >= MOST_STREAMS => return Err(protocol::malformed()),
            ToWorker::Open {
                stream,
                band,
                hotwords,
            } => {
                self.backend.open(stream, band, &hotwords);
                self.open.insert(stream, Vec::new());
            }
            ToWorker::Audio { stream, samples } => {
                self.backend.accept(stream, &samples);
                if !self.touched.contains(&(stream, Touch::Heard)) {
                    self.touched.push((stream, Touch::Heard));
                }
            }
            ToWorker::Mark { stream } => self.touched.push((stream, Touch::Marked)),
            ToWorker::Finish { stream } => {
                self.backend.finish(stream);
                self.touched.push((stream, Touch::Finished));
            }
            ToWorker::Close { stream } => {
                self.open.remove(&stream);
                self.backend.close(stream);
            }
        }
        Ok(())
    }

    /// Gives what is to be told of all that was decoded.
    fn answers(&mut self) -> Vec<FromWorker> {
        let touched = std::mem::take(&mut self.touched);
        let answer = |(stream, touch)| self.answer(stream, touch);
        touched.into_iter().filter_map(answer).collect()
    }

    fn answer(&mut self, stream: StreamId, touch: Touch) -> Option<FromWorker> {
        let told = self.open.get_mut(&stream)?;
        let last = touch == Touch::Finished;
        if touch == Touch::Marked {
            return Some(FromWorker::Marked { stream });
        }
        let tokens = self.backend.tokens(stream);
        if last {
            self.open.remove(&stream);
            self.backend.close(stream);
        } else if tokens == *told {
            return None;
        } else {
            told.clone_from(&tokens);
        }
        Some(FromWorker::Tokens { stream, last, tokens })
    }
}
