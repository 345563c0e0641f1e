//! Comma-separated values (RFC 4180) that a spreadsheet opens without running anything.

use clap::Args;
use evatel_core::money::Money;

/// The columns of a list: what each is called, and what of a thing stands in it. Words and times are those of JSON, in any language.
pub(super) type Sheet<T> = [(&'static str, fn(&T) -> String)];

/// How a list is written, for people.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct Form {
    /// As CSV
    #[arg(long)]
    csv: bool,
}

impl Form {
    /// Writes a list by its columns, or as `table` does.
    pub(super) fn text<'a, T: 'a>(
        self,
        things: impl IntoIterator<Item = &'a T>,
        sheet: &Sheet<T>,
        table: impl FnOnce() -> String,
    ) -> String {
        if !self.csv {
            return table();
        }
        let records = things.into_iter().map(|thing| record(sheet, thing));
        [heading(sheet)]
            .into_iter()
            .chain(records)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Says whether nobody will read names beside ids.
    pub(super) fn is_csv(self) -> bool {
        self.csv
    }
}

/// Writes the heading of a list, without its line break.
pub(super) fn heading<T>(sheet: &Sheet<T>) -> String {
    row(sheet.iter().map(|(name, _)| *name))
}

/// Writes the record of one thing, without its line break.
pub(super) fn record<T>(sheet: &Sheet<T>, thing: &T) -> String {
    row(sheet.iter().map(|(_, of)| of(thing)))
}

/// Writes what may not be there.
pub(super) fn optional<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Writes an amount without its currency.
pub(super) fn amount(money: Money) -> String {
    let written = money.to_string();
    written
        .split_once(' ')
        .map_or(written.clone(), |(digits, _)| digits.to_owned())
}

fn row<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",")
}

/// Quotes a cell where it must be. What a spreadsheet would take for a formula gets an apostrophe before it; a number
/// such as `+15145550199`, or an amount such as `-30.00`, is none and stays as it is.
fn cell(text: &str) -> String {
    let number = text.strip_prefix(['+', '-']).is_some_and(|number| {
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        [whole, part]
            .iter()
            .all(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    });
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number {
        "'"
    } else {
        ""
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        let cells = [
            "+15145550199",
            "=1+1",
            "@sum",
            "-30.00",
            "-2+3",
            "-1.2.3",
            "-",
            "+a",
            "a,b",
            "say \"x\"",
            "=\"a\"\n",
            "",
            "plain",
        ];
        assert_eq!(
            row(cells),
            "+15145550199,'=1+1,'@sum,-30.00,'-2+3,'-1.2.3,'-,'+a,\"a,b\",\"say \"\"x\"\"\",\"'=\"\"a\"\"\n\",,plain"
        );
    }
}
