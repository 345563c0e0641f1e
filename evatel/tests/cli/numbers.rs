//! Numbers and carriers on the command line.

use std::fs;

use serde_json::{Value, json};

use crate::home::Home;

#[test]
fn whoever_puts_a_number_into_service_reads_what_emergency_services_are_told() {
    let home = Home::reachable();
    let account = home.json(&["account", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let nobody = home.human(&["did", "add", "5145550101"]);
    assert!(
        nobody.contains("told NO address")
            && nobody.contains(&format!(
                "`evatel emergency set --account {account} --callback +15145550101 "
            )),
        "{nobody}"
    );
    let french = home.human(&["did", "add", "5145550102", "--lang", "fr"]);
    assert!(french.contains("ne reçoivent AUCUNE adresse"), "{french}");
    let place = ["--street", "1 rue Un", "--city", "Laval", "--province", "QC"];
    let set = ["emergency", "set", "--callback", "5145550199"];
    home.json(&[&set[..], &place].concat());
    let add = ["did", "add", "5145550103"];
    assert_eq!(
        home.json(&[&add[..], &["--dry-run"]].concat())["flag"],
        "accounts-emergency-address"
    );
    let told = home.human(&add);
    assert!(
        told.contains("are told the place of its account")
            && told.contains("`evatel did address +15145550103 "),
        "{told}"
    );
    // Put down and taken up again, it has its own address still.
    home.json(&[&["did", "address", "5145550103"][..], &place].concat());
    home.json(&["did", "port", "5145550103", "out"]);
    assert_eq!(
        home.json(&["did", "port", "5145550103", "out-abandoned"])["flag"],
        Value::Null
    );
    home.json(&["emergency", "remove"]);
    home.json(&["did", "add", "5145550104", "--pool"]);
    let user = home.json(&["user", "list"])[0]["id"].as_str().unwrap().to_owned();
    let assigned = home.json(&["did", "assign", "5145550104", "--user", &user]);
    assert_eq!(assigned["flag"], "no-emergency-address");
}

#[test]
fn a_number_is_reserved_assigned_released_and_its_history_tells() {
    let home = Home::reachable();
    let user = home.json(&["user", "list"])[0]["id"].as_str().unwrap().to_owned();
    let account = home.json(&["account", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let pooled = home.json(&["did", "add", "5145550123", "--pool"]);
    assert_eq!(
        (&pooled["status"], &pooled["account"]),
        (&json!("available"), &Value::Null)
    );
    let reserved = home.json(&["did", "reserve", "5145550123", "--account", &account]);
    assert_eq!(reserved["reserved_for"]["account"], account);

    let tried = home.json(&["did", "assign", "5145550123", "--user", &user, "--dry-run"]);
    assert_eq!(tried["status"], "assigned");
    assert_eq!(home.json(&["did", "show", "5145550123"])["status"], "reserved");

    let assigned = home.json(&["did", "assign", "5145550123", "--user", &user]);
    assert_eq!(
        (&assigned["account"], &assigned["flag"]),
        (&json!(account), &json!("no-emergency-address"))
    );
    home.json(&["did", "suspend", "5145550123"]);
    home.json(&["did", "resume", "5145550123"]);
    home.json(&["did", "release", "5145550123", "--quarantine-days", "30"]);
    let history = home.json(&["did", "history", "5145550123"]);
    let verbs: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["verb"].clone())
        .collect();
    assert_eq!(
        verbs,
        ["import", "reserve", "assign", "suspend", "resume", "release"]
    );
    assert_eq!(
        home.json(&["did", "list", "--status", "quarantined"])[0]["number"],
        "+15145550123"
    );

    let said = home.refused(&["did", "suspend", "5145550123"]);
    assert!(
        said.contains("`+15145550123` is quarantined: `suspend` is for numbers that are assigned"),
        "{said}"
    );
    assert!(said.contains("evatel did history"), "{said}");
    let said = home.refused(&["did", "assign", "5145550123", "--user", &user]);
    assert!(
        said.contains("is quarantined: a customer is given one that is available, or reserved for him")
            && said.contains("evatel did restore"),
        "{said}"
    );
    let said = home.refused(&["did", "show", "5145550666"]);
    assert!(said.contains("there is no DID `+15145550666`"), "{said}");
}

#[test]
fn what_does_not_come_is_taken_out_and_may_come_again() {
    let home = Home::reachable();
    let user = home.json(&["user", "list"])[0]["id"].as_str().unwrap().to_owned();
    let added = home.json(&["did", "add", "5145550124", "--port-in", "--user", &user]);
    assert_eq!(added["status"], "port-in-pending");
    let said = home.refused(&["did", "add", "5145550124", "--user", &user]);
    assert!(said.contains("evatel did remove"), "{said}");
    let said = home.refused(&["did", "port", "5145550124", "in-rejected"]);
    assert!(said.contains("--reason"), "{said}");

    let step = [
        "did",
        "port",
        "5145550124",
        "in-rejected",
        "--reason",
        "the name differs",
    ];
    let rejected = home.json(&step);
    assert_eq!(
        (&rejected["status"], &rejected["reason"]),
        (&json!("port-in-rejected"), &json!("the name differs"))
    );
    let tried = home.json(&["did", "remove", "5145550124", "--dry-run"]);
    assert_eq!(tried["status"], "cancelled");
    assert_eq!(
        home.json(&["did", "port", "5145550124", "in-again"])["status"],
        "port-in-pending"
    );
    assert_eq!(home.json(&["did", "remove", "5145550124"])["status"], "cancelled");

    // As the refusal said: it may come again, here for the pool, and go back from there.
    home.json(&["did", "add", "5145550124", "--pool"]);
    assert_eq!(
        home.json(&["did", "remove", "5145550124"])["status"],
        "returned-to-itsp"
    );
    let told = home.human(&["did", "history", "5145550124"]);
    assert!(told.contains("port-in-rejected: the name differs"), "{told}");
    let said = home.refused(&["did", "remove", "5145550124"]);
    assert!(
        said.contains("is returned-to-itsp: it is nobody's until it is ordered"),
        "{said}"
    );
}

#[test]
fn a_trunk_its_carrier_and_the_trunk_of_a_number_are_changed() {
    let home = Home::reachable();
    let trunk = home.json(&["trunk", "list"])[0].clone();
    let id = trunk["id"].as_str().unwrap();
    let set = ["trunk", "set", id, "--peer", "192.0.2.20", "--format", "e164"];
    let changed = home.json(&[&set[..], &["--dry-run"]].concat());
    assert_eq!(
        changed,
        json!({ "id": id, "name": "Carrier", "peer": "192.0.2.20:5060", "format": "e164" })
    );
    assert_eq!(home.json(&["trunk", "list"])[0], trunk);
    home.json(&set);
    assert_eq!(home.json(&["trunk", "list"])[0], changed);
    let told = home.json(&["audit", "list", "--limit", "1"])[0].clone();
    assert_eq!(
        (&told["before"], &told["after"]),
        (
            &json!({ "format": "national10", "peer": "127.0.0.2:5070" }),
            &json!({ "format": "e164", "peer": "192.0.2.20:5060" })
        )
    );
    let said = home.refused(&["trunk", "set", id]);
    assert!(said.contains("evatel trunk set --help"), "{said}");
    let said = home.refused(&["trunk", "set", "trk-none", "--name", "X"]);
    assert!(said.contains("there is no trunk `trk-none`"), "{said}");

    let itsp = home.json(&["itsp", "list"])[0]["id"].as_str().unwrap().to_owned();
    home.json(&["itsp", "set", &itsp, "--name", "Carrier, Inc."]);
    assert_eq!(home.json(&["itsp", "list"])[0]["name"], "Carrier, Inc.");
    home.json(&["itsp", "add", "--name", "Other"]);
    let said = home.refused(&["itsp", "set", &itsp, "--name", "Other"]);
    assert!(said.contains("ITSP `Other` is already there"), "{said}");

    let other = [
        "trunk",
        "add",
        "--name",
        "Other",
        "--peer",
        "192.0.2.30",
        "--format",
        "e164",
    ];
    let other = home.json(&other)["id"].as_str().unwrap().to_owned();
    let moved = ["did", "move", "5145550199", "--trunk", &other];
    assert_eq!(home.json(&[&moved[..], &["--dry-run"]].concat())["trunk"], other);
    assert_eq!(home.json(&["did", "show", "5145550199"])["trunk"], id);
    assert_eq!(home.json(&moved)["trunk"], other);
    assert_eq!(home.json(&["did", "show", "5145550199"])["trunk"], other);
    assert_eq!(
        home.json(&["did", "history", "5145550199"])[1]["verb"],
        "move-trunk"
    );
}

#[test]
fn an_import_is_tried_made_and_made_again_without_harm() {
    let home = Home::reachable();
    fs::write(home.path("n.csv"), "number\n514-555-0201\n514-555-0202\n").unwrap();
    let count = |home: &Home| home.json(&["did", "list"]).as_array().unwrap().len();
    assert_eq!(
        home.json(&["did", "import", "n.csv", "--dry-run"])["refused"],
        json!([])
    );
    assert_eq!(count(&home), 1);
    let trunk = home.json(&["trunk", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let import = ["did", "import", "n.csv", "--trunk", &trunk];
    assert_eq!(
        home.json(&import),
        json!({ "added": 2, "same": 0, "refused": [] })
    );
    assert_eq!(
        home.json(&import),
        json!({ "added": 0, "same": 2, "refused": [] })
    );

    // One bad row: nothing is done, every wrong line is named, in French too.
    fs::write(
        home.path("n.csv"),
        "number\n514-555-0203\n911\n514-555-0199\n=1+1\n",
    )
    .unwrap();
    let refused = home.run(&["did", "import", "n.csv", "--trunk", &trunk, "--lang", "fr"]);
    assert_eq!(refused.code(), 2);
    let text = refused.text();
    assert!(text.starts_with("1 serait ajouté, 0 déjà là, 3 refusés\nRien n'est pris : une rangée refusée écarte toutes les autres, sauf avec `--skip-refused`."), "{text}");
    assert!(
        text.contains("ligne 3, number : « 911 »") && text.contains("ligne 5, number : "),
        "{text}"
    );
    assert!(
        text.contains("ligne 4, number : « +15145550199 » est déjà à l'inventaire"),
        "{text}"
    );
    assert_eq!(count(&home), 3);
    let skipped = home.run(&[
        "did",
        "import",
        "n.csv",
        "--trunk",
        &trunk,
        "--skip-refused",
        "--json",
    ]);
    let skipped: Value = serde_json::from_str(&skipped.text()).unwrap();
    assert_eq!(
        (&skipped["added"], &skipped["refused"][0]["remedy"]),
        (&json!(1), &json!("write-e164"))
    );

    let said = home.refused(&["did", "import", "none.csv"]);
    assert!(said.contains("`none.csv` cannot be read"), "{said}");
    fs::write(home.path("n.csv"), "telephone\n1\n").unwrap();
    assert!(
        home.refused(&["did", "import", "n.csv"])
            .contains("`telephone` is no column")
    );
}

#[test]
fn a_list_as_csv_is_what_an_import_reads() {
    let home = Home::reachable();
    let csv = home.human(&["did", "list", "--csv"]);
    assert!(
        csv.starts_with("number,trunk,status,reseller,account,user,until\n+15145550199,trk-"),
        "{csv}"
    );
    let columns: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let again: Vec<String> = columns
        .iter()
        .map(|row| [row[0], row[1], row[5]].join(","))
        .collect();
    let answer = home.run_with_input(&["did", "import", "-", "--json"], again.join("\n"));
    let answer: Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!(answer, json!({ "added": 0, "same": 1, "refused": [] }));
}

#[test]
fn a_trunk_is_a_line_to_a_carrier_with_limits() {
    let home = Home::reachable();
    let itsps = home.json(&["itsp", "list"]);
    assert_eq!(itsps[0]["name"], "Carrier");
    let line = home.json(&["itsp", "lines"])[0].clone();
    assert_eq!(
        (&line["itsp"], &line["caps"]["calls"]),
        (&itsps[0]["id"], &Value::Null)
    );
    let trunk = line["trunk"].as_str().unwrap();
    let limited = home.json(&["itsp", "line", trunk, "--calls", "30", "--calls-a-second", "5"]);
    assert_eq!(limited["caps"], json!({ "calls": 30, "calls_per_second": 5 }));
    let bell = home.json(&["itsp", "add", "--name", "Bell"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        home.json(&["itsp", "line", trunk, "--itsp", &bell])["caps"],
        limited["caps"]
    );
    assert!(
        home.refused(&["itsp", "remove", &bell])
            .contains("is still used by a trunk")
    );
    home.json(&["itsp", "remove", itsps[0]["id"].as_str().unwrap()]);
    assert!(
        home.refused(&["itsp", "line", trunk])
            .contains("nothing to change")
    );
    assert!(
        home.refused(&["itsp", "line", trunk, "--calls", "0"])
            .contains("1 to 100000")
    );
}

/// Every sort of row that no file should get away with; the core's tests have five hundred.
#[test]
fn a_hostile_file_is_refused_line_by_line_and_nothing_of_it_is_done() {
    let home = Home::reachable();
    let trunk = home.json(&["trunk", "list"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let before = home.json(&["did", "list"]);
    let mut file = b"number,trunk,user\n5145550301,,\n".to_vec();
    let wrong: [&[u8]; 12] = [
        b"911,,",
        b"=1+1,,",
        b"@SUM(A1),,",
        b"99999999999999999999999999,,",
        "\u{0665}\u{0661}\u{0664}5550199,,".as_bytes(),
        b"514\x075550199,,",
        b"\xff\xfe,,",
        b"5145550301,,",
        b"5145550302",
        b"5145550303,trk-none,",
        b"5145550304,,usr-none",
        b"5145550305,=cmd,",
    ];
    for row in wrong {
        file.extend_from_slice(row);
        file.push(b'\n');
    }
    fs::write(home.path("n.csv"), file).unwrap();
    let answer = home.run(&["did", "import", "n.csv", "--trunk", &trunk, "--json"]);
    assert_eq!(answer.code(), 2, "{}", answer.errors());
    let answer: Value = serde_json::from_str(&answer.text()).unwrap();
    let lines: Vec<_> = answer["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, (3..15).collect::<Vec<_>>());
    for row in answer["refused"].as_array().unwrap() {
        assert!(
            row["field"].is_string() && row["remedy"].is_string() && row["problem"].is_string(),
            "{row}"
        );
    }
    assert_eq!(answer["added"], 0);
    assert_eq!(home.json(&["did", "list"]), before);
}

#[test]
fn a_move_tells_beforehand_all_that_follows() {
    let home = Home::reachable();
    let south = home.json(&["reseller", "add", "--name", "Sud"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let new = ["account", "add", "--name", "Roy et fils", "--kind", "company"];
    let account = home.json(&new)["id"].as_str().unwrap().to_owned();
    let new = [
        "user",
        "add",
        "--name",
        "Anne",
        "--extension",
        "102",
        "--account",
        &account,
    ];
    let user = home.json(&new)["id"].as_str().unwrap().to_owned();
    home.json(&["did", "add", "5145550131", "--user", &user]);
    home.json(&["did", "add", "5145550132", "--pool"]);
    home.json(&["did", "reserve", "5145550132", "--account", &account]);

    let step = ["account", "move", &account, "--to", &south];
    let tried = home.human(&[&step[..], &["--dry-run"]].concat());
    for part in [
        "+15145550131: goes along (assigned)",
        "+15145550132: was kept for the account and goes back",
    ] {
        assert!(tried.contains(part), "{part}: {tried}");
    }
    assert_eq!(home.json(&["did", "show", "5145550132"])["status"], "reserved");
    let moved = home.json(&step);
    assert_eq!(
        (&moved["id"], &moved["reseller"]),
        (&json!(account), &json!(south))
    );
    assert_eq!(moved["moved"]["numbers"].as_array().map(Vec::len), Some(2));
    assert_eq!(home.json(&["did", "show", "5145550131"])["reseller"], south);
    assert_eq!(home.json(&["did", "show", "5145550132"])["status"], "available");
    let said = home.refused(&step);
    assert!(said.contains("sells this account already"), "{said}");
}
