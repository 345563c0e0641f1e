//! `evatel catalog import`

use std::path::PathBuf;

use clap::Args;
use evatel_core::offer::import::{self, MAX_FILE_BYTES};
use evatel_store::{Acting, CatalogueImport};

use super::super::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    owner::Trial,
    rows::{self, Skip, Taken},
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel catalog import items.csv --dry-run
  evatel catalog import - < items.csv

The first line names the columns: item, kind, name, and if wanted currency, one_off, monthly, per_minute, minutes, to and \
resale, in any order, parted by commas or semicolons. Several classes are parted by |, as in canada=0.01|us48=0.02. \
An item that is there changes its price only. One wrong line, and nothing is taken in.")]
pub(in super::super) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    trial: Trial,
}

impl Import {
    pub(super) async fn run(self, acting: Acting, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let read = import::from_csv(&desk.read_input(&self.file, MAX_FILE_BYTES)?);
        let read = read.map_err(|error| Failure::input(error.to_string(), "hint-catalog-columns"))?;
        let mut acting = desk.trying(acting, &self.trial);
        if !read.refused.is_empty() {
            // Nothing is taken in, but what else is wrong is said at once.
            acting = acting.rehearsing();
        }
        let mut done = acting.import_catalogue(read.good).await?;
        if !read.refused.is_empty() {
            done.refused = rows::merged(read.refused, done.refused);
            done.version = acting.catalogue(&evatel_store::Target::System).await?.version();
        }
        Ok(answer(done, self.trial.dry_run, desk))
    }
}

fn answer(mut done: CatalogueImport, is_trial: bool, desk: &Desk<'_>) -> Answer {
    rows::say_problems(&mut done.refused, desk);
    let taken = Taken::of(&done.refused, is_trial, Skip::Never);
    let mut lines = vec![desk.say(
        match taken {
            Taken::Done => "catalog-import-done",
            Taken::Nothing(_) | Taken::Tried => "catalog-import-would",
        },
        &[
            ("added", &done.added.to_string()),
            ("repriced", &done.repriced.to_string()),
            ("same", &done.same.to_string()),
            ("refused", &done.refused.len().to_string()),
        ],
    )];
    lines.extend(rows::nothing_taken(taken, desk));
    lines.extend(rows::refused(&done.refused, desk));
    if let Taken::Nothing(_) = taken {
        (done.added, done.repriced) = (0, 0);
    }
    let code = rows::code(&done.refused);
    Answer::new(done, lines.join("\n")).with_code(code)
}
