//! French where the locale is French: help, refused arguments, completions.

use std::collections::BTreeSet;

use crate::home::{Answer, Home};

pub(crate) fn in_french(home: &Home, arguments: &[&str]) -> Answer {
    let mut command = home.command(arguments);
    Answer::of(command.env("LC_ALL", "fr_CA.UTF-8").output().unwrap())
}

#[test]
fn help_is_in_the_language_of_the_locale_or_of_the_option() {
    let home = Home::empty();
    let first = in_french(&home, &["--help"]);
    assert_eq!((first.code(), first.errors()), (0, String::new()));
    for part in [
        "Utilisation : evatel [OPTIONS] <COMMANDE>",
        "\nCommandes :\n",
        "\nOptions :\n",
        "did           Numéros, de la commande",
        "\nPremiers pas :\n  evatel init --name",
        "Affiche l'aide\n",
    ] {
        assert!(first.text().contains(part), "{part}: {}", first.text());
    }
    let import = in_french(&home, &["did", "import", "-h"]).text();
    for part in [
        "<FICHIER>",
        "Exemples :\n  evatel did import numbers.csv --dry-run",
        "La première ligne nomme",
    ] {
        assert!(import.contains(part), "{part}: {import}");
    }
    let port = in_french(&home, &["help", "did", "port"]).text();
    for part in [
        "- in-done:       Il est venu de l'autre opérateur",
        "Arguments :\n  <NUMÉRO>",
    ] {
        assert!(port.contains(part), "{part}: {port}");
    }
    let release = in_french(&home, &["did", "release", "-h"]).text();
    assert!(
        release.contains("Combien de jours il repose [défaut : 90]"),
        "{release}"
    );

    let asked = home.human(&["did", "--help", "--lang", "fr"]);
    assert!(asked.contains("Utilisation :"), "{asked}");
    let english = in_french(&home, &["did", "--lang=en", "--help"]).text();
    assert!(
        english.contains("Usage:") && english.contains("Lists the numbers"),
        "{english}"
    );
    let messages = home
        .command(&["did", "--help"])
        .env("LC_MESSAGES", "fr_CA")
        .output()
        .unwrap();
    assert!(Answer::of(messages).text().contains("Utilisation :"));
}

#[test]
fn arguments_are_refused_in_the_language_of_the_locale() {
    let home = Home::empty();
    for (arguments, parts) in [
        (
            &["did", "lst"][..],
            &[
                "erreur : la commande « lst » n'existe pas",
                "conseil : il y a une commande semblable : « list »",
            ][..],
        ),
        (
            &["did", "list", "--statut", "x"],
            &[
                "l'argument « --statut » n'existe pas ici",
                "semblable : « --status »",
                "Utilisation : evatel did list",
            ],
        ),
        (
            &["trunk", "add", "--name", "A"],
            &[
                "il manque ce qui est requis :\n  --peer <ADRESSE>\n  --format <FORMAT>",
                "Pour en savoir plus : --help",
            ],
        ),
        (
            &["did", "port", "5145550199", "in-don"],
            &[
                "la valeur « in-don » ne va pas pour « <ÉTAPE> »",
                "[valeurs : « arrived »",
                "semblable : « in-done »",
            ],
        ),
        (
            &["did", "release", "5145550199", "--quarantine-days", "4000"],
            &["« 4000 » ne va pas pour « --quarantine-days <JOURS> » : 4000 n'est pas de 0 à 3650"],
        ),
        (
            &["quote", "buy", "plan-pro", "--quantity", "deux"],
            &["« deux » ne va pas pour « --quantity <NOMBRE> » : ce n'est pas un nombre entier"],
        ),
        (
            &["did", "add", "5145550199", "--pool", "--ordered"],
            &["l'argument « --pool » ne va pas avec « --ordered »"],
        ),
        (
            &["config", "--log", "info", "--log", "debug"],
            &["« --log <FILTRE> » ne peut être donné qu'une fois"],
        ),
        (
            &["config", "--json=1"],
            &["la valeur « 1 » est de trop pour « --json »"],
        ),
        (&["config", "--log"], &["« --log <FILTRE> » veut une valeur"]),
        (
            &["number", "explain", "--", "a", "b"],
            &["l'argument « b » n'existe pas ici"],
        ),
    ] {
        let refused = in_french(&home, arguments);
        assert_eq!(
            (refused.code(), refused.text()),
            (2, String::new()),
            "{arguments:?}"
        );
        for part in parts {
            assert!(
                refused.errors().contains(part),
                "{arguments:?}: {part}: {}",
                refused.errors()
            );
        }
    }
    // A noun alone is answered with its help.
    let noun = in_french(&home, &["did"]);
    assert_eq!(noun.code(), 2);
    assert!(
        noun.errors().contains("Utilisation : evatel did"),
        "{}",
        noun.errors()
    );
}

#[test]
fn a_script_reads_the_whole_reason_in_either_language() {
    let home = Home::empty();
    let arguments = ["trunk", "add", "--name", "A", "--json"];
    for (answer, message) in [
        (
            in_french(&home, &arguments),
            "il manque ce qui est requis : --peer <ADRESSE> --format <FORMAT>",
        ),
        (
            home.run(&arguments),
            "the following required arguments were not provided: --peer <PEER> --format <FORMAT>",
        ),
    ] {
        assert_eq!(answer.code(), 2);
        let said: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(said["error"]["message"], message);
        assert_eq!(said["error"]["exit_code"], 2);
    }
}

#[test]
fn a_shell_completes_in_the_language_of_the_locale() {
    let home = Home::empty();
    let script = in_french(&home, &["completion", "fish"]).text();
    for part in [
        "Numéros, de la commande",
        "Un nom dit librement",
        "Vérifie et montre",
    ] {
        assert!(script.contains(part), "{part}");
    }
    assert!(!script.contains("Print help"), "clap's own words are French, too");
}

/// Words that are in no French sentence.
const ENGLISH: [&str; 24] = [
    "already", "and", "are", "at", "be", "been", "cannot", "for", "has", "in", "is", "it", "must", "no",
    "not", "of", "such", "than", "that", "the", "there", "with", "write", "you",
];

/// Finds words that are English, but for what stands in quotation marks: that is somebody's own, or to be written so.
pub(crate) fn english_in(message: &str) -> Vec<String> {
    let mut rest = message.to_owned();
    for (open, close) in [("« ", " »"), ("`", "`")] {
        while let Some(from) = rest.find(open) {
            let Some(length) = rest[from + open.len()..].find(close) else {
                break;
            };
            rest.replace_range(from..from + open.len() + length + close.len(), " … ");
        }
    }
    let words = rest.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| ENGLISH.contains(word))
        .map(str::to_owned)
        .collect()
}

fn message(answer: &Answer) -> String {
    let said: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
    said["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn whatever_is_refused_is_refused_in_french() {
    let home = Home::reachable();
    let trunk = home.json(&["trunk", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let account = home.json(&["account", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    std::fs::write(home.path("hours.json"), r#"{"zone":"America/Toronto","otherwise":"closed","weekly":[{"when":"mon-fri 09:00-25:00","state":"open"}]}"#).unwrap();
    std::fs::write(home.path("twice.json"), r#"{"zone":"America/Toronto","otherwise":"closed","weekly":[{"when":"mon-fri 09:00-17:00","state":"open"},{"when":"fri 16:00-18:00","state":"open"}]}"#).unwrap();
    std::fs::write(
        home.path("zone.json"),
        r#"{"zone":"America/Nowhere","otherwise":"closed"}"#,
    )
    .unwrap();
    std::fs::write(
        home.path("field.json"),
        r#"{"zone":"America/Toronto","otherwise":"closed","weeky":[]}"#,
    )
    .unwrap();
    std::fs::write(home.path("end.json"), r#"{"zone":"America/Toronto""#).unwrap();
    std::fs::write(
        home.path("back.json"),
        r#"{"schedule":{"zone":"America/Toronto","otherwise":"working"},"statuses":[{"status":"working","rules":[{"who":"everybody","then":{"forward":[{"ring_seconds":20,"legs":[{"to":"+15145550199","confirm":true}]}]}}]}]}"#,
    )
    .unwrap();
    let explain = |file: &'static str| vec!["schedule", "explain", "--file", file];
    let mut asked: Vec<Vec<&str>> = vec![
        vec!["did", "add", "15145550199"],
        vec!["did", "add", "5145550198", "--trunk", "trk-none"],
        vec!["did", "add", "5145550198", "--trunk", "trk&PJSIP/evil"],
        vec!["did", "release", "5145550150"],
        vec!["did", "restore", "5145550199"],
        vec![
            "trunk",
            "add",
            "--name",
            "B",
            "--peer",
            "127.0.0.2:5070",
            "--format",
            "e164",
        ],
        vec![
            "trunk",
            "add",
            "--name",
            "A\nB",
            "--peer",
            "192.0.2.1",
            "--format",
            "e164",
        ],
        vec![
            "trunk",
            "add",
            "--name",
            "A",
            "--peer",
            "carrier.example",
            "--format",
            "e164",
        ],
        vec![
            "trunk",
            "add",
            "--name",
            "A",
            "--peer",
            "192.0.2.1",
            "--format",
            "local",
        ],
        vec!["trunk", "remove", &trunk],
        vec!["user", "add", "--name", "B", "--extension", "101"],
        vec!["user", "add", "--name", "B", "--extension", "911"],
        vec!["user", "add", "--name", "", "--extension", "102"],
        vec![
            "user",
            "add",
            "--name",
            "B",
            "--extension",
            "102",
            "--zone",
            "Mars/Olympus",
        ],
        vec!["contact", "remove", "con-none"],
        vec!["contact", "add", "Marie", "5145550142&PJSIP/evil"],
        vec!["device", "add", "--name", "X", "--user", "usr-none"],
        vec!["device", "remove", "dev&PJSIP/evil"],
        vec!["account", "set", "--language", "de"],
        vec!["account", "set", "--status", "closd"],
        vec!["account", "set"],
        vec!["restriction", "add", "--name", "R", "--deny", "foreign"],
        vec!["restriction", "add", "--name", "R", "--deny", "UK"],
        vec!["restriction", "add", "--name", "R", "--deny", "+0"],
        vec!["restriction", "add", "--name", "R", "--allow", "international"],
        vec!["restriction", "remove", "res-none"],
        vec!["route", "add", "FR", "--price", "5000"],
        vec!["route", "add", "FR", "--price", "=1+1"],
        vec!["route", "add", "FR", "--classes", "foreign"],
        vec!["route", "remove", "rte-none"],
        vec!["limit", "set", "--toll-legs", "-1"],
        vec!["limit", "set", "--spend-a-day", "=1+1"],
        vec!["limit", "set", "--max-length", "0"],
        vec!["limit", "approve", "France"],
        vec!["limit", "approve", "UK"],
        vec!["limit", "set", "--account", "acc-none", "--toll-legs", "1"],
        vec!["login", "add", "A B", "--account", &account],
        vec!["apikey", "add", "--name", "K", "--scope", "everything"],
        vec!["holiday", "list", "--province", "zz", "--year", "2027"],
        vec!["screening", "add", "block", "x"],
        vec![
            "emergency",
            "set",
            "--street",
            "1 rue Un",
            "--city",
            "Montréal",
            "--province",
            "Quebec",
            "--callback",
            "5145550199",
        ],
        vec![
            "emergency",
            "set",
            "--street",
            "1 rue Un",
            "--city",
            "Montréal",
            "--province",
            "QC",
            "--callback",
            "5145550150",
        ],
        vec!["presence", "status", "nowhere"],
        vec!["presence", "status", "vacation", "--until", "25:00"],
        vec!["presence", "set", "--file", "back.json"],
        vec!["presence", "set", "--file", "none.json"],
        vec!["evaluate", "--did", "555-0199"],
        vec!["evaluate", "--did", "5145550199", "--at", "yesterday"],
        vec!["catalog", "add", "plan-pro", "--kind", "thing", "--name", "Pro"],
        vec!["quote", "buy", "plan-none"],
        vec!["quote", "confirm", "quo-none"],
        vec!["itsp", "remove", "its-none"],
        vec!["call", "show", "call-none"],
        vec!["init", "--name", "Somebody Else"],
        vec!["did", "list", "--database", "postgresql://db/evatel"],
        vec!["did", "list", "--database", "sqlite://none.db"],
        vec!["config", "--config", "none.toml"],
    ];
    asked.extend(["hours.json", "twice.json", "zone.json", "field.json", "end.json"].map(explain));
    let numbers = [
        "555-0199",
        "101",
        "911",
        "1145550199",
        "+1514555019",
        "1-800-FLOWERS",
        "",
        "٥١٤٥٥٥٠١٩٩",
        "+33142764978123456789",
    ];
    asked.extend(numbers.map(|number| vec!["did", "add", number]));
    let mut wrong = Vec::new();
    for arguments in asked {
        let arguments = [&arguments[..], &["--json"]].concat();
        let (english, french) = (home.run(&arguments), in_french(&home, &arguments));
        if english.code() == 0 || english.code() != french.code() {
            wrong.push(format!("{arguments:?} is not refused"));
            continue;
        }
        let (english, french) = (message(&english), message(&french));
        if english == french || !english_in(&french).is_empty() {
            wrong.push(format!("{arguments:?}\n    {english}\n    {french}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn five_hundred_hostile_rows_are_refused_in_french() {
    let home = Home::reachable();
    let mut rows = b"number,trunk,reseller,user\n5145550160\n5145550199,,,\n".to_vec();
    let values = [
        "",
        "911",
        "988",
        "101",
        "+",
        "abc",
        "=1+1",
        "+1514",
        "+911",
        "1911",
        "5145550199x",
        "٥١٤٥٥٥٠١٩٩",
        "1-800-FLOWERS",
        "555-0199",
        "00 33 1 42 76 49 78",
        "+33142764978123456789",
        "0115145",
        "1145550199",
        "5141550199",
        "\u{202e}5",
    ];
    for at in 0..25 {
        for value in values {
            let good = 5_145_551_000_u64 + at;
            rows.extend_from_slice(
                match at % 5 {
                    0 => format!("{value},,,\n"),
                    1 => format!("{good},trk-{at}{value},,\n"),
                    2 => format!("{good},,{value}!,\n"),
                    3 => format!("{good},,,{value}?\n"),
                    _ => format!("{value},,,,{at}\n"),
                }
                .as_bytes(),
            );
        }
    }
    rows.extend_from_slice(b"514\xff5550199,,,\n");
    std::fs::write(home.path("rows.csv"), rows).unwrap();
    let refused = |answer: Answer| -> Vec<(u64, String)> {
        let said: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        let rows = said["refused"].as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["line"].as_u64().unwrap(),
                row["problem"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
    };
    let arguments = ["did", "import", "rows.csv", "--json"];
    let (english, french) = (
        refused(home.run(&arguments)),
        refused(in_french(&home, &arguments)),
    );
    assert!(french.len() > 500, "{}", french.len());
    assert_eq!(english.len(), french.len());
    let mut wrong = BTreeSet::new();
    for ((line, english), (same, french)) in english.iter().zip(&french) {
        assert_eq!(line, same);
        if english == french || !english_in(french).is_empty() {
            wrong.insert(french);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn hostile_contacts_and_items_are_refused_in_french_row_by_row() {
    let home = Home::reachable();
    let long = "x".repeat(100);
    let contacts = format!(
        "name,number\n,5145550142\n=1+1,5145550144\nPaul,911\nPaul,12\nPaul,\nPaul,5145550143,x\n{long},5145550145\nJean,1-800-FLOWERS\nAnne,5145550146\nAnne,5145550146\n"
    );
    std::fs::write(home.path("a.csv"), contacts).unwrap();
    std::fs::write(
        home.path("a.vcf"),
        "TEL:1\nBEGIN:VCARD\nVERSION:4.0\nFN:A\nBEGIN:VCARD\nVERSION:4.0\nFN:B\nTEL:12\nEND:VCARD\nBEGIN:VCARD\nFN:C\n",
    )
    .unwrap();
    std::fs::write(home.path("heading.csv"), "nom,numero\nPaul,5145550143\n").unwrap();
    let items = "item,kind,name,monthly\nplan-pro,thing,Pro,30\n!!,plan,Pro,30\na,plan,,30\nb,plan,B,-1\nc,plan,C,1.1234567\nd,plan,D,abc\n\
                 e,plan,=E,1\nf,plan,F\nb,plan,B,1\ng,plan,G,99999999999999999999\n";
    std::fs::write(home.path("items.csv"), items).unwrap();
    let mut wrong = Vec::new();
    for (arguments, rows) in [
        (["contact", "import", "a.csv"], 8),
        (["contact", "import", "a.vcf"], 3),
        (["contact", "import", "heading.csv"], 1),
        (["catalog", "import", "items.csv"], 8),
        (["catalog", "import", "heading.csv"], 1),
    ] {
        let (english, french) = (home.run(&arguments), in_french(&home, &arguments));
        assert_eq!((english.code(), french.code()), (2, 2), "{arguments:?}");
        let (english, french) = (
            english.text() + &english.errors(),
            french.text() + &french.errors(),
        );
        assert!(english.lines().count() >= rows, "{english}");
        for (english, french) in english.lines().zip(french.lines()) {
            if english == french || !english_in(french).is_empty() {
                wrong.push(format!("{english}\n    {french}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
