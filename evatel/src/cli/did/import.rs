//! `evatel did import`

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal},
    path::PathBuf,
};

use clap::Args;
use evatel_core::{
    did::import::{ImportRow, RowError, Rows},
    id::{ResellerId, TrunkId},
    name::Name,
};
use evatel_store::{Acting, BatchOutcome, IMPORT_BATCH, Store, Target};

use super::super::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    owner::Trial,
    rows::{Outcome, Skip, Taken, merged},
};

#[derive(Debug, Args)]
#[command(
    after_help = "The first line names the columns: number, and optionally trunk, reseller and user; commas or \
semicolons. A number without a user goes into the pool. What is there already, just so, is left alone: an import that was \
cut off is simply run again. A number that somebody else has is refused with its line, never moved.

Examples:
  evatel did import numbers.csv --dry-run
  evatel did import numbers.csv --trunk trk-1m7c2k9q4x8v6t3r5y
  evatel did list --csv | cut -d, -f1,2,6 | evatel did import -"
)]
pub(in crate::cli) struct Import {
    /// CSV file, or - for standard input
    file: PathBuf,
    /// The trunk of rows that name none [default: the only one]
    #[arg(long)]
    trunk: Option<TrunkId>,
    /// Whose pool [default: that of the reseller that init made]
    #[arg(long)]
    reseller: Option<ResellerId>,
    /// Take the good rows although others are refused
    #[arg(long)]
    skip_refused: bool,
    #[command(flatten)]
    trial: Trial,
}

impl Import {
    pub(super) async fn run(self, acting: Acting, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let reseller = match self.reseller.clone() {
            Some(reseller) => reseller,
            None => store.default_account().await?.reseller,
        };
        let mut trunks = store.trunks().await?;
        let only = if trunks.len() == 1 {
            trunks.pop().map(|trunk| trunk.id)
        } else {
            None
        };
        let usual = self.trunk.clone().or(only);
        let source = self.source();
        let (rows, unread) = self.read()?;
        let acting = desk
            .trying(acting, &self.trial)
            .enter(&Target::Reseller(reseller.clone()))
            .await?;
        // All or nothing: first every batch is tried, then every batch is made.
        if !self.skip_refused && !acting.is_rehearsal() {
            let tried = self
                .each(
                    &acting.clone().rehearsing(),
                    &reseller,
                    &rows,
                    usual.as_ref(),
                    &source,
                    desk,
                )
                .await?;
            if !unread.is_empty() || !tried.refused.is_empty() {
                let refused = merged(unread, tried.refused);
                let nothing = Outcome {
                    taken: Taken::of(&refused, false, Skip::NotAsked),
                    added: tried.added,
                    same: tried.same,
                    refused,
                };
                return Ok(nothing.answer(desk));
            }
        }
        let done = self
            .each(&acting, &reseller, &rows, usual.as_ref(), &source, desk)
            .await?;
        let refused = merged(unread, done.refused);
        let done = Outcome {
            taken: Taken::of(&refused, self.trial.dry_run, Skip::option(self.skip_refused)),
            added: done.added,
            same: done.same,
            refused,
        };
        Ok(done.answer(desk))
    }

    /// Parses the whole file: what cannot be read is known before anything is written.
    fn read(&self) -> Result<(Vec<ImportRow>, Vec<RowError>), Failure> {
        let input: Box<dyn BufRead> = if self.file.as_os_str() == "-" {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(&self.file);
            Box::new(BufReader::new(file.map_err(|source| Failure::Read {
                path: self.file.clone(),
                source,
            })?))
        };
        let refused = |error: evatel_core::did::import::FileError| {
            Failure::input(error.to_string(), "hint-csv-columns")
        };
        let (mut rows, mut unread) = (Vec::new(), Vec::new());
        for row in Rows::new(input).map_err(refused)? {
            match row.map_err(refused)? {
                Ok(row) => rows.push(row),
                Err(error) => unread.push(error),
            }
        }
        Ok((rows, unread))
    }

    async fn each(
        &self,
        acting: &Acting,
        reseller: &ResellerId,
        rows: &[ImportRow],
        usual: Option<&TrunkId>,
        source: &Name,
        desk: &Desk<'_>,
    ) -> Result<BatchOutcome, Failure> {
        let shows_progress = io::stderr().is_terminal() && rows.len() > IMPORT_BATCH;
        let mut all = BatchOutcome::default();
        for (at, batch) in rows.chunks(IMPORT_BATCH).enumerate() {
            let done = acting
                .import_numbers(reseller, batch.to_vec(), usual.cloned(), source)
                .await?;
            all.added += done.added;
            all.same += done.same;
            all.refused.extend(done.refused);
            if shows_progress {
                let (so_far, of) = (
                    (at * IMPORT_BATCH + batch.len()).to_string(),
                    rows.len().to_string(),
                );
                eprintln!(
                    "{}",
                    desk.say("import-progress", &[("rows", &so_far), ("of", &of)])
                );
            }
        }
        Ok(all)
    }

    /// Names the file in the audit.
    fn source(&self) -> Name {
        let name = self
            .file
            .file_name()
            .map(|name| name.to_string_lossy().chars().take(60).collect::<String>());
        name.and_then(|name| name.parse().ok())
            .unwrap_or_else(|| "file".parse().expect("a word is a name"))
    }
}
