//! `evatel db`

mod faults;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use evatel_store::{Dumped, Error, Step, Store, look_through};
use serde_json::json;

use super::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    owner::Trial,
    secret::{keyed, place},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Writes all rows to a new file that only you can read, and reads it back
    Backup(Backup),
    /// Looks through the whole database; the exit code is 1 if something is wrong
    #[command(
        after_help = "Examples:\n  evatel db check\n  evatel db check --database sqlite:///srv/evatel/evatel.db --json"
    )]
    Check,
    /// Writes all rows as lines of JSON, the same for SQLite and PostgreSQL
    Export(Export),
    /// Makes the database from an export, all of it or nothing
    Import(Import),
    /// Brings the schema to this version
    #[command(after_help = "Examples:\n  evatel db migrate --dry-run\n  evatel db migrate")]
    Migrate(Migrate),
    /// Makes the database from a backup, all of it or nothing
    Restore(Import),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel db backup /srv/backup/evatel-2026-11-26.jsonl

Secrets in it are encrypted; keep the key elsewhere. Recordings and messages are files of their own.")]
pub(super) struct Backup {
    /// The file to make; one that is there is never written over
    file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel db export > evatel.jsonl
  evatel db export | evatel db import - --database postgres://evatel@db.example/evatel?passfile=/etc/evatel/db-password")]
pub(super) struct Export {
    /// The file to make, or - for standard output
    #[arg(default_value = "-")]
    file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel db import evatel.jsonl --database sqlite:///srv/evatel/new.db
  evatel db restore /srv/backup/evatel-2026-11-26.jsonl --database postgres://evatel@127.0.0.1/evatel

The database must not be there yet, or be empty on a PostgreSQL server. What an older version wrote is brought to this one's schema.")]
pub(super) struct Import {
    /// The file to read, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    trial: Trial,
}

impl Verb {
    /// Runs the verb; gives its answer with the exit code.
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<(Answer, u8), Failure> {
        let url = &desk.settings.database.url;
        match self {
            Self::Backup(backup) => {
                let store = Store::open(url).await?;
                let dumped = back_up(&backup.file, &store, desk).await?;
                Ok((written(&dumped, desk), 0))
            }
            Self::Check => {
                let store = keyed(Store::open(url).await?, &desk.settings)?;
                let checked = store.check().await?;
                let place = key_place(desk);
                let said = checked
                    .faults
                    .iter()
                    .map(|fault| faults::said(fault, &place, desk));
                let mut lines: Vec<String> = said.collect();
                if !checked.pending.is_empty() {
                    lines.push(desk.say("db-pending", &[("pending", &checked.pending.join(", "))]));
                }
                if lines.is_empty() {
                    let revision = checked.revision.to_string();
                    lines.push(desk.say("db-checked-fine", &[("revision", &revision)]));
                }
                let code = u8::from(!checked.faults.is_empty());
                Ok((Answer::new(checked, lines.join("\n")), code))
            }
            Self::Export(export) if export.file == Path::new("-") => {
                let store = Store::open(url).await?;
                store.export(BufWriter::new(io::stdout()), tell).await?;
                Ok((Answer::said(), 0))
            }
            Self::Export(export) => {
                let store = Store::open(url).await?;
                let file = new_file(&export.file, desk)?;
                let dumped = store.export(BufWriter::new(file), tell).await?;
                Ok((written(&dumped, desk), 0))
            }
            Self::Import(import) | Self::Restore(import) => Ok((import.run(desk).await?, 0)),
            Self::Migrate(Migrate { trial }) if trial.dry_run => {
                let pending = Store::open(url).await?.pending().await?;
                eprintln!("{}", desk.say("dry-run", &[]));
                let human = match &pending[..] {
                    [] => desk.say("db-uptodate", &[]),
                    pending => desk.say("db-pending", &[("pending", &pending.join(", "))]),
                };
                Ok((Answer::new(json!({ "pending": pending }), human), 0))
            }
            Self::Migrate(_) => {
                let ran = Store::open(url).await?.migrate().await?;
                let human = match &ran[..] {
                    [] => desk.say("db-uptodate", &[]),
                    ran => desk.say("db-migrated", &[("ran", &ran.join(", "))]),
                };
                Ok((Answer::new(json!({ "ran": ran }), human), 0))
            }
        }
    }
}

impl Import {
    async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let url = &desk.settings.database.url;
        let input: Box<dyn BufRead + Send> = if self.file == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(&self.file).map_err(|source| Error::Io {
                path: self.file.clone(),
                source,
            })?;
            Box::new(BufReader::new(file))
        };
        if self.trial.dry_run {
            eprintln!("{}", desk.say("dry-run", &[]));
            let dumped = Store::try_import(url, input, tell).await?;
            let human = desk.say("db-would-import", &[("rows", &dumped.rows.to_string())]);
            return Ok(Answer::new(json!({ "imported": dumped }), human));
        }
        let (store, dumped) = Store::import(url, input, tell).await?;
        let (rows, database) = (dumped.rows.to_string(), store.url().to_string());
        let mut lines = vec![desk.say("db-imported", &[("rows", &rows), ("database", &database)])];
        let mut json = json!({ "database": database, "imported": dumped });
        if let Some((key, file)) = key_that_lacks(store, desk).await? {
            lines.push(desk.say("db-key-lacks", &[("key", &key), ("path", &file)]));
            json["key_lacks"] = json!({ "key": key, "file": file });
        }
        Ok(Answer::new(json, lines.join("\n")))
    }
}

/// Names the key that the secrets of a new database need, and the file where it should be, where that one does not open
/// them.
async fn key_that_lacks(store: Store, desk: &Desk<'_>) -> Result<Option<(String, String)>, Failure> {
    let Some(key) = store.sealed_with().await? else {
        return Ok(None);
    };
    // A file that holds no keys opens nothing either.
    let opens = match keyed(store, &desk.settings) {
        Ok(store) => store.device_credentials().await.is_ok(),
        Err(_) => false,
    };
    Ok((!opens).then(|| (key, key_place(desk))))
}

/// Says where the file of keys is or should be.
fn key_place(desk: &Desk<'_>) -> String {
    let place = place(&desk.settings).ok().flatten();
    place.map_or_else(
        || "database.key_file".to_owned(),
        |path| path.display().to_string(),
    )
}

/// Writes beside the file first: under its own name there is a whole backup or none.
async fn back_up(file: &Path, store: &Store, desk: &Desk<'_>) -> Result<Dumped, Failure> {
    let mut name = file.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let at = |source| failed(&partial, source);
    if file.exists() {
        return Err(there(file, desk));
    }
    let out = new_file(&partial, desk)?;
    let copy = out.try_clone().map_err(at)?;
    let done = async {
        let dumped = store.export(BufWriter::new(out), tell).await?;
        copy.sync_all().map_err(at)?;
        let read = look_through(BufReader::new(File::open(&partial).map_err(at)?))?;
        if read.rows != dumped.rows {
            let reason = format!("{} rows were written and {} came back", dumped.rows, read.rows);
            return Err(Error::Dump { line: 0, reason }.into());
        }
        fs::rename(&partial, file).map_err(|source| failed(file, source))?;
        Ok(dumped)
    };
    let done = done.await;
    if done.is_err() {
        let _ = fs::remove_file(&partial);
    }
    done
}

fn new_file(path: &Path, desk: &Desk<'_>) -> Result<File, Failure> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    made.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => there(path, desk),
        _ => failed(path, source),
    })
}

fn there(path: &Path, desk: &Desk<'_>) -> Failure {
    let path = path.display().to_string();
    Failure::input(desk.say("file-there", &[("path", &path)]), "hint-file-there")
}

fn failed(path: &Path, source: io::Error) -> Failure {
    Failure::File {
        path: path.to_owned(),
        source,
    }
}

fn written(dumped: &Dumped, desk: &Desk<'_>) -> Answer {
    let human = desk.say("db-exported", &[("rows", &dumped.rows.to_string())]);
    Answer::new(json!({ "exported": dumped }), human)
}

/// Progress, beside the answer.
fn tell(step: Step) {
    if step.rows > 0 {
        let _ = writeln!(io::stderr(), "{:>10} {}", step.rows, step.table);
    }
}
