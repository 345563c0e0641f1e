//! Comma-separated values (RFC 4180) that a spreadsheet opens without running anything.

/// Writes one record, without its line break.
pub(super) fn row<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",")
}

/// Writes a heading and its records, without the last line break.
pub(super) fn sheet<const N: usize>(
    heading: [&str; N],
    records: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut lines = vec![row(heading)];
    lines.extend(records.into_iter().map(row));
    lines.join("\n")
}

/// Quotes a cell where it must be. What a spreadsheet would take for a formula gets an apostrophe before it; a number
/// such as `+15145550199` is none and stays as it is.
fn cell(text: &str) -> String {
    let number = text
        .strip_prefix('+')
        .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
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
            "-2",
            "+a",
            "a,b",
            "say \"x\"",
            "=\"a\"\n",
            "",
            "plain",
        ];
        assert_eq!(
            row(cells),
            "+15145550199,'=1+1,'@sum,'-2,'+a,\"a,b\",\"say \"\"x\"\"\",\"'=\"\"a\"\"\n\",,plain"
        );
    }
}
