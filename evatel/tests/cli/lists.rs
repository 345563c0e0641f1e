//! Every list as a spreadsheet reads it.

use crate::home::{Home, text};

/// What an attacker calls his things: a spreadsheet would run it.
const FORMULA: &str = "=HYPERLINK(\"http://x\")";

/// Names every verb that lists, from the tree that reads the command line.
fn lists() -> Vec<Vec<String>> {
    let tree = evatel::cli::command();
    let mut found = Vec::new();
    for noun in tree.get_subcommands() {
        for verb in noun.get_subcommands() {
            let lists = ["list", "lines", "countries", "billed", "history"].contains(&verb.get_name())
                || (verb.get_name() == "show" && ["limit", "emergency"].contains(&noun.get_name()));
            if lists {
                let has_csv = verb.get_arguments().any(|argument| argument.get_id() == "csv");
                let path = vec![noun.get_name().to_owned(), verb.get_name().to_owned()];
                assert!(has_csv, "{path:?} has no --csv");
                found.push(path);
            }
        }
    }
    found
}

/// Something of each sort, named as [`FORMULA`] where it has a name.
fn furnished() -> Home {
    let home = Home::reachable();
    let itsp = home.json(&["itsp", "add", "--name", FORMULA])["id"].clone();
    let trunk = home.json(&["trunk", "list"])[0]["id"].clone();
    let (itsp, trunk) = (text(&itsp), text(&trunk));
    let place = ["--street", FORMULA, "--city", "Laval", "--province", "QC"];
    for arguments in [
        &["reseller", "add", "--name", FORMULA][..],
        &["account", "add", "--name", FORMULA, "--kind", "company"],
        &["user", "add", "--name", FORMULA, "--extension", "102"],
        &[
            "apikey", "add", "--name", FORMULA, "--scope", "*:read", "--system",
        ],
        &[
            "catalog",
            "add",
            "plan",
            "--kind",
            "plan",
            "--name",
            FORMULA,
            "--monthly",
            "30",
        ],
        &["offer", "assign", "--all"],
        &["itsp", "line", trunk, "--itsp", itsp, "--calls", "3"],
        &["trunk", "set", trunk, "--name", FORMULA],
        &["route", "add", "canada", "--price", "0.01"],
        &["device", "add", "--name", FORMULA],
        &["contact", "add", FORMULA, "5145550142"],
        &["restriction", "add", "--name", FORMULA, "--deny", "FR"],
        &["limit", "set", "--toll-legs", "3"],
        &["limit", "approve", "FR"],
        &["screening", "add", "block", "anonymous", "--system"],
        &[&["emergency", "set", "--callback", "5145550199"][..], &place].concat(),
    ] {
        home.json(arguments);
    }
    let quote = home.json(&["quote", "buy", "plan"])["id"].clone();
    home.json(&["quote", "confirm", text(&quote)]);
    home.json(&["quote", "buy", "plan"]);
    let login = ["login", "add", "luc-roy", "--system"];
    let added = home.run_with_input(&login, "quatre chevaux bleus en hiver\n");
    assert_eq!(added.code(), 0, "{}", added.errors());
    home
}

/// Parts the records of RFC 4180, which nothing here writes over several lines.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for part in line.split('"') {
        for (at, text) in part.split(if quoted { '\0' } else { ',' }).enumerate() {
            if at > 0 {
                cells.push(String::new());
            }
            cells.last_mut().unwrap().push_str(text);
        }
        quoted = !quoted;
    }
    cells
}

#[test]
fn every_list_is_csv_for_who_asks_and_no_cell_of_it_is_a_formula() {
    let home = furnished();
    let (mut wrong, mut formulas) = (Vec::new(), 0);
    for path in lists() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.extend(match arguments[..] {
            ["did", "history"] => &["5145550199"][..],
            ["holiday", "list"] => &["--province", "qc", "--year", "2027"],
            ["screening", "list"] => &["--system"],
            _ => &[],
        });
        let csv = home.human(&[&arguments[..], &["--csv", "--lang", "fr"]].concat());
        assert_eq!(
            csv,
            home.human(&[&arguments[..], &["--csv", "--lang", "en"]].concat()),
            "{path:?} is the same for programs of either language"
        );
        let records: Vec<Vec<String>> = csv.lines().map(cells).collect();
        let heading = &records[0];
        let is_word = |name: &String| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if !heading.iter().all(is_word) {
            wrong.push(format!("{path:?} has the heading {heading:?}"));
        }
        if records.len() < 2 && path != ["call", "list"] {
            wrong.push(format!("{path:?} lists nothing"));
        }
        for record in &records[1..] {
            if record.len() != heading.len() {
                wrong.push(format!("{path:?}: {record:?} is not as long as {heading:?}"));
            }
            let begins = |cell: &&String| cell.starts_with(['=', '@', '-']);
            wrong.extend(record.iter().find(begins).map(|cell| format!("{path:?}: {cell}")));
            formulas += record.iter().filter(|cell| cell.starts_with("'=")).count();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(formulas > 10, "{formulas} cells would have been formulas");
}

#[test]
fn a_list_for_people_has_names_beside_ids_and_one_for_programs_has_ids_only() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    let user = home.json(&["user", "list"])[0]["id"].as_str().unwrap().to_owned();
    let named = format!("Luc Roy ({user})");
    for list in [&["device", "list"][..], &["did", "list"]] {
        let human = home.human(list);
        assert!(human.contains(&named), "{human}");
        let csv = home.human(&[list, &["--csv"]].concat());
        assert!(!csv.contains("Luc Roy") && csv.contains(&user), "{csv}");
    }
    let numbers = home.human(&["did", "list"]);
    assert!(numbers.contains("Carrier (trk-"), "{numbers}");
}

#[test]
fn the_audit_sums_up_what_changed_in_a_line_of_a_terminal() {
    let home = Home::begun();
    home.json(&["account", "set", "--records-calls", "on"]);
    home.json(&[
        "reseller",
        "add",
        "--name",
        &"Voix ".repeat(15),
        "--product",
        "Nord",
    ]);
    let audit = home.human(&["audit", "list"]);
    assert!(audit.contains("records_calls: false → true"), "{audit}");
    for line in audit.lines() {
        assert!(
            line.chars().count() <= 220,
            "{} characters: {line}",
            line.chars().count()
        );
    }
    assert!(!audit.contains('{'), "no JSON: {audit}");
    let all = home.json(&["audit", "list"]);
    assert_eq!(all[1]["after"]["records_calls"], true, "{all:#}");
}
