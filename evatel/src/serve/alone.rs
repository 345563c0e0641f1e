//! One daemon for one database: a second would take the first one's calls for leftovers and end them.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::PathBuf,
};

use evatel_store::Store;

use super::Error;

/// Holds the place of the one daemon; the system gives it up with the process, however that ends.
#[derive(Debug)]
pub(super) struct Alone {
    _lock: File,
}

impl Alone {
    /// Takes the place by a lock on the file beside the database, `evatel.db.daemon`.
    pub(super) fn take(store: &Store) -> Result<Self, Error> {
        let mut name = store.url().path().as_os_str().to_owned();
        name.push(".daemon");
        let path = PathBuf::from(name);
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let lock = opened.map_err(|source| Error::Folder {
            path: path.clone(),
            source,
        })?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::AnotherDaemon { path }),
            Err(TryLockError::Error(source)) => Err(Error::Folder { path, source }),
        }
    }
}
