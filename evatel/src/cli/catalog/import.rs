//! `evatel catalog import`

use std::{
    io::{self, Read},
    path::PathBuf,
};

use clap::Args;
use evatel_core::offer::import::{self, MAX_FILE_BYTES, RowError};
use evatel_store::{Acting, CatalogueImport};

use super::super::{answer::Answer, desk::Desk, failure::Failure, owner::Trial};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel catalog import items.csv --dry-run
  evatel catalog import - < items.csv

The first line names the columns: item, kind, name, and if wanted currency, one_off, monthly, per_minute, minutes, to and
resale, in any order, parted by commas or semicolons. Several classes are parted by |, as in canada=0.01|us48=0.02.
An item that is there changes its price only. One wrong line, and nothing is taken in.")]
pub(in super::super) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    trial: Trial,
}

impl Import {
    pub(super) async fn run(self, acting: Acting, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let read = import::from_csv(&self.bytes(desk)?);
        let read = read.map_err(|error| Failure::input(error.to_string(), "hint-catalog-columns"))?;
        let mut acting = desk.trying(acting, &self.trial);
        if !read.refused.is_empty() {
            // Nothing is taken in, but what else is wrong is said at once.
            acting = acting.rehearsing();
        }
        let mut done = acting.import_catalogue(read.good).await?;
        if !read.refused.is_empty() {
            (done.added, done.repriced) = (0, 0);
            done.refused.extend(read.refused);
            done.refused.sort_by_key(|error| error.line);
            done.version = acting.catalogue(&evatel_store::Target::System).await?.version();
        }
        Ok(answer(done, desk))
    }

    fn bytes(&self, desk: &Desk<'_>) -> Result<Vec<u8>, Failure> {
        if self.file.as_os_str() != "-" {
            return desk.read_file(&self.file, MAX_FILE_BYTES);
        }
        let mut bytes = Vec::new();
        // One byte more than may be, so that what is too long is refused as a whole.
        let most = MAX_FILE_BYTES as u64 + 1;
        let read = io::stdin().take(most).read_to_end(&mut bytes);
        read.map_err(|source| Failure::Read {
            path: self.file.clone(),
            source,
        })?;
        Ok(bytes)
    }
}

fn answer(done: CatalogueImport, desk: &Desk<'_>) -> Answer {
    let mut lines = vec![desk.say(
        "catalog-import-done",
        &[
            ("added", &done.added.to_string()),
            ("repriced", &done.repriced.to_string()),
            ("same", &done.same.to_string()),
            ("refused", &done.refused.len().to_string()),
        ],
    )];
    lines.extend(done.refused.iter().take(SHOWN).map(|error| refused(error, desk)));
    if let Some(more) = done.refused.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(desk.say("import-more", &[("count", &more.to_string())]));
    }
    let code = if done.refused.is_empty() { 0 } else { 2 };
    Answer::new(done, lines.join("\n")).with_code(code)
}

fn refused(error: &RowError, desk: &Desk<'_>) -> String {
    let (line, remedy) = (error.line.to_string(), format!("remedy-{}", error.remedy));
    desk.say(
        "import-refused",
        &[
            ("line", &line),
            ("field", error.field.word()),
            ("problem", &error.problem),
            ("remedy", &desk.say(&remedy, &[])),
        ],
    )
}

/// Rows that people are shown; scripts get all of them.
const SHOWN: usize = 50;
