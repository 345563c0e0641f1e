//! Asterisk's files from the rows, without an Asterisk.

use crate::home::Home;

fn change_of<'a>(answer: &'a serde_json::Value, file: &str) -> &'a str {
    let files = answer["files"].as_array().unwrap();
    files.iter().find(|one| one["file"] == file).unwrap()["change"]
        .as_str()
        .unwrap()
}

#[test]
fn files_are_planned_written_once_and_then_the_same() {
    let home = Home::reachable();
    let device = home.json(&["device", "add", "--name", "Bureau"]);
    assert_eq!(change_of(&home.json(&["provision", "plan"]), "pjsip.conf"), "new");
    assert!(!home.path("asterisk").exists(), "a plan writes nothing");

    let applied = home.json(&["provision", "apply", "--no-reload"]);
    assert_eq!(change_of(&applied, "pjsip.conf"), "new");
    let pjsip = std::fs::read_to_string(home.path("asterisk/etc/pjsip.conf")).unwrap();
    assert!(pjsip.contains(device["sip_user"].as_str().unwrap()));
    assert!(!pjsip.contains(device["secret"].as_str().unwrap()));

    let again = home.json(&["provision", "apply", "--no-reload"]);
    assert!(
        again["files"]
            .as_array()
            .unwrap()
            .iter()
            .all(|file| file["change"] == "same"),
        "{again}"
    );

    home.json(&["did", "add", "5145550198"]);
    let plan = home.json(&["provision", "plan"]);
    assert_eq!(change_of(&plan, "evatel-dids.conf"), "changed");
    assert_eq!(change_of(&plan, "pjsip.conf"), "same");
    assert!(
        home.human(&["provision", "plan"]).contains("+"),
        "the difference is shown"
    );
}

#[test]
fn an_asterisk_that_is_not_there_is_no_failure_of_apply() {
    let home = Home::reachable();
    let output = home
        .command(&["provision", "apply", "--json"])
        // Nobody listens on port 1 of loopback.
        .env("EVATEL_ASTERISK__ARI_URL", "http://127.0.0.1:1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        answer["asterisk_away"].as_str().unwrap().contains("was not sent"),
        "{answer}"
    );
}

#[test]
fn a_folder_that_somebody_else_wrote_is_left_alone() {
    let home = Home::reachable();
    std::fs::create_dir_all(home.path("asterisk/etc")).unwrap();
    std::fs::write(home.path("asterisk/etc/pjsip.conf"), "; mine\n").unwrap();
    let answer = home.run(&["provision", "apply", "--no-reload"]);
    assert_eq!(answer.code(), 1);
    assert!(
        answer.errors().contains("hint: choose another `asterisk.root`"),
        "{}",
        answer.errors()
    );
    assert_eq!(
        std::fs::read_to_string(home.path("asterisk/etc/pjsip.conf")).unwrap(),
        "; mine\n"
    );
}

#[test]
fn serve_and_doctor_say_what_is_missing() {
    let home = Home::reachable();
    let serve = home
        .command(&["serve"])
        .env("EVATEL_ASTERISK__ARI_URL", "http://127.0.0.1:1")
        .env("EVATEL_ASTERISK__WAIT_S", "0")
        .output()
        .unwrap();
    assert_eq!(serve.status.code(), Some(1));
    let said = String::from_utf8(serve.stderr).unwrap();
    assert!(said.contains("hint: is Asterisk running"), "{said}");
    let clear = home
        .command(&["serve"])
        .env("EVATEL_ASTERISK__ARI_URL", "http://192.0.2.1:8088")
        .output()
        .unwrap();
    assert_eq!(
        clear.status.code(),
        Some(2),
        "a password never goes over a network in clear"
    );

    let doctor = home
        .command(&["doctor", "--json"])
        .env("EVATEL_ASTERISK__ARI_URL", "http://127.0.0.1:1")
        .output()
        .unwrap();
    assert_eq!(doctor.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&doctor.stdout).unwrap();
    assert_eq!(found["ok"], false);
    let findings = found["findings"].as_array().unwrap();
    let of = |check: &str| findings.iter().find(|one| one["check"] == check).unwrap();
    assert_eq!(of("database")["severity"], "ok");
    assert_eq!(of("switch")["severity"], "failure");
    assert!(
        of("switch")["hint"].as_str().unwrap().contains("start Asterisk"),
        "{found}"
    );
    assert_eq!(of("model")["severity"], "warning");
}

#[test]
fn without_a_password_for_ari_nothing_is_written() {
    let home = Home::reachable();
    std::fs::write(
        home.path("evatel.toml"),
        "[database]\nurl = \"sqlite:evatel.db\"\n",
    )
    .unwrap();
    let said = home.refused(&["provision", "apply"]);
    assert!(
        said.contains("`asterisk.ari_password` is not set") && said.contains("hint: "),
        "{said}"
    );
}
