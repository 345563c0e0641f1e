//! How much is taken from outside, and how far it is.

use std::path::Path;

use super::error::Error;

/// How much is taken from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an archive.
    pub archive_bytes: u64,
    /// Files and folders of an archive, the headers of its own included.
    pub entries: usize,
    /// Bytes that stay free on the disk.
    pub keep_free: u64,
    /// Bytes of all files, unpacked.
    pub unpacked_bytes: u64,
}

impl Default for Limits {
    /// 2 GiB an archive, 20,000 entries, 4 GiB unpacked, 64 MiB stay free: the largest streaming model that is published has
    /// 0.8 GB, and a Piper voice some 360 files.
    fn default() -> Self {
        Self {
            archive_bytes: 2 << 30,
            entries: 20_000,
            keep_free: 64 << 20,
            unpacked_bytes: 4 << 30,
        }
    }
}

impl Limits {
    /// Refuses what the disk has no room for.
    pub(super) fn room_for(&self, bytes: u64, folder: &Path) -> Result<(), Error> {
        let disk = rustix::fs::statvfs(folder).map_err(|error| Error::io(folder)(error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let needed = bytes.saturating_add(self.keep_free);
        if needed > free {
            return Err(Error::NoRoom {
                folder: folder.to_owned(),
                needed,
                free,
            });
        }
        Ok(())
    }
}

/// How far an installation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The archive comes.
    Downloading {
        /// Bytes that are there.
        done: u64,
        /// Bytes in all, where the server says it.
        total: Option<u64>,
    },
    /// The archive is digested.
    Digesting,
    /// Files are written.
    Unpacking {
        /// Files that are there.
        files: usize,
        /// Their bytes.
        bytes: u64,
    },
}
