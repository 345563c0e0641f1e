//! Two customers with the same of everything, and every verb tried with the ids of both.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::home::{Home, text};

const MAC_OF_B: &str = "80:5e:c0:12:34:56";
const PASSWORD: &str = "quatre chevaux bleus en hiver\n";
const PRESENCE: &str = r#"{ "schedule": { "zone": "America/Toronto", "otherwise": "working" },
    "statuses": [{ "status": "working", "rules": [{ "who": "everybody", "then": { "forward": [
        { "ring_seconds": 20, "legs": [{ "to": "devices" }] }] } }] }] }"#;
const OFFICE: &str = r#"{ "schedule": { "zone": "America/Toronto", "otherwise": "closed" },
    "open": { "forward": [{ "ring_seconds": 30, "legs": [{ "to": "devices" }] }] } }"#;

/// What one customer has.
struct Tenant {
    reseller: String,
    account: String,
    user: String,
    device: String,
    contact: String,
    restriction: String,
    entry: String,
    login: String,
    key: String,
    quote: String,
    subscription: String,
    number: String,
    pooled: String,
    resting: String,
    reserved: String,
    /// The operator's, over which the numbers of both come.
    trunk: String,
}

fn owned(value: &Value) -> String {
    text(value).to_owned()
}

fn id(home: &Home, arguments: &[&str]) -> String {
    owned(&home.json(arguments)["id"])
}

impl Tenant {
    /// Gives a user's account one of everything, called as the other's is.
    fn furnish(
        reseller: String,
        account: String,
        user: String,
        first: u32,
        login: &str,
        home: &Home,
    ) -> Self {
        let number = |at: u32| format!("+1514555{:04}", first + at);
        for (at, verb) in [(1, None), (2, Some("release")), (3, None)] {
            home.json(&["did", "add", &number(at), "--pool", "--reseller", &reseller]);
            if let Some(verb) = verb {
                home.json(&["did", "assign", &number(at), "--user", &user]);
                home.json(&["did", verb, &number(at)]);
            }
        }
        home.json(&["did", "reserve", &number(3), "--account", &account]);
        home.json(&["did", "add", &number(0), "--user", &user]);
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
        ];
        home.json(&[&place[..], &[&number(0), "--account", &account]].concat());
        home.json(&["presence", "set", "--file", "presence.json", "--user", &user]);
        home.json(&["office", "set", "--file", "office.json", "--operator", &user]);
        home.json(&["limit", "set", "--toll-legs", "3", "--user", &user]);
        home.json(&["limit", "set", "--toll-legs", "3", "--account", &account]);
        let added = home.run_with_input(&["login", "add", login, "--user", &user], PASSWORD);
        assert_eq!(added.code(), 0, "{}", added.errors());
        home.json(&["offer", "assign", "--all", "--reseller", &reseller]);
        let buy = ["quote", "buy", "plan-pro", "--account", &account];
        let bought = id(home, &buy);
        let bought = home.json(&["quote", "confirm", &bought, "--account", &account]);
        let deny = [
            "restriction",
            "add",
            "--name",
            "R",
            "--deny",
            "premium",
            "--user",
            &user,
        ];
        let key = [
            "apikey", "add", "--name", "Program", "--scope", "*:read", "--user", &user,
        ];
        Self {
            device: owned(
                &home.json(&["device", "add", "--name", "Bureau", "--user", &user])["device"]["id"],
            ),
            contact: id(home, &["contact", "add", "Marie", "5145550142", "--user", &user]),
            restriction: id(home, &deny),
            entry: id(home, &["screening", "add", "block", "anonymous", "--user", &user]),
            login: login.to_owned(),
            key: owned(&home.json(&key)["key"]["id"]),
            quote: id(home, &buy),
            subscription: owned(&bought["subscriptions"][0]["id"]),
            number: number(0),
            pooled: number(1),
            resting: number(2),
            reserved: number(3),
            trunk: owned(&home.json(&["trunk", "list"])[0]["id"]),
            reseller,
            account,
            user,
        }
    }

    fn ids(&self) -> [&str; 15] {
        [
            &self.reseller,
            &self.account,
            &self.user,
            &self.device,
            &self.contact,
            &self.restriction,
            &self.entry,
            &self.login,
            &self.key,
            &self.quote,
            &self.subscription,
            &self.number,
            &self.pooled,
            &self.resting,
            &self.reserved,
        ]
    }

    /// All that the command line shows of him.
    fn everything(&self, home: &Home) -> Vec<Value> {
        let (account, user) = (&*self.account, &*self.user);
        [
            &["account", "list", "--reseller", &self.reseller][..],
            &["user", "list", "--account", account],
            &["device", "list", "--account", account],
            &["contact", "list", "--account", account],
            &["restriction", "list", "--account", account],
            &["limit", "show", "--account", account],
            &["did", "list", "--reseller", &self.reseller],
            &["presence", "show", "--user", user],
            &["office", "show", "--account", account],
            &["screening", "list", "--account", account],
            &["emergency", "show", "--account", account],
            &["subscription", "list", "--account", account],
            &["subscription", "billed", "--account", account],
            &["login", "list", "--account", account],
            &["apikey", "list", "--account", account],
            &["offer", "list", "--reseller", &self.reseller],
            &["reseller", "show", &self.reseller],
        ]
        .map(|arguments| home.json(arguments))
        .to_vec()
    }
}

/// How a verb is tried.
enum Case {
    /// It names no customer's thing, for this reason.
    Apart(&'static str),
    /// It names things of both, which no verb brings together: refused with these words.
    Both(&'static str),
    /// It names things of one: of the other nothing is shown, and nothing becomes different.
    One,
}
use Case::{Apart, Both, One};

fn two(home: &Home) -> (Tenant, Tenant) {
    for (file, text) in [
        ("presence.json", PRESENCE),
        ("office.json", OFFICE),
        ("contacts.csv", "name,number\nPaul,5145550143\n"),
        ("people.csv", "extension,name\n101,Luc Roy\n"),
    ] {
        fs::write(home.path(file), text).unwrap();
    }
    let plan = [
        "catalog",
        "add",
        "plan-pro",
        "--kind",
        "plan",
        "--name",
        "Pro",
        "--monthly",
        "30",
    ];
    home.json(&plan);
    // A number that costs nothing may be ordered, and handed out without an order.
    home.json(&["catalog", "add", "number", "--kind", "number", "--name", "Number"]);
    let account = &home.json(&["account", "list"])[0];
    let user = owned(&home.json(&["user", "list"])[0]["id"]);
    let (reseller, account) = (owned(&account["reseller"]), owned(&account["id"]));
    let a = Tenant::furnish(reseller, account, user, 1000, "luc", home);
    let reseller = id(home, &["reseller", "add", "--name", "Voix du Nord"]);
    let account = [
        "account",
        "add",
        "--name",
        "Luc Roy",
        "--kind",
        "professional",
        "--reseller",
        &reseller,
    ];
    let account = id(home, &account);
    let user = [
        "user",
        "add",
        "--name",
        "Luc Roy",
        "--extension",
        "101",
        "--account",
        &account,
    ];
    let user = id(home, &user);
    (a, Tenant::furnish(reseller, account, user, 2000, "zoe", home))
}

/// How each verb is tried, in this order: who is `a` asks, and `b` is the other.
#[rustfmt::skip]
fn cases<'a>(a: &'a Tenant, b: &'a Tenant) -> Vec<(Case, Vec<&'a str>)> {
    const OPERATOR: &str = "it is the operator's, not a customer's";
    const NOTHING: &str = "it reads and writes no rows";
    vec![
        (Apart("it makes a database"), vec!["init"]),
        (Apart("it makes a reseller"), vec!["reseller", "add"]),
        (Apart("it lists all resellers, for the operator"), vec!["reseller", "list"]),
        (One, vec!["reseller", "set", &a.reseller, "--product", "Voix"]),
        (One, vec!["reseller", "show", &a.reseller]),
        (One, vec!["account", "add", "--name", "C", "--kind", "company", "--reseller", &a.reseller]),
        (One, vec!["account", "list", "--reseller", &a.reseller]),
        (One, vec!["account", "set", &a.account, "--records-calls", "on"]),
        (Both("default"), vec!["account", "move", &a.account, "--to", &b.reseller]),
        (Both("default"), vec!["account", "close", &a.account]),
        (Both("default"), vec!["reseller", "close", &a.reseller]),
        (One, vec!["user", "add", "--name", "Anne", "--extension", "102", "--account", &a.account]),
        (One, vec!["user", "import", "people.csv", "--account", &a.account]),
        (One, vec!["user", "list", "--account", &a.account]),
        (One, vec!["user", "set", &a.user, "--extension", "103"]),
        (One, vec!["user", "set-pin", &a.user, "--pin", "2580"]),
        (One, vec!["user", "clear-pin", &a.user]),
        (Both("professional may not"), vec!["user", "roles", &a.user, "none"]),
        (Both("still used"), vec!["user", "remove", &a.user]),
        (One, vec!["login", "add", "luc-2", "--user", &a.user]),
        (One, vec!["login", "list", "--account", &a.account]),
        (One, vec!["login", "set-password", &a.login]),
        (One, vec!["login", "unlock", &a.login]),
        (One, vec!["login", "remove", "luc-2"]),
        (One, vec!["apikey", "add", "--name", "P", "--scope", "*:read", "--user", &a.user]),
        (One, vec!["apikey", "list", "--account", &a.account]),
        (One, vec!["apikey", "revoke", &a.key]),
        (One, vec!["audit", "list", "--account", &a.account, "--limit", "1000"]),
        (Apart(OPERATOR), vec!["catalog", "add"]),
        (Apart(OPERATOR), vec!["catalog", "import"]),
        (Apart(OPERATOR), vec!["catalog", "list"]),
        (Apart(OPERATOR), vec!["catalog", "reprice"]),
        (Apart(OPERATOR), vec!["catalog", "retire"]),
        (One, vec!["offer", "assign", "--all", "--reseller", &a.reseller]),
        (One, vec!["offer", "choose", "plan-pro", "--list-price", "--reseller", &a.reseller]),
        (One, vec!["offer", "list", "--reseller", &a.reseller]),
        (Both("there is no user"), vec!["quote", "buy", "plan-pro", "--user", &b.user, "--account", &a.account]),
        (Both("there is no quote"), vec!["quote", "confirm", &b.quote, "--account", &a.account]),
        (Both("has no subscription"), vec!["quote", "cancel", &b.subscription, "--account", &a.account]),
        (Both("has no subscription"), vec!["quote", "resize", &b.subscription, "--quantity", "2", "--account", &a.account]),
        (Both("there is no"), vec!["quote", "number", &b.pooled, "--user", &a.user, "--account", &a.account]),
        (One, vec!["quote", "list", "--account", &a.account]),
        (One, vec!["subscription", "list", "--account", &a.account]),
        (One, vec!["subscription", "billed", "--account", &a.account]),
        (Apart(OPERATOR), vec!["itsp", "add"]),
        (Apart(OPERATOR), vec!["itsp", "list"]),
        (Apart(OPERATOR), vec!["itsp", "line"]),
        (Apart(OPERATOR), vec!["itsp", "lines"]),
        (Apart(OPERATOR), vec!["itsp", "remove"]),
        (Apart(OPERATOR), vec!["itsp", "set"]),
        (Apart(OPERATOR), vec!["trunk", "add"]),
        (Apart(OPERATOR), vec!["trunk", "list"]),
        (Apart(OPERATOR), vec!["trunk", "remove"]),
        (Apart(OPERATOR), vec!["trunk", "set"]),
        (Apart(OPERATOR), vec!["route", "add"]),
        (Apart(OPERATOR), vec!["route", "list"]),
        (Apart(OPERATOR), vec!["route", "remove"]),
        (Apart(OPERATOR), vec!["route", "set"]),
        (Both("there is no user"), vec!["did", "add", "5145559999", "--user", &b.user, "--reseller", &a.reseller]),
        (One, vec!["did", "address", &a.number, "--clear"]),
        (Both("there is no user"), vec!["did", "assign", &a.pooled, "--user", &b.user]),
        (One, vec!["did", "history", &a.number]),
        (Both("line 2, user"), vec!["did", "import", "foreign.csv", "--reseller", &a.reseller]),
        (One, vec!["did", "list", "--account", &a.account]),
        (One, vec!["did", "move", &a.number, "--trunk", &a.trunk]),
        (One, vec!["did", "port", &a.number, "out"]),
        (One, vec!["did", "port", &a.number, "out-abandoned"]),
        (Both("`return-to-itsp` is for numbers"), vec!["did", "remove", &a.number]),
        (Both("there is no account"), vec!["did", "reserve", &a.pooled, "--account", &b.account]),
        (Both("there is no user"), vec!["did", "restore", &a.resting, "--user", &b.user]),
        (Both("there is no user"), vec!["did", "retarget", &a.number, "--user", &b.user]),
        (One, vec!["did", "suspend", &a.number]),
        (One, vec!["did", "resume", &a.number]),
        (One, vec!["did", "show", &a.number]),
        (One, vec!["did", "unreserve", &a.reserved]),
        (Both("still used"), vec!["did", "release", &a.number]),
        (Apart(NOTHING), vec!["number", "explain"]),
        (One, vec!["device", "add", "--name", "Atelier", "--user", &a.user]),
        (One, vec!["device", "list", "--account", &a.account]),
        (Both("there is no device"), vec!["restriction", "explain", "411", "--user", &a.user, "--device", &b.device]),
        (Both("there is no user"), vec!["device", "set", &a.device, "--user", &b.user]),
        (Both("is another device's"), vec!["device", "set", &a.device, "--mac", MAC_OF_B]),
        (One, vec!["device", "set", &a.device, "--name", "Accueil", "--mac", "80:5e:c0:12:34:57"]),
        (One, vec!["device", "secret", &a.device]),
        (One, vec!["device", "remove", &a.device]),
        (One, vec!["contact", "add", "Luce", "5145550144", "--user", &a.user]),
        (One, vec!["contact", "export", "--user", &a.user]),
        (One, vec!["contact", "import", "contacts.csv", "--user", &a.user]),
        (One, vec!["contact", "list", "--account", &a.account]),
        (One, vec!["contact", "set", &a.contact, "--number", "5145550145"]),
        (One, vec!["contact", "remove", &a.contact]),
        (One, vec!["restriction", "add", "--name", "R", "--deny", "FR", "--user", &a.user]),
        (One, vec!["restriction", "list", "--account", &a.account]),
        (One, vec!["restriction", "set", &a.restriction, "--name", "Règle"]),
        (One, vec!["restriction", "remove", &a.restriction]),
        (One, vec!["limit", "approve", "FR", "--account", &a.account]),
        (One, vec!["limit", "countries", "--account", &a.account]),
        (One, vec!["limit", "withdraw", "FR", "--account", &a.account]),
        (One, vec!["limit", "set", "--toll-legs", "1", "--user", &a.user]),
        (One, vec!["limit", "show", "--account", &a.account]),
        (One, vec!["limit", "remove", "--user", &a.user]),
        (One, vec!["presence", "set", "--file", "presence.json", "--user", &a.user]),
        (One, vec!["presence", "show", "--user", &a.user]),
        (One, vec!["presence", "status", "working", "--user", &a.user]),
        (One, vec!["office", "set", "--file", "office.json", "--operator", &a.user]),
        (One, vec!["office", "show", "--account", &a.account]),
        (One, vec!["office", "status", "open", "--account", &a.account]),
        (One, vec!["screening", "add", "vip", "+15145550142", "--user", &a.user]),
        (One, vec!["screening", "list", "--account", &a.account]),
        (One, vec!["screening", "remove", &a.entry]),
        (One, vec!["evaluate", "--did", &a.number, "--at", "2026-11-23T10:00:00-05:00"]),
        (One, vec!["presence", "remove", "--user", &a.user]),
        (One, vec!["office", "remove", "--account", &a.account]),
        (Apart(NOTHING), vec!["schedule", "explain"]),
        (Apart(NOTHING), vec!["holiday", "list"]),
        (Both("no number of this account"), vec!["emergency", "set", "--street", "1 rue Un", "--city", "Laval",
            "--province", "QC", "--callback", &b.number, "--account", &a.account]),
        (One, vec!["emergency", "show", "--account", &a.account]),
        (One, vec!["emergency", "remove", "--account", &a.account]),
        (Apart(NOTHING), vec!["agent", "grammar"]),
        (Apart(NOTHING), vec!["agent", "hear"]),
        (Apart(NOTHING), vec!["agent", "parse"]),
        (Apart(NOTHING), vec!["agent", "say"]),
        (Apart("it acts as the one user that is named, and needs a speech model"), vec!["agent", "talk"]),
        (Apart(NOTHING), vec!["model", "check"]),
        (Apart(NOTHING), vec!["model", "install"]),
        (Apart(NOTHING), vec!["model", "list"]),
        (Apart(NOTHING), vec!["model", "remove"]),
        (Apart(NOTHING), vec!["agent", "test"]),
        (One, vec!["call", "export", "--account", &a.account]),
        (One, vec!["call", "list", "--account", &a.account]),
        (Both("there is no call"), vec!["call", "show", "call-none"]),
        (Both("there is no call"), vec!["call", "transcript", "call-none"]),
        (Apart(NOTHING), vec!["config"]),
        (Apart("it is about the whole database"), vec!["db", "backup"]),
        (Apart("it is about the whole database"), vec!["db", "check"]),
        (Apart("it is about the whole database"), vec!["db", "export"]),
        (Apart("it is about the whole database"), vec!["db", "import"]),
        (Apart("it is about the whole database"), vec!["db", "migrate"]),
        (Apart("it is about the whole database"), vec!["db", "restore"]),
        (Apart(OPERATOR), vec!["secret", "rotate"]),
        (Apart(OPERATOR), vec!["provision", "apply"]),
        (Apart(OPERATOR), vec!["provision", "plan"]),
        (Apart(OPERATOR), vec!["provision", "render"]),
        (Apart(OPERATOR), vec!["doctor"]),
        (Apart(OPERATOR), vec!["serve"]),
        (Apart(NOTHING), vec!["completion"]),
    ]
}

/// Names every verb of the command line, from the tree that reads it.
fn verbs() -> BTreeSet<String> {
    fn walk(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
        if command.has_subcommands() {
            for below in command.get_subcommands() {
                walk(below, &format!("{path} {}", below.get_name()), found);
            }
        } else {
            found.insert(path.trim().to_owned());
        }
    }
    let mut found = BTreeSet::new();
    walk(&evatel::cli::command(), "", &mut found);
    found
}

#[test]
fn every_verb_is_tried_with_the_ids_of_two_customers_and_touches_one_at_most() {
    let home = Home::begun();
    let trunk = [
        "trunk",
        "add",
        "--name",
        "C",
        "--peer",
        "127.0.0.2:5070",
        "--format",
        "national10",
    ];
    home.json(&trunk);
    let (a, b) = two(&home);
    fs::write(
        home.path("foreign.csv"),
        format!("number,user\n5145559998,{}\n", b.user),
    )
    .unwrap();
    home.json(&["device", "set", &b.device, "--mac", MAC_OF_B]);
    let before = b.everything(&home);
    let known = verbs();
    let (mut tried, mut wrong) = (BTreeSet::new(), Vec::new());
    for (case, arguments) in cases(&a, &b) {
        let path = (1..=2)
            .rev()
            .map(|words| arguments[..words.min(arguments.len())].join(" "));
        let path = path.into_iter().find(|path| known.contains(path));
        tried.insert(path.unwrap_or_else(|| panic!("{arguments:?} is no verb")));
        let run = || {
            let answer = home.run_with_input(&[&arguments[..], &["--lang", "en"]].concat(), PASSWORD);
            let said = answer.text() + &answer.errors();
            (answer.code(), said)
        };
        match case {
            Apart(reason) => assert!(!reason.is_empty()),
            Both(part) => {
                let (code, said) = run();
                if code != 2 || !said.contains(part) {
                    wrong.push(format!(
                        "{arguments:?} is not refused with `{part}`: {code} {said}"
                    ));
                }
            }
            One => {
                let (code, said) = run();
                let shown = b.ids().into_iter().find(|id| said.contains(id));
                if code != 0 || shown.is_some() {
                    wrong.push(format!("{arguments:?} fails or shows {shown:?}: {code} {said}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(tried, known, "each verb is tried");
    assert_eq!(b.everything(&home), before);
}
