//! Speech models on disk: known ones by name, installed from a URL, an archive or a graph (`.onnx`) that is a model by itself, checked, removed.
//!
//! A [`Shelf`] is the folder that holds them. [`Shelf::stage`] brings an archive (a download goes on where it was cut), compares its
//! SHA-256, and unpacks it into a hidden folder within [`Limits`]; only [`Staged::install`] gives it its name, in one rename. Each
//! installed model keeps a [`Manifest`] with the digest of every file. What comes from outside is not trusted: an archive with `..`, an
//! absolute path, a link or a device is refused as a whole, and a download goes only where the egress policy lets it, over each redirect.

mod archive;
mod digest;
mod download;
mod error;
mod known;
mod limits;
mod manifest;
mod name;
mod ours;
mod shelf;
mod source;

pub use digest::{InvalidSha256, Sha256};
pub use error::Error;
pub use known::{KnownModel, known_models, read_catalogue};
pub use limits::{Limits, Progress};
pub use manifest::{Difference, FileEntry, MANIFEST, Manifest};
pub use name::{InvalidModelName, ModelName};
pub use ours::is_of_synthetic_speech;
pub use shelf::{Order, Shelf, Staged, Trust};
pub use source::Source;

pub use crate::worker::{Form, try_model};
