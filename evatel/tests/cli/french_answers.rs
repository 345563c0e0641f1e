//! What verbs answer to people where the locale is French.

use std::fs;

use crate::{
    french::{english_in, in_french},
    home::Home,
};

const OFFICE: &str = r#"{ "zone": "America/Toronto", "otherwise": "closed",
    "holidays": { "calendar": { "province": "qc" }, "state": "closed" },
    "weekly": [{ "when": "mon-fri 09:00-17:00", "state": "open" }] }"#;

/// Words of the library's lists that are English, which no table may have: codes are for programs.
const CODES: [&str; 28] = [
    "active",
    "allow",
    "allowed",
    "assigned",
    "available",
    "block",
    "company",
    "day",
    "decided",
    "delegated",
    "denied",
    "deny",
    "device",
    "fixed",
    "month",
    "none",
    "number",
    "ordered",
    "other",
    "overruled",
    "owner",
    "passed",
    "quarantined",
    "reseller",
    "reserved",
    "system",
    "trial",
    "user",
];

/// A customer with something of each sort.
fn furnished() -> Home {
    let home = Home::reachable();
    fs::write(home.path("office.json"), OFFICE).unwrap();
    fs::write(home.path("numbers.csv"), "number\n5145550123\n5145550123\n12\n").unwrap();
    let user = home.json(&["user", "list"])[0]["id"].as_str().unwrap().to_owned();
    let trunk = home.json(&["trunk", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for arguments in [
        &["account", "add", "--name", "Roy et fils", "--kind", "company"][..],
        &[
            "catalog",
            "add",
            "forfait",
            "--kind",
            "plan",
            "--name",
            "Forfait",
            "--monthly",
            "30",
        ],
        &[
            "catalog", "add", "appareil", "--kind", "device", "--name", "Place", "--resale", "fixed",
        ],
        &["offer", "assign", "--all"],
        &["did", "add", "5145550101", "--pool"],
        &["did", "add", "5145550102", "--ordered"],
        &["did", "assign", "5145550101", "--user", &user],
        &["did", "release", "5145550101"],
        &["did", "add", "5145550103", "--pool"],
        &["did", "reserve", "5145550103"],
        &["device", "add", "--name", "Bureau"],
        &["contact", "add", "Marie", "5145550142"],
        &["restriction", "add", "--name", "Pas la France", "--deny", "FR"],
        &[
            "restriction",
            "add",
            "--name",
            "Le soir",
            "--require-pin",
            "us48",
            "--hours",
            "daily 18:00-08:00",
            "--zone",
            "America/Toronto",
        ],
        &["limit", "set", "--toll-legs", "3"],
        &["limit", "approve", "FR"],
        &["route", "add", "canada", "--trunk", &trunk],
        &["screening", "add", "block", "anonymous", "--system"],
        &[
            "emergency",
            "set",
            "--street",
            "1 rue Un",
            "--city",
            "Laval",
            "--province",
            "QC",
            "--callback",
            "5145550199",
        ],
    ] {
        home.json(arguments);
    }
    let quote = home.json(&["quote", "buy", "forfait"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    home.json(&["quote", "confirm", &quote]);
    home.json(&["quote", "buy", "forfait"]);
    // The one before is stale now.
    home.json(&["catalog", "reprice", "forfait", "--monthly", "31"]);
    home.json(&["quote", "buy", "forfait"]);
    home
}

#[test]
fn what_people_are_answered_is_french_word_for_word() {
    let home = furnished();
    let user = home.json(&["user", "list"])[0]["id"].as_str().unwrap().to_owned();
    let mut wrong = Vec::new();
    for arguments in [
        &["reseller", "list"][..],
        &["account", "list"],
        &[
            "account",
            "add",
            "--name",
            "Voisin",
            "--kind",
            "professional",
            "--dry-run",
        ],
        &["user", "list"],
        &["login", "list"],
        &["apikey", "list"],
        &["audit", "list"],
        &["catalog", "list"],
        &["offer", "list"],
        &["quote", "list"],
        &["quote", "buy", "forfait"],
        &["subscription", "list"],
        &["subscription", "billed"],
        &["itsp", "list"],
        &["itsp", "lines"],
        &["trunk", "list"],
        &["route", "list"],
        &["did", "list"],
        &["did", "show", "5145550199"],
        &["did", "history", "5145550101"],
        &["did", "add", "5145550104"],
        &["did", "import", "numbers.csv", "--dry-run"],
        &["number", "explain", "18765550123"],
        &["number", "explain", "12"],
        &["device", "list"],
        &["device", "add", "--name", "Atelier", "--dry-run"],
        &["contact", "list"],
        &["restriction", "list"],
        &["restriction", "explain", "411"],
        &["restriction", "explain", "5145550142"],
        &["restriction", "explain", "011 33 1 42 76 49 78"],
        &["restriction", "explain", "19005551234"],
        &["restriction", "explain", "911"],
        &["limit", "show"],
        &["limit", "countries"],
        &["screening", "list", "--system"],
        &[
            "evaluate",
            "--did",
            "5145550199",
            "--caller",
            "4185551234",
            "--at",
            "2026-12-25T10:00:00-05:00",
        ],
        &[
            "schedule",
            "explain",
            "--file",
            "office.json",
            "--at",
            "2026-12-25T10:00:00-05:00",
        ],
        &["holiday", "list", "--province", "qc", "--year", "2027"],
        &["emergency", "show"],
        &["call", "list"],
        &["db", "check"],
        &["db", "migrate"],
        &["secret", "rotate", "--dry-run"],
        &["provision", "plan"],
        &["doctor"],
        &["user", "set-pin", &user, "--pin", "2580"],
        &["user", "clear-pin", &user],
        &["did", "suspend", "5145550101"],
        &["did", "resume", "5145550103"],
        &["did", "list", "--status", "anywhere"],
        &["account", "close", "acc-none"],
        &[
            "apikey", "add", "--name", "x", "--scope", "*:read", "--system", "--days", "400",
        ],
        &[
            "emergency",
            "set",
            "--street",
            "1",
            "--city",
            "L",
            "--province",
            "ZZ",
            "--callback",
            "5145550199",
        ],
        &["evaluate", "--did", "5145550199", "--caller", "abc"],
        &[
            "catalog",
            "add",
            "x",
            "--kind",
            "fee",
            "--name",
            "X",
            "--monthly",
            "20 CAD",
        ],
        &[
            "catalog",
            "add",
            "x",
            "--kind",
            "fee",
            "--name",
            "X",
            "--one-off",
            "-5",
        ],
    ] {
        let answer = in_french(&home, arguments);
        let said = plain(&(answer.text() + &answer.errors()));
        let mut found = english_in(&said);
        found.extend(words(&said).filter(|word| CODES.contains(&word.as_str())));
        if !found.is_empty() {
            wrong.push(format!("{arguments:?}: {found:?}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Leaves out the names of columns and fields, which are the same in any language: they end at a colon, or stand before
/// one in what is said of a row.
fn plain(said: &str) -> String {
    let said = said.replace(", number :", " :");
    let words = said
        .split(' ')
        .filter(|word| word.len() == 1 || !word.ends_with(':'));
    words.collect::<Vec<_>>().join(" ")
}

/// Gives the words that are neither in quotation marks nor part of an option, an id or a command.
fn words(said: &str) -> impl Iterator<Item = String> {
    let bare: Vec<String> = said
        .split(['`', '«', '»'])
        .enumerate()
        .filter(|(at, _)| at % 2 == 0)
        .map(|(_, part)| part.to_owned())
        .collect();
    bare.into_iter().flat_map(|part| {
        let words = part
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
        words.collect::<Vec<_>>()
    })
}

#[test]
fn a_list_for_programs_keeps_its_words_in_french() {
    let home = furnished();
    let numbers = in_french(&home, &["did", "list", "--json"]);
    let numbers: serde_json::Value = serde_json::from_str(&numbers.text()).unwrap();
    assert_eq!(numbers[0]["status"], "quarantined", "{numbers:#}");
    let csv = in_french(&home, &["did", "list", "--csv"]).text();
    assert!(csv.contains(",quarantined,"), "{csv}");
    let people = in_french(&home, &["did", "list"]).text();
    assert!(people.contains("en repos"), "{people}");
}
