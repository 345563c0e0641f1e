//! Why a model is not installed, checked or removed.

use std::{io, path::PathBuf};

use evatel_core::egress::Refused;

use super::{
    digest::Sha256,
    name::{InvalidModelName, ModelName},
};

/// Why a model is not installed, checked or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model of this name is there.
    #[error("a model `{name}` is already installed")]
    AlreadyInstalled {
        /// Its name.
        name: ModelName,
    },
    /// The archive holds what it must not, or cannot be read.
    #[error("the archive is refused: {reason}")]
    Archive {
        /// What, and at which entry.
        reason: String,
    },
    /// Somebody else is at work in the folder of models.
    #[error("another program is installing or removing a model in `{}`", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// A redirect from https to http.
    #[error("the server sends from https to http: everybody on the way could change what comes")]
    Downgrade,
    /// The egress policy does not let the download go there.
    #[error(transparent)]
    Egress(#[from] Refused),
    /// Its files are of no form that is known.
    #[error(
        "its files are those of no known form: a phone model has `phones.onnx`, a transducer `encoder*.onnx`, `decoder*.onnx` and `joiner*.onnx`, \
         a voice one `*.onnx` with `lexicon.txt` or `espeak-ng-data`, each with `tokens.txt`"
    )]
    Form,
    /// The server answered what is no archive.
    #[error("the server answers HTTP {status}")]
    Http {
        /// Its status.
        status: u16,
    },
    /// A file or folder.
    #[error("`{}`", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The manifest of an installed model cannot be read.
    #[error("the manifest `{}` cannot be read: {reason}", path.display())]
    Manifest {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No model of this name is installed.
    #[error("no model `{name}` is installed in `{}`", folder.display())]
    Missing {
        /// Its name.
        name: ModelName,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The archive's name names no model.
    #[error(transparent)]
    Name(#[from] InvalidModelName),
    /// The disk has no room.
    #[error("the disk of `{}` is too full: {} are needed and {} are free", folder.display(), mib(*needed), mib(*free))]
    NoRoom {
        /// Where.
        folder: PathBuf,
        /// How many bytes are needed, those that stay free included.
        needed: u64,
        /// How many bytes are free.
        free: u64,
    },
    /// The archive is larger than [`Limits`](super::Limits) lets it be.
    #[error("the archive has more than {}", mib(*most))]
    TooLarge {
        /// The limit, in bytes.
        most: u64,
    },
    /// More redirects than are followed.
    #[error("the server redirects more than {most} times")]
    TooManyRedirects {
        /// How many are followed.
        most: usize,
    },
    /// Nobody said which digest the archive must have.
    #[error("nothing says which SHA-256 this archive must have; it has {found}")]
    UnknownDigest {
        /// The digest that it has.
        found: Sha256,
    },
    /// The server cannot be reached, or the connection broke too often.
    #[error("the download failed: {reason}; {} are kept and the next try goes on from there", mib(*kept))]
    Unreachable {
        /// Why.
        reason: String,
        /// How many bytes are kept.
        kept: u64,
    },
    /// The archive is not the one that was meant.
    #[error("the archive has the SHA-256 {found}, not {expected}")]
    WrongDigest {
        /// The digest that was asked for.
        expected: Sha256,
        /// The digest that it has.
        found: Sha256,
    },
}

impl Error {
    /// Wraps what the system said of a path.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Whether what was asked is at fault, and not this machine or the way to the server.
    #[must_use]
    pub fn is_what_was_asked(&self) -> bool {
        !matches!(
            self,
            Self::Busy { .. }
                | Self::Http { .. }
                | Self::Io { .. }
                | Self::NoRoom { .. }
                | Self::Unreachable { .. }
        )
    }
}

/// Says a size in MiB, or in bytes where it is small.
fn mib(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
