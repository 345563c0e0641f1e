//! `evatel secret`, and where the key of the secrets is.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use evatel_store::{DatabaseUrl, Error, Keys, Store};
use serde_json::json;

use super::{answer::Answer, desk::Desk, failure::Failure, owner::Trial};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Makes a new key, seals every secret in the database anew with it, and forgets the old one
    #[command(after_help = "Examples:
  evatel secret rotate

The key lies in `database.key_file`, else in the systemd credential `evatel.key`, else beside the SQLite file. Keep a copy of it apart \
from your backups: neither is of use without the other.")]
    Rotate(Rotate),
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let Self::Rotate(Rotate { trial }) = self;
        let path = place(&desk.settings)?.ok_or(Error::NoKey)?;
        let store = Store::open(&desk.settings.database.url).await?;
        if trial.dry_run {
            return try_rotation(&path, &store, desk).await;
        }
        store.migrate().await?;
        let _alone = alone(&path)?;
        let (sealed, keys) = if path.exists() {
            rotate(&path, &store).await?
        } else {
            begin(&path, &store).await?
        };
        let store = store.with_keys(keys.clone());
        let sealed = sealed + store.seal_plain_secrets().await?;
        let file = path.display().to_string();
        let human = desk.say(
            "secret-rotated",
            &[
                ("count", &sealed.to_string()),
                ("key", keys.id()),
                ("path", &file),
            ],
        );
        Ok(Answer::new(
            json!({ "key": keys.id(), "file": file, "sealed": sealed }),
            human,
        ))
    }
}

/// Opens every secret with the keys that there are, and leaves them and the file as they are.
async fn try_rotation(path: &Path, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
    eprintln!("{}", desk.say("dry-run", &[]));
    let pending = store.pending().await?;
    if !pending.is_empty() {
        let pending = desk.say("db-pending", &[("pending", &pending.join(", "))]);
        return Err(Failure::input(pending, "hint-migrate-first"));
    }
    // A first key opens nothing: where something is sealed already, the key file is lost.
    let keys = if path.exists() {
        Keys::read(path)?
    } else {
        Keys::generate()?
    };
    let count = store.try_rotation(&keys).await?;
    let file = path.display().to_string();
    let human = desk.say(
        "secret-would-rotate",
        &[("count", &count.to_string()), ("path", &file)],
    );
    Ok(Answer::new(json!({ "file": file, "sealed": count }), human))
}

/// Seals all with a new key. That is on disk before the database is touched: whatever happens then, each secret has its key.
async fn rotate(path: &Path, store: &Store) -> Result<(usize, Keys), Failure> {
    let old = Keys::read(path)?;
    let both = old.with_new()?;
    both.replace(path)?;
    match store.rotate_secrets(both.clone()).await {
        Ok(sealed) => {
            let keys = both.without_old();
            keys.replace(path)?;
            Ok((sealed, keys))
        }
        // The new key seals nothing. After any other error it may.
        Err(refused @ (Error::KeyMissing { .. } | Error::Sealed { .. })) => {
            old.replace(path)?;
            Err(refused.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes a first key; refused where something is sealed already, with a key that is lost.
async fn begin(path: &Path, store: &Store) -> Result<(usize, Keys), Failure> {
    let first = Keys::generate()?;
    first.write_new(path)?;
    match store.rotate_secrets(first.clone()).await {
        Ok(sealed) => Ok((sealed, first)),
        Err(refused @ (Error::KeyMissing { .. } | Error::Sealed { .. })) => {
            let _ = fs::remove_file(path);
            Err(refused.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits until no other rotation of this key runs: each forgets the keys before its own.
fn alone(key: &Path) -> Result<File, Failure> {
    let mut name = key.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|source| Failure::File { path, source })
}

/// Gives a store its key, where there is one.
pub(super) fn keyed(store: Store, settings: &Settings) -> Result<Store, Failure> {
    Ok(match place(settings)? {
        Some(path) if path.exists() => store.with_keys(Keys::read(&path)?),
        _ => store,
    })
}

/// Gives a store its key, where there is one. What an older version left in plain text is sealed; the key that this
/// needs is made where there was none yet.
pub(super) async fn unlocked(store: Store, settings: &Settings) -> Result<Store, Failure> {
    let store = keyed(store, settings)?;
    match (store.seal_plain_secrets().await, place(settings)?) {
        (Ok(_), _) => Ok(store),
        (Err(Error::NoKey), Some(path)) => {
            let keys = Keys::generate()?;
            keys.write_new(&path)?;
            let store = store.with_keys(keys);
            store.seal_plain_secrets().await?;
            Ok(store)
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// Says where the key is or should be: `database.key_file`, else the credential `evatel.key` that systemd gave, else
/// beside the file of SQLite; nowhere for a server without either.
pub(super) fn place(settings: &Settings) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = &settings.database.key_file {
        return Ok(Some(named.clone()));
    }
    let credential = env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join("evatel.key"));
    if let Some(credential) = credential.filter(|path| path.exists()) {
        return Ok(Some(credential));
    }
    let url: DatabaseUrl = settings.database.url.parse()?;
    Ok(url.file().map(|file| {
        let mut name = file.as_os_str().to_owned();
        name.push(".key");
        name.into()
    }))
}
