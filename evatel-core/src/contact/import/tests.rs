//! Files of people, and files of those who mean harm.

use proptest::prelude::*;

use super::*;
use crate::contact::{Contact, ContactOwner, to_csv, to_vcards};

fn csv(text: &str) -> Import {
    from_csv(text.as_bytes()).unwrap()
}

fn cards(text: &str) -> Import {
    from_vcards(text.as_bytes()).unwrap()
}

#[test]
fn a_sheet_of_a_french_spreadsheet_is_read() {
    let import = csv(
        "\u{feff}Name;Number;Nicknames;Pronunciation;Other_Numbers\r\n\"Tremblay; Marie\";514 555-0142;Mimi|La patronne;Marie Trambley;+33 1 42 76 49 78|(514) 555-0142\r\n",
    );
    assert_eq!(import.refused, []);
    let marie = &import.good[0];
    assert_eq!(
        (marie.line, marie.name.as_str(), marie.number.as_str()),
        (2, "Tremblay; Marie", "+15145550142")
    );
    assert_eq!(marie.pronunciation.as_ref().unwrap().as_str(), "Marie Trambley");
    assert_eq!(marie.nicknames.len(), 2);
    assert_eq!(
        marie.other_numbers.iter().map(E164::as_str).collect::<Vec<_>>(),
        ["+33142764978"]
    );
}

#[test]
fn cards_of_three_versions_are_read_and_their_photographs_left_out() {
    let text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Marie Tremblay\r\nNICKNAME:Mimi,Patronne\r\nTEL;VALUE=uri;TYPE=work:tel:+1-514-555-0142\r\nTEL:(514) 555-0143\r\nEND:VCARD\r\n\
        \nbegin:vcard\nVERSION:3.0\nN:Roy;Luc;;;\nX-PHONETIC-FIRST-NAME:Luque\nX-PHONETIC-LAST-NAME:Roi\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\nTEL;TYPE=CELL:514 555 0144\nend:vcard\n\
        BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=A9\nTEL;CELL:5145550145\nEND:VCARD\n";
    let import = cards(text);
    assert_eq!(import.refused, []);
    let found: Vec<_> = import
        .good
        .iter()
        .map(|entry| (entry.line, entry.name.as_str(), entry.number.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (1, "Marie Tremblay", "+15145550142"),
            (9, "Luc Roy", "+15145550144"),
            (17, "Zoé", "+15145550145")
        ]
    );
    assert_eq!(
        import.good[0]
            .nicknames
            .iter()
            .map(Name::as_str)
            .collect::<Vec<_>>(),
        ["Mimi", "Patronne"]
    );
    assert_eq!(
        import.good[0]
            .other_numbers
            .iter()
            .map(E164::as_str)
            .collect::<Vec<_>>(),
        ["+15145550143"]
    );
    assert_eq!(
        import.good[1].pronunciation.as_ref().unwrap().as_str(),
        "Luque Roi"
    );
}

#[test]
fn a_hostile_row_is_refused_with_its_line_field_and_remedy() {
    let long = "x".repeat(81);
    let many = ["514-555-0142"; 10].join("|");
    for (row, field, remedy) in [
        (
            "=cmd|' /C calc'!A0,5145550142",
            Field::Name,
            Remedy::RemoveFormula,
        ),
        ("@SUM(A1),5145550142", Field::Name, Remedy::RemoveFormula),
        ("-2+3,5145550142", Field::Name, Remedy::RemoveFormula),
        ("\"Marie\nEve\",5145550142", Field::Name, Remedy::GiveName),
        ("Ma\u{202e}rie,5145550142", Field::Name, Remedy::GiveName),
        ("Ma\u{7}rie,5145550142", Field::Name, Remedy::GiveName),
        (",5145550142", Field::Name, Remedy::GiveName),
        (&format!("{long},5145550142"), Field::Name, Remedy::GiveName),
        ("Marie,٥١٤٥٥٥٠١٩٩", Field::Number, Remedy::GiveNumber),
        ("Marie,1-800-GO-FEDEX", Field::Number, Remedy::GiveNumber),
        ("Marie,911", Field::Number, Remedy::GiveNumber),
        ("Marie,101", Field::Number, Remedy::GiveNumber),
        ("Marie,", Field::Number, Remedy::GiveNumber),
        (
            "Marie,99999999999999999999999999999999",
            Field::Number,
            Remedy::GiveNumber,
        ),
        ("Marie,5145550142&PJSIP/x", Field::Number, Remedy::GiveNumber),
        ("Marie,5145550142,x,y", Field::Entry, Remedy::CountFields),
        ("Marie", Field::Entry, Remedy::CountFields),
        (&format!("Marie,{many}"), Field::OtherNumbers, Remedy::Shorten),
        ("PAUL,5145550142", Field::Name, Remedy::RemoveDuplicate),
    ] {
        let import = csv(&format!("name,number\nPaul,5145550100\n{row}\n"));
        let refused = &import.refused;
        assert_eq!(refused.len(), 1, "{row}");
        assert_eq!(
            (refused[0].line, refused[0].field, refused[0].remedy),
            (3, field, remedy),
            "{row}"
        );
        assert!(!refused[0].to_string().contains('\n'));
        assert!(import.accept().is_err());
    }
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    let file = |bytes: &[u8]| from_csv(bytes).unwrap_err().to_string();
    assert!(
        file(b"name,number\nMarie,5145550142\nJos\xe9,5145550143\n")
            .starts_with("line 3: the text is not UTF-8")
    );
    assert!(file(b"name,telephone\n").contains("`telephone`"));
    assert!(file(b"name,name,number\n").contains("`name`"));
    assert!(file(b"name\n").contains("`number`"));
    assert!(file(b"").contains("`name` and `number`"));
    assert!(file(&vec![b'x'; MAX_FILE_BYTES + 1]).contains("part it"));
}

#[test]
fn a_card_that_is_none_is_refused_and_the_next_one_is_read() {
    let good = "BEGIN:VCARD\nFN:Zoé\nTEL:5145550145\nEND:VCARD\n";
    for (before, line, field) in [
        ("BEGIN:VCARD\nFN:Marie\nTEL:5145550142\n", 1, Field::Entry),
        ("\nhello\nworld\n", 2, Field::Entry),
        ("BEGIN:VCARD\nFN:Marie\nEND:VCARD\n", 1, Field::Number),
        ("BEGIN:VCARD\nTEL:5145550142\nEND:VCARD\n", 1, Field::Name),
        ("BEGIN:VCARD\nFN:Marie\nTEL:12\nEND:VCARD\n", 1, Field::Number),
        (
            "BEGIN:VCARD\nFN:=1+1\nTEL:5145550142\nEND:VCARD\n",
            1,
            Field::Name,
        ),
        (
            "BEGIN:VCARD\nFN:Marie\\nEve\nTEL:5145550142\nEND:VCARD\n",
            1,
            Field::Name,
        ),
    ] {
        let import = cards(&format!("{before}{good}"));
        assert_eq!(import.good.len(), 1, "{before}");
        assert_eq!(import.refused.len(), 1, "{before}");
        assert_eq!(
            (import.refused[0].line, import.refused[0].field),
            (line, field),
            "{before}"
        );
    }
    let open = cards(&format!("{good}BEGIN:VCARD\nFN:Marie\n"));
    assert_eq!((open.good.len(), open.refused[0].line), (1, 5));
}

/// Holds that what is written of contacts with these names is read back.
fn come_back(names: &[Name]) {
    let contact = |(at, name): (usize, &Name)| Contact {
        pronunciation: Some(name.clone()),
        nicknames: vec![name.clone(), "Mimi".parse().unwrap()],
        other_numbers: vec!["+33142764978".parse().unwrap()],
        ..Contact::new(
            format!("c{at}").parse().unwrap(),
            ContactOwner::User("u".parse().unwrap()),
            name.clone(),
            "+15145550142".parse().unwrap(),
        )
    };
    let contacts: Vec<Contact> = names.iter().enumerate().map(contact).collect();
    for import in [
        from_csv(to_csv(&contacts).as_bytes()).unwrap(),
        from_vcards(to_vcards(&contacts).as_bytes()).unwrap(),
    ] {
        assert_eq!(import.refused, []);
        assert_eq!(import.good.len(), contacts.len());
        for (entry, contact) in import.good.iter().zip(&contacts) {
            assert_eq!(entry.name, contact.name);
            assert_eq!(entry.pronunciation, contact.pronunciation);
            assert_eq!(entry.nicknames, contact.nicknames);
            assert_eq!(entry.number, contact.number);
            assert_eq!(entry.other_numbers, contact.other_numbers);
        }
    }
}

/// The reader of vCards takes spaces after an escape for one (calcard 0.3.14); so does a name.
#[test]
fn spaces_after_a_backslash_are_imported_as_they_were_exported() {
    come_back(&[">\\  !".parse().unwrap()]);
}

proptest! {
    /// What is written is read back, whatever names people have.
    #[test]
    fn what_is_exported_is_imported(names in prop::collection::hash_set("[\\PC&&[^=+@|-]]([\\PC&&[^|]]|[\\\\,;: \"nN]){0,20}", 1..6)) {
        let mut known = std::collections::HashSet::new();
        let names: Vec<Name> = names.iter().filter_map(|name| name.parse().ok())
            .filter(|name: &Name| !name.as_str().starts_with(['=', '+', '-', '@']) && known.insert(name.as_str().to_lowercase())).collect();
        come_back(&names);
    }

    #[test]
    fn no_bytes_make_the_readers_fall(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "(BEGIN:VCARD\n|END:VCARD\n|FN:|TEL|;|:|,|\"|\n|name|number|=|\\PC){0,60}") {
        for input in [bytes.as_slice(), text.as_bytes()] {
            let _ = from_csv(input);
            let _ = from_vcards(input);
        }
    }
}
