use std::io::{BufReader, Read};

use proptest::prelude::*;

use super::*;

fn read(text: impl AsRef<[u8]>) -> Vec<Result<ImportRow, RowError>> {
    Rows::new(text.as_ref())
        .unwrap()
        .map(|row| row.unwrap())
        .collect()
}

#[test]
fn a_file_with_commas_or_semicolons_gives_its_rows_with_their_lines() {
    for text in [
        "number,trunk,user\n5145550101,trk-1,usr-1\n\n+15145550102,,\n",
        "\u{feff}Number;Trunk;User\r\n(514) 555-0101;trk-1;usr-1\r\n\r\n\"+1 514 555 0102\";;\r\n",
    ] {
        let rows: Vec<ImportRow> = read(text).into_iter().map(Result::unwrap).collect();
        let numbers: Vec<_> = rows.iter().map(|row| (row.line, row.number.as_str())).collect();
        assert_eq!(numbers, [(2, "+15145550101"), (4, "+15145550102")]);
        assert_eq!(rows[0].into, Destination::User("usr-1".parse().unwrap()));
        assert_eq!((&rows[0].trunk, &rows[1].trunk), (&"trk-1".parse().ok(), &None));
        assert_eq!(rows[1].into, Destination::Pool);
    }
}

#[test]
fn a_heading_that_means_nothing_is_refused_before_any_row() {
    for (text, part) in [
        ("numero\n", "`numero` is no column"),
        ("trunk\n", "needs the column `number`"),
        ("number,number\n", "each column once"),
        ("number,line\n", "`line` is no column"),
        ("", "`` is no column"),
        ("=cmd|' /C calc'!A0,number\n", "is no column"),
    ] {
        let message = Rows::new(text.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(part), "{text}: {message}");
    }
}

/// Values that no file should get away with, each for one field of a row.
fn hostile() -> Vec<(Column, String, Remedy)> {
    let mut values = Vec::new();
    let number = |text: &str| (Column::Number, text.to_owned(), Remedy::WriteE164);
    for text in [
        "",
        " ",
        "+",
        "0",
        "911",
        "9911",
        "988",
        "411",
        "101",
        "1911",
        "+911",
        "12345",
        "123456789",
        "+1514555019",
        "+151455501990",
        "1145550199",
        "5141550199",
        "0145550199",
        "0033142764978",
        "011331427649781234567",
        "+1234567890123456",
        "٥١٤٥٥٥٠١٩٩",
        "５１４５５５０１９９",
        "1-800-GO-FEDEX",
        "+3367a829916",
        "+15145550199;ext=9",
        "5145550199&PJSIP/x",
        "5145550199,5145550198",
        "=5145550199",
        "=1+1",
        "@SUM(A1)",
        "-5145550199x",
        "+cmd|' /C calc'!A0",
        "1.5145550199E+10",
        "5145550199.0e0",
        "0x132B6A1C7",
        "NaN",
        "null",
        "'; DROP TABLE dids; --",
        "<script>",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "5145550199\u{0}",
        "5145550199\u{7}",
        "514\u{202e}5550199",
        "514\u{200b}5550199",
        "\u{1b}[31m5145550199",
        "514\t5550199",
        "++15145550199",
        "1+5145550199",
        "99999999999999999999999999",
        "18446744073709551616",
        "sip:5145550199@x",
        "#exec",
    ] {
        values.push(number(text));
    }
    // A digit of every other script in each place, and every control character at each end.
    for zero in [
        '٠', '۰', '߀', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '᠐', '０', '𝟎',
    ] {
        for place in 0..10 {
            let digits = "5145550199".chars().enumerate();
            values.push(number(
                &digits
                    .map(|(at, digit)| if at == place { zero } else { digit })
                    .collect::<String>(),
            ));
        }
    }
    for control in (1..32_u8)
        .chain([127])
        .filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\x0b' | b'\x0c' | b'\r'))
    {
        values.push(number(&format!("{}5145550199", char::from(control))));
        values.push(number(&format!("5145550199{}", char::from(control))));
    }
    for length in (1..=40).filter(|length| ![7, 10, 11].contains(length)) {
        values.push(number(&"7".repeat(length).replacen('7', "1", 1)));
    }
    for column in [Column::Trunk, Column::Reseller, Column::User] {
        for text in [
            "a b",
            "é",
            "a&b",
            "a;b",
            "=1+1",
            "@x",
            "+x",
            "a\u{0}",
            "a/b",
            "../x",
            "%00",
            "a'b",
            "<a>",
            "${x}",
            "a,b",
            "a\"\"b",
            "\u{202e}x",
            "x\u{7f}",
        ] {
            values.push((column, text.to_owned(), Remedy::UseListedId));
        }
        values.push((column, "a".repeat(65), Remedy::UseListedId));
        values.push((column, "a".repeat(3000), Remedy::UseListedId));
    }
    values
}

#[test]
fn five_hundred_hostile_rows_are_each_refused_with_line_field_and_remedy() {
    let hostile = hostile();
    assert!(hostile.len() >= 400, "{}", hostile.len());
    let mut file = b"number,trunk,reseller,user\n".to_vec();
    let mut expected = Vec::new();
    let (mut line, mut good) = (2, 0_u64);
    let mut push = |row: &[u8], wrong: Option<(Column, Remedy)>, line: &mut u64| {
        file.extend_from_slice(row);
        file.push(b'\n');
        if let Some((field, remedy)) = wrong {
            expected.push((*line, field, remedy));
        }
        *line += 1;
    };
    for (column, text, remedy) in &hostile {
        let quoted = format!("\"{}\"", text.replace('"', "\"\""));
        let at = |wanted: Column, usual: String| if *column == wanted { quoted.clone() } else { usual };
        let row = [
            at(Column::Number, format!("+1514{:07}", 2_000_000 + good)),
            at(Column::Trunk, String::new()),
            at(Column::Reseller, String::new()),
            at(Column::User, String::new()),
        ];
        push(row.join(",").as_bytes(), Some((*column, *remedy)), &mut line);
        // A good row after each: one bad row costs no other.
        push(
            format!("+1438{:07},trk-1,,", 2_000_000 + good).as_bytes(),
            None,
            &mut line,
        );
        good += 1;
    }
    for at in 0..40 {
        // Rows that are wrong as a whole, or beside the one before.
        push(
            b"5145550199",
            Some((Column::Line, Remedy::CountFields)),
            &mut line,
        );
        push(
            b"5145550199,,,,",
            Some((Column::Line, Remedy::CountFields)),
            &mut line,
        );
        push(
            b"\xff\xfe5145550199,,,",
            Some((Column::Number, Remedy::SaveAsUtf8)),
            &mut line,
        );
        push(
            format!("+1438{:07},,,", 2_000_000 + at).as_bytes(),
            Some((Column::Number, Remedy::RemoveDuplicate)),
            &mut line,
        );
        push(
            format!("+1450{:07},,rsl-1,usr-1", 2_000_000 + at).as_bytes(),
            Some((Column::User, Remedy::ChooseOne)),
            &mut line,
        );
    }
    assert!(expected.len() >= 500, "{}", expected.len());

    let rows = read(&file);
    let refused: Vec<_> = rows
        .iter()
        .filter_map(|row| row.as_ref().err())
        .map(|error| (error.line, error.field, error.remedy))
        .collect();
    let first_difference = refused
        .iter()
        .zip(&expected)
        .find(|(found, wanted)| found != wanted);
    assert_eq!(first_difference, None);
    assert_eq!(refused.len(), expected.len());
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count() as u64, good);
    for error in rows.iter().filter_map(|row| row.as_ref().err()) {
        let text = error.to_string();
        assert!(
            text.len() < 400 && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }
}

#[test]
fn a_line_without_end_stops_the_file_where_it_begins_to_be_too_long() {
    let endless = io::repeat(b'5').take(1 << 40);
    let rows = Rows::new(BufReader::new(b"number\n5145550101\n".chain(endless))).unwrap();
    let rows: Vec<_> = rows.map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 2);
    let error = rows[1].as_ref().unwrap_err();
    assert_eq!((error.line, error.remedy), (3, Remedy::ShortenLine));
}

proptest! {
    #[test]
    fn no_bytes_panic_or_give_a_number_twice(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let file = [b"number,trunk,user\n".as_slice(), &bytes].concat();
        let mut numbers = std::collections::HashSet::new();
        for row in Rows::new(file.as_slice()).unwrap().flatten().flatten() {
            prop_assert!(numbers.insert(row.number));
        }
    }
}
