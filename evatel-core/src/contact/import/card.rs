//! Contacts from vCards.

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};

use super::{Checker, Field, FileError, Import, MAX_ENTRIES, MAX_FILE_BYTES, MAX_OF_ONE, Raw, Remedy};
use crate::sheet::{shorten, text_of};

/// Longest card in bytes; its photograph is in it.
const MAX_CARD_BYTES: usize = 1024 * 1024;
/// How address books write how a name is said, since vCard 3.0.
const PHONETIC: [&str; 2] = ["X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME"];

/// Reads contacts from vCards (RFC 6350, 2.1 and 3.0 too), one after the other: `FN`, `NICKNAME`, `TEL` and
/// `X-PHONETIC-FIRST-NAME`, `X-PHONETIC-LAST-NAME`. What else a card holds is left out.
///
/// # Errors
/// [`FileError`]: the file cannot be read at all. Wrong cards are in [`Import::refused`].
pub fn from_vcards(bytes: &[u8]) -> Result<Import, FileError> {
    let text = text_of(bytes, MAX_FILE_BYTES)?;
    let mut checker = Checker::default();
    let mut open: Option<(u64, usize)> = None;
    let mut offset = 0;
    for (at, full_line) in text.split_inclusive('\n').enumerate() {
        let (line, begin) = (at as u64 + 1, offset);
        offset += full_line.len();
        let word = full_line.trim();
        match open {
            None if word.eq_ignore_ascii_case("BEGIN:VCARD") => open = Some((line, begin)),
            None if word.is_empty() => {}
            None => {
                let problem = format!("`{}` stands outside of a card", shorten(word));
                checker.refuse(line, Field::Entry, problem, Remedy::EndCard);
                // One refusal for all of what stands there.
                open = Some((0, begin));
            }
            // What stands outside ends where a card begins.
            Some((0, _)) if word.eq_ignore_ascii_case("BEGIN:VCARD") => open = Some((line, begin)),
            Some((first, _)) if word.eq_ignore_ascii_case("BEGIN:VCARD") => {
                let problem = "another card begins before this one ends";
                checker.refuse(first, Field::Entry, problem, Remedy::EndCard);
                open = Some((line, begin));
            }
            Some((first, start)) if first > 0 && word.eq_ignore_ascii_case("END:VCARD") => {
                take(&text[start..offset], first, &mut checker)?;
                open = None;
            }
            Some(_) => {}
        }
    }
    if let Some((first, _)) = open.filter(|(first, _)| *first > 0) {
        checker.refuse(first, Field::Entry, "the card does not end", Remedy::EndCard);
    }
    Ok(checker.import)
}

fn take(text: &str, line: u64, checker: &mut Checker) -> Result<(), FileError> {
    if checker.count() >= MAX_ENTRIES {
        let most = MAX_ENTRIES;
        return Err(FileError::TooMany { line, most });
    }
    if text.len() > MAX_CARD_BYTES {
        let problem = format!("the card has {} bytes: {MAX_CARD_BYTES} at most", text.len());
        checker.refuse(line, Field::Entry, problem, Remedy::Shorten);
        return Ok(());
    }
    let Ok(card) = VCard::parse(text) else {
        checker.refuse(line, Field::Entry, "this is no vCard", Remedy::EndCard);
        return Ok(());
    };
    let first = |property: &VCardProperty| card.property(property).and_then(|entry| texts(entry).next());
    let name = first(&VCardProperty::Fn).or_else(|| card.property(&VCardProperty::N).map(whole_name));
    let phonetic = PHONETIC.iter().filter_map(|word| {
        let property = VCardProperty::Other((*word).to_owned());
        card.property(&property).and_then(|entry| texts(entry).next())
    });
    let phonetic: Vec<String> = phonetic.collect();
    checker.take(Raw {
        line,
        name: name.unwrap_or_default(),
        pronunciation: phonetic.join(" "),
        nicknames: several(&card, &VCardProperty::Nickname),
        numbers: several(&card, &VCardProperty::Tel),
    });
    Ok(())
}

/// Lists the values of a property, wherever they stand in the card; one more than are allowed is enough to be refused.
fn several(card: &VCard, property: &VCardProperty) -> Vec<String> {
    let entries = card.entries.iter().filter(|entry| entry.name == *property);
    let values = entries.flat_map(texts).map(|text| text.trim().to_owned());
    values
        .filter(|text| !text.is_empty())
        .take(2 * MAX_OF_ONE)
        .collect()
}

/// Makes a name of `N`, which has the family name first.
fn whole_name(entry: &VCardEntry) -> String {
    let parts: Vec<String> = texts(entry).take(2).collect();
    let parts: Vec<&str> = parts.iter().rev().map(|part| part.trim()).collect();
    parts.join(" ").trim().to_owned()
}

fn texts(entry: &VCardEntry) -> impl Iterator<Item = String> {
    entry.values.iter().flat_map(|value| match value {
        VCardValue::Text(text) => vec![text.clone()],
        VCardValue::Component(parts) => parts.clone(),
        VCardValue::Integer(number) => vec![number.to_string()],
        _ => Vec::new(),
    })
}
