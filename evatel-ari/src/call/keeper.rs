//! The one thread that writes what calls leave: no call waits for its disk.
//!
//! A folder a call, `<call>/`: `events.jsonl`, what happened on the clock of each leg's sound; `transcript.jsonl`, what was said and
//! understood; `caller.wav`, `callee.wav`, … what was heard and said, where the party was told. Nobody but their owner may read them.

use std::{
    collections::HashMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use evatel_core::id::CallId;
use evatel_voice::{
    frame::{FRAME_MS, Frame8k},
    stereo::StereoFile,
};
use tokio::sync::mpsc;
use tracing::warn;

/// What is kept of each call, and where.
#[derive(Clone, Debug)]
pub struct KeepRules {
    /// The folder that has a folder for each call.
    pub folder: PathBuf,
    /// What happened, on the clock of the sound.
    pub events: bool,
    /// What was said and understood.
    pub transcript: bool,
    /// The sound, of those parties who heard that they are recorded.
    pub sound: bool,
    /// How much sound of one party is kept at most.
    pub longest_sound: Duration,
    /// Numbers, keys and phones are left out.
    pub redact: bool,
}

/// The name of a call's events.
pub const EVENTS_FILE: &str = "events.jsonl";

/// The name of a call's transcript.
pub const TRANSCRIPT_FILE: &str = "transcript.jsonl";

/// How much may wait for the disk: some seconds of 64 calls. What comes then is lost and counted; lost sound is silence.
const WAITING: usize = 32_768;

/// Lines that one file may hold.
const MOST_LINES: u32 = 20_000;

/// Hands what calls leave to the thread that writes it. It ends once every copy is gone and all is written.
#[derive(Clone, Debug)]
pub struct Keeper {
    rules: Arc<KeepRules>,
    to_write: mpsc::Sender<Told>,
    next: Arc<AtomicU64>,
    lost: Arc<AtomicU64>,
}

/// One call among those that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(u64);

#[derive(Debug)]
pub(super) enum Told {
    Begun(Key, CallId),
    Cut(Key, Sound, u64),
    Event(Key, String),
    Heard(Key, Sound, u64, Frame8k),
    Over(Key),
    Said(Key, Sound, u64, Frame8k),
    /// A sound is kept from this place on.
    Sounds(Key, Sound, u64),
    Transcript(Key, String),
}

/// A sound file of a call: a party and which of those who were the party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sound {
    pub(super) party: &'static str,
    pub(super) number: u32,
}

impl Sound {
    fn file(self) -> String {
        match self.number {
            1 => format!("{}.wav", self.party),
            number => format!("{}-{number}.wav", self.party),
        }
    }
}

impl Keeper {
    /// Makes the folder and starts the thread.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(rules: KeepRules) -> io::Result<(Self, JoinHandle<()>)> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&rules.folder)?;
        let (to_write, told) = mpsc::channel(WAITING);
        let rules = Arc::new(rules);
        let writer = Writer {
            rules: rules.clone(),
            calls: HashMap::new(),
        };
        let thread = thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || writer.run(told))?;
        let keeper = Self {
            rules,
            to_write,
            next: Arc::default(),
            lost: Arc::default(),
        };
        Ok((keeper, thread))
    }

    /// How much was lost because the disk was too slow: lines and frames.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(super) fn rules(&self) -> &KeepRules {
        &self.rules
    }

    pub(super) fn begin(&self, call: &CallId) -> Key {
        let key = Key(self.next.fetch_add(1, Ordering::Relaxed));
        self.tell(Told::Begun(key, call.clone()));
        key
    }

    /// Hands something over, without waiting.
    pub(super) fn tell(&self, told: Told) {
        if self.to_write.try_send(told).is_err() && self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
            warn!("The disk is too slow for what calls leave: some of it is lost");
        }
    }
}

struct Writer {
    rules: Arc<KeepRules>,
    calls: HashMap<Key, Call>,
}

struct Call {
    id: CallId,
    /// None once the disk has refused something.
    folder: Option<PathBuf>,
    events: Lines,
    transcript: Lines,
    sounds: HashMap<Sound, StereoFile>,
}

impl Writer {
    fn run(mut self, mut told: mpsc::Receiver<Told>) {
        while let Some(first) = told.blocking_recv() {
            self.take(first);
            while let Ok(more) = told.try_recv() {
                self.take(more);
            }
            // Whoever reads a call that is up reads whole lines.
            for call in self.calls.values_mut() {
                call.attempt(Call::flush_lines);
            }
        }
        for (_, mut call) in self.calls.drain() {
            call.attempt(Call::finish);
        }
    }

    fn take(&mut self, told: Told) {
        let rules = self.rules.clone();
        let key = match &told {
            Told::Begun(key, id) => {
                let folder = rules.folder.join(id.as_str());
                let call = Call {
                    id: id.clone(),
                    events: Lines::new(&folder, EVENTS_FILE),
                    transcript: Lines::new(&folder, TRANSCRIPT_FILE),
                    folder: Some(folder),
                    sounds: HashMap::new(),
                };
                self.calls.insert(*key, call);
                return;
            }
            Told::Over(key) => {
                if let Some(mut call) = self.calls.remove(key) {
                    call.attempt(Call::finish);
                }
                return;
            }
            Told::Cut(key, ..)
            | Told::Event(key, _)
            | Told::Heard(key, ..)
            | Told::Said(key, ..)
            | Told::Sounds(key, ..)
            | Told::Transcript(key, _) => *key,
        };
        if let Some(call) = self.calls.get_mut(&key) {
            call.attempt(|call| call.write(told, &rules));
        }
    }
}

impl Call {
    /// Does something with the disk; once that fails, nothing more of this call is kept.
    fn attempt(&mut self, what: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.folder.is_none() {
            return;
        }
        if let Err(error) = what(self) {
            warn!(call.id = %self.id, %error, "What `{}` leaves can no longer be written", self.id);
            self.folder = None;
            self.sounds.clear();
        }
    }

    fn write(&mut self, told: Told, rules: &KeepRules) -> io::Result<()> {
        match told {
            Told::Begun(..) | Told::Over(_) => Ok(()),
            Told::Event(_, line) => self.events.write(&line),
            Told::Transcript(_, line) => self.transcript.write(&line),
            Told::Cut(_, sound, from) => {
                if let Some(file) = self.sounds.get_mut(&sound) {
                    file.cut(from);
                }
                Ok(())
            }
            Told::Sounds(_, sound, from) => self.begin_sound(sound, from, rules),
            Told::Said(_, sound, at, frame) => match self.sounds.get_mut(&sound) {
                Some(file) => file.said(at, &frame),
                None => Ok(()),
            },
            Told::Heard(_, sound, at, frame) => match self.sounds.get_mut(&sound) {
                Some(file) => file.heard(at, &frame),
                None => Ok(()),
            },
        }
    }

    fn begin_sound(&mut self, sound: Sound, from: u64, rules: &KeepRules) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        make_folder(folder)?;
        let most = rules.longest_sound.as_millis() / u128::from(FRAME_MS);
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        let file = StereoFile::create(&free(folder, sound), from, most)?;
        self.sounds.insert(sound, file);
        Ok(())
    }

    fn flush_lines(&mut self) -> io::Result<()> {
        self.events.flush()?;
        self.transcript.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.flush_lines()?;
        self.sounds.values_mut().try_for_each(StereoFile::flush)
    }
}

/// A file of lines, made with its first.
struct Lines {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    count: u32,
}

impl Lines {
    fn new(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(name),
            file: None,
            count: 0,
        }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        self.count += 1;
        if self.count > MOST_LINES {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                self.path.parent().map_or(Ok(()), make_folder)?;
                let mut options = OpenOptions::new();
                let file = options.create(true).append(true).mode(0o600).open(&self.path)?;
                none.insert(BufWriter::new(file))
            }
        };
        file.write_all(line.as_bytes())?;
        file.write_all(b"\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

/// Gives a name that no file has: a call that began again has sound of its first beginning.
fn free(folder: &Path, sound: Sound) -> PathBuf {
    let numbers = sound.number..sound.number.saturating_add(MOST_BEGINNINGS);
    let mut paths = numbers.map(|number| folder.join(Sound { number, ..sound }.file()));
    let last = folder.join(sound.file());
    paths.find(|path| !path.exists()).unwrap_or(last)
}

const MOST_BEGINNINGS: u32 = 100;

fn make_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && fs::metadata(folder)?.is_dir() => {
            Ok(())
        }
        made => made,
    }
}
