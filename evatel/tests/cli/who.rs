//! Who there is, what he may do and what is told of it.

use serde_json::{Value, json};

use crate::home::{Home, text};

const PASSWORD: &str = "quatre chevaux bleus en hiver\n";

#[test]
fn a_company_is_opened_its_first_person_is_its_administrator_and_the_last_one_stays() {
    let home = Home::begun();
    let reseller = home.json(&[
        "reseller",
        "add",
        "--name",
        "Voix du Nord",
        "--billing",
        "self-billed",
    ]);
    let sold_by = text(&reseller["id"]);
    let company = home.json(&[
        "account",
        "add",
        "--name",
        "Roy et fils",
        "--kind",
        "company",
        "--reseller",
        sold_by,
    ]);
    assert_eq!(
        (text(&company["status"]), text(&company["reseller"])),
        ("trial", sold_by)
    );
    let account = text(&company["id"]);
    let anne = home.json(&[
        "user",
        "add",
        "--name",
        "Anne",
        "--extension",
        "101",
        "--account",
        account,
    ]);
    assert_eq!(text(&anne["roles"]), "administrator");
    let refused = home.refused(&["user", "roles", text(&anne["id"]), "none"]);
    assert!(
        refused.contains("last administrator") && refused.contains("hint: "),
        "{refused}"
    );
    let refused = home.refused(&["account", "set", account, "--status", "active"]);
    assert!(refused.contains("number"), "{refused}");

    let closed = home.json(&["reseller", "close", sold_by]);
    assert_eq!(closed["accounts"], 1);
    assert_eq!(
        home.json(&["account", "list", "--reseller", sold_by])[0]["status"],
        "closed"
    );
    let default = home.json(&["reseller", "list"])[0]["id"].clone();
    assert!(
        home.refused(&["reseller", "close", text(&default)])
            .contains("default reseller")
    );
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let home = Home::begun();
    let before = home.json(&["account", "list"]);
    let told = home.json(&["audit", "list"]);
    let tried = home.json(&["account", "set", "--language", "en", "--dry-run"]);
    assert_eq!(tried["language"], "en");
    home.json(&["user", "add", "--name", "Anne", "--extension", "102", "--dry-run"]);
    assert_eq!(home.json(&["account", "list"]), before);
    assert_eq!(home.json(&["audit", "list"]), told);
}

#[test]
fn the_audit_names_who_did_it_as_whom_and_what_it_was_before() {
    let home = Home::begun();
    home.json(&["user", "set", "--language", "en"]);
    let told = home.json(&["audit", "list", "--limit", "1"]);
    let entry = &told[0];
    assert_eq!(
        (text(&entry["who"]["kind"]), text(&entry["as_whom"]["kind"])),
        ("system", "account")
    );
    assert_eq!(
        (
            text(&entry["action"]),
            text(&entry["matter"]),
            text(&entry["origin"])
        ),
        ("write", "users", "command-line")
    );
    assert!(entry["before"]["language"].is_null());
    assert_eq!(text(&entry["after"]["language"]), "en");
}

#[test]
fn a_password_is_read_from_standard_input_and_never_shown() {
    let home = Home::begun();
    let made = home.run_with_input(&["login", "add", "root-1", "--system", "--json"], PASSWORD);
    assert_eq!(made.code(), 0, "{}", made.errors());
    assert!(!made.text().contains("chevaux") && !made.text().contains("argon2"));
    let weak = home.run_with_input(&["login", "set-password", "root-1"], "short\n");
    assert_eq!(weak.code(), 2);
    assert!(
        weak.errors().contains("hint: ") && !weak.errors().contains("short\n"),
        "{}",
        weak.errors()
    );
    assert_eq!(home.json(&["login", "list"])[0]["name"], "root-1");
    home.json(&["login", "unlock", "root-1"]);
    home.json(&["login", "remove", "root-1"]);
    assert_eq!(home.json(&["login", "list"]), serde_json::json!([]));
}

#[test]
fn a_key_is_shown_once() {
    let home = Home::begun();
    let made = home.json(&[
        "apikey",
        "add",
        "--name",
        "billing",
        "--scope",
        "call-log:read",
        "--system",
    ]);
    let (id, secret) = (text(&made["key"]["id"]), text(&made["secret"]));
    assert!(secret.starts_with(id));
    let listed = home.json(&["apikey", "list"]).to_string() + &home.json(&["audit", "list"]).to_string();
    assert!(listed.contains(id) && !listed.contains(secret));
    let refused = home.refused(&[
        "apikey",
        "add",
        "--name",
        "x",
        "--scope",
        "everything",
        "--system",
    ]);
    assert!(refused.contains("numbers:write"), "{refused}");
    assert_eq!(home.json(&["apikey", "revoke", id])["removed"], id);
}

#[test]
fn an_empty_call_log_is_written_out_as_its_heading() {
    let home = Home::begun();
    let csv = home.human(&["call", "export"]);
    assert_eq!(csv.lines().count(), 1);
    assert!(
        csv.starts_with("call,leg,account,user,direction,from,to,"),
        "{csv}"
    );
    assert_eq!(home.human(&["call", "export", "--format", "jsonl"]), "");
}

#[test]
fn every_shell_gets_its_words() {
    let home = Home::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(home.human(&["completion", shell]).contains("reseller"), "{shell}");
    }
}

#[test]
fn users_of_a_file_come_in_whole_as_often_as_one_likes_and_go_out_as_csv() {
    let home = Home::begun();
    let account = home.json(&["account", "add", "--name", "Roy et fils", "--kind", "company"]);
    let account = account["id"].as_str().unwrap();
    let import = ["user", "import", "people.csv", "--account", account];
    let write = |text: &str| std::fs::write(home.path("people.csv"), text).unwrap();
    write("extension;name;zone\n101;Anne Roy;\n102;\"Luc; Roy\";Europe/Paris\n");
    let counts = |added, same| json!({ "added": added, "same": same, "refused": [] });
    assert_eq!(home.json(&[&import[..], &["--dry-run"]].concat()), counts(2, 0));
    let list = ["user", "list", "--account", account];
    assert_eq!(home.json(&list), json!([]));
    assert_eq!(home.json(&import), counts(2, 0));
    assert_eq!(home.json(&import), counts(0, 2));
    let roles: Vec<_> = home
        .json(&list)
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["roles"].clone())
        .collect();
    assert_eq!(roles, ["administrator", "none"]);
    let csv = home.human(&[&list[..], &["--csv"]].concat());
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "extension,name,language,zone,id,number,roles,has_pin,account"
    );
    assert!(lines[2].starts_with("102,Luc; Roy,,Europe/Paris,usr-"), "{csv}");

    // One wrong line, of the file or of what is there, and nothing is done; then the rest is, if one says so.
    write("extension,name\n103,Zoé\n104,=1+1\n101,Eve\n9,Paul\n");
    let refused = home.run(&[&import[..], &["--lang", "fr"]].concat());
    assert_eq!(refused.code(), 2);
    let said = refused.text();
    assert!(said.starts_with("1 serait ajouté, 0 déjà là, 3 refusés\nRien n'est pris : une rangée refusée écarte toutes les autres, sauf avec `--skip-refused`."), "{said}");
    for part in [
        "ligne 3, name : ",
        "ligne 4, name : « 101 » est déjà là",
        "ligne 5, extension : ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(home.json(&list).as_array().unwrap().len(), 2);
    let skipped = home.run(&[&import[..], &["--skip-refused", "--json"]].concat());
    let skipped: Value = serde_json::from_str(&skipped.text()).unwrap();
    assert_eq!(
        (&skipped["added"], &skipped["refused"][0]["remedy"]),
        (&json!(1), &json!("remove-formula"))
    );
    for (wrong, part) in [
        ("", "needs the columns"),
        ("extension,name,pin\n", "`pin` is no column"),
    ] {
        write(wrong);
        let said = home.refused(&import);
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn accounts_audit_and_what_was_billed_go_out_as_csv_that_runs_nothing() {
    let home = Home::begun();
    home.json(&["account", "add", "--name", "=1+1, inc.", "--kind", "company"]);
    let csv = home.human(&["account", "list", "--csv"]);
    assert!(
        csv.starts_with("id,name,kind,status,language,zone,records_calls,reseller\nacc-"),
        "{csv}"
    );
    assert!(
        csv.contains(",\"'=1+1, inc.\",company,trial,fr,America/Toronto,false,"),
        "{csv}"
    );
    let audit = home.human(&["audit", "list", "--csv", "--limit", "1"]);
    assert!(
        audit.starts_with("key,at,who,as_whom,action,matter,object,reseller,account,before,after,origin\n"),
        "{audit}"
    );
    assert!(audit.contains("\"\"name\"\":\"\"=1+1, inc.\"\""), "{audit}");
    let plan = [
        "catalog",
        "add",
        "plan-pro",
        "--kind",
        "plan",
        "--name",
        "Pro",
        "--one-off",
        "12.5",
    ];
    home.json(&plan);
    home.json(&["offer", "assign", "--all"]);
    let quote = home.json(&["quote", "buy", "plan-pro"]);
    home.json(&["quote", "confirm", quote["id"].as_str().unwrap()]);
    let billed = home.human(&["subscription", "billed", "--csv"]);
    let lines: Vec<_> = billed.lines().collect();
    assert_eq!(lines[0], "at,account,item,kind,amount,currency,quote");
    assert!(
        lines[1].contains(",plan-pro,") && lines[1].contains(",12.50,CAD,quo-"),
        "{billed}"
    );
}
