//! One child process: started, handed its model, talked to.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::watch,
};

use super::{
    LOADED, MARK, MARKER, Model,
    engine::{LIBRARY_VERSION, Refusal},
    protocol::{self, FromWorker, ToWorker},
};
use crate::transcribe::{Error, Provider};

/// A model is loaded within this time.
const LOAD_LIMIT: Duration = Duration::from_secs(30);

/// A child that is to end does so within this time, and what it wrote while it loaded is read.
const LAST_WORDS_LIMIT: Duration = Duration::from_secs(5);

/// A child that is ready.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) child: Child,
    pub(super) engine: String,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) complaints: Complaints,
}

impl Link {
    /// Starts `program` as a worker and waits until it has loaded the model. Dropping the link kills the child.
    pub(super) async fn start(program: &Path, model: &Model) -> Result<Self, Error> {
        let load = ToWorker::Load {
            kind: model.kind,
            provider: model.provider,
            folder: model.folder.clone(),
        };
        let link = Self::begin(program, &model.folder, &load).await?;
        if model.provider != Provider::Cpu
            && let Some(reason) = link.complaints.fallback().await
        {
            return Err(Error::NoProvider {
                provider: model.provider,
                reason,
            });
        }
        Ok(link)
    }

    /// Starts `program` as a worker, tells it `first`, which is about the model in `folder`, and waits until it is ready.
    pub(super) async fn begin(program: &Path, folder: &Path, first: &ToWorker) -> Result<Self, Error> {
        let mut command = Command::new(program);
        // A native library gets no secrets from our environment.
        command.env_clear().env(MARKER, MARK);
        for kept in ["PATH", "LD_LIBRARY_PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let not_started = |error: std::io::Error| Error::WorkerNotStarted {
            program: program.to_owned(),
            reason: error.to_string(),
        };
        let mut child = command.spawn().map_err(not_started)?;
        let mut writer = Writer {
            stdin: child.stdin.take().expect("stdin is piped"),
            scratch: Vec::new(),
        };
        let mut reader = Reader {
            stdout: BufReader::new(child.stdout.take().expect("stdout is piped")),
            body: Vec::new(),
        };
        let complaints = Complaints::gather(child.stderr.take().expect("stderr is piped"));
        let loaded = async {
            // A child that is already dead says nothing.
            let _ = writer.send(first).await;
            reader.next().await
        };
        let answer = tokio::time::timeout(LOAD_LIMIT, loaded)
            .await
            .map_err(|_| Error::WorkerSilent { limit: LOAD_LIMIT })?;
        match answer {
            Ok(Some(FromWorker::Ready { version })) => Ok(Self {
                child,
                engine: version,
                reader,
                writer,
                complaints,
            }),
            Ok(Some(FromWorker::Refused { refusal })) => Err(refused(refusal, folder, first)),
            Ok(None) => Err(Error::ModelRefused {
                path: folder.to_owned(),
                reason: complaints.why(&mut child).await,
            }),
            Ok(Some(_)) | Err(_) => Err(Error::NotHooked),
        }
    }
}

pub(super) fn refused(refusal: Refusal, folder: &Path, first: &ToWorker) -> Error {
    match refusal {
        Refusal::Missing(path) => Error::ModelMissing { path },
        Refusal::Model(reason) => Error::ModelRefused {
            path: folder.to_owned(),
            reason,
        },
        Refusal::NoLibrary => Error::NoSpeechLibrary,
        Refusal::NoProvider(reason) => Error::NoProvider {
            provider: match first {
                ToWorker::Load { provider, .. } => *provider,
                _ => Provider::Cpu,
            },
            reason,
        },
        Refusal::WrongLibrary { found } => Error::WrongLibrary {
            found,
            wanted: LIBRARY_VERSION,
        },
    }
}

/// What the child says.
#[derive(Debug)]
pub(super) struct Reader {
    stdout: BufReader<ChildStdout>,
    body: Vec<u8>,
}

impl Reader {
    /// Waits for the next message; nothing when the child is gone. Not cancel safe.
    pub(super) async fn next(&mut self) -> std::io::Result<Option<FromWorker>> {
        let mut length = [0; 4];
        if !read_whole(&mut self.stdout, &mut length).await? {
            return Ok(None);
        }
        self.body.resize(protocol::checked_length(length)?, 0);
        if !read_whole(&mut self.stdout, &mut self.body).await? {
            return Ok(None);
        }
        let malformed = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        FromWorker::decode(&self.body).map(Some).map_err(malformed)
    }
}

async fn read_whole(from: &mut (impl AsyncRead + Unpin), into: &mut [u8]) -> std::io::Result<bool> {
    match from.read_exact(into).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// What the child is told.
#[derive(Debug)]
pub(super) struct Writer {
    stdin: ChildStdin,
    scratch: Vec<u8>,
}

impl Writer {
    /// Sends one message, however long the child lets it wait: whoever sends knows when that is too long. Not cancel safe.
    pub(super) async fn send(&mut self, message: &ToWorker) -> std::io::Result<()> {
        self.scratch.clear();
        message.encode(&mut self.scratch);
        self.stdin.write_all(&self.scratch).await
    }
}

/// The end of a child's error stream, 2 KiB: the only place where a native engine explains itself.
#[derive(Clone, Debug)]
pub(super) struct Complaints(watch::Receiver<String>);

const MOST_COMPLAINTS: usize = 2048;

/// What sherpa-onnx 2.0.1 writes where its onnxruntime lacks what a model shall be computed on, before it takes the processor.
const FALLBACK: &str = "Fallback to";

impl Complaints {
    fn gather(mut stderr: ChildStderr) -> Self {
        let (kept, complaints) = watch::channel(String::new());
        // It ends with the child, which the link kills.
        tokio::spawn(async move {
            let mut bytes = [0; 1024];
            while let Ok(count @ 1..) = stderr.read(&mut bytes).await {
                let text = String::from_utf8_lossy(&bytes[..count]);
                tracing::debug!(text = text.trim(), "A speech worker wrote to its error stream");
                kept.send_modify(|kept| add(kept, &text));
            }
        });
        Self(complaints)
    }

    /// Says how a dead child ended and what it last wrote.
    pub(super) async fn why(&self, child: &mut Child) -> String {
        let ended = match tokio::time::timeout(LAST_WORDS_LIMIT, child.wait()).await {
            Ok(Ok(status)) => format!("the engine ended its process ({status})"),
            _ => "the engine stopped answering".to_owned(),
        };
        let kept = self.0.borrow();
        let words: Vec<&str> = kept.lines().filter(|line| *line != LOADED).collect();
        match words.join(" ").trim() {
            "" => ended,
            words => format!("{ended} and wrote: {words}"),
        }
    }

    /// Waits until all is read that a child wrote while it loaded its model, and gives what says that it is computed elsewhere
    /// than it was told.
    async fn fallback(&self) -> Option<String> {
        let mut complaints = self.0.clone();
        let loaded = complaints.wait_for(|kept| kept.contains(LOADED));
        let kept = match tokio::time::timeout(LAST_WORDS_LIMIT, loaded).await {
            Ok(Ok(kept)) => kept.clone(),
            // What it wrote until then must do.
            Ok(Err(_)) | Err(_) => self.0.borrow().clone(),
        };
        let told = kept.lines().find(|line| line.contains(FALLBACK));
        told.map(|line| line.trim().to_owned())
    }
}

fn add(kept: &mut String, text: &str) {
    kept.push_str(text);
    let mut cut = kept.len().saturating_sub(MOST_COMPLAINTS);
    while !kept.is_char_boundary(cut) {
        cut += 1;
    }
    kept.drain(..cut);
}
