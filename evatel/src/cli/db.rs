//! `evatel db`

mod faults;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use evatel_store::{Dumped, Error, Step, Store, look_through};
use serde_json::json;

use super::{answer::Answer, desk::Desk, failure::Failure, secret::keyed};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Writes all rows to a new file that only you can read, and reads it back
    Backup(Backup),
    /// Looks through the whole database; the exit code is 1 if something is wrong
    Check,
    /// Writes all rows as lines of JSON, the same for SQLite and PostgreSQL
    Export(Export),
    /// Makes the database from an export, all of it or nothing
    Import(Import),
    /// Brings the schema to this version
    Migrate,
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
                let said = checked.faults.iter().map(|fault| faults::said(fault, desk));
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
            Self::Import(import) | Self::Restore(import) => {
                let (store, dumped) = if import.file == Path::new("-") {
                    Store::import(url, BufReader::new(io::stdin()), tell).await?
                } else {
                    let file = File::open(&import.file).map_err(|source| Error::Io {
                        path: import.file.clone(),
                        source,
                    })?;
                    Store::import(url, BufReader::new(file), tell).await?
                };
                let (rows, database) = (dumped.rows.to_string(), store.url().to_string());
                let human = desk.say("db-imported", &[("rows", &rows), ("database", &database)]);
                Ok((
                    Answer::new(json!({ "database": database, "imported": dumped }), human),
                    0,
                ))
            }
            Self::Migrate => {
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
