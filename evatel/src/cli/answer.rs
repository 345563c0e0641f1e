//! What a verb answers: one JSON document or lines for people.

use serde_json::Value;

/// The answer of a verb, in both forms.
#[derive(Debug)]
pub(super) struct Answer {
    /// For `--json`.
    pub(super) json: Value,
    /// For people, without the last line break.
    pub(super) human: String,
}

impl Answer {
    pub(super) fn new(json: impl serde::Serialize, human: impl Into<String>) -> Self {
        let json = serde_json::to_value(json).expect("domain types have text keys only");
        Self {
            json,
            human: human.into(),
        }
    }
}

/// Sets rows under their headings, each column as wide as its widest cell.
pub(super) fn table<const N: usize>(headings: [String; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&headings[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    [&headings]
        .into_iter()
        .chain(rows)
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_accents_too() {
        let rows = [
            ["Zoé".to_owned(), "1".to_owned()],
            ["Al".to_owned(), "22".to_owned()],
        ];
        assert_eq!(
            table(["nom".to_owned(), "n".to_owned()], &rows),
            "nom  n\nZoé  1\nAl   22"
        );
    }
}
