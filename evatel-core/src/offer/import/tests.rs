use super::*;

const HEADING: &str = "item,kind,name,currency,one_off,monthly,per_minute,minutes,to,resale\n";

fn rows(text: &str) -> Import {
    from_csv(format!("{HEADING}{text}").as_bytes()).unwrap()
}

#[test]
fn a_file_with_commas_or_semicolons_gives_its_items_with_their_lines() {
    for text in [
        "item,kind,name,monthly,per_minute,minutes,to\nplan-pro,plan,\"Pro, fibre\",30,canada=0.01|us48=0.02,500,canada|us48\n\nseat,seat,Poste,4.5,,,\n",
        "\u{feff}Item;Kind;Name;Monthly;Per-minute;Minutes;To\r\nplan-pro;plan;Pro, fibre;30;canada=0.01 | us48=0.02;500;canada\u{7c}us48\r\n\r\nseat;seat;Poste;4.5;;;\r\n",
    ] {
        let import = from_csv(text.as_bytes()).unwrap();
        assert_eq!(import.refused, []);
        let found: Vec<_> = import
            .good
            .iter()
            .map(|entry| (entry.line, entry.item.as_str()))
            .collect();
        assert_eq!(found, [(2, "plan-pro"), (4, "seat")]);
        let plan = &import.good[0];
        assert_eq!(
            (plan.name.as_str(), plan.resale),
            ("Pro, fibre", Resale::AtLeastList)
        );
        assert_eq!(plan.price.per_minute().len(), 2);
        assert_eq!(plan.price.included().minutes, 500);
        assert_eq!(
            import.good[1].price,
            Price::each_month("4.5 CAD".parse().unwrap()).unwrap()
        );
    }
}

#[test]
fn a_heading_that_means_nothing_is_refused_before_any_row() {
    for (text, part) in [
        ("item,kind\n", "needs the columns"),
        ("", "needs the columns"),
        ("item,kind,name,name\n", "`name` is no column or is there twice"),
        ("item,kind,name,row\n", "`row` is no column"),
        ("item,kind,name,=cmd\n", "`=cmd` is no column"),
    ] {
        let message = from_csv(text.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(part), "{text}: {message}");
    }
    assert_eq!(
        from_csv(b"item,kind,name\na,plan,\xff\n"),
        Err(FileError::Utf8 { line: 2 })
    );
    assert!(matches!(
        from_csv(&vec![b'a'; MAX_FILE_BYTES + 1]),
        Err(FileError::TooLarge { .. })
    ));
    let many: String = (0..=MAX_ROWS).map(|n| format!("i{n},fee,F\n")).collect();
    let many = from_csv(format!("item,kind,name\n{many}").as_bytes());
    assert_eq!(
        many,
        Err(FileError::TooMany {
            line: MAX_ROWS as u64 + 2,
            most: MAX_ROWS
        })
    );
}

/// A good row with one cell of it replaced.
fn with(column: Column, value: &str) -> String {
    let order = [
        (Column::Item, "plan-pro"),
        (Column::Kind, "plan"),
        (Column::Name, "Pro"),
        (Column::Currency, "CAD"),
        (Column::OneOff, "5"),
        (Column::Monthly, "30"),
        (Column::PerMinute, "canada=0.01"),
        (Column::Minutes, "500"),
        (Column::To, "canada"),
        (Column::Resale, "free"),
    ];
    let cells = order.map(|(at, usual)| {
        let cell = if at == column { value } else { usual };
        format!("\"{}\"", cell.replace('"', "\"\""))
    });
    cells.join(",") + "\n"
}

/// What no cell should get away with, and what it asks to be done.
fn hostile() -> Vec<(Column, String, Remedy)> {
    let mut values = Vec::new();
    let mut add = |column, remedy, texts: &[&str]| {
        values.extend(texts.iter().map(|text| (column, (*text).to_owned(), remedy)));
    };
    let no_amounts = [
        "-1",
        "-0.01",
        "1,5",
        "1.0000001",
        "1e3",
        "0x10",
        "+1",
        "=1+1",
        "@SUM(A1)",
        "NaN",
        "inf",
        "1 2",
        "1.",
        ".5",
        "1..2",
        "99999999999999999999",
        "9223372036854775808",
        "\u{0665}",
        "\u{ff15}",
        "5\u{0}",
        "5\n6",
        "$5",
        "5 $",
        "5 CAD",
        "\"5",
        "five",
    ];
    add(Column::OneOff, Remedy::WriteAmount, &no_amounts);
    add(Column::Monthly, Remedy::WriteAmount, &no_amounts);
    let no_minutes = [
        "-1",
        "1.5",
        "1e3",
        "=5",
        "99999999999",
        "4294967296",
        "\u{0665}",
        "\u{ff15}",
        "5\u{7}",
        "many",
    ];
    add(Column::Minutes, Remedy::WriteAmount, &no_minutes);
    add(Column::Minutes, Remedy::PairMinutes, &["0", ""]);
    add(Column::To, Remedy::PairMinutes, &["", "|"]);
    add(
        Column::To,
        Remedy::UseListedWord,
        &[
            "moon",
            "canada,us48",
            "Canada",
            "canada|moon",
            "=canada",
            "\u{441}anada",
        ],
    );
    add(
        Column::PerMinute,
        Remedy::WriteAmount,
        &[
            "canada",
            "canada=",
            "canada=x",
            "canada=-1",
            "canada=0.0000001",
            "canada==1",
            "canada=1,5",
        ],
    );
    add(
        Column::PerMinute,
        Remedy::UseListedWord,
        &["moon=1", "=1", "canada=1|moon=1", "CANADA=1"],
    );
    add(Column::PerMinute, Remedy::RemoveDuplicate, &["canada=1|canada=2"]);
    add(
        Column::Kind,
        Remedy::UseListedWord,
        &[
            "",
            "plans",
            "Plan",
            "=plan",
            "plan\u{0}",
            "\u{440}lan",
            "device;fee",
        ],
    );
    add(
        Column::Resale,
        Remedy::UseListedWord,
        &["never", "FREE", "free ly", "=free"],
    );
    add(
        Column::Currency,
        Remedy::UseListedWord,
        &["XAU", "cad", "CA", "CADD", "$", "=CAD", "\u{421}AD"],
    );
    add(
        Column::Name,
        Remedy::RemoveFormula,
        &["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"],
    );
    add(
        Column::Name,
        Remedy::GiveName,
        &["", "A\nB", "A\u{7}", "A\u{202e}B", "A\u{0}"],
    );
    add(
        Column::Item,
        Remedy::GiveId,
        &[
            "",
            "a b",
            "a/b",
            "=a",
            "a\u{0}",
            "a\nb",
            "\u{e9}t\u{e9}",
            "'; DROP TABLE dids; --",
            "../../etc/passwd",
            "\u{0430}",
        ],
    );
    let long = "9".repeat(400);
    for (column, remedy) in [
        (Column::OneOff, Remedy::WriteAmount),
        (Column::Minutes, Remedy::WriteAmount),
        (Column::Name, Remedy::GiveName),
        (Column::Item, Remedy::GiveId),
        (Column::Kind, Remedy::UseListedWord),
    ] {
        values.push((column, long.clone(), remedy));
    }
    values
}

#[test]
fn every_hostile_cell_is_refused_with_its_line_its_field_and_what_to_do() {
    let hostile = hostile();
    assert!(hostile.len() > 120, "{}", hostile.len());
    for (column, value, remedy) in hostile {
        let import = rows(&format!("good,fee,Good,,,,,,,\n{}", with(column, &value)));
        assert_eq!(import.good.len(), 1, "{column} {value:?}: {import:#?}");
        let [refused] = &import.refused[..] else {
            panic!("{column} {value:?}: {import:#?}")
        };
        // Minutes and their classes are judged together.
        let field = if remedy == Remedy::PairMinutes {
            Column::Minutes
        } else {
            column
        };
        assert_eq!(
            (refused.line, refused.field, refused.remedy),
            (3, field, remedy),
            "{value:?}: {refused}"
        );
        let said = refused.to_string();
        assert!(said.len() < 400 && !said.contains(char::is_control), "{said:?}");
    }
}

#[test]
fn rows_that_are_there_twice_or_have_another_length_are_refused() {
    let import = rows("a,fee,A,,,,,,,\na,fee,B,,,,,,,\nb,fee\nc,fee,C,,,,,,,,\n");
    let refused: Vec<_> = import
        .refused
        .iter()
        .map(|row| (row.line, row.field, row.remedy))
        .collect();
    assert_eq!(
        refused,
        [
            (3, Column::Item, Remedy::RemoveDuplicate),
            (4, Column::Row, Remedy::CountFields),
            (5, Column::Row, Remedy::CountFields),
        ]
    );
}

#[test]
fn what_is_there_changes_its_price_only_and_a_file_may_come_again() {
    let first = rows("plan-pro,plan,Pro,,,30,,,,\nold,fee,Old,,1,,,,,\n").good;
    let mut catalogue = Catalogue::default();
    for change in plan(first.clone(), &catalogue).changes {
        catalogue = catalogue.with(change).unwrap();
    }
    let again = plan(first, &catalogue);
    assert_eq!((again.changes, again.same, again.refused), (vec![], 2, vec![]));

    let id: ItemId = "old".parse().unwrap();
    let catalogue = catalogue.with(CatalogueChange::Retire { id }).unwrap();
    let second = rows("plan-pro,plan,Pro,,,35,,,,\nold,fee,Old,,1,,,,,\nnew,option,New,,,1,,,,\n");
    let planned = plan(second.good, &catalogue);
    assert_eq!((planned.changes.len(), planned.same), (2, 0));
    assert_eq!(
        (planned.refused[0].line, planned.refused[0].remedy),
        (3, Remedy::ChooseAnotherId)
    );
    for other in [
        "plan-pro,option,Pro,,,30,,,,\n",
        "plan-pro,plan,Pro 2,,,30,,,,\n",
        "plan-pro,plan,Pro,,,30,,,,free\n",
    ] {
        let planned = plan(rows(other).good, &catalogue);
        assert_eq!((planned.changes.len(), planned.refused.len()), (0, 1), "{other}");
    }
}
