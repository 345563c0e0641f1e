//! What is there already, changed: telephones, contacts, rules, emergency places, quotes.

use serde_json::{Value, json};

use crate::home::{Home, text};

/// Tries a change, makes it, and gives what became of it: the list is the same until it is made.
fn changed(home: &Home, arguments: &[&str], list: &[&str]) -> Value {
    let before = home.json(list);
    let tried = home.json(&[arguments, &["--dry-run"]].concat());
    assert_eq!(home.json(list), before, "{arguments:?} is only tried");
    let made = home.json(arguments);
    assert_eq!(made, tried);
    assert_eq!(home.json(list)[0], made);
    made
}

#[test]
fn a_telephone_is_changed_and_gets_another_secret_that_is_shown_once() {
    let home = Home::begun();
    let added = home.json(&[
        "device",
        "add",
        "--name",
        "Bureau",
        "--model",
        "Yealink T54W",
        "--mac",
        "805EC0123456",
    ]);
    let id = text(&added["device"]["id"]);
    assert_eq!(added["device"]["mac"], "80:5e:c0:12:34:56");
    let list = ["device", "list"];
    let set = ["device", "set", id, "--name", "Accueil", "--mac", "none"];
    let made = changed(&home, &set, &list);
    assert_eq!(
        (&made["name"], &made["mac"], &made["model"]),
        (&json!("Accueil"), &Value::Null, &json!("Yealink T54W"))
    );
    let said = home.human(&["device", "list", "--lang", "fr"]);
    assert!(said.contains("MODÈLE") && said.contains("Yealink T54W"), "{said}");
    let said = home.refused(&["device", "set", id, "--mac", "80:5e", "--lang", "en"]);
    assert!(said.contains("is no MAC address"), "{said}");
    let said = home.refused(&["device", "set", id]);
    assert!(said.contains("evatel device set --help"), "{said}");
    let said = home.refused(&["device", "set", "dev-none", "--name", "X", "--lang", "en"]);
    assert!(said.contains("there is no device `dev-none`"), "{said}");

    let tried = home.json(&["device", "secret", id, "--dry-run"]);
    assert_eq!(tried, json!({ "device": made }));
    let renewed = home.json(&["device", "secret", id]);
    assert_eq!(renewed["sip_user"], id);
    assert_ne!(renewed["secret"], added["secret"]);
    let told = home.run(&["audit", "list", "--limit", "9", "--json"]).text();
    assert!(!told.contains(text(&renewed["secret"])), "{told}");
}

#[test]
fn a_contact_is_changed_and_keeps_what_is_not_named() {
    let home = Home::begun();
    let add = [
        "contact",
        "add",
        "Joubin",
        "5145550142",
        "--pronunciation",
        "Jou-benne",
    ];
    let added = home.json(&[&add[..], &["--nickname", "Jo", "--also", "5145550143"]].concat());
    let id = text(&added["id"]);
    let list = ["contact", "list"];
    let set = ["contact", "set", id, "--number", "5145550144", "--no-nicknames"];
    let made = changed(&home, &set, &list);
    assert_eq!(
        made,
        json!({
            "id": id, "owner": added["owner"], "name": "Joubin", "pronunciation": "Jou-benne", "nicknames": [],
            "number": "+15145550144", "other_numbers": ["+15145550143"],
        })
    );
    let set = [
        "contact",
        "set",
        id,
        "--pronunciation",
        "none",
        "--nickname",
        "J",
        "--no-others",
    ];
    let made = changed(&home, &set, &list);
    assert_eq!(
        (&made["pronunciation"], &made["nicknames"], &made["other_numbers"]),
        (&Value::Null, &json!(["J"]), &json!([]))
    );
    home.json(&["contact", "add", "Marie", "5145550145"]);
    let said = home.refused(&["contact", "set", id, "--name", "Marie"]);
    assert!(said.contains("Marie"), "{said}");
    let said = home.refused(&["contact", "set", id]);
    assert!(said.contains("evatel contact set --help"), "{said}");
}

#[test]
fn a_rule_is_changed_and_no_change_makes_one_that_counts_for_nothing() {
    let home = Home::begun();
    home.json(&[
        "trunk",
        "add",
        "--name",
        "C",
        "--peer",
        "192.0.2.10",
        "--format",
        "e164",
    ]);
    let rule = home.json(&["restriction", "add", "--name", "R", "--deny", "international"]);
    let id = text(&rule["id"]);
    let list = ["restriction", "list"];
    let evening = ["--hours", "daily 18:00-08:00", "--zone", "America/Toronto"];
    let set = [&["restriction", "set", id, "--require-pin", "FR"][..], &evening].concat();
    let made = changed(&home, &set, &list);
    assert_eq!(
        (&made["effect"], &made["name"], &made["owner"], &made["set_by"]),
        (
            &json!("require-pin"),
            &json!("R"),
            &rule["owner"],
            &rule["set_by"]
        )
    );
    assert!(made["hours"].is_object(), "{made}");
    let made = changed(&home, &["restriction", "set", id, "--always"], &list);
    assert_eq!(made["hours"], Value::Null);

    let trunk = text(&home.json(&["trunk", "list"])[0]["id"]).to_owned();
    for (arguments, part) in [
        (&["--allow", "international"][..], "hint"),
        (&["--trunk", &trunk], "hint"),
        (&[], "evatel restriction set --help"),
    ] {
        let set = [&["restriction", "set", id, "--lang", "en"], arguments].concat();
        let said = home.refused(&set);
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    assert_eq!(home.json(&list)[0], made);
}

#[test]
fn an_emergency_place_is_forgotten_once() {
    let home = Home::reachable();
    let place = [
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
    ];
    let place = home.json(&place);
    home.json(&["emergency", "remove", "--dry-run"]);
    assert_eq!(home.json(&["emergency", "show"]), json!([place]));
    assert_eq!(
        home.json(&["emergency", "remove"]),
        json!({ "removed": place["account"] })
    );
    assert_eq!(home.json(&["emergency", "show"]), json!([]));
    let told = home.json(&["audit", "list", "--limit", "1"])[0].clone();
    assert_eq!(told["before"]["callback"], "+15145550199");
    let said = home.refused(&["emergency", "remove", "--lang", "en"]);
    assert!(said.contains("there is no emergency place of account"), "{said}");
    assert!(said.contains("evatel emergency set"), "{said}");
}

#[test]
fn quotes_are_listed_until_they_are_confirmed() {
    let home = Home::begun();
    home.json(&[
        "catalog",
        "add",
        "plan-pro",
        "--kind",
        "plan",
        "--name",
        "Pro",
        "--monthly",
        "30",
    ]);
    home.json(&["offer", "assign", "--all"]);
    assert_eq!(home.json(&["quote", "list"]), json!([]));
    let first = home.json(&["quote", "buy", "plan-pro"]);
    let second = home.json(&["quote", "buy", "plan-pro", "--quantity", "2"]);
    let kept = |quote: &Value| {
        let mut kept = quote.clone();
        kept["stale"] = Value::Null;
        kept
    };
    assert_eq!(
        home.json(&["quote", "list"]),
        json!([kept(&first), kept(&second)])
    );
    let said = home.human(&["quote", "list", "--lang", "fr"]);
    assert!(
        said.contains(text(&second["id"])) && said.contains("plan-pro"),
        "{said}"
    );
    home.json(&["quote", "confirm", text(&first["id"])]);
    assert_eq!(home.json(&["quote", "list"]), json!([kept(&second)]));
    let said = home.refused(&["quote", "confirm", text(&first["id"]), "--lang", "en"]);
    assert!(said.contains("there is no quote"), "{said}");
}
