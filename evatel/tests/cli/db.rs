//! All of a database, out and in, and the key of its secrets.

use std::os::unix::fs::PermissionsExt;

use crate::home::{Home, text};

/// A folder with a device, and what Asterisk is told of it.
fn with_a_device() -> (Home, String) {
    let home = Home::reachable();
    home.json(&["device", "add", "--name", "Bureau"]);
    let digest = digest(&home);
    (home, digest)
}

/// The line of `pjsip.conf` that a device's secret ends in.
fn digest(home: &Home) -> String {
    home.json(&["provision", "apply", "--no-reload"]);
    let told = std::fs::read_to_string(home.path("asterisk/etc/pjsip.conf")).unwrap();
    told.lines()
        .find(|line| line.contains("md5_cred"))
        .unwrap()
        .to_owned()
}

#[test]
fn a_backup_is_private_holds_no_secret_and_gives_all_of_it_back_with_the_key() {
    let (home, digest) = with_a_device();
    let made = home.json(&["db", "backup", "evatel.jsonl"]);
    let tables = &made["exported"]["tables"];
    for table in [
        "resellers",
        "accounts",
        "users",
        "trunks",
        "dids",
        "devices",
        "meta",
    ] {
        assert_eq!(tables[table], 1, "{table}: {made}");
    }
    let mode = home.path("evatel.jsonl").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!home.path("evatel.jsonl.partial").exists());
    let told = std::fs::read_to_string(home.path("evatel.jsonl")).unwrap();
    assert!(!told.contains(digest.rsplit('=').next().unwrap().trim()));
    let again = home.refused(&["db", "backup", "evatel.jsonl"]);
    assert!(
        again.contains("`evatel.jsonl` is already there") && again.contains("another name"),
        "{again}"
    );

    let there = home.refused(&["db", "restore", "evatel.jsonl"]);
    assert!(there.contains("already there"), "{there}");
    std::fs::remove_file(home.path("evatel.db")).unwrap();
    let restored = home.json(&["db", "restore", "evatel.jsonl"]);
    assert_eq!(restored["imported"]["rows"], made["exported"]["rows"]);
    assert_eq!(home.json(&["db", "check"])["faults"], serde_json::json!([]));
    assert_eq!(self::digest(&home), digest);
}

#[test]
fn an_export_goes_from_one_program_to_the_next_with_its_progress_beside_it() {
    let (home, _) = with_a_device();
    let out = home.run(&["db", "export"]);
    assert_eq!(out.code(), 0, "{}", out.errors());
    assert!(out.errors().contains(" users"), "{}", out.errors());
    let new = ["db", "import", "-", "--database", "sqlite:new.db"];
    let came = home.run_with_input(&new, out.text());
    assert_eq!(came.code(), 0, "{}", came.errors());
    let users = home.json(&["user", "list", "--database", "sqlite:new.db"]);
    assert_eq!(users, home.json(&["user", "list"]));

    let cut = out.text().lines().next().unwrap().to_owned() + "\n";
    let other = ["db", "import", "-", "--database", "sqlite:other.db"];
    let refused = home.run_with_input(&other, &cut);
    assert_eq!(refused.code(), 2);
    assert!(
        refused.errors().contains("line 2") && refused.errors().contains("hint: "),
        "{}",
        refused.errors()
    );
    assert!(!home.path("other.db").exists(), "nothing of it is left");
}

#[test]
fn a_check_finds_a_key_that_is_gone_and_a_schema_is_brought_up_once() {
    let (home, _) = with_a_device();
    assert_eq!(home.json(&["db", "migrate"])["ran"], serde_json::json!([]));
    std::fs::rename(home.path("evatel.db.key"), home.path("elsewhere")).unwrap();
    let checked = home.run(&["db", "check"]);
    assert_eq!(checked.code(), 1, "{}", checked.errors());
    assert!(checked.text().contains("no key"), "{}", checked.text());
    let french = home.run(&["db", "check", "--lang", "fr"]).text();
    assert!(french.contains("il n'y a pas de clé"), "{french}");
    let json = home.run(&["db", "check", "--json"]).text();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["faults"], serde_json::json!([{ "fault": "no-key" }]));
    let applied = home.run(&["provision", "apply", "--no-reload"]);
    assert!(
        applied.code() != 0 && applied.errors().contains("hint: "),
        "{}",
        applied.errors()
    );
    // Nor can a new one take its place unseen.
    let rotated = home.run(&["secret", "rotate"]);
    assert!(
        rotated.code() != 0 && rotated.errors().contains("not in the key file"),
        "{}",
        rotated.errors()
    );
    assert!(!home.path("evatel.db.key").exists());
    std::fs::rename(home.path("elsewhere"), home.path("evatel.db.key")).unwrap();
    assert_eq!(home.run(&["db", "check"]).code(), 0);
}

#[test]
fn addresses_of_no_province_are_named_with_their_remedies_and_the_rest_goes_on() {
    let home = Home::reachable();
    let address = ["--street", "1, rue Un", "--city", "Laval", "--province", "QC"];
    home.json(&[&["emergency", "set", "--callback", "5145550199"][..], &address].concat());
    home.json(&[&["did", "address", "5145550199"][..], &address].concat());
    // As older versions took them.
    let older = home.run(&["db", "export"]).text().replace("QC", "ZZ");
    let new = ["--database", "sqlite:older.db"];
    let at = |verb: &[&'static str]| [verb, &new].concat();
    let came = home.run_with_input(&at(&["db", "import", "-"]), &older);
    assert_eq!(came.code(), 0, "{}", came.errors());
    let account = home.json(&["account", "list"])[0]["id"].clone();
    for (language, words) in [("en", "names no province"), ("fr", "ne nomme aucune province")] {
        let checked = home.run(&at(&["db", "check", "--lang", language]));
        let (said, remedy) = (
            checked.text(),
            format!("emergency set --account {}", text(&account)),
        );
        assert_eq!(checked.code(), 1, "{said}");
        for part in [words, "`ZZ`", &remedy, "did address +15145550199"] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
    }
    let number = home.json(&at(&["did", "show", "5145550199"]));
    assert_eq!(number["emergency_address"], serde_json::Value::Null);
    home.json(&at(&["evaluate", "--did", "5145550199"]));
    home.json(
        &[
            &["emergency", "set", "--callback", "5145550199"][..],
            &address,
            &new,
        ]
        .concat(),
    );
    home.json(&at(&["did", "address", "5145550199", "--clear"]));
    let left = home.run(&at(&["db", "check"])).text();
    assert!(!left.contains("province"), "{left}");
}

#[test]
fn rotation_changes_the_key_and_nothing_that_telephones_know() {
    let (home, digest) = with_a_device();
    let mode = home
        .path("evatel.db.key")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let old = std::fs::read_to_string(home.path("evatel.db.key")).unwrap();
    let rotated = home.json(&["secret", "rotate"]);
    assert_eq!(rotated["sealed"], 1);
    let new = std::fs::read_to_string(home.path("evatel.db.key")).unwrap();
    assert!(new.starts_with(text(&rotated["key"])) && new.lines().count() == 1);
    assert_ne!(new, old);
    assert_eq!(self::digest(&home), digest);

    std::fs::write(home.path("evatel.db.key"), old).unwrap();
    let said = home.run(&["device", "add", "--name", "Salon"]);
    assert!(
        said.code() != 0 && said.errors().contains("hint: put the right key file back"),
        "{}",
        said.errors()
    );
}

#[test]
fn what_makes_or_changes_a_whole_database_can_be_tried_first() {
    let (home, digest) = with_a_device();
    let made = home.json(&["db", "backup", "evatel.jsonl"]);
    for verb in ["import", "restore"] {
        let new = [
            "db",
            verb,
            "evatel.jsonl",
            "--database",
            "sqlite:new.db",
            "--dry-run",
        ];
        assert_eq!(home.json(&new)["imported"]["rows"], made["exported"]["rows"]);
        assert!(!home.path("new.db").exists(), "{verb}");
        let there = home.refused(&["db", verb, "evatel.jsonl", "--dry-run"]);
        assert!(there.contains("already there"), "{there}");
    }
    let told = std::fs::read_to_string(home.path("evatel.jsonl")).unwrap();
    std::fs::write(
        home.path("cut.jsonl"),
        told.lines().next().unwrap().to_owned() + "\n",
    )
    .unwrap();
    let cut = [
        "db",
        "restore",
        "cut.jsonl",
        "--database",
        "sqlite:new.db",
        "--dry-run",
    ];
    assert!(home.refused(&cut).contains("line 2"));
    assert!(!home.path("new.db").exists());

    assert_eq!(
        home.json(&["db", "migrate", "--dry-run"]),
        serde_json::json!({ "pending": [] })
    );
    let key = std::fs::read_to_string(home.path("evatel.db.key")).unwrap();
    let tried = home.json(&["secret", "rotate", "--dry-run"]);
    assert_eq!(tried["sealed"], 1);
    assert_eq!(std::fs::read_to_string(home.path("evatel.db.key")).unwrap(), key);
    assert_eq!(self::digest(&home), digest);
    std::fs::rename(home.path("evatel.db.key"), home.path("elsewhere")).unwrap();
    let lost = home.run(&["secret", "rotate", "--dry-run"]);
    assert!(
        lost.code() != 0 && lost.errors().contains("not in the key file"),
        "{}",
        lost.errors()
    );
    assert!(!home.path("evatel.db.key").exists());
}

#[test]
fn a_restored_database_whose_key_is_not_there_says_which_file_lacks() {
    let (home, digest) = with_a_device();
    home.json(&["db", "backup", "evatel.jsonl"]);
    let restore = ["db", "restore", "evatel.jsonl", "--database", "sqlite:new.db"];
    let said = home.human(&restore);
    let key = std::fs::read_to_string(home.path("evatel.db.key")).unwrap();
    let name = key.split(' ').next().unwrap();
    assert!(said.contains(name) && said.contains("new.db.key"), "{said}");
    let checked = home.run(&["db", "check", "--database", "sqlite:new.db", "--lang", "fr"]);
    assert_eq!(checked.code(), 1);
    assert!(
        checked.text().contains("mettez le fichier de clés") && checked.text().contains("new.db.key"),
        "{}",
        checked.text()
    );
    std::fs::copy(home.path("evatel.db.key"), home.path("new.db.key")).unwrap();
    std::fs::remove_file(home.path("new.db")).unwrap();
    let restored = home.json(&restore);
    assert_eq!(restored.get("key_lacks"), None, "{restored}");
    assert_eq!(self::digest(&home), digest);
}
