//! What is refused, with the reason and the remedy.

use std::process::Command;

use crate::home::Home;

#[test]
fn a_database_is_never_overwritten() {
    let home = Home::reachable();
    let said = home.refused(&["init", "--name", "Somebody Else"]);
    assert!(
        said.contains("evatel.db` is already there") && said.contains("hint: "),
        "{said}"
    );
    assert_eq!(home.json(&["account", "list"])[0]["name"], "Luc Roy");
}

#[test]
fn a_value_with_a_line_break_is_refused_where_it_stands() {
    let home = Home::reachable();
    for (arguments, place) in [
        (&["contact", "add", "Marie\n#exec", "5145550142"][..], "<NAME>"),
        (&["device", "add", "--name", "Bureau\ncontext=evil"], "--name"),
        (
            &[
                "trunk",
                "add",
                "--name",
                "A\nB",
                "--peer",
                "192.0.2.1",
                "--format",
                "e164",
            ],
            "--name",
        ),
        (
            &[
                "trunk",
                "add",
                "--name",
                "A",
                "--peer",
                "192.0.2.1\nallow=all",
                "--format",
                "e164",
            ],
            "--peer",
        ),
        (&["did", "add", "5145550198\n[evil]"], "<NUMBER>"),
    ] {
        let said = home.refused(arguments);
        assert!(said.contains(place), "{arguments:?}: {said}");
    }
}

#[test]
fn a_value_that_would_dial_something_else_is_refused() {
    let home = Home::reachable();
    for arguments in [
        &["contact", "add", "Marie", "5145550142&PJSIP/evil"][..],
        &["did", "add", "5145550198&PJSIP/evil"],
        &["did", "add", "5145550198", "--trunk", "trk&PJSIP/evil"],
        &["device", "remove", "dev&PJSIP/evil"],
    ] {
        let said = home.refused(arguments);
        assert!(said.contains("PJSIP"), "{said}");
    }
    assert_eq!(home.json(&["did", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_number_that_is_not_e164_is_refused_with_how_to_write_it() {
    let home = Home::reachable();
    for number in [
        "555-0199",
        "101",
        "911",
        "1145550199",
        "+1514555019",
        "1-800-FLOWERS",
        "",
    ] {
        let said = home.refused(&["did", "add", number]);
        assert!(said.contains("`+15145550199`"), "{number}: {said}");
    }
}

#[test]
fn words_that_are_none_are_refused_with_those_that_are() {
    let home = Home::reachable();
    let said = home.refused(&["restriction", "add", "--name", "R", "--deny", "foreign"]);
    assert!(
        said.contains("`international`") && said.contains("`+33`"),
        "{said}"
    );
    let said = home.refused(&[
        "trunk",
        "add",
        "--name",
        "A",
        "--peer",
        "carrier.example",
        "--format",
        "e164",
    ]);
    assert!(said.contains("an address, not a name"), "{said}");
    let said = home.refused(&[
        "trunk",
        "add",
        "--name",
        "A",
        "--peer",
        "192.0.2.1",
        "--format",
        "local",
    ]);
    assert!(said.contains("`national10`"), "{said}");
    let said = home.refused(&["account", "set", "--language", "de"]);
    assert!(said.contains("`fr`"), "{said}");
    let said = home.refused(&["restriction", "add", "--name", "R", "--allow", "international"]);
    assert!(said.contains("hint: ") && said.contains("--system"), "{said}");
}

#[test]
fn what_is_taken_or_used_or_missing_is_said_with_a_hint() {
    let home = Home::reachable();
    let trunk = home.json(&["trunk", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (arguments, part) in [
        (
            &["did", "add", "15145550199"][..],
            "`+15145550199` is already assigned",
        ),
        (
            &[
                "trunk",
                "add",
                "--name",
                "B",
                "--peer",
                "127.0.0.2:5070",
                "--format",
                "e164",
            ],
            "already has the peer",
        ),
        (
            &["user", "add", "--name", "B", "--extension", "101"],
            "extension `101` is already taken",
        ),
        (&["trunk", "remove", &trunk], "still used by a DID"),
        (
            &["contact", "remove", "con-none"],
            "there is no contact `con-none`",
        ),
        (
            &["device", "add", "--name", "X", "--user", "usr-none"],
            "there is no user `usr-none`",
        ),
    ] {
        let said = home.refused(arguments);
        assert!(
            said.contains(part) && said.contains("hint: "),
            "{arguments:?}: {said}"
        );
    }
    let fresh = Home::begun();
    let said = fresh.refused(&["did", "add", "5145550199"]);
    assert!(said.contains("hint: add one: `evatel trunk add"), "{said}");
}

#[test]
fn a_refusal_is_one_json_document_too() {
    let home = Home::reachable();
    for arguments in [
        &["did", "add", "5145550199", "--json"][..],
        &["did", "add", "911", "--json"],
    ] {
        let answer = home.run(arguments);
        assert_eq!(answer.code(), 2);
        let refusal: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(refusal["error"]["exit_code"], 2);
        assert!(
            refusal["error"]["message"].as_str().unwrap().contains('`'),
            "{refusal}"
        );
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused_with_exit_code_1() {
    let home = Home::begun();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
    let python =
        "import sqlite3, sys; db = sqlite3.connect('evatel.db'); db.execute(sys.argv[1]); db.commit()";
    let written = Command::new("python3")
        .args(["-c", python, newer])
        .current_dir(home.path(""))
        .status()
        .unwrap();
    assert!(written.success());
    let answer = home.run(&["trunk", "list"]);
    assert_eq!(answer.code(), 1);
    assert!(
        answer.errors().contains("schema `20991231000000`"),
        "{}",
        answer.errors()
    );
    assert!(
        answer
            .errors()
            .contains("hint: this database belongs to a newer Evatel"),
        "{}",
        answer.errors()
    );
}

#[test]
fn without_a_database_the_way_to_one_is_said() {
    let home = Home::empty();
    let answer = home.run(&["did", "list"]);
    assert_eq!(answer.code(), 1);
    assert!(
        answer.errors().contains("hint: make one with `evatel init`"),
        "{}",
        answer.errors()
    );
    assert!(!home.path("evatel.db").exists());
    let said = home.refused(&["did", "list", "--database", "postgresql://db/evatel"]);
    assert!(said.contains("it names no user"), "{said}");
}

#[test]
fn whatever_stands_for_no_place_and_no_caller_is_refused_with_those_that_do() {
    let home = Home::reachable();
    let set = [
        "emergency",
        "set",
        "--street",
        "1 rue Un",
        "--city",
        "Laval",
        "--callback",
        "5145550199",
        "--province",
    ];
    for none in ["ZZ", "NY", "Québec", ""] {
        let said = home.refused(&[&set[..], &[none]].concat());
        assert!(
            said.contains("use one of AB BC MB") && said.contains("YT"),
            "{said}"
        );
    }
    assert_eq!(home.json(&[&set[..], &["qc"]].concat())["province"], "QC");
    let evaluate = ["evaluate", "--did", "5145550199", "--caller"];
    for none in ["abc", "911", "12"] {
        let said = home.refused(&[&evaluate[..], &[none]].concat());
        assert!(
            said.contains("or `anonymous`") && !said.contains("extension of"),
            "{said}"
        );
    }
    home.json(&[&evaluate[..], &["anonymous"]].concat());
    let line = home.run_with_input(
        &["evaluate", "-"],
        "{\"did\":\"5145550199\",\"caller\":\"abc\"}\n",
    );
    assert!(line.text().contains("`abc`"), "{}", line.text());
    let told = home.human(&["evaluate", "--did", "5145550199"]);
    assert!(!told.contains("·  ·") && !told.contains("· ·"), "{told}");
}

#[test]
fn the_first_account_and_reseller_say_how_they_are_put_out_of_service() {
    let home = Home::begun();
    let account = home.json(&["account", "list"])[0].clone();
    for (noun, id) in [("account", &account["id"]), ("reseller", &account["reseller"])] {
        let said = home.refused(&[noun, "close", id.as_str().unwrap()]);
        assert!(
            said.contains("hint: ") && said.contains("--status suspended"),
            "{said}"
        );
    }
}
