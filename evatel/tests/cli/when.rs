//! When, and who is rung then.

use serde_json::{Value, json};

use crate::home::Home;

const OFFICE: &str = r#"{ "zone": "America/Toronto", "otherwise": "closed",
    "holidays": { "calendar": { "province": "qc" }, "state": "holiday" },
    "weekly": [{ "when": "mon-fri 09:00-17:00", "state": "open" }, { "when": "sat 22:00-06:00", "state": "night" }] }"#;

const PRESENCE: &str = r#"{ "schedule": { "zone": "America/Toronto", "otherwise": "after-hours",
        "weekly": [{ "when": "mon-fri 09:00-17:00", "state": "working" }] },
    "statuses": [{ "status": "working", "rules": [
        { "who": "anonymous", "then": "reject" },
        { "who": "everybody", "then": { "forward": [{ "ring_seconds": 20, "legs": [
            { "to": "devices" }, { "to": "+15145559999", "confirm": true }] }] } }] }] }"#;

fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_version_names_the_time_zones() {
    let version = Home::empty().human(&["--version"]);
    assert!(version.contains("time zones 20"), "{version}");
}

#[test]
fn a_schedule_is_explained_without_a_database_one_instant_or_many() {
    let home = Home::empty();
    std::fs::write(home.path("office.json"), OFFICE).unwrap();
    let one = home.json(&[
        "schedule",
        "explain",
        "--file",
        "office.json",
        "--at",
        "2026-11-23T10:00:00-05:00",
    ]);
    assert_eq!(
        one,
        json!({ "input": "2026-11-23T10:00:00-05:00", "at": "2026-11-23T15:00:00Z",
                "local": "2026-11-23T10:00:00", "state": "open", "rule": "weekly-hours", "about": "mon-fri 09:00-17:00", "refused": null })
    );
    let many = home.run_with_input(
        &["schedule", "explain", "--file", "office.json", "--at", "-"],
        "2026-11-01T05:30:00Z\n2026-11-01T06:30:00Z\n2026-12-25T15:00:00Z\nyesterday\n",
    );
    let many = objects(&many.text());
    let states: Vec<_> = many.iter().map(|one| one["state"].as_str()).collect();
    assert_eq!(states, [Some("night"), Some("night"), Some("holiday"), None]);
    assert!(many[3]["refused"].as_str().unwrap().contains("`yesterday`"));
    let french = home.human(&[
        "--lang",
        "fr",
        "schedule",
        "explain",
        "--file",
        "office.json",
        "--at",
        "2026-12-25T15:00:00Z",
    ]);
    assert!(french.contains("Règle : Jour férié Noël"), "{french}");
}

#[test]
fn a_wrong_schedule_is_refused_with_the_place_and_a_hint() {
    let home = Home::empty();
    for (from, to, place) in [
        ("09:00-17:00", "09:00-25:00", "`25:00`"),
        ("sat 22:00-06:00", "fri 16:00-18:00", "overlap on fri at 16:00"),
        ("America/Toronto", "America/Nowhere", "`America/Nowhere`"),
    ] {
        std::fs::write(home.path("office.json"), OFFICE.replace(from, to)).unwrap();
        let refused = home.run(&["--json", "schedule", "explain", "--file", "office.json"]);
        let error = &serde_json::from_str::<Value>(&refused.text()).unwrap()["error"];
        assert!(error["message"].as_str().unwrap().contains(place), "{error}");
        assert_eq!(error["exit_code"], 2);
        assert!(error["hint"].is_string());
    }
}

#[test]
fn a_call_at_any_instant_is_evaluated_by_the_rules_that_were_set() {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    std::fs::write(home.path("luc.json"), PRESENCE).unwrap();
    home.json(&["presence", "set", "--file", "luc.json"]);
    let evaluate = |caller: &str, at: &str| {
        home.json(&["evaluate", "--did", "5145550199", "--caller", caller, "--at", at])
    };
    let monday = "2026-11-23T15:00:00Z";
    let rung = evaluate("4185551234", monday);
    assert_eq!(rung["outcome"]["kind"], "ring");
    assert_eq!(rung["outcome"]["stages"][0]["legs"].as_array().unwrap().len(), 2);
    assert_eq!(rung["rule"], "caller-rule");
    assert_eq!(evaluate("anonymous", monday)["outcome"]["kind"], "rejected");
    assert_eq!(
        evaluate("4185551234", "2026-11-23T23:00:00Z")["outcome"]["kind"],
        "voicemail"
    );
    let human = home.human(&[
        "evaluate",
        "--did",
        "5145550199",
        "--caller",
        "4185551234",
        "--at",
        monday,
    ]);
    assert!(
        human.contains("+15145559999") && human.contains("mon-fri 09:00-17:00"),
        "{human}"
    );
    // A status set by hand goes before the schedule, a blocked caller before everything.
    home.json(&[
        "presence",
        "status",
        "vacation",
        "--until",
        "2099-01-01T00:00:00Z",
    ]);
    assert_eq!(
        home.json(&["evaluate", "--did", "5145550199", "--caller", "4185551234"])["rule"],
        "status-default"
    );
    home.json(&["presence", "status", "auto"]);
    home.json(&["screening", "add", "block", "+1418*"]);
    assert_eq!(evaluate("4185551234", monday)["rule"], "block-list");
    assert_eq!(
        home.json(&["presence", "show"])["statuses"][0]["status"],
        "working"
    );
}

#[test]
fn a_forward_to_ones_own_number_is_refused_and_the_rules_before_it_stay() {
    let home = Home::reachable();
    std::fs::write(home.path("luc.json"), PRESENCE).unwrap();
    home.json(&["presence", "set", "--file", "luc.json"]);
    std::fs::write(
        home.path("luc.json"),
        PRESENCE.replace("+15145559999", "+15145550199"),
    )
    .unwrap();
    let refused = home.run(&["--json", "presence", "set", "--file", "luc.json"]);
    assert!(refused.text().contains("would come back"), "{}", refused.text());
    assert!(home.human(&["presence", "show"]).contains("+15145559999"));
}

#[test]
fn what_is_set_is_told_with_who_did_it_and_a_dry_run_sets_nothing() {
    let home = Home::reachable();
    std::fs::write(home.path("luc.json"), PRESENCE).unwrap();
    home.json(&["presence", "set", "--file", "luc.json", "--dry-run"]);
    let refused = home.refused(&["presence", "show"]);
    assert!(refused.contains("presence of user"), "{refused}");
    home.json(&["presence", "set", "--file", "luc.json"]);
    home.json(&["presence", "status", "vacation"]);
    home.json(&["presence", "status", "auto", "--dry-run"]);
    let told = home.json(&["audit", "list", "--limit", "1"]);
    let entry = &told[0];
    assert_eq!(
        (&entry["action"], &entry["matter"], &entry["who"]["kind"]),
        (&"write".into(), &"forwarding".into(), &"system".into())
    );
    assert!(entry["before"]["by_hand"].is_null(), "{entry}");
    assert_eq!(entry["after"]["by_hand"]["state"], "vacation");
    let everywhere = home.json(&["screening", "add", "block", "+1900*", "--system"]);
    assert_eq!(home.json(&["screening", "list"]), json!([]));
    assert_eq!(home.json(&["screening", "list", "--system"])[0], everywhere);
    let id = everywhere["id"].as_str().unwrap();
    assert_eq!(home.json(&["screening", "remove", id])["removed"], id);
}

#[test]
fn the_holidays_of_a_year_are_listed_in_the_readers_language() {
    let home = Home::empty();
    let days = home.json(&["holiday", "list", "--province", "qc", "--year", "2027"]);
    assert!(
        days.as_array()
            .unwrap()
            .contains(&json!({ "day": "2027-05-24", "holiday": "victoria-day" }))
    );
    let french = home.human(&[
        "--lang",
        "fr",
        "holiday",
        "list",
        "--province",
        "qc",
        "--year",
        "2027",
    ]);
    assert!(french.contains("2027-06-24  Fête nationale"), "{french}");
}

#[test]
fn contacts_of_a_file_come_in_whole_and_go_out_again() {
    let home = Home::begun();
    std::fs::write(
        home.path("a.vcf"),
        "BEGIN:VCARD\nVERSION:4.0\nFN:Marie Tremblay\nNICKNAME:Mimi\nTEL:514 555-0142\nEND:VCARD\n",
    )
    .unwrap();
    std::fs::write(
        home.path("b.csv"),
        "name,number\nPaul,5145550143\n=1+1,5145550144\n",
    )
    .unwrap();
    let dry = home.json(&["contact", "import", "a.vcf", "--dry-run"]);
    assert_eq!(dry, json!({ "added": 1, "same": 0, "refused": [] }));
    assert_eq!(home.json(&["contact", "list"]), json!([]));
    assert_eq!(home.json(&["contact", "import", "a.vcf"])["added"], 1);
    assert_eq!(home.json(&["contact", "import", "a.vcf"])["same"], 1);
    let refused = home.run(&["--json", "contact", "import", "b.csv"]);
    assert_eq!(refused.code(), 2);
    let refused: serde_json::Value = serde_json::from_str(&refused.text()).unwrap();
    assert_eq!(
        (
            &refused["added"],
            &refused["refused"][0]["line"],
            &refused["refused"][0]["remedy"]
        ),
        (&json!(0), &json!(3), &json!("remove-formula"))
    );
    let french = home.run(&["contact", "import", "b.csv", "--lang", "fr"]).text();
    assert!(french.contains("ligne 3, name : "), "{french}");
    assert_eq!(home.json(&["contact", "list"]).as_array().unwrap().len(), 1);
    let out = home.human(&["contact", "export", "--format", "csv"]);
    assert!(out.contains("Marie Tremblay,,Mimi,+15145550142,"), "{out}");
}
