//! Where toll goes and how much of it: routes, limits, and what the audit tells of them.

use serde_json::{Value, json};

use crate::home::{Home, text};

#[test]
fn a_route_is_added_changed_listed_and_removed() {
    let home = Home::reachable();
    let route = home.json(&["route", "add", "FR", "--priority", "2", "--price", "0.012"]);
    let id = text(&route["id"]);
    assert_eq!(route["matches"], json!({ "by": "country", "value": "FR" }));
    assert_eq!((&route["priority"], &route["weight"]), (&json!(2), &json!(1)));
    assert_eq!(route["price_micros"], json!(12_000));
    let shown = home.human(&["route", "list", "--lang", "en"]);
    assert!(shown.contains("PRICE/MIN") && shown.contains("0.012"), "{shown}");
    assert!(shown.contains("ordinary"), "{shown}");

    let taken = home.refused(&["route", "add", "FR"]);
    assert!(
        taken.contains("already has a route for `country:FR`") && taken.contains("hint: "),
        "{taken}"
    );
    let changed = home.json(&[
        "route",
        "set",
        id,
        "--price",
        "none",
        "--classes",
        "premium,canada",
    ]);
    assert_eq!(changed["price_micros"], Value::Null);
    assert_eq!(changed["classes"], json!("canada,premium"));
    assert_eq!(changed["priority"], json!(2), "what is not named stays");
    let nothing = home.refused(&["route", "set", id]);
    assert!(
        nothing.contains("hint: ") && nothing.contains("--price"),
        "{nothing}"
    );

    let tried = home.json(&["route", "remove", id, "--dry-run"]);
    assert_eq!(tried["removed"], route["id"]);
    assert_eq!(home.json(&["route", "list"]), json!([changed]));
    home.json(&["route", "remove", id]);
    assert_eq!(home.json(&["route", "list"]), json!([]));
    let gone = home.refused(&["route", "remove", id]);
    assert!(gone.contains(&format!("there is no route `{id}`")), "{gone}");
    let told = home.json(&["audit", "list", "--object", id]);
    assert_eq!(told.as_array().unwrap().len(), 3, "{told}");
    assert_eq!(told[1]["before"]["price_micros"], json!(12_000));
}

#[test]
fn limits_hold_for_each_owner_and_what_is_not_named_stays() {
    let home = Home::reachable();
    let user = home.json(&["user", "list"])[0]["id"].clone();
    let reseller = home.json(&["reseller", "list"])[0]["id"].clone();
    let of_account = home.json(&["limit", "set", "--toll-legs", "3", "--spend-a-day", "50"]);
    assert_eq!(of_account["owner"]["level"], "account");
    assert_eq!(of_account["spend_a_day_micros"], json!(50_000_000));
    for (owner, level) in [
        (&["--system"][..], "system"),
        (&["--reseller", text(&reseller)], "reseller"),
        (&["--user", text(&user)], "user"),
    ] {
        let set = [&["limit", "set", "--max-length", "600"][..], owner].concat();
        let limits = home.json(&set);
        assert_eq!(limits["owner"]["level"], level);
        assert_eq!(
            (&limits["max_length_s"], &limits["toll_legs"]),
            (&json!(600), &Value::Null)
        );
        assert_eq!(
            home.json(&[&["limit", "show"][..], owner].concat())
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["owner"]["level"] == level),
            Some(&limits)
        );
    }
    let lifted = home.json(&[
        "limit",
        "set",
        "--toll-legs",
        "none",
        "--approves-countries",
        "on",
    ]);
    assert_eq!(
        (&lifted["toll_legs"], &lifted["spend_a_day_micros"]),
        (&Value::Null, &json!(50_000_000))
    );
    assert_eq!(home.json(&["limit", "show"]).as_array().unwrap().len(), 4);
    let shown = home.human(&["limit", "show", "--lang", "fr"]);
    assert!(
        shown.contains("DÉPENSE/JOUR") && shown.contains("50.00"),
        "{shown}"
    );

    assert_eq!(home.json(&["limit", "countries"]), json!([]));
    home.json(&["limit", "approve", "FR"]);
    assert_eq!(home.json(&["limit", "countries"])[0]["country"], "FR");
    home.json(&["limit", "withdraw", "FR", "--dry-run"]);
    home.json(&["limit", "withdraw", "FR"]);
    let again = home.refused(&["limit", "withdraw", "FR"]);
    assert!(again.contains("there is no approved country `FR`"), "{again}");

    home.json(&["limit", "remove", "--user", text(&user)]);
    assert_eq!(home.json(&["limit", "show", "--user", text(&user)]), json!([]));
    assert!(
        home.human(&["limit", "show", "--user", text(&user), "--lang", "en"])
            .contains("no limits are set")
    );
}

#[test]
fn what_is_no_limit_is_refused_with_what_is_one() {
    let home = Home::begun();
    for (arguments, part) in [
        (&["limit", "set", "--toll-legs", "-1"][..], "-1"),
        (&["limit", "set", "--toll-legs", "١٢"], "0 to 1000000"),
        (&["limit", "set", "--spend-a-day", "=1+1"], "`0.012`"),
        (&["limit", "set", "--spend-a-day", "99999999999999"], "`0.012`"),
        (&["limit", "set", "--max-length", "0"], "seconds"),
        (&["limit", "set", "--max-length", "999999"], "or `none`"),
        (
            &["limit", "set", "--system", "--user", "usr-x", "--toll-legs", "1"],
            "--user",
        ),
        (&["limit", "set"], "nothing"),
        (
            &["limit", "set", "--user", "usr-none", "--toll-legs", "1"],
            "there is no user `usr-none`",
        ),
        (
            &["limit", "set", "--account", "acc-none", "--toll-legs", "1"],
            "there is no account `acc-none`",
        ),
        (&["limit", "approve", "France"], "France"),
        (&["route", "add", "FR", "--price", "5000"], "4294"),
        (
            &["route", "add", "FR", "--trunk", "trk-none"],
            "there is no trunk `trk-none`",
        ),
        (&["route", "add", "FR", "--classes", "foreign"], "`international`"),
    ] {
        let said = home.refused(&[arguments, &["--lang", "en"]].concat());
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

#[test]
fn a_rule_about_a_country_that_has_no_numbers_is_refused_with_the_one_that_is_meant() {
    let home = Home::reachable();
    let verbs: [&[&str]; 3] = [
        &["restriction", "add", "--name", "R", "--deny", "UK"],
        &["route", "add", "UK"],
        &["limit", "approve", "UK"],
    ];
    for verb in verbs {
        let said = home.refused(verb);
        assert!(
            said.contains("`UK` is no country") && said.contains("`GB` is meant") && said.contains("hint: "),
            "{verb:?}: {said}"
        );
    }
    assert_eq!(home.json(&["restriction", "list"]), json!([]));
}
