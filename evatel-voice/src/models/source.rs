//! Where an archive comes from.

use std::{fmt, path::PathBuf};

use evatel_core::egress::CheckedUrl;

use super::{error::Error, name::ModelName};

/// Where an archive comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file on this machine.
    File(PathBuf),
    /// A server that the egress policy lets pass.
    Url(CheckedUrl),
}

impl Source {
    /// What a model of this archive is called where nobody names it.
    ///
    /// # Errors
    /// [`Error::Name`].
    pub fn model_name(&self) -> Result<ModelName, Error> {
        let named = match self {
            Self::File(path) => ModelName::of_archive(&path.to_string_lossy()),
            Self::Url(url) => ModelName::of_archive(url.as_url().path()),
        };
        Ok(named?)
    }

    /// The name of its one file, where it is a graph by itself and no archive, as silero's are published.
    pub(super) fn graph(&self) -> Option<String> {
        let path = match self {
            Self::File(path) => path.to_string_lossy(),
            Self::Url(url) => url.as_url().path().into(),
        };
        let file = path.rsplit('/').next().filter(|file| file.ends_with(".onnx"))?;
        // A name of other characters would be one of the disk's, too.
        file.parse::<ModelName>().ok().map(|name| name.to_string())
    }
}

/// A URL without its query, which may hold a secret.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => {
                let mut shown = url.as_url().clone();
                shown.set_query(None);
                f.write_str(shown.as_str())
            }
        }
    }
}
