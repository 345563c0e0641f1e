//! Holds the table of rows against the tests that there are.

use std::{fs, ops::RangeInclusive, path::Path};

/// The rows of a line: `7` or `8-10`.
fn rows(text: &str) -> Option<RangeInclusive<u32>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

/// The rows that a test is named after: those of `row_07_…` or `row_21_to_24_…`.
fn named_after(test: &str) -> Option<RangeInclusive<u32>> {
    let mut parts = test.strip_prefix("row_")?.split('_');
    let first = parts.next()?.parse().ok()?;
    let last = match (parts.next(), parts.next()) {
        (Some("to"), Some(last)) => last.parse().ok()?,
        _ => first,
    };
    Some(first..=last)
}

/// The tests of a file that are named after rows.
fn tests(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("async fn row_"));
    names
        .filter_map(|rest| rest.split('(').next())
        .map(|name| format!("row_{name}"))
        .collect()
}

#[test]
fn each_of_the_69_rows_is_in_the_table_and_has_its_test_in_the_file_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let table = fs::read_to_string(folder.join("ari.rs")).unwrap();
    let mut next = 1;
    for line in table.lines().filter_map(|line| line.strip_prefix("//! | ")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let Some(rows) = rows(cells[0]) else { continue };
        assert_eq!(*rows.start(), next, "the table goes on with another row");
        next = rows.end() + 1;
        let file = cells[2].trim_matches('`');
        let found = tests(&folder.join("ari").join(file).with_extension("rs"));
        for row in rows {
            let is_tested = found
                .iter()
                .filter_map(|test| named_after(test))
                .any(|rows| rows.contains(&row));
            assert!(is_tested, "row {row} has no test in `{file}`");
        }
    }
    assert_eq!(next, 70, "the table ends too early or too late");
}
