//! Contacts to a file that the import takes back.

use std::fmt::Write as _;

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue, VCardVersion};

use super::{Contact, import::COLUMNS};

/// Writes contacts as CSV, parted by commas, with all columns of [`COLUMNS`].
pub fn to_csv(contacts: &[Contact]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let numbers = |contact: &Contact| {
        let others = contact.other_numbers.iter().map(|number| number.as_str());
        others.collect::<Vec<_>>().join("|")
    };
    let nicknames = |contact: &Contact| {
        let names = contact.nicknames.iter().map(|name| name.as_str());
        names.collect::<Vec<_>>().join("|")
    };
    let written = writer.write_record(COLUMNS).and_then(|()| {
        contacts.iter().try_for_each(|contact| {
            writer.write_record([
                contact.name.as_str(),
                contact.pronunciation.as_ref().map_or("", |name| name.as_str()),
                &nicknames(contact),
                contact.number.as_str(),
                &numbers(contact),
            ])
        })
    });
    written.expect("rows of one length are written to memory");
    let bytes = writer.into_inner().expect("memory is always flushed");
    String::from_utf8(bytes).expect("text was written")
}

/// Writes contacts as vCards 4.0 (RFC 6350), one after the other.
pub fn to_vcards(contacts: &[Contact]) -> String {
    let mut text = String::new();
    for contact in contacts {
        let entry = |property: VCardProperty, value: &str| {
            VCardEntry::new(property).with_value(VCardValue::Text(value.to_owned()))
        };
        let mut entries = vec![entry(VCardProperty::Fn, contact.name.as_str())];
        if let Some(pronunciation) = &contact.pronunciation {
            let property = VCardProperty::Other("X-PHONETIC-FIRST-NAME".to_owned());
            entries.push(entry(property, pronunciation.as_str()));
        }
        let nicknames = contact.nicknames.iter();
        entries.extend(nicknames.map(|name| entry(VCardProperty::Nickname, name.as_str())));
        for number in std::iter::once(&contact.number).chain(&contact.other_numbers) {
            entries.push(entry(VCardProperty::Tel, &format!("tel:{number}")));
        }
        let mut card = String::new();
        VCard { entries }
            .write_to(&mut card, VCardVersion::V4_0)
            .expect("a string takes all text");
        write!(text, "{card}").expect("a string takes all text");
    }
    text
}
