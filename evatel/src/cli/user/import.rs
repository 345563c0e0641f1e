//! `evatel user import`

use std::path::PathBuf;

use clap::Args;
use evatel_core::{
    account::import::{self, MAX_FILE_BYTES},
    id::AccountId,
};
use evatel_store::{Acting, Store, Target};

use super::super::{
    answer::Answer,
    desk::{self, Desk},
    failure::Failure,
    owner::Trial,
    rows::{Outcome, Skip, Taken, merged},
};

#[derive(Debug, Args)]
#[command(
    after_help = "The first line names the columns: extension and name, and optionally language and zone; commas or semicolons. Whoever \
is there already, just so, is left alone: an import that was cut off is simply run again. An extension that somebody else has is \
refused with its line. The first employee of a company becomes its administrator; `evatel user roles` gives the others theirs.

Examples:
  evatel user import people.csv --dry-run
  evatel user import people.csv --account acc-1m7c2k9q4x8v6t3r5y --skip-refused"
)]
pub(in crate::cli) struct Import {
    /// CSV file, or - for standard input
    file: PathBuf,
    /// The account [default: the one that init made]
    #[arg(long)]
    account: Option<AccountId>,
    /// Take the good rows although others are refused
    #[arg(long)]
    skip_refused: bool,
    #[command(flatten)]
    trial: Trial,
}

impl Import {
    pub(super) async fn run(self, acting: Acting, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let read = import::from_csv(&desk.read_input(&self.file, MAX_FILE_BYTES)?);
        let read = read.map_err(|error| Failure::input(error.to_string(), "hint-user-columns"))?;
        let account = desk::account(self.account, store).await?.id;
        let inside = desk
            .trying(acting, &self.trial)
            .enter(&Target::Account(account.clone()))
            .await?;
        // All or nothing: first all is tried, then all is made.
        if !self.skip_refused && !inside.is_rehearsal() {
            let tried = inside.clone().rehearsing();
            let tried = tried.import_users(&account, read.good.clone()).await?;
            if !read.refused.is_empty() || !tried.refused.is_empty() {
                let refused = merged(read.refused, tried.refused);
                let nothing = Outcome {
                    taken: Taken::of(&refused, false, Skip::NotAsked),
                    added: tried.added,
                    same: tried.same,
                    refused,
                };
                return Ok(nothing.answer(desk));
            }
        }
        let done = inside.import_users(&account, read.good).await?;
        let refused = merged(read.refused, done.refused);
        let done = Outcome {
            taken: Taken::of(&refused, self.trial.dry_run, Skip::option(self.skip_refused)),
            added: done.added,
            same: done.same,
            refused,
        };
        Ok(done.answer(desk))
    }
}
