//! What is sold, and buying it, on the command line.

use std::fs;

use serde_json::{Value, json};

use crate::home::{Home, text};

/// A plan for 30 $ a month, and numbers for 3 $.
fn shop() -> Home {
    let home = Home::reachable();
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
        "--minutes",
        "500",
        "--to",
        "canada",
    ]);
    home.json(&[
        "catalog",
        "add",
        "number",
        "--kind",
        "number",
        "--name",
        "Numéro",
        "--one-off",
        "5",
        "--monthly",
        "3",
    ]);
    home
}

#[test]
fn the_catalogue_counts_its_versions_and_says_what_is_wrong_with_a_price() {
    let home = shop();
    let before = home.json(&["catalog", "list"]);
    assert_eq!(before["version"], 2);
    let tried = home.json(&["catalog", "reprice", "plan-pro", "--monthly", "35", "--dry-run"]);
    assert_eq!(tried["version"], 3);
    assert_eq!(home.json(&["catalog", "list"]), before);
    home.json(&["catalog", "retire", "plan-pro"]);
    let list = home.human(&["catalog", "list", "--lang", "fr"]);
    assert!(
        list.starts_with("Catalogue, version 3\n") && list.contains("UNE FOIS"),
        "{list}"
    );

    let add = ["catalog", "add", "x", "--kind", "option", "--name", "X"];
    for (wrong, part) in [
        (&["--monthly", "1,5"][..], "`1,5"),
        (&["--monthly=-1"], "below zero"),
        (&["--one-off", "-5"], "below zero"),
        (&["--monthly", "20 CAD"], "its currency as `--currency`"),
        (&["--monthly", "1.0000001"], "more than 6 decimals"),
        (&["--monthly", "99999999999999999999"], "99999999999999999999"),
        (&["--monthly", "\u{0665}"], "\u{0665}"),
        (&["--monthly", "=1+1"], "=1+1"),
        (&["--per-minute", "canada"], "canada"),
        (&["--per-minute", "moon=1"], "moon"),
        (&["--currency", "XAU"], "XAU"),
        (&["--minutes", "10"], "--to"),
        (&["--to", "canada"], "included minutes"),
        (&["--resale", "never"], "at-least-list"),
    ] {
        let said = home.refused(&[&add[..], wrong].concat());
        assert!(said.contains(part), "{wrong:?}: {said}");
    }
    for wrong in [
        &["catalog", "add", "number", "--kind", "number", "--name", "Again"][..],
        &["catalog", "reprice", "plan-pro", "--monthly", "1"],
        &["catalog", "retire", "nothing"],
        &["catalog", "add", "a b", "--kind", "plan", "--name", "A"],
        &["catalog", "add", "a", "--kind", "plan", "--name", "A\nB"],
    ] {
        home.refused(wrong);
    }
    assert_eq!(home.json(&["catalog", "list"])["version"], 3);
}

#[test]
fn a_reseller_asks_its_own_price_and_never_less_than_it_pays() {
    let home = shop();
    let said = home.refused(&["offer", "choose", "plan-pro", "--monthly", "29.99"]);
    assert!(said.contains("below it") && said.contains("hint: "), "{said}");
    let price = |offer: &Value| offer["offered"][1]["price"]["monthly"].clone();
    let list = price(&home.json(&["offer", "list"]));
    let tried = home.json(&[
        "offer",
        "choose",
        "plan-pro",
        "--monthly",
        "39",
        "--minutes",
        "500",
        "--to",
        "canada",
        "--dry-run",
    ]);
    assert_ne!(price(&tried), list);
    assert_eq!(price(&home.json(&["offer", "list"])), list);
    home.json(&["offer", "choose", "plan-pro", "--hide"]);
    assert_eq!(
        home.json(&["offer", "list"])["offered"].as_array().unwrap().len(),
        1
    );
    let said = home.refused(&["quote", "buy", "plan-pro"]);
    assert!(said.contains("there is no item `plan-pro`"), "{said}");
    home.json(&["offer", "assign", "plan-pro"]);
    assert_eq!(home.json(&["offer", "list"])["offered"], json!([]));
    home.json(&["offer", "assign", "--all"]);
    home.json(&["offer", "choose", "plan-pro", "--list-price"]);
    assert_eq!(
        home.json(&["offer", "list"])["offered"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn what_is_bought_was_quoted_and_confirmed_once_by_the_account_that_pays() {
    let home = shop();
    let quote = home.json(&["quote", "buy", "plan-pro", "--quantity", "2"]);
    let id = text(&quote["id"]);
    assert_eq!(home.json(&["subscription", "list"]), json!([]));
    let tried = home.json(&["quote", "confirm", id, "--dry-run"]);
    assert_eq!(tried["subscriptions"][0]["quantity"], 2);
    assert_eq!(home.json(&["subscription", "list"]), json!([]));

    let other = home.json(&["account", "add", "--name", "Voisin", "--kind", "company"]);
    let foreign = home.refused(&["quote", "confirm", id, "--account", text(&other["id"])]);
    let none = home.refused(&["quote", "confirm", "quo-none", "--account", text(&other["id"])]);
    assert_eq!(foreign.replace(id, "Q"), none.replace("quo-none", "Q"));

    home.json(&["quote", "confirm", id]);
    let bought = home.json(&["subscription", "list"]);
    assert_eq!(
        (&bought[0]["item"], &bought[0]["quantity"]),
        (&json!("plan-pro"), &json!(2))
    );
    assert_eq!(home.json(&["subscription", "billed"])[0]["quote"], id);
    assert!(
        home.refused(&["quote", "confirm", id])
            .contains("there is no quote")
    );

    let subscription = text(&bought[0]["id"]);
    let foreign = home.refused(&["quote", "cancel", subscription, "--account", text(&other["id"])]);
    assert!(foreign.contains("has no subscription"), "{foreign}");
    let stale = home.json(&["quote", "resize", subscription, "--quantity", "3"]);
    home.json(&["catalog", "reprice", "plan-pro", "--monthly", "31"]);
    let said = home.refused(&["quote", "confirm", text(&stale["id"])]);
    assert!(
        said.contains("the catalogue has changed since") && said.contains("hint: ask again"),
        "{said}"
    );
    let cancel = home.json(&["quote", "cancel", subscription]);
    home.json(&["quote", "confirm", text(&cancel["id"])]);
    assert_eq!(home.json(&["subscription", "list"])[0]["upcoming"]["quantity"], 0);
    for wrong in [
        &["quote", "buy", "plan-pro", "--quantity", "0"][..],
        &["quote", "buy", "plan-pro", "--quantity", "10001"],
        &["quote", "buy", "number"],
        &["quote", "buy", "plan-pro", "--user", "usr-none"],
    ] {
        let said = home.refused(wrong);
        assert!(said.contains("hint: "), "{wrong:?}: {said}");
    }
}

#[test]
fn a_number_is_ordered_by_quote_and_paid_for_until_it_is_released() {
    let home = shop();
    home.json(&["did", "add", "5145550123", "--pool"]);
    let user = home.json(&["user", "list"])[0]["id"].clone();
    let offered = home.json(&["did", "list", "--on-offer"]);
    assert_eq!(offered[0]["number"], "+15145550123");
    let order = ["quote", "number", "5145550123", "--user", text(&user)];
    let quote = home.json(&order);
    assert_eq!(home.json(&["did", "show", "5145550123"])["status"], "available");
    let human = home.human(&order);
    assert!(human.contains("evatel quote confirm quo-"), "{human}");
    let confirm = ["quote", "confirm", text(&quote["id"])];
    let tried = home.json(&[&confirm[..], &["--dry-run"]].concat());
    assert_eq!(tried["numbers"][0]["flag"], "no-emergency-address");
    let confirmed = home.human(&confirm);
    let again = home.refused(&confirm);
    assert!(again.contains("wants the same `--account`"), "{again}");
    assert!(
        confirmed.contains("told NO address for this number") && confirmed.contains("+15145550123"),
        "{confirmed}"
    );
    assert_eq!(home.json(&["did", "show", "5145550123"])["status"], "assigned");
    let paid = home.json(&["subscription", "list"]);
    assert_eq!(paid[0]["number"], "+15145550123");
    let said = home.refused(&["quote", "cancel", text(&paid[0]["id"])]);
    assert!(said.contains("in which the number is released"), "{said}");
    home.json(&["did", "release", "5145550123"]);
    assert_eq!(home.json(&["subscription", "list"])[0]["upcoming"]["quantity"], 0);
    // The other number is in service: it is nobody's to order, and so is one that is not there.
    for taken in ["5145550199", "5145550777"] {
        let said = home.refused(&["quote", "number", taken, "--user", text(&user)]);
        assert!(said.contains(&format!("there is no DID `+1{taken}`")), "{said}");
    }
}

#[test]
fn what_costs_is_not_handed_out_around_the_quote_and_the_refusal_says_how_to_buy_it() {
    let home = shop();
    let user = home.json(&["user", "list"])[0]["id"].clone();
    home.json(&["did", "add", "5145550123", "--pool"]);
    for around in [
        &["did", "assign", "5145550123", "--user", text(&user)][..],
        &["did", "add", "5145550124", "--user", text(&user)],
    ] {
        for (language, reason, word) in [
            (
                "en",
                "a number costs this account something",
                "evatel quote number",
            ),
            ("fr", "un numéro coûte à ce compte", "ARTICLE"),
        ] {
            let said = home.refused(&[around, &["--lang", language]].concat());
            assert!(said.contains(reason) && said.contains(word), "{around:?}: {said}");
        }
    }
    assert_eq!(home.json(&["did", "show", "5145550123"])["status"], "available");

    for kind in ["device", "seat"] {
        home.json(&[
            "catalog",
            "add",
            kind,
            "--kind",
            kind,
            "--name",
            "Place",
            "--monthly",
            "4",
        ]);
    }
    let add = ["device", "add", "--name", "Bureau"];
    let said = home.refused(&add);
    assert!(
        said.contains("the account has 0 and pays for 0, so 1 must be bought first")
            && said.contains("evatel quote buy"),
        "{said}"
    );
    let quote = home.json(&["quote", "buy", "device"]);
    home.json(&["quote", "confirm", text(&quote["id"])]);
    home.json(&add);
    let company = home.json(&["account", "add", "--name", "Voisin", "--kind", "company"]);
    let account = text(&company["id"]);
    let add = [
        "user",
        "add",
        "--name",
        "Anne Roy",
        "--extension",
        "102",
        "--account",
        account,
    ];
    let said = home.refused(&add);
    assert!(said.contains("one more of the kind `seat` costs"), "{said}");
    let for_one = ["quote", "buy", "seat", "--account", account];
    let quote = home.json(&for_one);
    home.json(&["quote", "confirm", text(&quote["id"]), "--account", account]);
    home.json(&add);
}

#[test]
fn a_catalogue_comes_from_a_file_all_or_none_and_again_with_new_prices_only() {
    let home = Home::begun();
    let file = "item;kind;name;one_off;monthly;per_minute;minutes;to;resale\n\
        plan-pro;plan;Pro;;30;us48=0.02;500;canada|us48;\n\
        seat;seat;Poste;;4.50;;;;free\n";
    fs::write(home.path("items.csv"), file).unwrap();
    let import = ["catalog", "import", "items.csv"];
    let tried = home.json(&[&import[..], &["--dry-run"]].concat());
    assert_eq!((&tried["added"], &tried["version"]), (&json!(2), &json!(2)));
    assert_eq!(home.json(&["catalog", "list"])["version"], 0);
    home.json(&import);
    let again = home.json(&import);
    assert_eq!(
        (&again["added"], &again["same"], &again["version"]),
        (&json!(0), &json!(2), &json!(2))
    );
    let list = home.json(&["catalog", "list"]);
    assert_eq!(list["items"][1]["resale"], "free");

    let dearer = file.replace("4.50", "5");
    let answer = home.run_with_input(&["catalog", "import", "-", "--json"], &dearer);
    let answer: Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!((&answer["repriced"], &answer["same"]), (&json!(1), &json!(1)));
    let told = home.json(&["audit", "list", "--object", "seat"]);
    assert_eq!(told.as_array().unwrap().len(), 2, "{told:#}");
    let human = home.run_with_input(&["catalog", "import", "-", "--lang", "fr"], &dearer);
    assert_eq!(
        human.text(),
        "0 ajouté, 0 à un nouveau prix, 2 déjà là, 0 refusé\n"
    );
}

/// Every sort of row that no file should get away with; the core's tests have more than a hundred.
#[test]
fn a_hostile_catalogue_is_refused_line_by_line_and_nothing_of_it_is_done() {
    let home = shop();
    home.json(&["catalog", "add", "old", "--kind", "fee", "--name", "Old"]);
    home.json(&["catalog", "retire", "old"]);
    let before = home.json(&["catalog", "list"]);
    let heading = "item,kind,name,one_off,monthly,per_minute,minutes,to,resale\n";
    let rows = [
        "good,fee,Good,1,,,,,",
        "a,plans,A,,,,,,",
        "a b,fee,A,,,,,,",
        "a,fee,=cmd|' /C calc'!A0,,,,,,",
        "a,fee,A,-1,,,,,",
        "a,fee,A,,99999999999999999999,,,,",
        "a,fee,A,,\u{0665},,,,",
        "a,plan,A,,,canada,,,",
        "a,plan,A,,,moon=1,,,",
        "a,plan,A,,,,10,,",
        "a,plan,A,,,,,,never",
        "a,plan,A\u{7},,,,,,",
        "a,plan",
        "good,fee,Again,1,,,,,",
        "plan-pro,option,Pro,,,,,,",
        "old,fee,Old,1,,,,,",
    ];
    fs::write(home.path("items.csv"), heading.to_owned() + &rows.join("\n")).unwrap();
    for more in [&[][..], &["--dry-run"]] {
        let answer = home.run(&[&["catalog", "import", "items.csv", "--json"], more].concat());
        assert_eq!(answer.code(), 2, "{}", answer.errors());
        let answer: Value = serde_json::from_str(&answer.text()).unwrap();
        let refused = answer["refused"].as_array().unwrap();
        let lines: Vec<_> = refused.iter().map(|row| row["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, (3..=17).collect::<Vec<_>>(), "{answer:#}");
        assert!(
            refused
                .iter()
                .all(|row| row["field"].is_string() && row["remedy"].is_string()),
            "{answer:#}"
        );
        assert_eq!(
            (&answer["added"], &answer["version"]),
            (&json!(0), &before["version"])
        );
    }
    assert_eq!(home.json(&["catalog", "list"]), before);
    let human = home.run(&["catalog", "import", "items.csv", "--lang", "fr"]);
    assert!(human.text().contains("ligne 3, kind : "), "{}", human.text());
    for wrong in ["", "item,kind\n", "item,kind,name,price\n"] {
        fs::write(home.path("items.csv"), wrong).unwrap();
        let said = home.refused(&["catalog", "import", "items.csv"]);
        assert!(said.contains("hint: "), "{wrong}: {said}");
    }
    fs::write(home.path("items.csv"), b"item,kind,name\na,fee,\xff\n").unwrap();
    assert!(
        home.refused(&["catalog", "import", "items.csv"])
            .contains("line 2: the text is not UTF-8")
    );
    home.refused(&["catalog", "import", "nowhere.csv"]);
}

#[test]
fn a_quote_that_is_stale_is_listed_as_such_and_a_printed_command_confirms_the_other() {
    let home = shop();
    home.json(&["quote", "buy", "plan-pro"]);
    home.json(&["catalog", "reprice", "plan-pro", "--monthly", "35"]);
    let company = home.json(&["account", "add", "--name", "Voisin", "--kind", "company"]);
    let account = text(&company["id"]);
    home.json(&["quote", "buy", "plan-pro"]);
    let kept = home.json(&["quote", "list"]);
    assert_eq!(kept.as_array().unwrap().len(), 2);
    assert!(
        text(&kept[0]["stale"]).contains("the catalogue has changed"),
        "{kept:#}"
    );
    assert_eq!(kept[1]["stale"], Value::Null);
    let human = home.human(&["quote", "list"]);
    assert!(human.contains("stale: the catalogue has changed"), "{human}");

    // Paid once and each month: one item still.
    home.json(&["did", "add", "5145550123", "--pool"]);
    let fee = [
        "catalog",
        "add",
        "mixed",
        "--kind",
        "option",
        "--name",
        "Mixed",
        "--one-off",
        "5",
        "--monthly",
        "3",
    ];
    home.json(&fee);
    let quote = ["quote", "buy", "mixed", "--account", account];
    let asked = home.human(&quote);
    let listed = home.human(&["quote", "list", "--account", account, "--csv"]);
    assert!(
        listed.contains(",mixed,") && !listed.contains("mixed mixed"),
        "{listed}"
    );
    let command = asked.split("evatel quote confirm ").nth(1).unwrap();
    let words: Vec<&str> = ["quote", "confirm"]
        .into_iter()
        .chain(command.split_whitespace())
        .collect();
    assert_eq!(words[3..], ["--account", account]);
    home.json(&words);
}
