//! Unpacking: files and folders only, below one fresh folder only, and no more than the limits let be.
//!
//! An archive is foreign bytes. The first thing in it that is not wanted refuses it as a whole: the folder is then thrown away.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use tar::{Entry, EntryType, PaxExtensions};

use super::{
    digest::Hashing,
    error::Error,
    limits::{Limits, Progress},
    manifest::{FileEntry, MANIFEST},
};

/// The longest name of a folder or file, in bytes; the usual limit of file systems.
const LONGEST_NAME: usize = 255;

/// How deep folders may lie in each other.
const DEEPEST: usize = 16;

/// The longest extension of a header (a long path), in bytes.
const LONGEST_EXTENSION: u64 = 16 * 1024;

/// Unpacks a `.tar.gz` or `.tar.bz2` into a folder that is empty; gives what is now in it, with digests.
pub(super) fn unpack(
    archive: &Path,
    into: &Path,
    limits: &Limits,
    progress: &dyn Fn(Progress),
) -> Result<Vec<FileEntry>, Error> {
    let mut file = BufReader::new(File::open(archive).map_err(Error::io(archive))?);
    let begins = file.fill_buf().map_err(Error::io(archive))?;
    let plain: Box<dyn Read> = if begins.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(file))
    } else if begins.starts_with(b"BZh") {
        Box::new(MultiBzDecoder::new(file))
    } else {
        return Err(refused(
            "it begins neither as gzip nor as bzip2: a `.tar.gz` or a `.tar.bz2` is needed",
        ));
    };
    let mut unpacking = Unpacking {
        into,
        limits,
        progress,
        path: None,
        files: Vec::new(),
        bytes: 0,
    };
    let mut tar = tar::Archive::new(plain);
    // Raw: the crate would read an extension of any length into memory, and follow what it says of sizes.
    let entries = tar.entries().map_err(unreadable)?.raw(true);
    for (entry, count) in entries.zip(1_usize..) {
        if count > limits.entries {
            return Err(refused(format!("it has more than {} entries", limits.entries)));
        }
        unpacking.take(entry.map_err(unreadable)?)?;
    }
    let files = unpacking.files;
    // The sum that tells a damaged archive stands behind all of it.
    let rest = io::copy(&mut tar.into_inner().take(MOST_BEHIND), &mut io::sink());
    match rest.map_err(unreadable)? {
        MOST_BEHIND => Err(refused("something else follows its end")),
        _ => Ok(files),
    }
}

/// Takes a file that is no archive into a folder that is empty, under a name without folders; gives it with its digest.
pub(super) fn keep(
    file: &Path,
    name: String,
    into: &Path,
    limits: &Limits,
    progress: &dyn Fn(Progress),
) -> Result<Vec<FileEntry>, Error> {
    let bytes = fs::metadata(file).map_err(Error::io(file))?.len();
    limits.room_for(bytes, into)?;
    let path = into.join(&name);
    let mut reading = Hashing::new(File::open(file).map_err(Error::io(file))?);
    let mut writing = File::create_new(&path).map_err(Error::io(&path))?;
    let bytes = io::copy(&mut reading, &mut writing).map_err(Error::io(&path))?;
    progress(Progress::Unpacking { files: 1, bytes });
    Ok(vec![FileEntry {
        path: name,
        bytes,
        sha256: reading.done(),
    }])
}

/// How much padding may follow the end of a tar, in bytes; it is written in blocks of 10 KiB.
const MOST_BEHIND: u64 = 1 << 20;

struct Unpacking<'a> {
    into: &'a Path,
    limits: &'a Limits,
    progress: &'a dyn Fn(Progress),
    /// The path of the next entry, where an extension has said it.
    path: Option<Vec<u8>>,
    files: Vec<FileEntry>,
    bytes: u64,
}

impl Unpacking<'_> {
    fn take(&mut self, mut entry: Entry<'_, Box<dyn Read>>) -> Result<(), Error> {
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => {
                let mut path = extension(&mut entry)?;
                while path.last() == Some(&0) {
                    path.pop();
                }
                self.path = Some(path);
                return Ok(());
            }
            EntryType::XHeader => {
                let pairs = extension(&mut entry)?;
                if let Some(path) = path_of(&pairs)? {
                    self.path = Some(path);
                }
                return Ok(());
            }
            // Says what holds for the whole archive, such as the commit that it was made of; no path comes from here.
            EntryType::XGlobalHeader => return extension(&mut entry).map(drop),
            _ => {}
        }
        let written = self
            .path
            .take()
            .unwrap_or_else(|| entry.path_bytes().into_owned());
        let shown = String::from_utf8_lossy(&written)
            .chars()
            .take(LONGEST_NAME)
            .collect::<String>();
        let place = place(&written).map_err(|why| refused(format!("`{}` {why}", shown.escape_debug())))?;
        match kind {
            // Archives from before POSIX write a folder as a file whose name ends so.
            EntryType::Regular if written.ends_with(b"/") => self.folder(&place, &entry),
            EntryType::Directory => self.folder(&place, &entry),
            EntryType::Regular | EntryType::Continuous => self.file(place, entry),
            other => Err(refused(format!(
                "`{}` is {}, and only files and folders are taken",
                shown.escape_debug(),
                named(other)
            ))),
        }
    }

    fn folder(&self, place: &str, entry: &Entry<'_, Box<dyn Read>>) -> Result<(), Error> {
        if entry.size() != 0 {
            return Err(refused(format!(
                "`{place}` is a folder with {} bytes of its own",
                entry.size()
            )));
        }
        self.make_folder(&self.into.join(place))
    }

    fn file(&mut self, place: String, entry: Entry<'_, Box<dyn Read>>) -> Result<(), Error> {
        let size = entry.size();
        let most = self.limits.unpacked_bytes;
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > most {
            return Err(refused(format!(
                "at `{place}` it has more than {most} bytes unpacked"
            )));
        }
        // An archive of a folder that was installed brings the manifest of there; ours is made anew.
        if place.rsplit('/').next() == Some(MANIFEST) {
            return Ok(());
        }
        if place.is_empty() {
            return Err(refused("it has a file without a name"));
        }
        self.limits.room_for(size, self.into)?;
        let path = self.into.join(&place);
        if let Some(parent) = path.parent() {
            self.make_folder(parent)?;
        }
        let mut file = match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(refused(format!("`{place}` is in it twice")));
            }
            created => created.map_err(Error::io(&path))?,
        };
        let mut reading = Hashing::new(Noted::new(entry));
        let copied = io::copy(&mut reading, &mut file);
        let (sha256, failed) = reading.finish(|noted| noted.failed);
        if let Some(error) = failed {
            return Err(unreadable(error));
        }
        if copied.map_err(Error::io(&path))? != size {
            return Err(refused(format!("it ends in the middle of `{place}`")));
        }
        self.files.push(FileEntry {
            path: place,
            bytes: size,
            sha256,
        });
        (self.progress)(Progress::Unpacking {
            files: self.files.len(),
            bytes: self.bytes,
        });
        Ok(())
    }

    fn make_folder(&self, path: &Path) -> Result<(), Error> {
        match fs::create_dir_all(path) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory
                ) =>
            {
                let place = path.strip_prefix(self.into).unwrap_or(path);
                Err(refused(format!(
                    "`{}` is both a file and a folder",
                    place.display()
                )))
            }
            made => made.map_err(Error::io(path)),
        }
    }
}

/// Tells a failure of the archive from one of the disk, which one copy may both have.
struct Noted<R> {
    inner: R,
    failed: Option<io::Error>,
}

impl<R> Noted<R> {
    fn new(inner: R) -> Self {
        Self { inner, failed: None }
    }
}

impl<R: Read> Read for Noted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into).or_else(|error| match error.kind() {
            io::ErrorKind::Interrupted => Err(error),
            _ => {
                self.failed = Some(error);
                Ok(0)
            }
        })
    }
}

/// Makes a path below our folder of one that somebody wrote.
fn place(written: &[u8]) -> Result<String, &'static str> {
    let text = str::from_utf8(written).map_err(|_| "is not in UTF-8")?;
    if text.starts_with('/') {
        return Err("is an absolute path");
    }
    let mut parts = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err("leads out of the folder"),
            _ if part.len() > LONGEST_NAME => return Err("has too long a name"),
            _ if part.contains('\\') || part.chars().any(char::is_control) => {
                return Err("has a character that no name needs");
            }
            _ => parts.push(part),
        }
    }
    match parts.len() > DEEPEST {
        true => Err("lies too deep"),
        false => Ok(parts.join("/")),
    }
}

/// Reads an extension whole, which is short.
fn extension(entry: &mut Entry<'_, Box<dyn Read>>) -> Result<Vec<u8>, Error> {
    if entry.size() > LONGEST_EXTENSION {
        return Err(refused(format!("it has a header of {} bytes", entry.size())));
    }
    let mut bytes = Vec::new();
    entry
        .take(LONGEST_EXTENSION)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// Finds the path that a pax header says; what changes how the entry's bytes are read is refused.
fn path_of(pairs: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let mut path = None;
    for pair in PaxExtensions::new(pairs) {
        let pair = pair.map_err(unreadable)?;
        match pair.key_bytes() {
            b"path" => path = Some(pair.value_bytes().to_vec()),
            key if key == b"size" || key.starts_with(b"GNU.sparse") => {
                return Err(refused(format!(
                    "it has a header with `{}`",
                    String::from_utf8_lossy(key).escape_debug()
                )));
            }
            _ => {}
        }
    }
    Ok(path)
}

fn named(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link | EntryType::GNULongLink => "a hard link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a pipe",
        EntryType::GNUSparse => "a sparse file",
        _ => "of a kind of its own",
    }
}

fn refused(reason: impl Into<String>) -> Error {
    Error::Archive {
        reason: reason.into(),
    }
}

fn unreadable(error: io::Error) -> Error {
    refused(format!("it is damaged or cut ({error})"))
}

#[cfg(test)]
mod tests;
