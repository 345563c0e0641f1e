//! Rows of a file: what became of them, and which were refused, the same for every import.

use std::fmt::Display;

use evatel_core::sheet::RowError;
use serde::Serialize;
use serde_json::json;

use super::{answer::Answer, desk::Desk};

/// What became of the rows of a file.
#[derive(Debug)]
pub(super) struct Outcome<F, R> {
    /// Whether anything was taken in.
    pub(super) taken: Taken,
    /// Those that are new.
    pub(super) added: usize,
    /// Those that were there just so already.
    pub(super) same: usize,
    pub(super) refused: Vec<RowError<F, R>>,
}

/// Whether the rows of a file were taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Those that are good.
    Done,
    /// None, for one that is refused keeps all out; where the verb can leave those out, by this option.
    Nothing(Option<&'static str>),
    /// None, for it was tried only.
    Tried,
}

impl Taken {
    /// Says what becomes of the rows: all or nothing, unless the verb was told to leave refused ones out.
    pub(super) fn of(refused: &[impl Sized], is_trial: bool, skip: Skip) -> Self {
        match skip {
            Skip::Never if !refused.is_empty() => Self::Nothing(None),
            Skip::NotAsked if !refused.is_empty() => Self::Nothing(Some("--skip-refused")),
            _ if is_trial => Self::Tried,
            _ => Self::Done,
        }
    }
}

/// Whether rows that are refused are left out and the others taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Skip {
    /// As was asked for by `--skip-refused`.
    Asked,
    /// The verb cannot.
    Never,
    /// It could.
    NotAsked,
}

impl Skip {
    /// Reads the option `--skip-refused`.
    pub(super) fn option(given: bool) -> Self {
        if given { Self::Asked } else { Self::NotAsked }
    }
}

impl<F: Display + Serialize, R: Display + Serialize> Outcome<F, R> {
    /// Answers with the counts and every refused row; the exit code is 2 where there is one.
    pub(super) fn answer(mut self, desk: &Desk<'_>) -> Answer {
        say_problems(&mut self.refused, desk);
        let counts = [
            ("added", self.added.to_string()),
            ("same", self.same.to_string()),
            ("refused", self.refused.len().to_string()),
        ];
        let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
        let said = match self.taken {
            Taken::Done => "import-done",
            Taken::Nothing(_) | Taken::Tried => "import-would",
        };
        let mut lines = vec![desk.say(said, &counts)];
        lines.extend(nothing_taken(self.taken, desk));
        lines.extend(refused(&self.refused, desk));
        let code = code(&self.refused);
        let added = match self.taken {
            // A dry run tells what the run itself would do.
            Taken::Nothing(_) => 0,
            Taken::Done | Taken::Tried => self.added,
        };
        let json = json!({ "added": added, "same": self.same, "refused": self.refused });
        Answer::new(json, lines.join("\n")).with_code(code)
    }
}

/// Says that nothing was taken in, and how the good rows would be.
pub(super) fn nothing_taken(taken: Taken, desk: &Desk<'_>) -> Option<String> {
    match taken {
        Taken::Done | Taken::Tried => None,
        Taken::Nothing(None) => Some(desk.say("import-nothing", &[])),
        Taken::Nothing(Some(option)) => Some(desk.say("import-nothing-unless", &[("option", option)])),
    }
}

/// Says each refused row with its remedy, [`SHOWN`] at most.
pub(super) fn refused<F: Display, R: Display>(rows: &[RowError<F, R>], desk: &Desk<'_>) -> Vec<String> {
    let said = rows.iter().take(SHOWN).map(|row| {
        let (line, field, remedy) = (
            row.line.to_string(),
            row.field.to_string(),
            desk.say(&format!("remedy-{}", row.remedy), &[]),
        );
        let values = [
            ("line", line.as_str()),
            ("field", &field),
            ("problem", &row.problem),
            ("remedy", &remedy),
        ];
        desk.say("import-refused", &values)
    });
    let mut lines: Vec<String> = said.collect();
    if let Some(more) = rows.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(desk.say("import-more", &[("count", &more.to_string())]));
    }
    lines
}

/// Says what is wrong with each row in the reader's language.
pub(super) fn say_problems<F, R>(rows: &mut [RowError<F, R>], desk: &Desk<'_>) {
    for row in rows {
        row.problem = desk.texts.error(&row.problem);
    }
}

/// Gives the exit code: 2 where a row was refused.
pub(super) fn code<F, R>(refused: &[RowError<F, R>]) -> u8 {
    if refused.is_empty() { 0 } else { 2 }
}

/// Puts refused rows in the order of the file.
pub(super) fn merged<F, R>(mut one: Vec<RowError<F, R>>, other: Vec<RowError<F, R>>) -> Vec<RowError<F, R>> {
    one.extend(other);
    one.sort_by_key(|row| row.line);
    one
}

/// Rows that people are shown; scripts get all of them.
const SHOWN: usize = 50;
