//! What an installed model is, in a file of its own folder: where it came from, and the digest of every file.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{digest::Sha256, error::Error, name::ModelName};
use crate::worker::Form;

/// The file of the manifest, in the model's folder.
pub const MANIFEST: &str = "evatel-model.json";

/// Largest manifest, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What an installed model is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name, which is that of its folder.
    pub name: ModelName,
    /// What it is for.
    pub form: Form,
    /// The file or the URL (without its query) that it came from.
    pub source: String,
    /// The digest of the archive.
    pub archive_sha256: Sha256,
    /// Its licence, where the catalogue knows it.
    pub licence: Option<String>,
    /// When it was installed.
    pub installed_at: Timestamp,
    /// Every file, by path.
    pub files: Vec<FileEntry>,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Relative to the model's folder, with `/`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Sha256,
}

/// What is not as the manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what", content = "path")]
pub enum Difference {
    /// A file has other bytes, or is no file any more.
    Changed(String),
    /// A file is there that the manifest does not have.
    Extra(String),
    /// A file is gone.
    Missing(String),
}

impl Manifest {
    /// How many bytes all files have.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Reads the manifest of a model's folder; nothing where there is none.
    ///
    /// # Errors
    /// [`Error::Manifest`].
    pub fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(MANIFEST);
        let refused = |reason: String| Error::Manifest {
            path: path.clone(),
            reason,
        };
        let file = match File::open(&path) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(None);
            }
            opened => opened.map_err(|error| refused(error.to_string()))?,
        };
        let mut text = String::new();
        let read = file.take(LARGEST + 1).read_to_string(&mut text);
        read.map_err(|error| refused(error.to_string()))?;
        if text.len() as u64 > LARGEST {
            return Err(refused(format!("it has more than {LARGEST} bytes")));
        }
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| refused(error.to_string()))
    }

    /// Writes the manifest into the model's folder.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(MANIFEST);
        let text = serde_json::to_string_pretty(self).expect("a manifest has text keys only");
        let write = || {
            let mut file = File::create_new(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(Error::io(&path))
    }

    /// Compares the folder with this manifest, file by file; nothing where all is as it was installed.
    ///
    /// # Errors
    /// [`Error::Io`] for what cannot be read.
    pub fn compare(&self, folder: &Path) -> Result<Vec<Difference>, Error> {
        let mut expected: BTreeMap<&str, &FileEntry> =
            self.files.iter().map(|file| (file.path.as_str(), file)).collect();
        let mut differences = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(below) = folders.pop() {
            let here = folder.join(&below);
            for entry in fs::read_dir(&here).map_err(Error::io(&here))? {
                let entry = entry.map_err(Error::io(&here))?;
                let path = format!("{below}{}", entry.file_name().to_string_lossy());
                let kind = entry.file_type().map_err(Error::io(entry.path()))?;
                if kind.is_dir() {
                    folders.push(format!("{path}/"));
                } else if let Some(known) = expected.remove(path.as_str()) {
                    if !kind.is_file() || !is_as_known(known, &entry.path())? {
                        differences.push(Difference::Changed(path));
                    }
                } else if path != MANIFEST {
                    differences.push(Difference::Extra(path));
                }
            }
        }
        differences.extend(
            expected
                .into_keys()
                .map(|path| Difference::Missing(path.to_owned())),
        );
        differences.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(differences)
    }
}

impl Difference {
    /// Which file it is about.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Changed(path) | Self::Extra(path) | Self::Missing(path) => path,
        }
    }
}

/// Compares the length first: to digest what has another one tells nothing more.
fn is_as_known(known: &FileEntry, path: &Path) -> Result<bool, Error> {
    let bytes = fs::metadata(path).map_err(Error::io(path))?.len();
    Ok(bytes == known.bytes && Sha256::of_file(path).map_err(Error::io(path))? == known.sha256)
}
