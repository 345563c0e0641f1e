//! What each verb does.

use std::os::unix::fs::PermissionsExt;

use crate::home::Home;

#[test]
fn init_makes_the_first_rows_and_private_files() {
    let home = Home::empty();
    let begun = home.json(&["init", "--name", "Luc Roy", "--language", "fr"]);
    assert_eq!(begun["account"]["kind"], "professional");
    assert_eq!(begun["account"]["language"], "fr");
    assert_eq!(begun["account"]["records_calls"], false);
    assert_eq!(begun["reseller"]["is_default"], true);
    assert_eq!(begun["user"]["extension"], "101");
    for file in ["evatel.db", "evatel.toml"] {
        assert_eq!(
            home.path(file).metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file}"
        );
    }
    let settings = std::fs::read_to_string(home.path("evatel.toml")).unwrap();
    let password = settings
        .split("ari_password = \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(password.len(), 24);
    let other = Home::begun();
    assert!(
        !std::fs::read_to_string(other.path("evatel.toml"))
            .unwrap()
            .contains(password)
    );
}

#[test]
fn init_keeps_the_settings_that_are_there() {
    let home = Home::empty();
    std::fs::write(home.path("evatel.toml"), "[database]\nurl = \"sqlite:mine.db\"\n").unwrap();
    assert_eq!(home.json(&["init"])["settings"]["made"], false);
    assert!(home.path("mine.db").exists());
    assert_eq!(
        std::fs::read_to_string(home.path("evatel.toml")).unwrap(),
        "[database]\nurl = \"sqlite:mine.db\"\n"
    );
}

#[test]
fn the_first_things_that_a_person_wants_are_short() {
    let home = Home::begun();
    let trunk = home.json(&[
        "trunk",
        "add",
        "--name",
        "Carrier",
        "--peer",
        "127.0.0.2:5070",
        "--format",
        "national10",
    ]);
    let did = home.json(&["did", "add", "5145550199"]);
    assert_eq!(did["number"], "+15145550199");
    assert_eq!(did["trunk"], trunk["id"]);
    assert_eq!(did["target"]["kind"], "smart-number");

    let device = home.json(&["device", "add", "--name", "Bureau"]);
    assert_eq!(device["realm"], "evatel");
    assert_eq!(device["sip_user"], device["device"]["id"]);
    assert!(device["secret"].as_str().unwrap().len() >= 24);

    let contact = home.json(&["contact", "add", "Marie Tremblay", "514-555-0142"]);
    assert_eq!(contact["number"], "+15145550142");
    let abroad = home.json(&["contact", "add", "Jean Dupont", "+33 1 42 76 49 78"]);
    assert_eq!(abroad["number"], "+33142764978");

    let restriction = home.json(&[
        "restriction",
        "add",
        "--name",
        "Pas d'international",
        "--deny",
        "international",
    ]);
    assert_eq!(restriction["effect"], "deny");
    assert_eq!(restriction["owner"]["level"], "account");
    assert_eq!(restriction["matches"]["value"], "international");

    let place = home.json(&[
        "emergency",
        "set",
        "--street",
        "1200, rue Sainte-Catherine",
        "--city",
        "Montréal",
        "--province",
        "QC",
        "--callback",
        "5145550199",
    ]);
    assert_eq!(place["callback"], "+15145550199");
    assert_eq!(home.json(&["emergency", "show"])[0], place);
}

#[test]
fn what_was_added_is_listed_and_what_was_removed_is_not() {
    let home = Home::reachable();
    let device = home.json(&["device", "add", "--name", "Bureau"])["device"]["id"].clone();
    let contact = home.json(&["contact", "add", "Marie", "5145550142"])["id"].clone();
    let restriction = home.json(&["restriction", "add", "--name", "R", "--deny", "+1900"])["id"].clone();
    let user = home.json(&["user", "add", "--name", "Anne", "--extension", "102"])["id"].clone();
    let trunk = [
        "trunk",
        "add",
        "--name",
        "Spare",
        "--peer",
        "192.0.2.77",
        "--format",
        "e164",
    ];
    let trunk = home.json(&trunk)["id"].clone();
    for (noun, id) in [
        ("device", device),
        ("contact", contact),
        ("restriction", restriction),
        ("trunk", trunk),
        ("user", user),
    ] {
        let id = id.as_str().unwrap();
        assert!(home.human(&[noun, "list"]).contains(id), "{noun}");
        assert_eq!(home.json(&[noun, "remove", id])["removed"], id);
        assert!(!home.human(&[noun, "list"]).contains(id), "{noun}");
    }
}

#[test]
fn an_accounts_language_and_recording_are_set() {
    let home = Home::begun();
    let account = home.json(&["account", "set", "--language", "en", "--records-calls", "on"]);
    assert_eq!(
        (&account["language"], &account["records_calls"]),
        (&"en".into(), &true.into())
    );
    assert_eq!(home.json(&["account", "list"])[0], account);
}

#[test]
fn a_pin_is_read_from_standard_input_and_never_shown() {
    let home = Home::begun();
    let answer = home.run_with_input(&["user", "set-pin", "--json"], "2580\n");
    assert_eq!(answer.code(), 0, "{}", answer.errors());
    assert!(!answer.text().contains("2580") && !answer.errors().contains("2580"));
    assert_eq!(home.json(&["user", "list"])[0]["has_pin"], true);
    home.json(&["user", "clear-pin"]);
    assert_eq!(home.json(&["user", "list"])[0]["has_pin"], false);
    let guessable = home.run_with_input(&["user", "set-pin"], "1234\n");
    assert_eq!(guessable.code(), 2);
    assert!(
        guessable.errors().contains("hint: ") && !guessable.errors().contains("1234"),
        "{}",
        guessable.errors()
    );
}

#[test]
fn a_devices_secret_is_in_no_file() {
    let home = Home::begun();
    let device = home.json(&["device", "add", "--name", "Bureau"]);
    let secret = device["secret"].as_str().unwrap().as_bytes();
    for file in ["evatel.db", "evatel.db-wal"] {
        let Ok(bytes) = std::fs::read(home.path(file)) else {
            continue;
        };
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{file}");
    }
    assert!(
        !home
            .json(&["device", "list"])
            .to_string()
            .contains(device["secret"].as_str().unwrap())
    );
}

#[test]
fn texts_follow_the_language_that_is_asked_for() {
    let home = Home::begun();
    assert!(home.human(&["trunk", "list", "--lang", "fr"]).contains("PAIR"));
    assert!(home.human(&["trunk", "list", "--lang", "en"]).contains("PEER"));
    let by_locale = home
        .command(&["trunk", "list"])
        .env("LANG", "fr_CA.UTF-8")
        .output()
        .unwrap();
    assert!(String::from_utf8(by_locale.stdout).unwrap().contains("PAIR"));
    let by_name = home
        .command(&["trunk", "list"])
        .env("LANG", "fr_CA.UTF-8")
        .env("EVATEL_LANG", "en")
        .output()
        .unwrap();
    assert!(String::from_utf8(by_name.stdout).unwrap().contains("PEER"));
}

#[test]
fn an_empty_call_log_is_an_empty_list() {
    let home = Home::begun();
    assert_eq!(home.json(&["call", "list"]), serde_json::json!([]));
    assert!(
        home.refused(&["call", "show", "call-1"])
            .contains("there is no call `call-1`")
    );
}

#[test]
fn every_verb_explains_itself() {
    let home = Home::empty();
    for noun in [
        "account",
        "user",
        "itsp",
        "catalog",
        "offer",
        "quote",
        "subscription",
        "trunk",
        "did",
        "device",
        "contact",
        "restriction",
        "limit",
        "route",
        "emergency",
        "presence",
        "office",
        "screening",
        "schedule",
        "holiday",
        "call",
    ] {
        assert!(home.human(&[noun, "--help"]).contains("Usage: evatel"), "{noun}");
    }
    for verb in [
        ["trunk", "add"],
        ["did", "add"],
        ["did", "import"],
        ["did", "reserve"],
        ["itsp", "line"],
        ["catalog", "add"],
        ["catalog", "import"],
        ["catalog", "reprice"],
        ["offer", "assign"],
        ["offer", "choose"],
        ["quote", "buy"],
        ["quote", "confirm"],
        ["quote", "number"],
        ["subscription", "list"],
        ["contact", "add"],
        ["contact", "import"],
        ["restriction", "add"],
        ["limit", "approve"],
        ["limit", "set"],
        ["limit", "show"],
        ["route", "add"],
        ["route", "set"],
        ["presence", "set"],
        ["presence", "status"],
        ["office", "set"],
        ["screening", "add"],
        ["schedule", "explain"],
        ["emergency", "set"],
    ] {
        assert!(
            home.human(&[verb[0], verb[1], "--help"]).contains("Example"),
            "{verb:?}"
        );
    }
}

#[test]
fn number_explain_needs_no_database_and_answers_many_lines_with_one_object_each() {
    let home = Home::empty();
    let one = home.json(&["number", "explain", "555-0199", "--area", "514"]);
    assert_eq!(
        one,
        serde_json::json!({ "input": "555-0199", "class": "canada", "e164": "+15145550199", "refused": null })
    );
    let many = home.run_with_input(&["number", "explain", "-"], "911\n18765550123\n1-800-GO-FEDEX\n");
    let objects: Vec<serde_json::Value> = many
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 3);
    assert_eq!(objects[0]["class"], "emergency");
    assert_eq!(objects[1]["class"], "nanp-international");
    assert!(
        objects[2]["refused"]
            .as_str()
            .unwrap()
            .contains("`G` at position 7")
    );
}

#[test]
fn restriction_explain_says_decision_rule_and_every_rule_that_was_tried() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    let closed = home.json(&[
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
    ]);
    let id = closed["id"].as_str().unwrap();
    let evening = ["--at", "2026-11-26T20:00:00-05:00"];
    let ask = ["restriction", "explain", "12125551234"];
    let answer = home.json(&[&ask[..], &evening].concat());
    assert_eq!(answer["decision"], "need-pin");
    assert_eq!(answer["rule"], format!("pin-required:{id}"));
    let answer = home.json(&[&ask[..], &evening, &["--pin"]].concat());
    assert_eq!(
        (&answer["decision"], &answer["class"]),
        (&"allow".into(), &"us48".into())
    );
    let at_noon = [&ask[..], &["--at", "2026-11-26T12:00:00-05:00"]].concat();
    let answer = home.json(&at_noon);
    assert_eq!(answer["rule"], "class-open:us48");
    let tried = answer["trace"].as_array().unwrap();
    assert!(
        tried
            .iter()
            .any(|step| step["rule"] == format!("restriction:{id}") && step["outcome"] == "other-time")
    );

    // Seven digits are completed by the area of the account's own number.
    let many = home.run_with_input(
        &["restriction", "explain", "-"],
        "911\n555-0142\n+33142764978\nx\n",
    );
    let objects: Vec<serde_json::Value> = many
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let rules: Vec<_> = objects
        .iter()
        .map(|object| object["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        [
            "emergency-always",
            "class-open:canada",
            "class-closed:international",
            "no-number"
        ]
    );
    assert_eq!(objects[1]["number"], "+15145550142");
    assert!(home.human(&at_noon).contains("class-open:us48"));
}
