//! Takes away what was kept of calls for long enough, or is too much.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use evatel_ari::call::{EVENTS_FILE, TRANSCRIPT_FILE};
use metrics::counter;
use tracing::{info, warn};

/// For how long what is kept of calls, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What happened.
    pub events: Duration,
    /// The conversation.
    pub sound: Duration,
    /// What was said and understood.
    pub transcript: Duration,
    /// All of it together.
    pub most_bytes: u64,
}

/// How often is swept.
const EVERY: Duration = Duration::from_secs(3_600);

/// Sweeps now and each hour, until it is dropped.
pub(crate) async fn follow(calls: Option<(PathBuf, Retention)>, recordings: Option<(PathBuf, Duration)>) {
    let mut times = tokio::time::interval(EVERY);
    loop {
        times.tick().await;
        let (calls, recordings) = (calls.clone(), recordings.clone());
        let swept = tokio::task::spawn_blocking(move || {
            let now = SystemTime::now();
            let mut gone = Swept::default();
            if let Some((folder, retention)) = &calls {
                gone.add(sweep(folder, retention, now));
            }
            if let Some((folder, age)) = &recordings {
                gone.add(sweep_recordings(folder, *age, now));
            }
            gone
        });
        match swept.await {
            Ok(gone) => gone.tell(),
            Err(error) => tracing::error!(%error, "The sweep failed"),
        }
    }
}

/// What was taken away, and what could not be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What the system refused.
    pub failed: Vec<PathBuf>,
}

impl Swept {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.failed.extend(other.failed);
    }

    fn remove(&mut self, file: &Kept) {
        match fs::remove_file(&file.path) {
            Ok(()) => {
                self.files += 1;
                self.bytes += file.bytes;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => self.failed.push(file.path.clone()),
        }
    }

    fn tell(&self) {
        counter!("evatel_swept_files_total").increment(self.files);
        if self.files > 0 {
            info!(
                files = self.files,
                bytes = self.bytes,
                "Swept what was kept of calls for long enough"
            );
        }
        for path in &self.failed {
            warn!(path = %path.display(), "A file could not be swept");
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// The first to go where there is too much.
    Sound,
    Events,
    Transcript,
}

#[derive(Debug)]
struct Kept {
    path: PathBuf,
    kind: Kind,
    written: SystemTime,
    bytes: u64,
}

/// Takes away what is older than it may be, then what is too much, and folders that are empty. What is no file of a call stays.
pub fn sweep(folder: &Path, retention: &Retention, now: SystemTime) -> Swept {
    let mut gone = Swept::default();
    let mut kept = Vec::new();
    let folders: Vec<PathBuf> = entries(folder).filter(|path| path.is_dir()).collect();
    // One that is new may be about to have its first file.
    let old: Vec<&PathBuf> = folders.iter().filter(|folder| is_old(folder, now)).collect();
    for file in folders
        .iter()
        .flat_map(|folder| entries(folder))
        .filter_map(file_of)
    {
        let age = match file.kind {
            Kind::Events => retention.events,
            Kind::Sound => retention.sound,
            Kind::Transcript => retention.transcript,
        };
        if is_older(&file, age, now) {
            gone.remove(&file);
        } else {
            kept.push(file);
        }
    }
    kept.sort_by_key(|file| (file.kind, file.written));
    let mut bytes: u64 = kept.iter().map(|file| file.bytes).sum();
    for file in &kept {
        if bytes <= retention.most_bytes {
            break;
        }
        bytes -= file.bytes;
        gone.remove(file);
    }
    for folder in old {
        // One that still holds something cannot be removed, and stays.
        let _ = fs::remove_dir(folder);
    }
    gone
}

fn sweep_recordings(folder: &Path, age: Duration, now: SystemTime) -> Swept {
    let mut gone = Swept::default();
    for file in entries(folder).filter_map(file_of) {
        if file.kind == Kind::Sound && is_older(&file, age, now) {
            gone.remove(&file);
        }
    }
    gone
}

fn is_old(folder: &Path, now: SystemTime) -> bool {
    let written = fs::metadata(folder).and_then(|about| about.modified());
    written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > EVERY))
}

fn is_older(file: &Kept, age: Duration, now: SystemTime) -> bool {
    now.duration_since(file.written).is_ok_and(|passed| passed > age)
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}

fn file_of(path: PathBuf) -> Option<Kept> {
    let about = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
    let kind = match path.file_name()?.to_str()? {
        EVENTS_FILE => Kind::Events,
        TRANSCRIPT_FILE => Kind::Transcript,
        _ if path.extension() == Some(OsStr::new("wav")) => Kind::Sound,
        _ => return None,
    };
    let (written, bytes) = (about.modified().ok()?, about.len());
    Some(Kept {
        path,
        kind,
        written,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const RETENTION: Retention = Retention {
        events: DAY.saturating_mul(2),
        sound: DAY.saturating_mul(1),
        transcript: DAY.saturating_mul(5),
        most_bytes: 1_000,
    };

    /// Writes the files of a call of this age.
    fn call(folder: &Path, name: &str, days: u32, now: SystemTime) {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        for (file, bytes) in [
            (EVENTS_FILE, 100),
            (TRANSCRIPT_FILE, 100),
            ("caller.wav", 300),
            ("note.txt", 1),
        ] {
            fs::write(folder.join(file), vec![0; bytes]).unwrap();
            let file = File::options().write(true).open(folder.join(file)).unwrap();
            file.set_modified(now - DAY * days - Duration::from_secs(1))
                .unwrap();
        }
    }

    fn left(folder: &Path) -> Vec<String> {
        let folders = entries(folder).filter(|path| path.is_dir());
        let mut left: Vec<String> = folders
            .flat_map(|path| entries(&path).collect::<Vec<_>>())
            .map(|path| path.strip_prefix(folder).unwrap().display().to_string())
            .filter(|path| !path.ends_with("note.txt"))
            .collect();
        left.sort();
        left
    }

    #[test]
    fn each_kind_is_kept_for_its_days_and_what_is_none_of_ours_stays() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        for (name, days) in [("new", 0), ("older", 1), ("old", 2), ("oldest", 5)] {
            call(folder.path(), name, days, now);
        }
        fs::write(folder.path().join("caller.wav"), "in no folder of a call").unwrap();
        let gone = sweep(folder.path(), &RETENTION, now);
        assert_eq!((gone.files, gone.failed.len()), (6, 0));
        assert_eq!(
            left(folder.path()),
            [
                "new/caller.wav",
                "new/events.jsonl",
                "new/transcript.jsonl",
                "old/transcript.jsonl",
                "older/events.jsonl",
                "older/transcript.jsonl",
            ]
        );
        assert!(folder.path().join("oldest/note.txt").exists());
        assert!(folder.path().join("caller.wav").exists());
    }

    #[test]
    fn of_too_much_the_oldest_sound_goes_first() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        for name in ["a", "b", "c"] {
            call(folder.path(), name, 0, now);
        }
        let oldest = File::options()
            .write(true)
            .open(folder.path().join("b/caller.wav"))
            .unwrap();
        oldest.set_modified(now - DAY / 2).unwrap();
        let gone = sweep(folder.path(), &RETENTION, now);
        // 1,500 bytes are 500 too many: two conversations.
        assert_eq!((gone.files, gone.bytes), (2, 600));
        assert!(!folder.path().join("b/caller.wav").exists());
        assert_eq!(left(folder.path()).len(), 7);
    }

    #[test]
    fn a_folder_that_is_empty_goes_too_and_recordings_go_by_their_own_age() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        call(folder.path(), "old", 9, now);
        fs::remove_file(folder.path().join("old/note.txt")).unwrap();
        sweep(folder.path(), &RETENTION, now + EVERY * 2);
        assert!(!folder.path().join("old").exists());
        call(folder.path(), "recordings", 3, now);
        let gone = sweep_recordings(&folder.path().join("recordings"), DAY * 2, now);
        assert_eq!(gone.files, 1);
        assert!(folder.path().join("recordings").join(EVENTS_FILE).exists());
    }
}
