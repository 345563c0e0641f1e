//! Sheets as people save them: CSV (RFC 4180), parted by commas or semicolons.

/// Reads a sheet's rows, the heading first, each field without the spaces around it; rows may have any length.
pub(crate) fn reader(text: &str) -> csv::Reader<&[u8]> {
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = if heading.contains(';') { b';' } else { b',' };
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}
