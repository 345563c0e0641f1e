//! The folder that holds models: what is in it, and how something comes in and goes.

use std::{
    fs::{self, File, Permissions, TryLockError},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use super::{
    archive,
    digest::Sha256,
    download::{Download, Part},
    error::Error,
    limits::{Limits, Progress},
    manifest::{MANIFEST, Manifest},
    name::ModelName,
    source::Source,
};
use crate::{resolver::system_lookup, worker::Form};

/// The folder that holds models, each in a folder of its name.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
    limits: Limits,
}

/// What is to be installed.
#[derive(Clone, Debug)]
pub struct Order {
    /// Where the archive comes from.
    pub source: Source,
    /// What the model will be called.
    pub name: ModelName,
    /// Which archive is meant.
    pub trust: Trust,
    /// Its licence, for the manifest.
    pub licence: Option<String>,
}

/// Which archive is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Whichever comes: somebody has said that he trusts the source.
    Any,
    /// The one with this digest.
    Digest(Sha256),
    /// Nobody has said it: the digest is told, and nothing is unpacked.
    Undecided,
}

/// A model that is unpacked, whole and digested, and not installed yet. Dropping it throws it away.
#[derive(Debug)]
pub struct Staged {
    manifest: Manifest,
    /// The unpacked files, inside `room`.
    root: PathBuf,
    target: PathBuf,
    download: Option<Part>,
    _room: TempDir,
    _lock: Lock,
}

/// Where downloads are kept until they are installed.
const DOWNLOADS: &str = ".downloads";

/// How hidden folders of unfinished work begin.
const UNFINISHED: &str = ".unfinished-";

impl Shelf {
    /// The models in this folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self::with_limits(folder, Limits::default())
    }

    /// The same with limits of one's own.
    pub fn with_limits(folder: impl Into<PathBuf>, limits: Limits) -> Self {
        Self {
            folder: folder.into(),
            limits,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a model of this name is, or would be.
    #[must_use]
    pub fn folder_of(&self, name: &ModelName) -> PathBuf {
        self.folder.join(name.as_str())
    }

    /// Gives what is installed, by name. A folder without a manifest is nobody's model.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Manifest`].
    pub fn installed(&self) -> Result<Vec<Manifest>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(Error::io(&self.folder))?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(Error::io(&self.folder))?;
            let name: Option<ModelName> = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if name.is_some() {
                found.extend(Manifest::read(&entry.path())?);
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Gives the manifest of an installed model.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Manifest`].
    pub fn manifest(&self, name: &ModelName) -> Result<Manifest, Error> {
        Manifest::read(&self.folder_of(name))?.ok_or_else(|| self.missing(name))
    }

    /// Brings the archive here, compares its digest and unpacks it into a hidden folder; a graph by itself (`.onnx`) is taken as it is. Call it inside a tokio runtime.
    ///
    /// A download that breaks off is kept; so is one whose digest nobody knew, for the next call to use.
    ///
    /// # Errors
    /// Any [`Error`] but [`Error::Missing`].
    pub async fn stage(
        &self,
        order: Order,
        progress: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Staged, Error> {
        let target = self.folder_of(&order.name);
        if target.exists() {
            return Err(Error::AlreadyInstalled { name: order.name });
        }
        let lock = self.lock()?;
        let progress: Arc<dyn Fn(Progress) + Send + Sync> = Arc::new(progress);
        let (download, archive, sha256) = self.fetch(&order, progress.clone()).await?;
        let room = self.room()?;
        let (into, limits) = (room.path().to_owned(), self.limits);
        let graph = order.source.graph();
        let mut files = in_background(move || match graph {
            Some(name) => archive::keep(&archive, name, &into, &limits, &*progress),
            None => archive::unpack(&archive, &into, &limits, &*progress),
        })
        .await?;
        let mut root = room.path().to_owned();
        let tops = files
            .iter()
            .map(|file| file.path.split_once('/').map(|(top, _)| top));
        if let Some(Some(top)) = same(tops).map(|top| top.map(str::to_owned)) {
            root.push(&top);
            files
                .iter_mut()
                .for_each(|file| drop(file.path.drain(..=top.len())));
        }
        let form = Form::of(files.iter().map(|file| file.path.as_str())).ok_or(Error::Form)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let manifest = Manifest {
            name: order.name,
            form,
            source: order.source.to_string(),
            archive_sha256: sha256,
            licence: order.licence,
            installed_at: Timestamp::UNIX_EPOCH,
            files,
        };
        Ok(Staged {
            manifest,
            root,
            target,
            download,
            _room: room,
            _lock: lock,
        })
    }

    /// Removes a model with all that lies in its folder.
    ///
    /// # Errors
    /// [`Error::Missing`] for what we did not install, [`Error::Busy`], [`Error::Io`].
    pub fn remove(&self, name: &ModelName) -> Result<(), Error> {
        let folder = self.folder_of(name);
        if !folder.join(MANIFEST).is_file() {
            return Err(self.missing(name));
        }
        let _lock = self.lock()?;
        // First out of sight, in one step: half a model is never there under its name.
        let room = self.room()?;
        fs::rename(&folder, room.path().join(name.as_str())).map_err(Error::io(&folder))?;
        room.close().map_err(Error::io(&folder))
    }

    /// Makes a hidden folder; where it becomes the model's, the daemon's user must be able to read it.
    fn room(&self) -> Result<TempDir, Error> {
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(&self.folder)
            .map_err(Error::io(&self.folder))
    }

    fn missing(&self, name: &ModelName) -> Error {
        Error::Missing {
            name: name.clone(),
            folder: self.folder.clone(),
        }
    }

    /// Gives the archive with its digest, and the part that it is, where it was downloaded.
    async fn fetch(
        &self,
        order: &Order,
        progress: Arc<dyn Fn(Progress) + Send + Sync>,
    ) -> Result<(Option<Part>, PathBuf, Sha256), Error> {
        let url = match &order.source {
            Source::File(path) => {
                let found = self.digest(path.clone(), &progress).await?;
                return agree(order.trust, found).map(|()| (None, path.clone(), found));
            }
            Source::Url(url) => url,
        };
        let downloads = self.folder.join(DOWNLOADS);
        fs::create_dir_all(&downloads).map_err(Error::io(&downloads))?;
        let part = Part::of(url, &downloads);
        // What was left here may be what is meant now, or else another archive: that is found out once.
        if part.is_whole() {
            let found = self.digest(part.path().to_owned(), &progress).await?;
            match agree(order.trust, found) {
                Err(Error::WrongDigest { .. }) => part.forget()?,
                agreed => {
                    let path = part.path().to_owned();
                    return agreed.map(|()| (Some(part), path, found));
                }
            }
        }
        let download = Download {
            url,
            lookup: &system_lookup(),
            limits: &self.limits,
            part: &part,
            is_digest_known: matches!(order.trust, Trust::Digest(_)),
            progress: &*progress,
        };
        download.run().await?;
        let found = self.digest(part.path().to_owned(), &progress).await?;
        if let Err(error) = agree(order.trust, found) {
            if matches!(error, Error::WrongDigest { .. }) {
                part.forget()?;
            }
            return Err(error);
        }
        let path = part.path().to_owned();
        Ok((Some(part), path, found))
    }

    async fn digest(
        &self,
        path: PathBuf,
        progress: &Arc<dyn Fn(Progress) + Send + Sync>,
    ) -> Result<Sha256, Error> {
        progress(Progress::Digesting);
        let most = self.limits.archive_bytes;
        in_background(move || {
            let bytes = fs::metadata(&path).map_err(Error::io(&path))?.len();
            if bytes > most {
                return Err(Error::TooLarge { most });
            }
            Sha256::of_file(&path).map_err(Error::io(&path))
        })
        .await
    }

    /// Keeps others out, and throws away what somebody who was killed left.
    fn lock(&self) -> Result<Lock, Error> {
        fs::create_dir_all(&self.folder).map_err(Error::io(&self.folder))?;
        let path = self.folder.join(".lock");
        let file = File::create(&path).map_err(Error::io(&path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Busy {
                    folder: self.folder.clone(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io(path)(error)),
            Ok(()) => {}
        }
        for entry in fs::read_dir(&self.folder).map_err(Error::io(&self.folder))? {
            let entry = entry.map_err(Error::io(&self.folder))?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path()).map_err(Error::io(entry.path()))?;
            }
        }
        Ok(Lock(file))
    }
}

/// Held until it is dropped; the system lets go of it with the process.
#[derive(Debug)]
struct Lock(#[expect(dead_code, reason = "held, never read")] File);

impl Staged {
    /// What will be installed; its time is not set yet.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where the files are until then, to be tried.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.root
    }

    /// Gives the model its name, in one rename of files that are on the disk.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn install(mut self, now: Timestamp) -> Result<Manifest, Error> {
        self.manifest.installed_at = now;
        self.manifest.write(&self.root)?;
        let root = File::open(&self.root).map_err(Error::io(&self.root))?;
        rustix::fs::syncfs(&root).map_err(|error| Error::io(&self.root)(error.into()))?;
        fs::rename(&self.root, &self.target).map_err(Error::io(&self.target))?;
        if let Some(part) = &self.download {
            part.forget()?;
        }
        Ok(self.manifest.clone())
    }
}

fn agree(trust: Trust, found: Sha256) -> Result<(), Error> {
    match trust {
        Trust::Any => Ok(()),
        Trust::Digest(expected) if expected == found => Ok(()),
        Trust::Digest(expected) => Err(Error::WrongDigest { expected, found }),
        Trust::Undecided => Err(Error::UnknownDigest { found }),
    }
}

/// Gives what all have in common; nothing where there is none, or two differ.
fn same<T: PartialEq>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.all(|item| item == first).then_some(first)
}

/// Runs what reads or writes much off the runtime's threads.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
